"""Searches of an acceptance: short ones before the products, the exhaustive one at the end."""

from collections.abc import Callable
from typing import Protocol

from bench.evidence.codec import replace
from bench.evidence.inventory import Device, Inventory
from bench.evidence.plan import KernelCase, Plan
from bench.evidence.shape_search import AGAIN, EXHAUSTIVE, Shape, ShapeSearch, ShapeTrial, best
from bench.execution.acceptance.kept_worker import Worker
from bench.execution.protocol import Assignment
from bench.execution.shapes import exhaustive
from bench.planning.feasibility import infeasible_reason
from bench.planning.phases import Phase

TRY_S = 0.25
"""Short trials: a shape that is 2 % better shows, and seven shapes take four seconds."""
SHARE = 0.4
"""Of what is left of a phase: the rest is for the products themselves."""
PRECISION = "bf16"
LOAD_SHARE = 0.15
"""Of the time of the exhaustive search, for the load before it, where its own would be longer."""
AGAIN_SHARE = 0.15
"""Of its time, kept for both best shapes once more."""
ROUNDS = 5

Say = Callable[[str], None]
Clock = Callable[[], float]


class Fresh(Protocol):
    """Where processes come from."""

    def fresh(self) -> Worker: ...


def short_searches(
    plan: Plan,
    phase: Phase,
    device: Device,
    inventory: Inventory,
    workers: Fresh,
    elapsed_s: Clock,
    say: Say,
) -> Plan:
    """The plan with the shapes of this phase's cases settled; itself, if nothing is open."""
    asked = {case.precision: case for case in phase.cases if case.kernel == "gemm"}
    open_ = [s for s in plan.searches if s.precision in asked and s.decides and not s.tried]
    open_ = [s for s in open_ if infeasible_reason(asked[s.precision], inventory) is None]
    # A case of a given shape has no search, and its precision may have one for another phase.
    open_ = [s for s in open_ if asked[s.precision].shape in {t.shape for t in s.trials}]
    if not open_:
        return plan
    assert phase.end_s is not None
    until_s = elapsed_s() + SHARE * (phase.end_s - elapsed_s())
    worker = workers.fresh()
    for search in open_:
        began_s = elapsed_s()
        shapes = tuple(trial.shape for trial in search.trials)
        case = asked[search.precision]
        assignment = Assignment(case, 0, device, None, shapes=shapes, try_s=TRY_S)
        trials = worker.try_shapes(assignment, max(0.0, until_s - elapsed_s()))
        found = replace(search, trials=trials, duration_s=elapsed_s() - began_s)
        plan = replace(plan, searches=tuple(found if s is search else s for s in plan.searches))
        shape = " x ".join(map(str, found.shape))
        say(f"{elapsed_s():5.0f} s  {search.precision} products as {shape}")
    return plan.settled()


def exhaustive_searches(
    plan: Plan, device: Device, end_s: float, worker: Worker, elapsed_s: Clock, say: Say
) -> Plan:
    """The plan with what an exhaustive search found until `end_s`, and both best shapes again.

    Raises ValueError where no shape could be multiplied.
    """
    case, ours = _ours(plan)
    began_s = elapsed_s()
    limit_s = (1 - AGAIN_SHARE) * (end_s - began_s)

    def trial(shape: Shape) -> ShapeTrial:
        asked = Assignment(case, 0, device, None, shapes=(shape,), one_by_one=True)
        (found,) = worker.try_shapes(asked, max(0.0, end_s - elapsed_s()))
        return found

    load_s = min(exhaustive.LOAD_S, LOAD_SHARE * limit_s)
    found = exhaustive.search(lambda s: trial(s).rate, elapsed_s, limit_s, load_s=load_s)
    spent_s = elapsed_s() - began_s
    say(f"{elapsed_s():5.0f} s  {len(found.trials)} of {found.planned} shapes tried")
    winner = best(found.trials)
    assert winner is not None  # the search raises where there is none
    began_s = elapsed_s()
    again: list[ShapeTrial] = []
    for _ in range(ROUNDS):
        if elapsed_s() < end_s:
            again += [trial(ours), trial(winner)]

    def sealed(way: str, trials: tuple[ShapeTrial, ...], duration_s: float) -> ShapeSearch:
        return ShapeSearch(case.kernel, way, PRECISION, (device.uuid,), trials, duration_s)

    whole = sealed(EXHAUSTIVE, found.trials, spent_s)
    if not again:  # the last trial took all the time; what was found is kept
        return replace(plan, searches=(*plan.searches, whole))
    both = sealed(AGAIN, tuple(again), elapsed_s() - began_s)
    return replace(plan, searches=(*plan.searches, whole, both))


def _ours(plan: Plan) -> tuple[KernelCase, Shape]:
    """The case that our search decided, and the shape that it chose."""
    (search,) = (s for s in plan.searches if s.precision == PRECISION and s.decides)
    case = next(
        case
        for case in plan.cases
        if isinstance(case, KernelCase)
        and (case.kernel, case.precision, case.shape) == (search.kernel, PRECISION, search.shape)
    )
    return case, search.shape
