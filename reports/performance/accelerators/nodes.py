"""Concurrent runs of a node's cards: their sum, the slowest, the spread. Pure."""

import statistics
from collections import Counter
from dataclasses import dataclass

from bench.analysis.derived import GroupRun
from bench.evidence.plan import KernelCase
from reports.performance.accelerators.runs import label
from reports.performance.subject import Subject


@dataclass(frozen=True, slots=True)
class NodeRun:
    """One kernel on all cards of a node at once, over all repeats."""

    host: str
    metric: str
    implementation: str
    unit: str
    planned: int
    """Cards that were to run."""
    measured: tuple[str, ...]
    """Cards that did, in at least one repeat: `cuda:0`."""
    lost: tuple[str, ...]
    """Cards without a figure in any repeat; why, stands among what has no figure."""
    total: float
    """Sum over the time in which all of them ran; median over repeats."""
    sustained: float | None
    """The same where all of them were steady in some repeat, else None."""
    slowest: str
    """The card that was the slowest most often."""
    slowest_rate: float
    spread: float
    """Fastest minus slowest, as a share of the median; median over repeats."""


def node_runs(subject: Subject) -> tuple[NodeRun, ...]:
    """Every group of several cards that ran together, in the order of the plan."""
    found = []
    for cases, runs in subject.derived.groups.items():
        grouped = [case for case in cases if isinstance(case, KernelCase) and case.group]
        if len(grouped) > 1 and (run := _run(subject, grouped, runs)) is not None:
            found.append(run)
    return tuple(found)


def _run(subject: Subject, cases: list[KernelCase], runs: tuple[GroupRun, ...]) -> NodeRun | None:
    names = {device.uuid: label(device) for device in subject.evidence.inventory.devices}
    cards = {case.id: names[case.device] for case in cases}
    rounds = [
        ([cards[outcome.case_id] for outcome in run.outcomes], run.devices)
        for run in runs
        if run.devices is not None
    ]
    if not rounds:
        return None
    slowest = Counter(
        min(zip(some, seen.states, strict=True), key=lambda pair: pair[1].plateau_rate)[0]
        for some, seen in rounds
    )
    steady = [seen.sustained for _, seen in rounds if seen.sustained is not None]
    ran = {card for some, _ in rounds for card in some}
    return NodeRun(
        host=subject.host,
        metric=cases[0].group or cases[0].metric,
        implementation=cases[0].implementation,
        unit=cases[0].unit,
        planned=len(cases),
        measured=tuple(name for name in cards.values() if name in ran),
        lost=tuple(name for name in cards.values() if name not in ran),
        total=statistics.median(seen.total for _, seen in rounds),
        sustained=statistics.median(steady) if steady else None,
        slowest=slowest.most_common(1)[0][0],
        slowest_rate=statistics.median(seen.slowest for _, seen in rounds),
        spread=statistics.median(seen.spread for _, seen in rounds),
    )
