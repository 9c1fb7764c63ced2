import os
import threading

import pytest

from kernels.runtime.team import CannotPin, Team

CPUS = sorted(os.sched_getaffinity(0))


def test_every_worker_runs_the_task_on_its_own_cpu() -> None:
    seen: dict[int, set[int]] = {}
    with Team(CPUS) as team:
        team.run(lambda worker: seen.__setitem__(worker, os.sched_getaffinity(0)))
    assert seen == {worker: {cpu} for worker, cpu in enumerate(CPUS)}


def test_the_caller_keeps_its_own_affinity() -> None:
    with Team(CPUS[:1]):
        assert os.sched_getaffinity(0) == set(CPUS)


def test_all_workers_are_at_work_at_the_same_time() -> None:
    # Two workers on one CPU: the barrier opens only when both have entered the task.
    together = threading.Barrier(2, timeout=30)
    met: list[int] = []
    with Team(CPUS[:1] * 2) as team:
        team.run(lambda worker: met.append(together.wait()))
    assert sorted(met) == [0, 1]


def test_threads_are_kept_between_runs() -> None:
    idents: list[int] = []
    with Team(CPUS[:1]) as team:
        team.run(lambda worker: idents.append(threading.get_ident()))
        team.run(lambda worker: idents.append(threading.get_ident()))
    assert len(idents) == 2
    assert len(set(idents)) == 1
    assert idents[0] != threading.get_ident()


def fail_first(worker: int) -> None:
    if worker == 0:
        raise ArithmeticError("worker 0")


def test_an_exception_of_a_worker_reaches_the_caller_and_the_team_lives_on() -> None:
    done: list[int] = []
    with Team(CPUS[:1] * 2) as team:
        with pytest.raises(ArithmeticError, match="worker 0"):
            team.run(fail_first)
        team.run(done.append)
    assert sorted(done) == [0, 1]


def test_an_interrupted_run_does_not_disturb_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    hold = threading.Event()
    done: list[int] = []
    with Team(CPUS[:1]) as team:

        def interrupt() -> None:
            raise KeyboardInterrupt

        with monkeypatch.context() as patch:
            waits = iter([team._wait, interrupt])
            patch.setattr(team, "_wait", lambda: next(waits)())
            with pytest.raises(KeyboardInterrupt):
                team.run(lambda worker: hold.wait(30) and done.append(1))
        hold.set()
        team.run(lambda worker: done.append(2))
    assert done == [1, 2]


def test_a_cpu_that_does_not_exist_is_named() -> None:
    before = threading.active_count()
    with pytest.raises(CannotPin, match="CPU 1000000 "):
        Team([CPUS[0], 1_000_000])
    assert threading.active_count() == before


def test_a_closed_team_refuses_and_closes_twice() -> None:
    team = Team(CPUS[:1])
    team.close()
    team.close()
    with pytest.raises(RuntimeError, match="closed"):
        team.run(print)
