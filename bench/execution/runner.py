"""A plan to outcomes: one fresh process a case and repeat, each outcome saved when it ends."""

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from bench.errors import CapbenchError
from bench.evidence.container.file_names import spelled
from bench.evidence.inventory import Device, Inventory
from bench.evidence.outcome import Outcome, Reason, Sample, Skipped
from bench.evidence.plan import Case, KernelCase, Plan, StorageCase
from bench.execution import processes
from bench.execution.protocol import Assignment, Message
from bench.planning.feasibility import infeasible_reason
from bench.planning.time_budget import longest_s
from storage_bench.errors import StorageError
from storage_bench.workspace import fill, guard

NOT_REACHED = "the run was interrupted before it"
BETWEEN_DEVICES = "transfer.p2p"
"""The kernel whose worker is shown the other devices too."""
GRACE_S = 60.0
"""Beyond its planned time a worker is given this long, for a slow start on a busy machine."""


@dataclass(frozen=True, slots=True)
class Listener:
    """What somebody who watches the run is told."""

    started: Callable[[Case, int], None] = lambda case, repeat: None
    sampled: Callable[[Case, Sample, int, int], None] = lambda case, sample, ops, moved: None
    ended: Callable[[Case, Outcome], None] = lambda case, outcome: None
    noted: Callable[[str], None] = lambda text: None


Execute = Callable[[tuple[Assignment, ...], float, Listener], tuple[Outcome, ...]]
"""Carries out assignments at the same time within so many seconds; `in_processes` as a rule."""


def run_plan(
    plan: Plan,
    inventory: Inventory,
    save: Callable[[Outcome], None],
    listener: Listener | None = None,
    execute: Execute | None = None,
    failed: Callable[[Exception], None] | None = None,
) -> tuple[tuple[Outcome, ...], str | None]:
    """Carry out the plan. Returns an outcome for every case and repeat, and why it broke off.

    Ctrl-C ends the case under way; what was not reached is Skipped, and the run says so. So does an
    error that nobody foresaw, which `failed` is given. A full disk, which `save` raises, ends all.
    """
    listener = listener or Listener()
    execute = execute or in_processes
    outcomes: list[Outcome] = []
    rounds = plan.scheduled_cases()
    interrupted: str | None = None
    try:
        with _data_file(plan, listener) as prepared:
            for step in plan.schedule():
                for case, repeat in step:
                    listener.started(case, repeat)
                found = _outcomes(step, inventory, prepared, listener, execute)
                for (case, _), outcome in zip(step, found, strict=True):
                    save(outcome)
                    outcomes.append(outcome)
                    listener.ended(case, outcome)
    except KeyboardInterrupt:
        interrupted = "interrupted by the user"
    except StorageError as error:
        interrupted = spelled(str(error))
    except Exception as error:
        if failed is None or isinstance(error, CapbenchError):
            raise
        failed(error)
        interrupted = faulty(error)
    if interrupted is not None:
        for case, repeat in rounds[len(outcomes) :]:
            outcomes.append(Skipped(case.id, repeat, Reason("interrupted", NOT_REACHED)))
            save(outcomes[-1])
    return tuple(outcomes), interrupted


def faulty(error: Exception) -> str:
    """Why a run broke off that met an error of ours."""
    text = f"{type(error).__name__}: {error}".partition("\n")[0]
    return spelled(f"an unexpected error: {text}")


@dataclass(frozen=True, slots=True)
class _Prepared:
    """The filled file for the storage cases, or why there is none."""

    data_file: Path | None
    reason: str | None


@contextlib.contextmanager
def _data_file(plan: Plan, listener: Listener) -> Iterator[_Prepared]:
    """A marked folder with one filled file for all storage cases, removed however we leave."""
    jobs = [case for case in plan.cases if isinstance(case, StorageCase)]
    if not jobs:
        yield _Prepared(None, None)
        return
    size_bytes = max(case.job.size_bytes for case in jobs)
    with contextlib.ExitStack() as stack:
        try:
            space = stack.enter_context(guard.workspace(Path(jobs[0].directory), size_bytes))
            listener.noted(f"writing {size_bytes / 1e9:.1f} GB of random data for storage")
            fill.fill(space.data_file, size_bytes, jobs[0].job.seed)
            prepared = _Prepared(space.data_file, None)
        except StorageError as error:
            prepared = _Prepared(None, str(error))
        yield prepared


def _outcomes(
    step: tuple[tuple[Case, int], ...],
    inventory: Inventory,
    prepared: _Prepared,
    listener: Listener,
    execute: Execute,
) -> tuple[Outcome, ...]:
    """One outcome for every case of a step: skipped, or carried out together with the others."""
    skipped: dict[int, Outcome] = {}
    assignments: dict[int, Assignment] = {}
    for position, (case, repeat) in enumerate(step):
        reason = infeasible_reason(case, inventory)
        if reason is None and isinstance(case, StorageCase) and prepared.data_file is None:
            reason = prepared.reason or "no folder to test storage in"
        if reason is not None:
            skipped[position] = Skipped(case.id, repeat, Reason("cannot-run-here", reason))
            continue
        assignments[position] = _assignment(case, repeat, inventory, prepared, len(step) > 1)
    carried_out: tuple[Outcome, ...] = ()
    if assignments:
        limit_s = max(longest_s(a.case) / a.case.repeats for a in assignments.values()) + GRACE_S
        carried_out = execute(tuple(assignments.values()), limit_s, listener)
    found = skipped | dict(zip(assignments, carried_out, strict=True))
    return tuple(found[position] for position in range(len(step)))


def _assignment(
    case: Case, repeat: int, inventory: Inventory, prepared: _Prepared, waits: bool
) -> Assignment:
    if isinstance(case, StorageCase):
        return Assignment(case, repeat, None, str(prepared.data_file))
    assert isinstance(case, KernelCase), "a guarantee is carried out by bench.execution.replicates"
    device = next(d for d in inventory.devices if d.uuid == case.device)
    peers: tuple[Device, ...] = ()
    if case.kernel == BETWEEN_DEVICES:
        kin = [d for d in inventory.devices if d.backend == device.backend]
        place = kin.index(device)
        peers = (*kin[place + 1 :], *kin[:place])
    return Assignment(case, repeat, device, None, waits, peers)


def in_processes(
    assignments: tuple[Assignment, ...],
    limit_s: float,
    listener: Listener,
    ahead: processes.WarmWorker | None = None,
) -> tuple[Outcome, ...]:
    """Carry out assignments at the same time, each in a fresh process."""

    def said(assignment: Assignment, message: Message) -> None:
        if message.sample is not None:
            listener.sampled(assignment.case, message.sample, message.ops, message.bytes_moved)

    return processes.run_in_processes(assignments, limit_s, said, ahead)


def in_a_process(assignment: Assignment, limit_s: float, listener: Listener) -> Outcome:
    """Carry out one assignment in a fresh process."""
    (outcome,) = in_processes((assignment,), limit_s, listener)
    return outcome
