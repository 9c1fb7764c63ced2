"""Phases of a plan: what belongs to each, until when it may last, and what a budget leaves out.

Every phase has a share of the time, and what one leaves is there for those after it: a phase ends
when the shares up to its own are used up. Pure.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from bench.evidence.codec import replace
from bench.evidence.inventory import Absent, Device, Inventory
from bench.evidence.plan import KernelCase, Plan
from bench.planning import all_cases
from bench.planning.profile import PhaseEntry, Profile

START_S = 8.0
"""For the start of the program, before the first phase."""
SEAL_S = 5.0
"""For the last seal and the reports, after the last phase."""
LEAST_SHARE = 0.3
"""A phase is begun with so much of its time: the machine may be faster than the shares presume."""
SEARCH = PhaseEntry("search", "our search against an exhaustive one", 40.0)
"""The last phase has what is left, if that is so much; the shapes of the exhaustive search come in
an order by chance, so that one that is cut short has seen a fair sample."""


@dataclass(frozen=True, slots=True)
class Phase:
    """A part of the plan with the time at which it ends."""

    number: int
    entry: PhaseEntry
    cases: tuple[KernelCase, ...]
    end_s: float | None
    """After the program's start; None where the budget leaves the phase out."""

    @property
    def name(self) -> str:
        return self.entry.name

    def __str__(self) -> str:
        return f"phase {self.number}, {self.entry.title}"


def one_card(inventory: Inventory, card: Device) -> Inventory:
    """The inventory with one accelerator only; that there are others stands among the absent."""
    others = [d for d in inventory.devices if d.backend != "cpu" and d.uuid != card.uuid]
    kept = tuple(d for d in inventory.devices if d not in others)
    left_out = tuple(
        Absent(f"{d.backend}:{d.index}", f"{d.name} ({d.uuid}) is not the card that is accepted")
        for d in others
    )
    return replace(inventory, devices=kept, absent=(*inventory.absent, *left_out))


def phases(
    inventory: Inventory, profile: Profile, plan: Plan, budget_s: float
) -> tuple[Phase, ...]:
    """The phases of the plan, the last of them the exhaustive search, which has no cases.

    In less time than the shares need, one is cut short and those after it are left out.
    """
    return tuple(_phases(inventory, profile, plan, budget_s))


def _phases(inventory: Inventory, profile: Profile, plan: Plan, budget_s: float) -> Iterator[Phase]:
    end_s, last_s = START_S, budget_s - SEAL_S
    cases = iter(plan.cases)
    for number, entry in enumerate(profile.phases, 1):
        own = tuple(kernel for kernel in profile.kernels if kernel.phase == entry.name)
        count = len(all_cases(inventory, replace(profile, kernels=own))[0])
        found = tuple(next(cases) for _ in range(count))
        cases_of_phase = tuple(case for case in found if isinstance(case, KernelCase))
        # The one in which the budget ends is begun where enough of it is left to be worth it.
        fits = last_s - end_s >= LEAST_SHARE * entry.share_s
        end_s += entry.share_s
        yield Phase(number, entry, cases_of_phase, min(end_s, last_s) if fits else None)
    yield Phase(len(profile.phases) + 1, SEARCH, (), last_s if end_s <= last_s else None)
