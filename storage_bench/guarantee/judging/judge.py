"""From the replicates of a guarantee to its verdict: one pure function."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction

from storage_bench.guarantee.definition import Guarantee, Tier
from storage_bench.guarantee.judging import checks
from storage_bench.guarantee.judging.verdict import Check, CheckResult, Judgement, overall
from storage_bench.observations import Replicate


def judge(
    guarantee: Guarantee,
    tier_name: str,
    trials: Sequence[Replicate],
    needed_bytes: int,
    capped: bool = False,
) -> Judgement:
    """Hold every replicate against the definition.

    `needed_bytes` is the working set that the tier wants here; `capped` is for a volume that is
    provisioned at exactly the target.
    """
    tier = guarantee.tiers[tier_name]
    threshold = guarantee.target_iops * (guarantee.capped_factor if capped else 1.0)
    found: list[Check] = []
    beside: list[Check] = []
    judged, missed, runs = 0, 0, 0
    for number, trial in enumerate(trials, 1):
        whole = checks.seconds(trial.result) if trial.result is not None else ()
        low = [not (window.ios >= threshold) for window in whole]
        judged, missed = judged + len(whole), missed + sum(low)
        runs += len(checks.episodes(low))
        prefix = f"replicate {number}, " if len(trials) > 1 else ""
        found.extend(
            replace(check, name=prefix + check.name)
            for check in _trial(guarantee, tier, trial, threshold, needed_bytes)
        )
        if trial.result is not None:
            look = checks.appends(guarantee, trial)
            beside.append(replace(look, name=prefix + look.name))
    if trials:
        found.append(_replicates(guarantee, tier.replicates, trials))
    measured = any(trial.result is not None for trial in trials)
    return Judgement(
        guarantee=guarantee.id,
        tier=tier_name,
        certifies=tier.certifies,
        verdict=overall(tuple(found)) if measured else CheckResult.NOT_MEASURED,
        threshold_iops=threshold,
        seconds=judged,
        misses=missed,
        episodes=runs,
        demonstrated=demonstrated(
            missed, judged, guarantee.rate.window_share, guarantee.rate.confidence
        ),
        checks=tuple(found),
        beside=tuple(beside),
    )


def demonstrated(misses: int, seconds: int, share: float, confidence: float) -> bool:
    """Whether this share of all seconds is proven with this confidence, one-sided and exact.

    If the true share were just `share`, so few misses or fewer would come up with probability
    P(Bin(seconds, 1 - share) <= misses); the share is proven where that is at most
    1 - confidence (Clopper and Pearson 1934). Misses must be independent of each other for that.
    """
    if seconds == 0:
        return False
    log_hit, log_miss = math.log(share), math.log1p(-share)
    log_choose = math.lgamma(seconds + 1)
    tail = math.fsum(
        math.exp(
            log_choose
            - math.lgamma(k + 1)
            - math.lgamma(seconds - k + 1)
            + k * log_miss
            + (seconds - k) * log_hit
        )
        for k in range(misses + 1)
    )
    return tail <= 1 - confidence


def _trial(
    guarantee: Guarantee, tier: Tier, trial: Replicate, threshold: float, needed_bytes: int
) -> Iterator[Check]:
    result = trial.result
    if result is None:
        yield Check("load", CheckResult.NOT_MEASURED, trial.failure or "it was not run")
        return
    whole = checks.seconds(result)
    missing = math.floor(tier.duration_s) - 1 - len(whole)
    if missing > 0 or not _gapless([window.start_s for window in whole]):
        because = f"{len(whole)} whole seconds were kept of {tier.duration_s:.0f}"
        yield Check("windows", CheckResult.NOT_MEASURED, because)
    if not whole:
        return
    yield from checks.agreement(result)
    yield from checks.rate(guarantee, threshold, whole)
    yield from checks.latency(guarantee, result, whole)
    yield checks.offered(guarantee, result)
    yield checks.counters(guarantee, trial, result)
    yield from checks.caches(trial, needed_bytes)
    yield checks.data(guarantee, trial)
    yield checks.integrity(trial)
    yield checks.steadiness(tier, whole)


def _gapless(starts: Sequence[float]) -> bool:
    return all(start == starts[0] + index for index, start in enumerate(starts))


def _replicates(guarantee: Guarantee, wanted: int, trials: Sequence[Replicate]) -> Check:
    """Enough of them, by one engine, and close to each other."""
    results = [trial.result for trial in trials if trial.result is not None]
    ways = {f"{result.engine}-{result.interface}" for result in results}
    if len(results) < wanted:
        because = f"{len(results)} of {wanted} were measured"
        return Check("replicates", CheckResult.NOT_MEASURED, because)
    if len(ways) > 1:
        because = f"different engines are never mixed: {', '.join(sorted(ways))}"
        return Check("replicates", CheckResult.INCONCLUSIVE, because)
    rates = [Fraction(r.ios) / Fraction(r.duration_s) for r in results]
    mean = sum(rates) / len(rates)
    spread = float((max(rates) - min(rates)) / mean) if mean else 0.0
    because = f"{len(rates)} by {ways.pop()}"
    if len(rates) > 1:
        because += f", their rates {spread:.1%} apart"
    holds = spread <= guarantee.repeat.spread_share
    return Check("replicates", CheckResult.PASS if holds else CheckResult.INCONCLUSIVE, because)
