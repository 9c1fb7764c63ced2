"""Our search for a shape against the exhaustive one, from what both have sealed. Pure."""

import statistics
from dataclasses import dataclass

from bench.evidence.plan import KernelCase
from bench.evidence.shape_search import AGAIN, EXHAUSTIVE, Shape, ShapeTrial, best
from bench.units import format_si
from reports.judgement.acceptance.criterion import Criterion
from reports.performance.subject import Subject

OF_TIME = 0.1
"""Of the time of an exhaustive search."""
GRID = 3375
"""Shapes of the whole grid (`bench.execution.shapes.exhaustive`)."""


@dataclass(frozen=True, slots=True)
class Searched:
    """Our short search and the exhaustive one beside it."""

    shape: Shape
    """The one that ours chose."""
    burst: float | None
    plateau_rate: float | None
    """FLOP/s of ours in that shape, as a run measures them."""
    duration_s: float
    """Of our search."""
    trials: tuple[ShapeTrial, ...]
    """Of the exhaustive search."""
    planned: int
    exhaustive_s: float
    again: tuple[tuple[float, float], ...]
    """FLOP/s in our shape and in the best one, in turn, by the exhaustive search's statistic."""


def searched(subject: Subject) -> Searched | None:
    """What the evidence holds of both searches; None where one is missing or came to nothing."""
    by_way = {search.implementation: search for search in subject.evidence.plan.searches}
    exhaustive, again = by_way.get(EXHAUSTIVE), by_way.get(AGAIN)
    if exhaustive is None or again is None or exhaustive.duration_s is None:
        return None
    ours = next(
        (s for s in subject.evidence.plan.searches if s.decides and s.precision == again.precision),
        None,
    )
    if ours is None or ours.duration_s is None or best(exhaustive.trials) is None:
        return None
    rates = [trial.rate for trial in again.trials]
    pairs = tuple((m, t) for m, t in zip(rates[::2], rates[1::2], strict=False) if m and t)
    states = [
        state
        for case in subject.evidence.plan.cases
        if isinstance(case, KernelCase)
        and (case.precision, case.shape) == (ours.precision, ours.shape)
        for outcome in subject.derived.valid(case)
        if (state := subject.derived.steady_state(case, outcome)) is not None
    ]
    return Searched(
        ours.shape,
        max((state.burst for state in states), default=None),
        max((state.plateau_rate for state in states), default=None),
        ours.duration_s,
        exhaustive.trials,
        GRID,
        exhaustive.duration_s,
        pairs,
    )


def search_criteria(found: Searched) -> tuple[Criterion, ...]:
    """Our search against the exhaustive one.

    The first two are of one statistic: a card that rests between products, as it does there,
    clocks higher than one under our load. The highest of thousands of rates is lucky too, so that
    the second leaves its luck out.
    """
    winner = best(found.trials)
    (top,) = {t.rate for t in found.trials if t.shape == winner and t.rate is not None}
    seen = f"{len(found.trials)} of {found.planned} shapes in {found.exhaustive_s:.0f} s"
    # One that is cut short has seen a fair sample: the whole grid takes as long a shape.
    whole_s = found.exhaustive_s / len(found.trials) * found.planned
    limited = "" if len(found.trials) == found.planned else ", at the pace of those that were tried"
    against = "BF16 by an exhaustive search's statistic, our shape"
    ours = statistics.median(mine for mine, _ in found.again) if found.again else None
    theirs = statistics.median(other for _, other in found.again) if found.again else None
    return (
        Criterion(
            f"{against} / its best",
            _over(ours, top),
            1.0,
            f"{_tera(ours)} in {found.shape}; {_tera(top)} in {winner}, best of {seen}",
        ),
        Criterion(f"{against} / its best measured again", _over(ours, theirs), 1.0, _tera(theirs)),
        Criterion("BF16, our burst / its best", _over(found.burst, top), 1.0, _tera(found.burst)),
        Criterion(
            "BF16, our settled rate / its best",
            _over(found.plateau_rate, top),
            1.0,
            _tera(found.plateau_rate),
        ),
        Criterion(
            "time of our search / time of the exhaustive search",
            found.duration_s / whole_s,
            OF_TIME,
            f"{found.duration_s:.1f} s of {whole_s:.0f} s{limited}",
            at_most=True,
        ),
    )


def _over(ours: float | None, theirs: float | None) -> float | None:
    return None if ours is None or not theirs else ours / theirs


def _tera(rate: float | None) -> str:
    return "not measured" if rate is None else format_si(rate, "FLOP/s", 4)
