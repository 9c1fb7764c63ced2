"""One machine's evidence with what follows from it, each thing derived once for all that ask."""

from collections.abc import Callable
from functools import cached_property
from typing import Any, TypeVar

from bench.analysis.derived import Derived
from bench.evidence import Evidence
from bench.evidence.conclusions import Estimate, Statistic
from bench.evidence.plan import KernelCase
from bench.planning.cases import SUFFIX

T = TypeVar("T")


def is_check(case: KernelCase) -> bool:
    """Whether the case is there to see a result that is right, and is no figure of the device."""
    return case.metric.endswith(SUFFIX["check"])


class Subject:
    """What rules and analyses look at. It holds the samples: keep what you make of it instead."""

    def __init__(self, evidence: Evidence) -> None:
        self.evidence = evidence
        self.derived = Derived(evidence.plan, evidence.outcomes)
        self._made: dict[Callable[..., Any], Any] = {}

    @property
    def host(self) -> str:
        return self.evidence.inventory.host.hostname

    def once(self, make: Callable[["Subject"], T]) -> T:
        """What `make` makes of this subject, made when it is first asked for."""
        if make not in self._made:
            self._made[make] = make(self)
        found: T = self._made[make]
        return found

    @cached_property
    def _figures(self) -> dict[tuple[str, str | None, Statistic], Estimate]:
        return {
            (e.metric, e.implementation, e.statistic): e
            for e in self.evidence.estimates
            if e.working_set_bytes is None and e.operation is None
        }

    def figure(
        self, metric: str, statistic: Statistic = Statistic.VALUE, implementation: str | None = None
    ) -> Estimate | None:
        """The estimate of a metric as a whole: of one way of measuring, or of the best."""
        return self._figures.get((metric, implementation, statistic))

    def beside(self, metric: str, statistic: Statistic) -> Estimate | None:
        """The estimate of that statistic that belongs to a metric's value.

        Where several implementations share the metric, it is that of the best, which gave the
        metric its value.
        """
        if (own := self.figure(metric, statistic)) is not None:
            return own
        value = self.figure(metric)
        for (name, way, kind), figure in self._figures.items():
            best = value is not None and figure.value == value.value
            if name == metric and way is not None and kind is Statistic.VALUE and best:
                found = self.figure(metric, statistic, way)
                if found is not None:
                    return found
        return None
