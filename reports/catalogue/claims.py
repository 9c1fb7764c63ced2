"""Plausibility of a claimed rate: sparse, of another precision, in another unit. Pure."""

from reports.catalogue.accelerators import AcceleratorModel, Rate, accelerator_models, silicon_of
from reports.quantities import Interval, exact

EQUAL_TOLERANCE = 0.02
"""Published figures of one rate differ by less than this, by rounding."""
SPARSE = (1.96, 2.04)
"""A structured-sparse rate is twice the dense one, where the units skip all zeros of 2:4."""
SLIPS = {
    1e3: "a unit 1000 times too large",
    1e-3: "a unit 1000 times too small",
    2**30 / 1e9: "binary prefixes (2^30) taken for decimal ones",
    1e9 / 2**30: "decimal prefixes taken for binary ones (2^30)",
}
UNIT_SLIP_TOLERANCE = 0.001
"""Two spellings of one number agree to this."""


def doubts_of_peak(card: AcceleratorModel, precision: str, claimed_per_s: float) -> tuple[str, ...]:
    """What is wrong with a peak claimed for one card; empty for its dense peak."""
    rate = card.rate(precision)
    if rate is None:
        return (f"no {precision} rate of {card.name} is published",)
    if _equal(claimed_per_s, rate.per_s):
        return ()
    doubts = [f"the dense {precision} peak of {card.name} is {rate.text()}"]
    if is_sparse(claimed_per_s, rate.per_s, rate.sparse_tera):
        times = "twice" if rate.sparse_tera is None else "more than"
        doubts.append(f"{times} that is the figure for 2:4 sparse operands")
    doubts += [
        f"it is the dense {key} peak of this card"
        for key, other in card.keyed_rates()
        if other is not rate and _equal(claimed_per_s, other.per_s)
    ]
    owners = [
        other.name
        for other in accelerator_models()
        if other is not card
        and (same := other.rate(precision)) is not None
        and _equal(claimed_per_s, same.per_s)
    ]
    if owners and len(doubts) == 1:
        doubts.append(f"it is the dense {precision} peak of {', '.join(owners)}")
    clock_hz = implied_clock_hz(card, precision, claimed_per_s)
    if clock_hz is not None and rate.clock_ghz is not None and len(doubts) == 1:
        doubts.append(
            f"it stands for a clock of {clock_hz / 1e9:.3f} GHz, not {rate.clock_ghz:g} GHz"
        )
    return tuple(doubts)


def doubts_of_result(
    card: AcceleratorModel, precision: str, claimed_per_s: float, devices: int
) -> tuple[str, ...]:
    """What is wrong with a result claimed for so many cards together; empty if it is possible."""
    rate = card.rate(precision)
    if rate is None:
        return (f"no {precision} rate of {card.name} is published",)
    each = claimed_per_s / devices
    if _reaches(rate, each):
        return ()
    fitting = [key for key, other in card.keyed_rates() if _reaches(other, each)]
    reason = f"fits {', '.join(fitting)}" if fitting else "fits no precision of this card"
    return (f"more than the dense {precision} peak of {rate.text()} a card: it {reason}",)


def share(
    card: AcceleratorModel, precision: str, result_per_s: float, devices: int
) -> Interval | None:
    """A result of so many cards over the dense peak of as many; None without a published peak."""
    rate = card.rate(precision)
    if rate is None:
        return None
    return exact(result_per_s).over(rate.per_s.times(devices))


def is_sparse(
    claimed_per_s: float, dense_per_s: Interval, sparse_tera: float | None = None
) -> bool:
    """Whether a claim is the sparse peak beside a dense one, to the rounding of published figures.

    Twice the dense one, unless the sheet has a figure of its own: of NVIDIA's Blackwell Ultra in
    FP4 it is a third more.
    """
    if sparse_tera is not None:
        return abs(claimed_per_s / (sparse_tera * 1e12) - 1) <= EQUAL_TOLERANCE
    assert dense_per_s.high is not None
    return SPARSE[0] * dense_per_s.low <= claimed_per_s <= SPARSE[1] * dense_per_s.high


def implied_clock_hz(card: AcceleratorModel, precision: str, claimed_per_s: float) -> float | None:
    """The clock at which the card's units would do so much; None for one without a formula."""
    rate = card.rate(precision)
    silicon = silicon_of(card.architecture, card.name)
    if rate is None or silicon is None or card.units is None or card.capped is not None:
        return None
    flop = silicon.flop(precision, rate.pipe)
    return None if flop is None else claimed_per_s / (card.units * flop)


def unit_slip(claimed: float, computed: float) -> str | None:
    """How a claim differs from the same figure computed again, if only by its unit."""
    for factor, meaning in SLIPS.items():
        if abs(claimed / computed / factor - 1) <= UNIT_SLIP_TOLERANCE:
            return meaning
    return None


def _equal(claimed_per_s: float, per_s: Interval) -> bool:
    assert per_s.high is not None
    return (1 - EQUAL_TOLERANCE) * per_s.low <= claimed_per_s <= (1 + EQUAL_TOLERANCE) * per_s.high


def _reaches(rate: Rate, per_s: float) -> bool:
    top = rate.per_s.high
    return top is not None and per_s <= top
