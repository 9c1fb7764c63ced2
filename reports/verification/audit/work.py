"""Work as the shape has it, and as the workers' own counters saw it: computed here once more."""

from collections.abc import Iterator
from math import prod

from bench.evidence import Evidence
from bench.evidence.outcome import Measured, Sample, WorkerTicks
from bench.evidence.plan import CPU, KernelCase
from reports.verification.audit.rule import Objection, Rule, Severity
from reports.verification.audit.selection import kernels, place

STREAMS = {"stream.read": (8, 0), "stream.write": (8, 0), "stream.copy": (16, 0),
           "stream.triad": (24, 2)}  # fmt: skip
"""Bytes and operations an element of binary64 (McCalpin, STREAM)."""
DIRECTIONS = {"transfer.h2d": 1, "transfer.d2h": 1, "transfer.both": 2, "transfer.p2p": 1}
FMA = {"fp64": (64, 1), "fp32": (32, 1), "fp16": (16, 1), "bf16": (32, 2), "int8": (32, 4)}
"""Bits of an accumulator, and products that one instruction adds to each."""
CHASE_LOADS = 32 * 4096
BINS = 3 / 1024
"""Three histograms' bins, each 1/1024 of its value wide."""
LINE_BYTES = 64


def _as_shaped(evidence: Evidence) -> Iterator[Objection]:
    for case, outcome in kernels(evidence):
        wanted = _wanted(case, outcome, frozenset(evidence.inventory.host.processor.isa))
        found = outcome.ops_per_launch, outcome.bytes_per_launch
        if wanted is not None and not any(
            all(b in (None, a) for a, b in zip(found, each, strict=True)) for each in wanted
        ):
            of_ops, of_bytes = found
            shape = " × ".join(map(str, case.shape))
            yield (
                place(outcome),
                f"{of_ops} operations and {of_bytes} bytes a launch are not what {case.kernel} "
                f"in {case.precision} over {shape} does",
            )


def _wanted(
    case: KernelCase, outcome: Measured, isa: frozenset[str]
) -> tuple[tuple[int | None, int | None], ...] | None:
    """Operations and bytes that a launch can have; None inside for what is not known here."""
    shape, on_cpu = case.shape, case.device == CPU
    match case.kernel:
        case "gemm" if len(shape) == 3:
            return ((2 * prod(shape), None),)
        case "chase":
            lines = [size // LINE_BYTES for size in shape]
            if not all(lines):
                return ()
            return ((sum(-(-CHASE_LOADS // each) * each for each in lines), 0),)
        case kernel if kernel in STREAMS and len(shape) == 1:
            moved, ops = (per * shape[0] for per in STREAMS[kernel])
            sweeps = 1 if on_cpu else max(1, outcome.bytes_per_launch // moved)
            return ((ops * sweeps, moved * sweeps),)
        case kernel if kernel in DIRECTIONS and shape:
            return ((0, shape[0] * DIRECTIONS[kernel]),)
        case "fma" if on_cpu and len(shape) == 2:
            return _multiply_adds(case, outcome, isa)
        case "fma" | "ladder":
            return None  # the counters tell
        case _:
            return ()


def _multiply_adds(
    case: KernelCase, outcome: Measured, isa: frozenset[str]
) -> tuple[tuple[int | None, int | None], ...]:
    """Chunks of whole passes: two steps of every chain of every register, on every worker."""
    if case.precision not in FMA:
        return ()
    chunks, instructions = case.shape
    accumulator_bits, products = FMA[case.precision]
    vectors = _number(outcome.executed.get("chains", ""))
    if not 0 < vectors <= 32:  # no instruction set has more vector registers
        return ()
    widest = 512 if any(flag.startswith("avx512") for flag in isa) else 256
    named = _number(outcome.executed.get("vector", "").removesuffix(" bit"))
    widths = {named} if named else {256, 512}
    passes = -(-instructions // (2 * vectors))
    return tuple(
        (
            len(case.cpus) * chunks * 4 * products * vectors * bits // accumulator_bits * passes,
            0,
        )
        for bits in widths
        if bits <= widest
    )


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def _as_counted(evidence: Evidence) -> Iterator[Objection]:
    for case, outcome in kernels(evidence):
        for sample in outcome.samples:
            if (reason := _counted(case, outcome, sample)) is not None:
                yield place(outcome), reason
                break


def _counted(case: KernelCase, outcome: Measured, sample: Sample) -> str | None:
    """Chunks that the counters saw, against the launches that are claimed."""
    rows = [sample.workers] if sample.workers else [each.workers for each in sample.sets]
    if case.device == CPU and any(tuple(w.cpu for w in row) != case.cpus for row in rows):
        return "the counters are not those of the CPUs in the plan"
    if not rows:
        return None
    per_launch = outcome.bytes_per_launch if case.unit == "B/s" else outcome.ops_per_launch
    claimed = per_launch * sample.launches
    seen = sum(w.ops_per_chunk * sum(w.work.counts) for row in rows for w in row)
    exact = case.kernel == "fma"
    if case.device != CPU:  # one multiprocessor speaks for all of them
        seen *= _number(outcome.executed.get("multiprocessors", ""))
    if seen > claimed or seen < (claimed if exact else claimed // 3):
        return f"the counters saw work of {seen}, the launches claim {claimed}"
    return None


def _between_chunk_and_probe(evidence: Evidence) -> Iterator[Objection]:
    """Cycles of a chunk are its ticks over those of the probe beside it, whichever that was."""
    for _, outcome in kernels(evidence):
        workers = [
            worker
            for sample in outcome.samples
            for row in (sample.workers, *(each.workers for each in sample.sets))
            for worker in row
        ]
        if (reason := next(filter(None, map(_paired, workers)), None)) is not None:
            yield place(outcome), reason


def _paired(worker: WorkerTicks) -> str | None:
    work, probe, cycles = worker.work, worker.probe, worker.cycles
    if sum(cycles.counts) != sum(probe.counts):
        return (
            f"{sum(cycles.counts)} chunks are counted in cycles beside {sum(probe.counts)} probes"
        )
    # A counter that was set back is another rule's.
    spent, beside, found = ([t for t in tally.ticks if t > 0] for tally in (work, probe, cycles))
    if not (spent and beside and found):
        return None
    least = min(spent) * worker.cycles_per_probe / max(beside)
    most = max(spent) * worker.cycles_per_probe / min(beside)
    if min(found) < least * (1 - BINS) - 1 or max(found) > most * (1 + BINS) + 1:
        return (
            f"chunks of {min(found)} to {max(found)} cycles cannot be: ticks and probes give "
            f"{least:.0f} to {most:.0f}"
        )
    return None


RULES = (
    Rule("WRK-011", Severity.CRITICAL, "A launch does the work of its shape", _as_shaped),
    Rule("WRK-012", Severity.CRITICAL, "The counters saw the work that is claimed", _as_counted),
    Rule(
        "WRK-013", Severity.MAJOR, "Cycles follow from ticks and probes", _between_chunk_and_probe
    ),
)
