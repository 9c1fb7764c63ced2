"""Verification of many bundles side by side: a summary a node, a reason for each that fails."""

import os
import signal
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, replace
from functools import cache
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from bench.errors import CapbenchError
from bench.evidence import manifest as seal
from bench.evidence.codec.record import msgspec
from bench.evidence.container import files_of
from bench.evidence.plan import Plan
from reports.performance import analyse
from reports.performance.machine import MachineAnalysis
from reports.verification import verify
from reports.verification.kept_summaries import Kept, Summaries

CHUNK = 25
"""Bundles that a process takes at a time."""
AHEAD = 4
"""Chunks a process that wait for it, so that none stands idle and little is held."""
_NO_PLAN = Plan("", "", (), ())
"""Stands in a summary for the plan, which lies beside it: the nodes of a facility share theirs."""


@dataclass(frozen=True, slots=True)
class Examined:
    """One bundle: its machine, or why it cannot be used."""

    bundle: Path
    machine: MachineAnalysis | None
    reason: str | None


@dataclass(frozen=True, slots=True)
class _Task:
    bundles: tuple[Path, ...]
    condensed: bool
    summaries: Summaries | None


_Answer = Kept | str
"""A summary, or the reason why there is none."""


def examine_all(
    bundles: Sequence[Path],
    *,
    condensed: bool,
    summaries: Summaries | None = None,
    processes: int | None = None,
    done: Callable[[int], None] = lambda count: None,
) -> Iterator[Examined]:
    """Verify and analyse every bundle, in their order; what is wrong with one stops no other.

    `condensed` leaves out of each machine what a report on very many does not show; `done` is told
    how many are finished. Without msgspec everything is done in this process, and nothing is kept.
    """
    if msgspec is None:
        for count, bundle in enumerate(bundles, 1):
            yield _here(bundle, condensed)
            done(count)
        return
    plans: dict[bytes, Plan] = {}
    count = 0
    tasks = [
        _Task(tuple(bundles[i : i + CHUNK]), condensed, summaries)
        for i in range(0, len(bundles), CHUNK)
    ]
    workers = min(processes or _cpus(), len(tasks))
    for task, answers in zip(tasks, _answers(tasks, workers), strict=True):
        for bundle, answer in zip(task.bundles, answers, strict=True):
            count += 1
            if isinstance(answer, str):
                yield Examined(bundle, None, answer)
            else:
                yield Examined(bundle, _restored(answer, plans), None)
        done(count)


def _answers(tasks: Sequence[_Task], workers: int) -> Iterator[list[_Answer]]:
    """What comes of each task, in order; a process that dies costs the bundle that it died of."""
    if workers <= 1:
        yield from map(_work, tasks)
        return
    waiting: deque[tuple[_Task, Future[list[_Answer]]]] = deque()
    pool = _pool(workers)
    try:
        for i, task in enumerate(tasks):
            waiting.append((task, pool.submit(_work, task)))
            if len(waiting) >= AHEAD * workers or i + 1 == len(tasks):
                while waiting and (len(waiting) >= AHEAD * workers or i + 1 == len(tasks)):
                    first, future = waiting.popleft()
                    try:
                        yield future.result()
                    except BrokenProcessPool:
                        pool.shutdown(wait=False, cancel_futures=True)
                        yield [_alone(bundle, first) for bundle in first.bundles]
                        pool = _pool(workers)
                        waiting = deque((t, pool.submit(_work, t)) for t, _ in waiting)
    finally:
        for process in tuple((getattr(pool, "_processes", None) or {}).values()):
            process.terminate()
        pool.shutdown(wait=False, cancel_futures=True)


def _pool(workers: int) -> ProcessPoolExecutor:
    return ProcessPoolExecutor(workers, get_context("spawn"), initializer=_quiet)


def _quiet() -> None:
    """Ctrl-C is for the parent, which ends its workers."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _alone(bundle: Path, task: _Task) -> _Answer:
    """One bundle in a process of its own, after one has died."""
    with _pool(1) as pool:
        try:
            return pool.submit(_work, replace(task, bundles=(bundle,))).result()[0]
        except BrokenProcessPool:
            return f"{bundle}: the process that verified it was ended, perhaps for want of memory."


def _work(task: _Task) -> list[_Answer]:
    return [_answer(bundle, task) for bundle in task.bundles]


def _answer(bundle: Path, task: _Task) -> _Answer:
    manifest = None
    if task.summaries is not None and (manifest := _whole(bundle)) is not None:
        manifest += b"condensed" if task.condensed else b"full"
        if (kept := task.summaries.get(manifest)) is not None:
            return kept
    found = _here(bundle, task.condensed)
    if found.machine is None:
        return found.reason or "not verified"
    summary = Kept(
        msgspec.msgpack.encode(replace(found.machine, plan=_NO_PLAN)),
        msgspec.msgpack.encode(found.machine.plan),
    )
    if task.summaries is not None and manifest is not None:
        task.summaries.put(manifest, summary)
    return summary


def _here(bundle: Path, condensed: bool) -> Examined:
    try:
        machine = analyse(verify(bundle))
    except CapbenchError as error:
        return Examined(bundle, None, str(error))
    return Examined(bundle, machine.condensed() if condensed else machine, None)


def _whole(bundle: Path) -> bytes | None:
    """The manifest of a bundle all of whose bytes are those that it names; None of any other."""
    try:
        files = files_of(bundle)
        manifest = files.pop(seal.NAME)
        seal.check(manifest, files)
    except (CapbenchError, KeyError):
        return None  # said by whoever verifies it
    return manifest


def _restored(kept: Kept, plans: dict[bytes, Plan]) -> MachineAnalysis:
    if (plan := plans.get(kept.plan)) is None:
        plan = plans[kept.plan] = msgspec.msgpack.decode(kept.plan, type=Plan)
    machine: MachineAnalysis = _decoder().decode(kept.machine)
    return replace(machine, plan=plan)


@cache
def _decoder() -> Any:
    return msgspec.msgpack.Decoder(MachineAnalysis)


def _cpus() -> int:
    try:
        return len(os.sched_getaffinity(0))
    except OSError:  # a sandbox may refuse to tell
        return os.cpu_count() or 1
