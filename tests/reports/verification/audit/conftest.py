"""How to forge another bundle from the one that every rule is content with."""

from collections.abc import Callable
from typing import Any

import pytest

from bench.analysis import conclude
from bench.evidence import Evidence
from bench.evidence.codec import replace
from bench.evidence.outcome import Outcome
from bench.evidence.plan import Case
from bench.testing.complete_run import simulated_run

Forge = Callable[..., Evidence]


@pytest.fixture(scope="session")
def honest() -> Evidence:
    """A bundle that every rule is content with, of a machine that claims to be real."""
    evidence = simulated_run()
    return replace(evidence, inventory=replace(evidence.inventory, simulated=False))


@pytest.fixture
def forge(honest: Evidence) -> Forge:
    """The honest bundle with changes, sealed anew by somebody who can: estimates follow again.

    `outcome` changes every outcome of `metric`, or of one repeat; `case` changes its case, and
    `plan`, `inventory` and `run` their fields.
    """

    def make(
        metric: str = "",
        *,
        repeat: int | None = None,
        outcome: Callable[[Any], Outcome] | None = None,
        case: Callable[[Any], Case] | None = None,
        **fields: Any,
    ) -> Evidence:
        planned, outcomes = honest.plan, list(honest.outcomes)
        cases: list[Case] = []
        for old in planned.cases:
            new = case(old) if case is not None and old.metric == metric else old
            cases.append(new)
            for i, each in enumerate(outcomes):
                if each.case_id != old.id:
                    continue
                if outcome is not None and old.metric == metric and repeat in (None, each.repeat):
                    each = outcome(each)
                outcomes[i] = replace(each, case_id=new.id)
        fields.setdefault("plan", replace(planned, cases=tuple(cases)))
        changed = replace(honest, outcomes=tuple(outcomes), **fields)
        return conclude(
            changed.tool, changed.run_id, changed.started_at, changed.finished_at,
            changed.inventory, changed.plan, changed.outcomes, changed.interrupted,
        )  # fmt: skip

    return make
