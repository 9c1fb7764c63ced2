"""Opening of an acceptance: the card that is meant, a new run of it, or one that is taken up."""

from collections.abc import Callable
from pathlib import Path

from bench.errors import NothingMeasured, UsageError
from bench.evidence.bundle_reader import OutcomeFile, Unfinished, unfinished
from bench.evidence.codec import DecodeError, receive
from bench.evidence.inventory import Device, Inventory
from bench.evidence.outcome import Outcome, Skipped
from bench.evidence.plan import Case
from bench.execution.acceptance.log import Log
from bench.execution.acceptance.session import UNSEALED, AcceptanceSession, Workers
from bench.execution.session import now
from bench.planning import plan as make_plan
from bench.planning import profile as profiles
from bench.planning.cases import feeding_cpus
from bench.planning.phases import one_card, phases

PROFILE = "accept"

MakeWorkers = Callable[[Device, int], Workers]
"""From the card and the number of CPUs that feed it."""


def choose_card(inventory: Inventory, wanted: str | None = None) -> Device:
    """The accelerator of that index or UUID; without a wish, the first one.

    Raises NothingMeasured where there is none, UsageError for one that is not here.
    """
    cards = [device for device in inventory.devices if device.backend != "cpu"]
    if not cards:
        reasons = "; ".join(f"{a.backend}: {a.reason}" for a in inventory.absent)
        raise NothingMeasured(f"There is no accelerator here ({reasons}).", "Run where one is.")
    if wanted is None:
        return cards[0]
    for card in cards:
        if wanted in (str(card.index), f"{card.backend}:{card.index}", card.uuid):
            return card
    known = ", ".join(f"{card.backend}:{card.index} ({card.uuid})" for card in cards)
    raise UsageError(f'No accelerator here is "{wanted}".', f"Here are {known}.")


def begin(
    inventory: Inventory,
    card: Device,
    budget_s: float,
    folder: Path,
    make_workers: MakeWorkers,
    elapsed_s: Callable[[], float],
    log: Log,
    line: Callable[[Case, Outcome], str],
) -> AcceptanceSession:
    """A new acceptance of this card."""
    wanted, digest = profiles.load(PROFILE)
    alone = one_card(inventory, card)
    workers = make_workers(card, len(feeding_cpus(alone, card)))
    plan = make_plan(alone, wanted, digest, None)
    parts = phases(alone, wanted, plan, budget_s)
    return AcceptanceSession(
        alone, card, plan, parts, folder, workers, elapsed_s, log, line,
    )  # fmt: skip


def take_up(
    inventory: Inventory,
    wanted_card: str | None,
    budget_s: float,
    folder: Path,
    make_workers: MakeWorkers,
    elapsed_s: Callable[[], float],
    log: Log,
    line: Callable[[Case, Outcome], str],
) -> AcceptanceSession:
    """The acceptance in this folder, to go on with what never began in it.

    Raises UsageError where it is of another card, another capbench or came to its end.
    """
    found = unfinished(folder / "evidence")
    wanted, digest = profiles.load(PROFILE)
    cards = [device for device in found.inventory.devices if device.backend != "cpu"]
    if (found.plan.profile, found.plan.profile_sha256, len(cards)) != (PROFILE, digest, 1):
        raise UsageError(f"{folder} holds no acceptance by this capbench.", "Begin a new one.")
    (then,) = cards
    card = choose_card(inventory, wanted_card or then.uuid)
    if card.uuid != then.uuid:
        raise UsageError(
            f"The run in {folder} is of {then.name} {then.uuid}, and this is {card.uuid}.",
            "Go on with it on the same card, or begin a new one.",
        )
    if found.inventory.host.boot_id != inventory.host.boot_id:
        raise UsageError(
            "The machine was started again since the run was cut off, and its clock with it.",
            "Begin a new one.",
        )
    if found.inventory.sources_sha256 != inventory.sources_sha256:
        raise UsageError("The run was begun by another version of capbench.", "Begin a new one.")
    done = {(o.case_id, o.repeat): o for o in _on_record(found, folder) if _stays(o)}
    log.say(
        f"{len(done)} measurements are on record and stay as they are; on {card.name} {card.uuid}"
    )
    alone = one_card(inventory, card)
    workers = make_workers(card, len(feeding_cpus(alone, card)))
    parts = phases(found.inventory, wanted, found.plan, budget_s)
    return AcceptanceSession(
        found.inventory, card, found.plan, parts, folder, workers, elapsed_s, log, line,
        done, found.run.run_id, found.run.started_at, (*found.run.resumed_at, now()),
    )  # fmt: skip


def _on_record(found: Unfinished, folder: Path) -> list[Outcome]:
    """What is sealed, and what a killed run had saved of the phase that was under way."""
    outcomes = list(found.outcomes)
    for path in sorted((folder / UNSEALED).glob("outcomes/*.json")):
        try:
            outcomes.append(receive(OutcomeFile, path.read_bytes()).outcome)
        except (DecodeError, OSError) as error:
            raise UsageError(f"{path} is damaged: {error}.", "Remove it, or begin anew.") from error
    return outcomes


def _stays(outcome: Outcome) -> bool:
    """Whether it was begun, or can never be: what is measured until it looks better is chosen."""
    return not isinstance(outcome, Skipped) or outcome.reason.code in ("refused", "cannot-run-here")
