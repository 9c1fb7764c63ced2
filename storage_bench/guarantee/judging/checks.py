"""What one replicate is checked for: each demand of a guarantee as one pure function."""

from collections.abc import Iterator, Sequence

from storage_bench.guarantee.definition import Guarantee, Tier
from storage_bench.guarantee.judging import steady_state
from storage_bench.guarantee.judging.verdict import Check, CheckResult
from storage_bench.histogram import merged
from storage_bench.job import Direction, JobResult, Latency, Window
from storage_bench.observations import Replicate

AGREEMENT_SHARE = 0.02
"""How far two counts of the same operations may differ: fio rounds its logs to milliseconds."""


def seconds(result: JobResult) -> tuple[Window, ...]:
    """The whole seconds: a part of one at either end has no rate."""
    return tuple(window for window in result.windows if window.duration_s == 1)


def episodes(flags: Sequence[bool]) -> tuple[tuple[int, int], ...]:
    """First and last index of each row of true flags."""
    found: list[tuple[int, int]] = []
    for index, flag in enumerate(flags):
        if flag and found and found[-1][1] == index - 1:
            found[-1] = (found[-1][0], index)
        elif flag:
            found.append((index, index))
    return tuple(found)


def agreement(result: JobResult) -> Iterator[Check]:
    """Windows and histograms speak of the same operations as the totals, or prove nothing."""
    windows = sum(window.ios for window in result.windows)
    parts = [("windows", windows, result.ios)]
    for name, way in (("read latencies", result.read), ("write latencies", result.write)):
        if way is not None and way.latency is not None:
            parts.append((name, sum(way.latency.counts), way.ios))
    for name, counted, total in parts:
        if abs(counted - total) > AGREEMENT_SHARE * total:
            because = f"they hold {counted} of {total} operations"
            yield Check(name, CheckResult.INCONCLUSIVE, because)


def rate(guarantee: Guarantee, threshold: float, whole: Sequence[Window]) -> Iterator[Check]:
    """Seconds, long windows and stalls."""
    rule = guarantee.rate
    low = [not (window.ios >= threshold) for window in whole]
    share = 1 - sum(low) / len(whole)
    verdict = CheckResult.PASS if share >= rule.window_share else CheckResult.FAIL
    yield Check("seconds", verdict, _below(threshold, whole, low))

    starts = _long_starts(len(whole), rule.long_window_s)
    if not starts:
        because = f"{len(whole)} s are shorter than a window of {rule.long_window_s} s"
        yield Check("long windows", CheckResult.NOT_MEASURED, because)
    else:
        rates = [
            sum(window.ios for window in whole[start : start + rule.long_window_s])
            / rule.long_window_s
            for start in starts
        ]
        weak = [(s, r) for s, r in zip(starts, rates, strict=True) if not (r >= threshold)]
        because = f"{len(weak)} of {len(rates)} below {threshold:.0f} IOPS"
        if weak:
            start, worst = min(weak, key=lambda pair: pair[1])
            because += f": {worst:.0f} IOPS in seconds {start} to {start + rule.long_window_s - 1}"
        yield Check("long windows", CheckResult.FAIL if weak else CheckResult.PASS, because)

    stalled = [not (window.ios >= rule.stall_iops) for window in whole]
    long = [(a, b) for a, b in episodes(stalled) if b - a + 1 >= rule.stall_windows]
    because = f"{sum(stalled)} seconds below {rule.stall_iops:.0f} IOPS"
    if long:
        because += f": seconds {_spans(long)} in a row"
    yield Check("stalls", CheckResult.FAIL if long else CheckResult.PASS, because)


def latency(guarantee: Guarantee, result: JobResult, whole: Sequence[Window]) -> Iterator[Check]:
    """The bounds over the whole time and over the long windows, for reads and for writes."""
    for name, direction in (("read", result.read), ("write", result.write)):
        yield _bounds(guarantee, name, direction)
        yield _long_latencies(guarantee, name, whole)


def _bounds(guarantee: Guarantee, name: str, direction: Direction | None) -> Check:
    rule, label = guarantee.latency, f"{name} latency"
    if direction is None or direction.latency is None:
        return Check(label, CheckResult.NOT_MEASURED, f"no {name} has a latency")
    found = direction.latency
    values = (
        ("p99", found.percentile_ns(0.99) / 1e9, rule.p99_s),
        ("p99.9", found.percentile_ns(0.999) / 1e9, rule.p999_s),
        ("max", found.max_ns / 1e9, rule.max_s),
    )
    because = ", ".join(
        f"{what} {value * 1e3:.5g} ms (at most {bound * 1e3:g})" for what, value, bound in values
    )
    holds = all(value <= bound for _, value, bound in values)
    return Check(label, CheckResult.PASS if holds else CheckResult.FAIL, because)


def _long_latencies(guarantee: Guarantee, name: str, whole: Sequence[Window]) -> Check:
    label, length = f"{name} latency in long windows", guarantee.rate.long_window_s
    tails: list[tuple[int, float]] = []
    for start in _long_starts(len(whole), length):
        part = merged(_latency(window, name) for window in whole[start : start + length])
        if part is None:
            return Check(label, CheckResult.NOT_MEASURED, f"none from second {start} on")
        tails.append((start, part.percentile_ns(0.99) / 1e9))
    if not tails:
        return Check(label, CheckResult.NOT_MEASURED, f"{len(whole)} s are shorter than {length} s")
    slow = [(s, tail) for s, tail in tails if not (tail <= guarantee.latency.p99_s)]
    because = f"p99 of {len(slow)} of {len(tails)} above {guarantee.latency.p99_s * 1e3:.3g} ms"
    if slow:
        start, worst = max(slow, key=lambda pair: pair[1])
        because += f": {worst * 1e3:.3g} ms in seconds {start} to {start + length - 1}"
    holds = 1 - len(slow) / len(tails) >= guarantee.latency.long_window_share
    return Check(label, CheckResult.PASS if holds else CheckResult.FAIL, because)


def offered(guarantee: Guarantee, result: JobResult) -> Check:
    """A shortfall is the storage's only if our own threads had time left."""
    rule = guarantee.witness
    due = guarantee.load.offered_factor * guarantee.target_iops * result.duration_s
    share, busy = result.ios / due, result.cpu_share
    because = f"{share:.1%} of the offered load was done"
    if share >= rule.offered_share:
        return Check("offered load", CheckResult.PASS, because)
    if busy is None:
        because += "; how busy our own threads were is not known"
        return Check("offered load", CheckResult.INCONCLUSIVE, because, excuses=True)
    because += f", our busiest thread was at work for {busy:.0%} of the time"
    if not (busy < rule.busy_cpu_share):
        return Check("offered load", CheckResult.INCONCLUSIVE, because, excuses=True)
    return Check("offered load", CheckResult.PASS, because)


def counters(guarantee: Guarantee, trial: Replicate, result: JobResult) -> Check:
    """The device's own count, which neither a cache nor other users may be part of."""
    if trial.seen is None:
        because = "no device counts the I/O of this file system"
        return Check("device counters", CheckResult.NOT_MEASURED, because)
    because = f"the device counted {trial.seen.ios} I/Os, we {result.ios}"
    excess = trial.seen.ios / result.ios - 1
    if excess > guarantee.witness.foreign_share:
        because += ": others used it meanwhile"
        return Check("device counters", CheckResult.INCONCLUSIVE, because, excuses=True)
    if not (excess >= -guarantee.witness.device_share):
        because += ": something before it answered"
        return Check("device counters", CheckResult.INCONCLUSIVE, because)
    return Check("device counters", CheckResult.PASS, because)


def caches(trial: Replicate, needed_bytes: int) -> Iterator[Check]:
    """The page cache was passed by, and the working set is beyond any other."""
    if trial.bypass is None:
        yield Check("cache bypass", CheckResult.NOT_MEASURED, "there is no proof")
    else:
        parts = trial.bypass.broken or trial.bypass.parts
        because = "; ".join(f"{part.name}: {part.because}" for part in parts)
        stands = trial.bypass.stands
        yield Check(
            "cache bypass", CheckResult.PASS if stands else CheckResult.INCONCLUSIVE, because
        )
    because = f"{trial.size_bytes} bytes; wanted {needed_bytes}"
    enough = trial.size_bytes >= needed_bytes
    yield Check("working set", CheckResult.PASS if enough else CheckResult.INCONCLUSIVE, because)


def data(guarantee: Guarantee, trial: Replicate) -> Check:
    """What was on the medium could be neither compressed nor stored once."""
    found, rule = trial.data, guarantee.data
    if found is None:
        return Check("data", CheckResult.NOT_MEASURED, "no block was read back")
    because = (
        f"{found.blocks} blocks read back: {found.compressed_share:.3f} of their size after "
        f"compression, {found.repeated} of them twice"
    )
    genuine = found.compressed_share >= rule.compressed_share and found.repeated == 0
    return Check("data", CheckResult.PASS if genuine else CheckResult.INCONCLUSIVE, because)


def integrity(trial: Replicate) -> Check:
    """Everything that was written came back; one byte that did not is one too many."""
    found, name = trial.integrity, "integrity"
    if found is None:
        return Check(name, CheckResult.NOT_MEASURED, "the file was not read back")
    if found.broken:
        where = ", ".join(map(str, found.broken_at))
        because = (
            f"{found.broken} of {found.blocks} blocks hold other than what was written, "
            f"at byte {where}"
        )
        return Check(name, CheckResult.FAIL, because, inexcusable=True)
    known = found.anew + found.as_filled + found.by_load
    because = (
        f"{known} of {found.blocks} blocks are as written: {found.as_filled} from before the load, "
        f"{found.by_load} by it, {found.anew} after it"
    )
    if found.untold:
        because += f"; {found.untold} by an engine that leaves no mark in them"
    if known + found.untold != found.blocks or not found.anew:
        return Check(name, CheckResult.NOT_MEASURED, because)
    return Check(name, CheckResult.PASS, because)


def appends(guarantee: Guarantee, trial: Replicate) -> Check:
    """How long a log writer waits until a small append is durable."""
    found, rule = trial.appends, guarantee.appends
    name = "durable appends"
    if found is None or not sum(found.sync_latency.counts):
        return Check(name, CheckResult.NOT_MEASURED, "none was made")
    p99_s = found.sync_latency.percentile_ns(0.99) / 1e9
    because = (
        f"{found.syncs} of {found.block_bytes} B by {found.engine}: p99 of fdatasync "
        f"{p99_s * 1e3:.3g} ms (at most {rule.sync_p99_s * 1e3:g}), "
        f"max {found.sync_latency.max_ns / 1e6:.3g} ms"
    )
    holds = p99_s <= rule.sync_p99_s
    return Check(name, CheckResult.PASS if holds else CheckResult.FAIL, because)


def steadiness(tier: Tier, whole: Sequence[Window]) -> Check:
    """The figures are of a steady state; a tier too short for one says so and is indicative."""
    if tier.round_s == 0:
        return Check("steady state", CheckResult.PASS, "not looked for in so short a time")
    rows = steady_state.rounds(whole, tier.round_s)
    state = steady_state.assess(rows)
    if state.reached is None:
        because = f"not within {len(rows)} rounds of {tier.round_s} s"
        return Check("steady state", CheckResult.INCONCLUSIVE, because)
    because = f"from second {rows[state.reached].start_s:.0f} on"
    if state.left:
        because += "; left in second " + ", ".join(f"{rows[i].start_s:.0f}" for i in state.left)
    return Check("steady state", CheckResult.PASS, because)


def _latency(window: Window, name: str) -> Latency | None:
    return window.read_latency if name == "read" else window.write_latency


def _long_starts(count: int, length: int) -> list[int]:
    """Windows side by side, and one more that ends with the time: no second is left out."""
    if count < length:
        return []
    starts = list(range(0, count - length + 1, length))
    return starts if starts[-1] == count - length else [*starts, count - length]


def _below(threshold: float, whole: Sequence[Window], low: Sequence[bool]) -> str:
    text = f"{sum(low)} of {len(whole)} below {threshold:.0f} IOPS"
    if any(low):
        worst = min(whole, key=lambda window: window.ios)
        text += f": seconds {_spans(episodes(low))}; {worst.ios} in second {worst.start_s:.0f}"
    return text


def _spans(spans: Sequence[tuple[int, int]], most: int = 8) -> str:
    """`3, 7-9`; many are cut, and it is said."""
    shown = ", ".join(f"{a}" if a == b else f"{a}-{b}" for a, b in spans[:most])
    return shown if len(spans) <= most else f"{shown} and {len(spans) - most} more"
