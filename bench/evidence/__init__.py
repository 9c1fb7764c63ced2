"""The payload that is sealed: what was found, asked for, observed and concluded."""

from bench.evidence.codec import Record
from bench.evidence.conclusions import CaseJudgement, Estimate
from bench.evidence.inventory import Inventory
from bench.evidence.outcome import Outcome
from bench.evidence.plan import Plan

FORMAT = 2
# Evidence format history:
#
# 1 - first format: inventory, plan, one file an outcome, estimates, judgements of the guarantees
#     where there are any, manifest with its own digest
# 2 - samples, readings and ticks are columns, a histogram is of a whole process; an estimate has
#     its statistic, working set and implementation as fields; a reason is a code and a text; every
#     field is written, defaults too; a card has its board, a host the parts of its fabric


class Tool(Record):
    """The program that made the evidence."""

    name: str
    version: str
    sources_sha256: str


class Evidence(Record):
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
    resumed_at: tuple[str, ...] = ()
    """When the run was taken up again, each time; empty for one in one piece."""
