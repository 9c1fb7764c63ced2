"""Findings in words: amounts, targets, verdicts. The same in every format."""

from bench.units import format_binary, format_si, significant
from reports.declarations.capacity_plan import CapacityPlan
from reports.judgement.guarantees import Certificate, SystemFinding
from reports.judgement.verdict import PlanFinding, Verdict
from reports.performance.accelerators.chosen_shapes import ChosenShape
from reports.performance.accelerators.nodes import NodeRun
from reports.performance.accelerators.runs import AcceleratorRun
from reports.performance.accelerators.throttling import Loss
from reports.performance.processor.cache_levels import Size
from reports.performance.processor.interference import WORTH_TELLING, Interference
from reports.quantities import Interval

SIGN = {
    Verdict.MET: "✓",
    Verdict.NOT_MET: "✗",
    Verdict.UNDECIDED: "?",
    Verdict.NOT_MEASURED: "–",
}
"""Never colour alone."""

OPERATOR = {">": ">", ">=": "≥", "<=": "≤"}
NOTHING = "—"


def printable(text: str) -> str:
    """Text from evidence without control characters: it must not steer a terminal."""
    return "".join(c if c.isprintable() else "�" for c in text)


def quantity(value: float | None, unit: str, target: float | None = None) -> str:
    """One quantity; a count is whole and goes without a unit.

    Beside a target it has as many digits as it takes to stand on its side of it: 99.96 % of the
    100 % that are asked for are not written as 100 %.
    """
    if unit == "count" and value is not None:
        return f"{value:.0f}"
    digits = 3
    if value is not None and target is not None:
        while digits < 15 and _side(float(f"{value:.{digits - 1}e}"), target) != _side(
            value, target
        ):
            digits += 1
    return format_si(value, unit, digits)


def _side(value: float, target: float) -> int:
    return (value > target) - (value < target)


def intensity(flop_per_byte: float) -> str:
    """Operations a byte; nobody counts thousandths of one by a prefix."""
    return f"{significant(flop_per_byte, 3)} FLOP/B"


def amount(interval: Interval | None, unit: str, target: float | None = None) -> str:
    """A value with its bounds: `9.90 TFLOP/s [9.80 TFLOP/s, 10.0 TFLOP/s]`."""
    if interval is None:
        return NOTHING
    low = quantity(interval.low, unit, target)
    if interval.low == interval.high:
        return low
    if interval.high is None:
        return f"at least {low}"
    bounds = f"[{low}, {quantity(interval.high, unit, target)}]"
    if interval.value is None:
        return bounds
    return f"{quantity(interval.value, unit, target)} {bounds}"


def short(interval: Interval | None, unit: str, target: float | None = None) -> str:
    """A value alone, or what is known of it."""
    if interval is None:
        return NOTHING
    if interval.value is None:
        return amount(interval, unit, target)
    return quantity(interval.value, unit, target)


def effective(size: Size | None) -> str:
    """Effective size of a cache: what it holds, and what outgrows it."""
    if size is None:
        return NOTHING
    return f"{format_binary(size.holds_bytes)} – {format_binary(size.outgrown_bytes)}"


def claimed(size_bytes: int | None) -> str:
    return format_binary(size_bytes)


def cores(count: int) -> str:
    return "one core" if count == 1 else f"{count} cores"


def spread(interval: Interval) -> str:
    """How far the bounds lie from the value, in percent of it: `-1.0 +0.5 %`."""
    if not interval.value or interval.high is None:
        return NOTHING
    below = (interval.low / interval.value - 1) * 100
    above = (interval.high / interval.value - 1) * 100
    return f"{below:+.1f} {above:+.1f} %"


def target(finding: PlanFinding, plan: CapacityPlan) -> str:
    """What is asked for, in the plan's unit: `> 10 EFLOPS`."""
    unit = plan.entry(finding.id).unit
    wanted = unit.in_plan(finding.target)
    name = "" if unit.plan == "count" else f" {unit.plan}"
    return f"{OPERATOR[finding.operator]} {wanted:g}{name}"


def found(finding: PlanFinding) -> str:
    """What was found about a target: an amount with its bounds, or a few words."""
    return finding.said or amount(
        finding.amount or finding.contribution, finding.unit, finding.target
    )


def found_short(finding: PlanFinding) -> str:
    """The same without bounds."""
    return finding.said or short(
        finding.amount or finding.contribution, finding.unit, finding.target
    )


def held(certificate: Certificate) -> str:
    """In how many of its seconds a volume held the rate, and what that shows."""
    good = certificate.seconds - certificate.misses
    shown = "demonstrated" if certificate.demonstrated else "observed"
    return f"{good} of {certificate.seconds} s, {shown}"


def tested(certificate: Certificate) -> str:
    """By which definition, how long, by what, and what that is worth."""
    worth = "certifying" if certificate.certifies else "indicative"
    worth = "SIMULATED" if certificate.simulated else worth
    taken_up = ", taken up again" if certificate.resumed else ""
    return (
        f"{certificate.guarantee}, tier {certificate.tier} ({worth}), "
        f"{certificate.replicates} replicates by {certificate.engine}{taken_up}"
    )


def verdict(finding: PlanFinding | SystemFinding) -> str:
    return f"{SIGN[finding.verdict]} {finding.verdict.value}"


def title(finding: PlanFinding, plan: CapacityPlan) -> tuple[str, str]:
    """Chinese and English name."""
    entry = plan.entry(finding.id)
    return entry.name_zh, entry.name_en


def blamed(disturbance: Interference) -> str:
    """Why the sustained figure stays behind, for people."""
    said = [
        f"{blame.by.value} in {blame.samples} of {disturbance.samples} samples"
        for blame in disturbance.blames
    ]
    if len(disturbance.speeds) > 1:
        speeds = ", ".join(
            f"{quantity(speed.rate, disturbance.unit)} in {speed.share:.0%}"
            for speed in disturbance.speeds
        )
        said.append(f"a core ran at several speeds: {speeds} of the time")
    return "; ".join(said) or "no counter of the kernel explains it"


def loss(run: AcceleratorRun) -> str:
    """How far a card is from its peak and why: `-14 %: software power cap in 92 % of samples`."""
    share, causes = run.share_of_peak, run.causes
    if share is None:
        return ": ".join(["no peak is known", ", ".join(causes)][: 1 + bool(causes)])
    if not causes and share >= -WORTH_TELLING:
        return f"{round(share * 100):+d} %"
    return str(Loss(share, run.lost_to or causes))


def sustained(run: AcceleratorRun) -> str:
    """The sustained rate, or why there is none."""
    if run.sustained is None:
        return f"not steady: {'; '.join(run.not_steady)}"
    said = quantity(run.sustained, run.unit)
    return f"{said}; one process not: {'; '.join(run.not_steady)}" if run.not_steady else said


def spent(run: AcceleratorRun) -> str:
    """Energy by its source, mean power, and work for it."""
    if run.spent is None:
        return NOTHING
    return (
        f"{quantity(run.spent.energy_j, 'J')} by {' and '.join(run.spent.sources)}, "
        f"{quantity(run.spent.power_w, 'W')}, {quantity(run.spent.work_per_j, f'{run.unit} per W')}"
    )


def together(node: NodeRun) -> str:
    """How the cards of a node compare: `slowest cuda:2 at 641 TFLOP/s, spread 20.0 %`."""
    said = f"slowest {node.slowest} at {quantity(node.slowest_rate, node.unit)}, "
    said += f"spread {quantity(node.spread, '%')}"
    if not node.lost:
        return f"{node.planned} cards: {said}"
    return f"{len(node.measured)} of {node.planned} cards, {', '.join(node.lost)} lost: {said}"


def node_sustained(node: NodeRun) -> str:
    """The sum that all cards sustain, or what it was while they were not steady."""
    if node.sustained is None:
        return f"not steady: {quantity(node.total, node.unit)}"
    return quantity(node.sustained, node.unit)


def dimensions(shape: tuple[int, ...]) -> str:
    return " × ".join(map(str, shape))


def trials(chosen: ChosenShape) -> str:
    """What the shapes reached that were tried."""
    return "; ".join(
        f"{dimensions(trial.shape)}: {trial.reason or quantity(trial.rate, chosen.unit)}"
        for trial in chosen.trials
    )
