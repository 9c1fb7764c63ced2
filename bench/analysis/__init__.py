"""Outcomes to estimates and judgements: everything that follows from the observations. Pure."""

from bench.analysis.estimates import estimate
from bench.analysis.guarantee import judgements
from bench.evidence import FORMAT, Evidence, Tool
from bench.evidence.inventory import Inventory
from bench.evidence.outcome import Outcome
from bench.evidence.plan import Plan


def conclude(
    tool: Tool,
    run_id: str,
    started_at: str,
    finished_at: str,
    inventory: Inventory,
    plan: Plan,
    outcomes: tuple[Outcome, ...],
    interrupted: str | None,
) -> Evidence:
    """Everything observed, with the estimates and the judgements that follow from it."""
    # The order of a bundle's files, so that what is read back equals what was written.
    ordered = tuple(sorted(outcomes, key=lambda o: f"{o.case_id}.{o.repeat}.json"))
    return Evidence(
        format=FORMAT,
        tool=tool,
        run_id=run_id,
        started_at=started_at,
        finished_at=finished_at,
        inventory=inventory,
        plan=plan,
        outcomes=ordered,
        estimates=estimate(plan, ordered),
        interrupted=interrupted,
        judgements=judgements(plan, ordered),
    )
