"""Ticks of the workers' cycle counters: histograms of a process, and columns a sample."""

from bench.evidence.codec import Record


class TickHistogram(Record):
    """Counter ticks of equal chunks of work: the observation of one worker.

    `ticks[i]` (the lower edge of a bin 1/1024 wide) was seen `counts[i]` times.
    """

    ticks: tuple[int, ...] = ()
    counts: tuple[int, ...] = ()


class WorkerTicks(Record):
    """What one worker's cycle counter saw between chunks of its own work, in one process.

    The histograms hold the chunks of all samples that count; the columns have an entry for every
    sample, the rejected ones too.
    """

    cpu: int
    ops_per_chunk: int
    work: TickHistogram
    cycles_per_probe: int
    """Core cycles that one dependent-add probe takes by construction; 0 without a probe."""
    probe: TickHistogram
    cycles: TickHistogram
    """Core cycles of the chunks that a probe followed, each by the probe beside it."""
    chunks: tuple[int, ...]
    """Chunks in each sample."""
    spent_ticks: tuple[int, ...]
    """Ticks of all chunks and probes of each sample together."""
    median_ticks: tuple[int | None, ...]
    """Ticks of the median chunk of each sample; None for a sample without chunks."""
    set_bytes: int | None = None
    """The working set, for a kernel that goes over several; each has an entry of its own."""
