"""Rules on work: as the shape has it, and as the workers' own counters saw it."""

from bisect import bisect_right
from collections.abc import Iterator
from itertools import compress
from math import prod

from bench.analysis.speed_modes import COARSE_BINS
from bench.analysis.tick_histogram import SUB_BINS, total_ticks
from bench.evidence.outcome import Measured, TickHistogram, WorkerTicks
from bench.evidence.plan import CPU, KernelCase
from reports.performance.subject import Subject
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


def _as_shaped(subject: Subject) -> Iterator[Objection]:
    for case, outcome in kernels(subject):
        wanted = _wanted(case, outcome, frozenset(subject.evidence.inventory.host.processor.isa))
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
            # On an accelerator a launch is many products, so that its start costs nothing.
            products = 1 if on_cpu else _number(outcome.executed.get("products", "1"))
            return ((2 * prod(shape) * products, None),)
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


def _as_counted(subject: Subject) -> Iterator[Objection]:
    for case, outcome in kernels(subject):
        if (reason := _counted(case, outcome)) is not None:
            yield place(outcome), reason


def _counted(case: KernelCase, outcome: Measured) -> str | None:
    """Chunks that the counters saw, against the launches that are claimed, sample by sample."""
    workers = outcome.ticks
    rows: dict[int | None, list[int]] = {}
    for worker in workers:
        rows.setdefault(worker.set_bytes, []).append(worker.cpu)
    if case.device == CPU and any(tuple(row) != case.cpus for row in rows.values()):
        return "the counters are not those of the CPUs in the plan"
    if not rows:
        return None
    per_launch = outcome.work_per_launch(case.unit)
    exact = case.kernel == "fma"
    # On an accelerator one multiprocessor speaks for all of them.
    times = 1 if case.device == CPU else _number(outcome.executed.get("multiprocessors", ""))
    for position, launches in enumerate(outcome.samples.launches):
        claimed = per_launch * launches
        seen = times * sum(w.ops_per_chunk * w.chunks[position] for w in workers)
        if seen > claimed or seen < (claimed if exact else claimed // 3):
            return f"the counters saw work of {seen}, the launches claim {claimed}"
    return None


def _as_binned(subject: Subject) -> Iterator[Objection]:
    """The histograms hold the chunks of the samples that count, and no others."""
    for _, outcome in kernels(subject):
        counts = [reason is None for reason in outcome.samples.rejected]
        for worker in outcome.ticks:
            chunks, binned = sum(compress(worker.chunks, counts)), sum(worker.work.counts)
            if chunks != binned:
                yield place(outcome), f"{chunks} chunks in the samples, {binned} in the histogram"
                break
            if (reason := _spent(worker, counts)) is not None:
                yield place(outcome), reason
                break


def _spent(worker: WorkerTicks, counts: list[bool]) -> str | None:
    """The ticks of the samples are those of the histograms, as well as their bins tell."""
    spent = sum(compress(worker.spent_ticks, counts))
    binned = total_ticks(worker.work) + total_ticks(worker.probe)
    edges = worker.work.ticks
    if edges and edges[0] <= 0:  # a counter that was set back
        return None
    if not binned <= spent <= binned * (1 + 1 / COARSE_BINS) + 1:
        return f"{spent} ticks in the samples, {binned} in the histograms"
    medians = [m for m, counted in zip(worker.median_ticks, counts, strict=True) if counted and m]
    if medians and not (
        edges and edges[0] <= min(medians) and max(medians) <= edges[-1] * (1 + 1 / SUB_BINS)
    ):
        return f"median chunks of {min(medians)} to {max(medians)} ticks, none of them so"
    return None


def _between_chunk_and_probe(subject: Subject) -> Iterator[Objection]:
    """Cycles of a chunk are its ticks over those of the probe beside it, whichever that was."""
    for _, outcome in kernels(subject):
        if (reason := next(filter(None, map(_paired, outcome.ticks)), None)) is not None:
            yield place(outcome), reason


def _paired(worker: WorkerTicks) -> str | None:
    probes, cycles = sum(worker.probe.counts), sum(worker.cycles.counts)
    if cycles != probes:
        return f"{cycles} chunks are counted in cycles beside {probes} probes"
    # A counter that was set back is another rule's.
    spent, beside, found = map(_span, (worker.work, worker.probe, worker.cycles))
    if spent is None or beside is None or found is None:
        return None
    least = spent[0] * worker.cycles_per_probe / beside[1]
    most = spent[1] * worker.cycles_per_probe / beside[0]
    if found[0] < least * (1 - BINS) - 1 or found[1] > most * (1 + BINS) + 1:
        return (
            f"chunks of {found[0]} to {found[1]} cycles cannot be: ticks and probes give "
            f"{least:.0f} to {most:.0f}"
        )
    return None


def _span(histogram: TickHistogram) -> tuple[int, int] | None:
    """Least and most ticks above zero; edges rise."""
    first = bisect_right(histogram.ticks, 0)
    if first == len(histogram.ticks):
        return None
    return histogram.ticks[first], histogram.ticks[-1]


RULES = (
    Rule("WRK-011", Severity.CRITICAL, "A launch does the work of its shape", _as_shaped),
    Rule("WRK-012", Severity.CRITICAL, "The counters saw the work that is claimed", _as_counted),
    Rule("WRK-014", Severity.CRITICAL, "Histograms are those of the samples", _as_binned),
    Rule(
        "WRK-013", Severity.MAJOR, "Cycles follow from ticks and probes", _between_chunk_and_probe
    ),
)
