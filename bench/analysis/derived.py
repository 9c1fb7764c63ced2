"""Derived figures of a plan's outcomes, each computed once and shared by all that ask."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from bench.analysis.capability import CounterFigures, counter_figures
from bench.analysis.concurrent_devices import DeviceGroup, device_group, single_device
from bench.analysis.energy import Energy, energy
from bench.analysis.steady_state import SteadyState
from bench.evidence.outcome import Measured, Outcome
from bench.evidence.plan import Case, KernelCase, Plan


@dataclass(frozen=True, slots=True)
class GroupRun:
    """Cases of one group in one repeat, those with a right result, and how they ran together."""

    repeat: int
    outcomes: tuple[Measured, ...]
    devices: DeviceGroup | None
    """None where they had no common time."""


class Derived:
    """Figures of processes, made when they are first asked for and kept.

    It holds on to the outcomes: a report keeps what it needs of it, and lets it go.
    """

    def __init__(self, plan: Plan, outcomes: Sequence[Outcome]) -> None:
        self.plan = plan
        self.outcomes = tuple(outcomes)
        self.cases: dict[str, Case] = {case.id: case for case in plan.cases}
        self._by_case: dict[str, list[Outcome]] = {}
        for outcome in self.outcomes:
            self._by_case.setdefault(outcome.case_id, []).append(outcome)
        self._counters: dict[int, CounterFigures] = {}
        self._steady: dict[int, SteadyState | None] = {}
        self._energy: dict[int, Energy | None] = {}

    def outcomes_of(self, case: Case) -> Sequence[Outcome]:
        """The outcomes of a case, in the order of the bundle."""
        return self._by_case.get(case.id, ())

    def valid(self, case: Case) -> list[Measured]:
        """What was measured of a kernel's case with a right result."""
        return [o for o in self.outcomes_of(case) if isinstance(o, Measured) and o.is_valid]

    @cached_property
    def kernels(self) -> tuple[tuple[KernelCase, Measured], ...]:
        """Every measured kernel with its case."""
        return tuple(
            (case, outcome)
            for outcome in self.outcomes
            if isinstance(outcome, Measured)
            and isinstance(case := self.cases.get(outcome.case_id), KernelCase)
        )

    @cached_property
    def groups(self) -> dict[tuple[Case, ...], tuple[GroupRun, ...]]:
        """Cases of one group, and how they ran together in each repeat."""
        return {
            cases: tuple(self._group_runs(cases))
            for cases in self.plan.concurrent_groups()
            if _grouped(cases)
        }

    def counters(self, outcome: Measured) -> CounterFigures:
        """What the cycle counters of a process say."""
        key = id(outcome)
        if key not in self._counters:
            self._counters[key] = counter_figures(outcome)
        return self._counters[key]

    def steady_state(self, case: KernelCase, outcome: Measured) -> SteadyState | None:
        """Burst and sustained of one device; of one of a group in the time that they shared."""
        key = id(outcome)
        if case.group is not None:
            _ = self.groups
        if key not in self._steady:
            self._steady[key] = single_device(outcome, case.unit)
        return self._steady[key]

    def energy(self, outcome: Measured) -> Energy | None:
        """What a process cost in energy; None where no two readings tell."""
        key = id(outcome)
        if key not in self._energy:
            self._energy[key] = energy(outcome.readings, outcome.samples.end_s)
        return self._energy[key]

    def _group_runs(self, cases: tuple[Case, ...]) -> list[GroupRun]:
        repeats: dict[int, list[Measured]] = {}
        for case in cases:
            for outcome in self.valid(case):
                repeats.setdefault(outcome.repeat, []).append(outcome)
        found = []
        for repeat, outcomes in repeats.items():
            devices = device_group(outcomes, cases[0].unit)
            if devices is not None:
                for outcome, state in zip(outcomes, devices.states, strict=True):
                    self._steady[id(outcome)] = state
            found.append(GroupRun(repeat, tuple(outcomes), devices))
        return found


def _grouped(cases: tuple[Case, ...]) -> bool:
    return isinstance(cases[0], KernelCase) and cases[0].group is not None
