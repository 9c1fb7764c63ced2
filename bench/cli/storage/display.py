"""How verdicts and sweeps of storage are shown on a terminal."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from bench.units import format_si

if TYPE_CHECKING:
    from bench.evidence.outcome import Outcome
    from storage_bench.guarantee.definition import Guarantee
    from storage_bench.guarantee.judging.verdict import Judgement
    from storage_bench.sweep import Knee, SweepPoint


def show(demanded: "Guarantee", found: "Judgement", outcomes: "Sequence[Outcome]") -> None:
    """The definition with all its parameters, every check, and the verdict."""
    load, rate, latency = demanded.load, demanded.rate, demanded.latency
    tier = demanded.tiers[found.tier]
    standing = "certifying" if found.certifies else "INDICATIVE: it never certifies"
    click.echo(f"{demanded.id}: {demanded.title}")
    click.echo(
        f"  load: {load.block_bytes} B at random, {load.read_share:.0%} reads, "
        f"{demanded.target_iops * load.offered_factor:.0f} IOPS offered (open loop), at most "
        f"{load.in_flight} in flight, incompressible data"
    )
    click.echo(
        f"  demand: {found.threshold_iops:.0f} IOPS in {rate.window_share:.1%} of seconds and in "
        f"every {rate.long_window_s} s; p99 {latency.p99_s * 1e3:g} ms, p99.9 "
        f"{latency.p999_s * 1e3:g} ms, max {latency.max_s:g} s, for reads and for writes"
    )
    click.echo(
        f"  tier: {found.tier} ({standing}), {tier.replicates} x {tier.duration_s:.0f} s after "
        f"{tier.settle_s:.0f} s to settle"
    )
    for outcome in outcomes:
        click.echo(f"  {_replicate(outcome)}")
    # What stands between the verdict and PASS comes last, next to it.
    for check in sorted(found.checks, key=lambda check: check.verdict != "PASS"):
        click.echo(f"{check.verdict:<13} {check.name}: {check.because}")
    for check in found.beside:
        click.echo(f"{'beside:':<13} {check.name} {check.verdict}: {check.because}")
    proven = (
        f"demonstrated at {rate.confidence:.0%}" if found.demonstrated else
        f"observed, not demonstrated at {rate.confidence:.0%}"
    )  # fmt: skip
    held = found.seconds - found.misses
    click.echo(
        f"{found.verdict} ({standing}); the rate was held in {held} of {found.seconds} seconds, "
        f"{found.episodes} episodes of misses: {proven}"
    )
    excuses = [c.name for c in found.checks if c.excuses and c.verdict != "PASS"]
    if found.verdict == "INCONCLUSIVE" and any(c.verdict == "FAIL" for c in found.checks):
        click.echo(f"What failed proves nothing, because of: {'; '.join(excuses)}.")


def _replicate(outcome: "Outcome") -> str:
    """One replicate in one line."""
    name = f"replicate {outcome.repeat + 1}"
    if outcome.kind == "failed" or outcome.kind == "skipped":
        return f"{name}: {outcome.reason}"
    assert outcome.kind == "measured-replicate"
    assert outcome.replicate.result is not None
    trial, result = outcome.replicate, outcome.replicate.result
    resumed = f", after the run was taken up again {outcome.resumed_at}"
    return (
        f"{name} by {result.engine} {result.engine_version}, {result.interface}: "
        f"{result.ios / result.duration_s:.0f} IOPS over {format_si(trial.size_bytes, 'B')}, "
        f"begun {outcome.began_at}{resumed if outcome.resumed_at else ''}"
    )


def show_sweep(points: "Sequence[SweepPoint]", knee: "Knee | None", p99_ms: float) -> None:
    """One line a point, and the knee."""
    click.echo("depth    block  reads       IOPS          rate        p50        p99        max")
    for point in points:
        click.echo(
            f"{point.depth:>5} {point.block_bytes:>8} {point.read_share:>6.0%} "
            f"{point.iops:>10.0f} {format_si(point.bytes_per_s, 'B/s'):>13} "
            + " ".join(
                f"{format_si(value, 's'):>10}" for value in (point.p50_s, point.p99_s, point.max_s)
            )
        )
    if knee is not None:
        usable = "none" if knee.usable is None else str(knee.usable.depth)
        flat = "never" if knee.saturated is None else f"from depth {knee.saturated.depth} on"
        click.echo(f"knee: p99 stays within {p99_ms:g} ms up to depth: {usable}; saturated: {flat}")
