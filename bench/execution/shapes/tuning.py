"""Between planning and measuring: shapes are tried, and the best is written into the plan.

It is part of the case's id from then on, so that every repeat and every card does the same.
"""

from collections.abc import Callable

from bench.evidence.codec import replace
from bench.evidence.inventory import Inventory
from bench.evidence.outcome import Failed
from bench.evidence.plan import KernelCase, Plan
from bench.evidence.shape_search import ShapeSearch, ShapeTrial
from bench.execution import processes
from bench.execution.protocol import Assignment, Message
from bench.execution.runner import GRACE_S
from bench.planning.feasibility import infeasible_reason
from bench.planning.time_budget import search_s

Try = Callable[[Assignment, float], tuple[ShapeTrial, ...]]
"""Tries the shapes of an assignment within so many seconds; `in_processes` as a rule."""


def tune(
    plan: Plan,
    inventory: Inventory,
    noted: Callable[[str], None] = lambda text: None,
    try_: Try | None = None,
) -> Plan:
    """The plan with its searches carried out and its shapes settled by them."""
    try_ = try_ or in_processes
    searches = tuple(_search(each, plan, inventory, noted, try_) for each in plan.searches)
    return replace(plan, searches=searches).settled()


def in_processes(assignment: Assignment, limit_s: float) -> tuple[ShapeTrial, ...]:
    """Try the shapes in a fresh process, and in another one after each shape that ended it."""
    trials: list[ShapeTrial] = []

    def said(_: Assignment, message: Message) -> None:
        if message.trial is not None:
            trials.append(message.trial)

    while left := assignment.shapes[len(trials) :]:
        (ended,) = processes.run_in_processes((replace(assignment, shapes=left),), limit_s, said)
        if len(trials) < len(assignment.shapes):
            assert isinstance(ended, Failed)  # a search has no outcome of its own
            trials.append(ShapeTrial(assignment.shapes[len(trials)], None, ended.reason.text))
    return tuple(trials)


def _search(
    search: ShapeSearch,
    plan: Plan,
    inventory: Inventory,
    noted: Callable[[str], None],
    try_: Try,
) -> ShapeSearch:
    case = _first_case(search, plan)
    shapes = tuple(trial.shape for trial in search.trials)
    if (reason := infeasible_reason(case, inventory)) is not None:
        return replace(search, trials=tuple(ShapeTrial(shape, None, reason) for shape in shapes))
    device = next(device for device in inventory.devices if device.uuid == case.device)
    noted(f"trying {len(shapes)} shapes of {search.kernel} in {search.precision} on {device.name}")
    assignment = Assignment(case, 0, device, None, shapes=shapes)
    found = replace(search, trials=try_(assignment, search_s(search) + GRACE_S))
    noted(
        f"{search.kernel} in {search.precision} is measured as {' x '.join(map(str, found.shape))}"
    )
    return found


def _first_case(search: ShapeSearch, plan: Plan) -> KernelCase:
    """A case whose shape the search decides, on the device that tries."""
    asked = (search.kernel, search.implementation, search.precision, search.devices[0])
    return next(
        case
        for case in plan.cases
        if isinstance(case, KernelCase)
        and (case.kernel, case.implementation, case.precision, case.device) == asked
    )
