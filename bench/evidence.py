"""The payload that is sealed: what was found, asked for, observed and concluded."""

from dataclasses import dataclass

from bench.estimate import Estimate, estimate
from bench.inventory import Inventory
from bench.judgements import CaseJudgement, judgements
from bench.outcome import Outcome
from bench.plan import Plan

FORMAT = 1
# Evidence format history:
#
# 1 - first format: inventory, plan, one file an outcome, estimates, judgements of the guarantees
#     where there are any, manifest with its own digest


@dataclass(frozen=True, slots=True)
class Tool:
    """The program that made the evidence."""

    name: str
    version: str
    sources_sha256: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """Inventory and plan, outcomes and the estimates that follow from them."""

    format: int
    tool: Tool
    run_id: str
    started_at: str
    """UTC, ISO 8601."""
    finished_at: str
    inventory: Inventory
    plan: Plan
    outcomes: tuple[Outcome, ...]
    estimates: tuple[Estimate, ...]
    interrupted: str | None
    """Why the run ended before the plan did; None for a run that came to its end."""
    judgements: tuple[CaseJudgement, ...] = ()
    """Of every guarantee in the plan."""


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
