"""One case in one fresh process: a request as a JSON line in, samples and an outcome as lines out.

The process that measures loads no report, no policy and no target.
"""

import contextlib
import ctypes
import importlib
import os
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, assert_never

from bench.decode import canonical, decode, parse
from bench.devices import backend
from bench.devices.backend import Watch
from bench.devices.cpu import CpuWatch
from bench.inventory import Device
from bench.judgements import SEED_STEP, definition
from bench.measure import measure
from bench.outcome import Failed, Measured, MeasuredIO, MeasuredTrial, Outcome, Sample, Skipped
from bench.plan import Case, GuaranteeCase, KernelCase, StorageCase
from bench.shape_search import try_shapes
from bench.shapes import Trial
from kernels import KERNELS
from kernels.kernel import Kernel, Place, Request
from kernels.precision import PRECISIONS
from storage_bench import engine, replicate
from storage_bench.errors import StorageError
from storage_bench.job import JobResult

_PR_SET_PDEATHSIG = 1  # linux/prctl.h


@dataclass(frozen=True, slots=True)
class Assignment:
    """What the parent asks of a worker."""

    case: Case
    repeat: int
    device: Device | None
    """None for storage."""
    data_file: str | None
    """The file inside the marked folder, filled but for a guarantee; None for a kernel."""
    waits: bool = False
    """Whether the end of standard input says when to begin: others begin at the same moment."""
    peers: tuple[Device, ...] = ()
    """Other devices that a transfer may go to, the next one first."""
    shapes: tuple[tuple[int, ...], ...] = ()
    """Shapes to try, each shortly, instead of measuring the case."""


@dataclass(frozen=True, slots=True)
class Message:
    """One line that a worker prints: a sample as it is taken, a note, or the outcome."""

    sample: Sample | None = None
    ops: int = 0
    """Operations in one launch of the sample."""
    bytes_moved: int = 0
    """Bytes in one launch of the sample."""
    ready: bool = False
    """Everything is prepared, and the worker waits to be told to begin."""
    note: str | None = None
    """What it does now, for people."""
    outcome: Outcome | None = None
    trial: Trial | None = None
    """What a shape reached, where shapes were to be tried; there is no outcome then."""


def main() -> None:
    """Read one assignment from standard input, answer on standard output."""
    answers = os.fdopen(os.dup(1), "wb", buffering=0)
    os.dup2(2, 1)  # a library that prints must not write into the answers
    _die_with_parent()
    if "--warm" in sys.argv[1:]:
        importlib.import_module("numba")
    line = sys.stdin.buffer.readline()
    if not line:  # started ahead and not needed
        return
    assignment = decode(Assignment, parse(line))
    # The parent may be gone, or may have seen enough: then nobody needs the answer.
    with contextlib.suppress(BrokenPipeError):
        if assignment.shapes:
            search(assignment, answers)
        else:
            tell(answers, Message(outcome=carry_out(assignment, answers)))


def _die_with_parent() -> None:
    """A run that was killed leaves nothing running behind (Linux; elsewhere the pipe breaks)."""
    libc = ctypes.CDLL(None)
    if hasattr(libc, "prctl"):
        libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


def tell(answers: IO[bytes], message: Message) -> None:
    answers.write(canonical(message))


def carry_out(assignment: Assignment, answers: IO[bytes]) -> Outcome:
    """Run the case and say what came of it."""
    case, repeat, device = assignment.case, assignment.repeat, assignment.device

    def wait() -> None:
        if assignment.waits:
            tell(answers, Message(ready=True))
            sys.stdin.buffer.readline()

    match case:
        case KernelCase():
            assert device is not None
            os.sched_setaffinity(0, case.cpus)
            return run_kernel(
                case,
                repeat,
                device,
                KERNELS[case.kernel],
                lambda: backend(device.backend).watch(device, case.cpus),
                lambda message: tell(answers, message),
                wait,
            )
        case StorageCase():
            assert assignment.data_file is not None
            return run_storage(case, repeat, assignment.data_file)
        case GuaranteeCase():
            assert assignment.data_file is not None
            path = Path(assignment.data_file)
            return run_trial(
                case, repeat, path, wait, lambda text: tell(answers, Message(note=text))
            )
        case _:
            assert_never(case)


def run_kernel(
    case: KernelCase,
    repeat: int,
    device: Device,
    kernel: Kernel,
    make_watch: Callable[[], Watch],
    report: Callable[[Message], None],
    wait: Callable[[], None] = lambda: None,
) -> Outcome:
    """Prepare, wait for the start, measure, then check the result: no valid result, no number.

    What a kernel raises ends the process, and the parent makes a failure of it.
    """
    request = request_of(case, repeat, device)
    if (refusal := kernel.refuses(request)) is not None:
        return Skipped(case.id, repeat, refusal)
    try:
        launch = kernel.prepare(request)
    except MemoryError:
        return Failed(case.id, repeat, "the memory that the shape needs cannot be had")
    try:
        work = launch.work
        watch = make_watch()
        wait()
        observed = measure(
            launch,
            case.stopping,
            watch,
            lambda sample: report(Message(sample, work.ops, work.bytes_moved)),
        )
        if (reason := _nothing_counts(observed.samples)) is not None:
            return Failed(case.id, repeat, reason)
        error = launch.error()
        if not (error <= launch.tolerance):
            return Failed(
                case.id,
                repeat,
                f"wrong result: error {error:.3g}, {case.precision} allows {launch.tolerance:.3g}",
            )
        return Measured(
            case_id=case.id,
            repeat=repeat,
            ops_per_launch=launch.work.ops,
            bytes_per_launch=launch.work.bytes_moved,
            samples=observed.samples,
            readings=observed.readings,
            error=error,
            tolerance=launch.tolerance,
            stopped=str(observed.stopped),
            executed=dict(launch.executed),
            counter_hz=observed.counter_hz,
            began_at_s=observed.began_at_s,
            missing_sensors=watch.missing_sensors(),
        )
    finally:
        launch.close()


def search(assignment: Assignment, answers: IO[bytes]) -> None:
    """Try the shapes and say of each what it reached."""
    case, device = assignment.case, assignment.device
    assert isinstance(case, KernelCase)
    assert device is not None
    os.sched_setaffinity(0, case.cpus)
    watch = backend(device.backend).watch(device, case.cpus)
    request = request_of(case, assignment.repeat, device)
    for trial in try_shapes(KERNELS[case.kernel], request, assignment.shapes, watch):
        tell(answers, Message(trial=trial))


def request_of(case: KernelCase, repeat: int, device: Device) -> Request:
    """What the kernel of this case is asked for."""
    return Request(
        implementation=case.implementation,
        precision=PRECISIONS[case.precision],
        shape=case.shape,
        # Every repeat its own input: a figure must not hang on one draw.
        seed=case.seed + repeat,
        place=Place(device.torch_device, case.cpus),
    )


def _nothing_counts(samples: tuple[Sample, ...]) -> str | None:
    reasons = [sample.rejected for sample in samples if sample.rejected is not None]
    if len(reasons) < len(samples):
        return None
    return f"all {len(samples)} samples were rejected, the last because {reasons[-1]}"


def run_storage(case: StorageCase, repeat: int, data_file: str) -> Outcome:
    """Run the job on the filled file; an engine that cannot is a failure with its reason."""
    watch = CpuWatch(tuple(sorted(os.sched_getaffinity(0))))
    before = watch.read(0.0)
    began_s = watch.now_s()
    try:
        result = engine.run(case.engine, case.job, Path(data_file))
    except StorageError as error:
        return Failed(case.id, repeat, str(error))
    return MeasuredIO(
        case_id=case.id,
        repeat=repeat,
        result=result,
        readings=(before, watch.read(watch.now_s() - began_s)),
        disturbance=watch.disturbance(),
        executed=_executed(result),
    )


def run_trial(
    case: GuaranteeCase,
    repeat: int,
    path: Path,
    wait: Callable[[], None],
    note: Callable[[str], None],
) -> Outcome:
    """One replicate: write its file, wait for the start, load it, look at what was left."""
    demanded = definition(case)
    seed = case.seed + SEED_STEP * repeat
    watch = CpuWatch(tuple(sorted(os.sched_getaffinity(0))))
    try:
        replicate.prepare(path, case.needed_bytes, seed, note)
    except StorageError as error:
        return Failed(case.id, repeat, str(error))
    wait()
    before, began_s = watch.read(0.0), watch.now_s()
    watch.disturbance()  # what happened while the file was written is of no interest
    began_at = datetime.now(UTC).isoformat(timespec="seconds")
    tier = demanded.tiers[case.tier]
    trial = replicate.carry_out(demanded, tier, path, case.needed_bytes, seed, case.engine, note)
    if trial.result is None:
        return Failed(case.id, repeat, trial.failure or "nothing was measured")
    return MeasuredTrial(
        case_id=case.id,
        repeat=repeat,
        trial=trial,
        readings=(before, watch.read(watch.now_s() - began_s)),
        disturbance=watch.disturbance(),
        executed=_executed(trial.result),
        began_at=began_at,
    )


def _executed(result: JobResult) -> dict[str, str]:
    return {
        "engine": f"{result.engine} {result.engine_version}",
        "interface": result.interface,
    }


if __name__ == "__main__":
    main()
