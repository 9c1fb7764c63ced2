"""A sandbox that refuses calls about CPUs costs the calls, and no run."""

import os

import pytest

from bench.machine.cpu.affinity import allowed, confine


def refuse(*_: object) -> None:
    raise PermissionError(1, "Operation not permitted")


def test_the_cpus_of_this_process_are_told_and_chosen() -> None:
    before = os.sched_getaffinity(0)
    try:
        assert allowed() == tuple(sorted(before))
        assert confine(allowed()[:1]) is True
        assert os.sched_getaffinity(0) == set(allowed()[:1])
    finally:
        os.sched_setaffinity(0, before)


def test_refused_calls_leave_all_cpus_and_no_choice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", refuse)
    monkeypatch.setattr(os, "sched_setaffinity", refuse)

    assert allowed() == tuple(range(os.cpu_count() or 1))
    assert confine([0]) is False
