"""Runners of one case in the worker process."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import IO, TYPE_CHECKING

from bench.analysis.guarantee import SEED_STEP, definition
from bench.evidence.inventory import Device
from bench.evidence.outcome import (
    Failed,
    Measured,
    MeasuredIO,
    MeasuredReplicate,
    Outcome,
    Readings,
    Reason,
    Samples,
    Skipped,
)
from bench.evidence.plan import GuaranteeCase, KernelCase, StorageCase
from bench.evidence.shape_search import ShapeTrial
from bench.execution.measure import measure
from bench.execution.protocol import Assignment, Message, send
from bench.execution.shapes.trials import try_shapes
from bench.machine.cpu.affinity import allowed, confine
from bench.machine.devices import backend
from bench.machine.devices.backend import Watch
from bench.machine.devices.cpu import CpuWatch
from kernels import KERNELS
from kernels.kernel import Kernel, Place, Request
from kernels.precision import PRECISIONS
from storage_bench.errors import StorageError
from storage_bench.guarantee import proven_job, replicate
from storage_bench.job import JobResult

if TYPE_CHECKING:
    from bench.execution.shapes.exhaustive import Products


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
        return Skipped(case.id, repeat, Reason("refused", refusal))
    try:
        launch = kernel.prepare(request)
    except MemoryError:
        text = "the memory that the shape needs cannot be had"
        return Failed(case.id, repeat, Reason("no-memory", text))
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
            return Failed(case.id, repeat, Reason("samples-rejected", reason))
        error = launch.error()
        if not (error <= launch.tolerance):
            allowed = f"{case.precision} allows {launch.tolerance:.3g}"
            reason = f"wrong result: error {error:.3g}, {allowed}"
            return Failed(case.id, repeat, Reason("wrong-result", reason))
        return Measured(
            case_id=case.id,
            repeat=repeat,
            ops_per_launch=launch.work.ops,
            bytes_per_launch=launch.work.bytes_moved,
            samples=observed.samples,
            readings=observed.readings,
            ticks=observed.ticks,
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
    confine(case.cpus)
    if assignment.one_by_one:
        products = _products(device.torch_device, case.precision)
        for shape in assignment.shapes:
            rate = products.rate(shape)
            reason = None if rate is not None else "the memory that the shape needs cannot be had"
            send(answers, Message(trial=ShapeTrial(shape, rate, reason)))
        return
    watch = backend(device.backend).watch(device, case.cpus)
    request = request_of(case, assignment.repeat, device)
    kernel = KERNELS[case.kernel]
    for trial in try_shapes(kernel, request, assignment.shapes, watch, assignment.try_s):
        send(answers, Message(trial=trial))


@cache
def _products(device: str, precision: str) -> "Products":
    from bench.execution.shapes.exhaustive import Products

    return Products(device, precision)


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


def _nothing_counts(samples: Samples) -> str | None:
    reasons = [reason for reason in samples.rejected if reason is not None]
    if len(reasons) < len(samples):
        return None
    return f"all {len(samples)} samples were rejected, the last because {reasons[-1]}"


def run_storage(case: StorageCase, repeat: int, data_file: str) -> Outcome:
    """Run the job on the filled file; an engine that cannot is a failure with its reason."""
    watch = CpuWatch(allowed())
    before = watch.read(0.0)
    began_s = watch.now_s()
    try:
        result, proof = proven_job.run(case.engine, case.job, Path(data_file))
    except StorageError as error:
        return Failed(case.id, repeat, Reason("storage", str(error)))
    return MeasuredIO(
        case_id=case.id,
        repeat=repeat,
        result=result,
        readings=Readings.of((before, watch.read(watch.now_s() - began_s))),
        disturbance=watch.disturbance(),
        executed=_executed(result) | {"bypass": proven_job.held(proof)},
    )


def run_replicate(
    case: GuaranteeCase,
    repeat: int,
    path: Path,
    wait: Callable[[], None],
    note: Callable[[str], None],
) -> Outcome:
    """One replicate: write its file, wait for the start, load it, look at what was left."""
    demanded = definition(case)
    seed = case.seed + SEED_STEP * repeat
    watch = CpuWatch(allowed())
    try:
        replicate.prepare(path, case.needed_bytes, seed, note)
    except StorageError as error:
        return Failed(case.id, repeat, Reason("storage", str(error)))
    wait()
    before, began_s = watch.read(0.0), watch.now_s()
    watch.disturbance()  # what happened while the file was written is of no interest
    began_at = datetime.now(UTC).isoformat(timespec="seconds")
    tier = demanded.tiers[case.tier]
    trial = replicate.run_replicate(
        demanded, tier, path, case.needed_bytes, seed, case.engine, note
    )
    if trial.result is None:
        text = trial.failure or "nothing was measured"
        return Failed(case.id, repeat, Reason("storage", text))
    return MeasuredReplicate(
        case_id=case.id,
        repeat=repeat,
        replicate=trial,
        readings=Readings.of((before, watch.read(watch.now_s() - began_s))),
        disturbance=watch.disturbance(),
        executed=_executed(trial.result),
        began_at=began_at,
    )


def _executed(result: JobResult) -> dict[str, str]:
    return {
        "engine": f"{result.engine} {result.engine_version}",
        "interface": result.interface,
    }
