"""A plan to outcomes: one fresh process a case and repeat, each outcome saved when it ends."""

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import bench
from bench.decode import DecodeError, canonical, decode, parse
from bench.inventory import Inventory
from bench.outcome import Failed, Outcome, Sample, Skipped
from bench.plan import Case, KernelCase, Plan, StorageCase
from bench.planning import longest_s, unfit
from bench.worker import Assignment, Message
from storage_bench import fill, guard
from storage_bench.errors import StorageError

GRACE_S = 60.0
"""Beyond its planned time a worker is given this long, for a slow start on a busy machine."""


@dataclass(frozen=True, slots=True)
class Listener:
    """What somebody who watches the run is told."""

    started: Callable[[Case, int], None] = lambda case, repeat: None
    sampled: Callable[[Case, Sample, int, int], None] = lambda case, sample, ops, moved: None
    ended: Callable[[Case, Outcome], None] = lambda case, outcome: None
    noted: Callable[[str], None] = lambda text: None


Execute = Callable[[Assignment, float, Listener], Outcome]
"""Carries out one assignment within so many seconds; `in_a_process` unless simulated."""


def run(
    plan: Plan,
    inventory: Inventory,
    save: Callable[[Outcome], None],
    listener: Listener | None = None,
    execute: Execute | None = None,
) -> tuple[tuple[Outcome, ...], str | None]:
    """Carry out the plan. Returns an outcome for every case and repeat, and why it broke off.

    Ctrl-C ends the case under way; what was not reached is Skipped, and the run says so. What
    `save` raises (a full disk) ends the run.
    """
    listener = listener or Listener()
    execute = execute or in_a_process
    outcomes: list[Outcome] = []
    rounds = plan.rounds()
    interrupted: str | None = None
    try:
        with _data_file(plan, listener) as prepared:
            for case, repeat in rounds:
                listener.started(case, repeat)
                outcome = _outcome(case, repeat, inventory, prepared, listener, execute)
                save(outcome)
                outcomes.append(outcome)
                listener.ended(case, outcome)
    except KeyboardInterrupt:
        interrupted = "interrupted by the user"
        for case, repeat in rounds[len(outcomes) :]:
            outcomes.append(Skipped(case.id, repeat, "the run was interrupted before it"))
            save(outcomes[-1])
    return tuple(outcomes), interrupted


@dataclass(frozen=True, slots=True)
class _Prepared:
    """The filled file for the storage cases, or why there is none."""

    data_file: Path | None
    reason: str | None


@contextlib.contextmanager
def _data_file(plan: Plan, listener: Listener) -> Iterator[_Prepared]:
    """A marked folder with one filled file for all storage cases, removed however we leave."""
    jobs = [case for case in plan.cases if isinstance(case, StorageCase)]
    if not jobs:
        yield _Prepared(None, None)
        return
    size_bytes = max(case.job.size_bytes for case in jobs)
    with contextlib.ExitStack() as stack:
        try:
            space = stack.enter_context(guard.workspace(Path(jobs[0].directory), size_bytes))
            listener.noted(f"writing {size_bytes / 1e9:.1f} GB of random data for storage")
            fill.fill(space.data_file, size_bytes, jobs[0].job.seed)
            prepared = _Prepared(space.data_file, None)
        except StorageError as error:
            prepared = _Prepared(None, str(error))
        yield prepared


def _outcome(
    case: Case,
    repeat: int,
    inventory: Inventory,
    prepared: _Prepared,
    listener: Listener,
    execute: Execute,
) -> Outcome:
    if (reason := unfit(case, inventory)) is not None:
        return Skipped(case.id, repeat, reason)
    device = None
    if isinstance(case, KernelCase):
        device = next(d for d in inventory.devices if d.uuid == case.device)
    elif prepared.data_file is None:
        return Skipped(case.id, repeat, prepared.reason or "no folder to test storage in")
    data_file = str(prepared.data_file) if isinstance(case, StorageCase) else None
    assignment = Assignment(case, repeat, device, data_file)
    limit_s = longest_s(case) / case.repeats + GRACE_S
    return execute(assignment, limit_s, listener)


def in_a_process(assignment: Assignment, limit_s: float, listener: Listener) -> Outcome:
    """Start a worker, hand it the assignment, follow its messages, and take its outcome."""
    case, repeat = assignment.case, assignment.repeat
    outcome: Outcome | None = None
    with (
        tempfile.TemporaryFile() as errors,
        subprocess.Popen(
            [sys.executable, "-P", "-m", "bench.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            env=_environment(),
            # A group of its own: ended as a whole, with whatever it started.
            start_new_session=True,
        ) as process,
    ):
        late = threading.Timer(limit_s, _end, (process,))
        late.start()
        try:
            assert process.stdin is not None
            assert process.stdout is not None
            with contextlib.suppress(BrokenPipeError):
                process.stdin.write(canonical(assignment))
                process.stdin.close()
            for line in process.stdout:
                message = decode(Message, parse(line))
                if message.sample is not None:
                    listener.sampled(case, message.sample, message.ops, message.bytes_moved)
                outcome = message.outcome or outcome
            process.wait()
        except DecodeError as error:
            return Failed(case.id, repeat, f"the worker answered with rubbish: {error}")
        finally:
            timed_out = not late.is_alive() and process.returncode != 0
            late.cancel()
            _end(process)
        if outcome is not None and process.returncode == 0:
            return outcome
        if timed_out:
            return Failed(case.id, repeat, f"took longer than {limit_s:.0f} s and was ended")
        errors.seek(0)
        return Failed(case.id, repeat, _cause(process.returncode, errors.read()))


def _environment() -> dict[str, str]:
    """The worker finds the same packages as we did, from wherever it is started."""
    root = str(Path(bench.__file__).parent.parent)
    path = os.pathsep.join([root, *filter(None, [os.environ.get("PYTHONPATH")])])
    return os.environ | {"PYTHONPATH": path}


def _end(process: subprocess.Popen[bytes]) -> None:
    """Kill the worker and everything it started, if any of it still runs."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _cause(returncode: int, errors: bytes) -> str:
    if returncode < 0:
        try:
            name = signal.Signals(-returncode).name
        except ValueError:
            name = f"signal {-returncode}"
        return f"the worker was ended by {name}"
    lines = errors.decode(errors="replace").strip().splitlines()
    return f"the worker failed: {lines[-1] if lines else f'exit code {returncode}'}"
