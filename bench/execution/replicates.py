"""The replicates of a guarantee: one fresh process each, each saved before the next begins.

A load that was begun is on record before it runs, so that one that is cut off stays a failure: to
run it again until it looks better would be to choose. One whose load never began may be run later.
"""

from collections.abc import Callable, Mapping
from pathlib import Path

from bench.errors import CapbenchError
from bench.evidence.codec import replace
from bench.evidence.outcome import Failed, MeasuredReplicate, Outcome, Reason, Skipped
from bench.evidence.plan import GuaranteeCase
from bench.execution import processes
from bench.execution.protocol import Assignment, Message
from bench.execution.runner import GRACE_S, faulty
from bench.planning.time_budget import longest_s

BEGUN = "its load was begun and did not come to its end"
INTERRUPTED = "interrupted by the user"
NOT_BEGUN = "the run was interrupted before its load began"

OnMessage = Callable[[Message], None]
Execute = Callable[[Assignment, float, OnMessage], Outcome]
"""Carries out one assignment within so many seconds; `in_a_process` as a rule."""


def run_replicates(
    case: GuaranteeCase,
    data_file: Path,
    save: Callable[[Outcome], None],
    note: Callable[[str], None] = lambda text: None,
    done: Mapping[int, Outcome] | None = None,
    resumed_at: str | None = None,
    execute: Execute | None = None,
    failed: Callable[[Exception], None] | None = None,
) -> tuple[tuple[Outcome, ...], str | None]:
    """Carry out what is not `done` yet. Returns an outcome a replicate, and why it broke off.

    Ctrl-C ends the replicate under way, and so does an error that nobody foresaw, which `failed` is
    given. What `save` raises (a full disk) ends the run.
    """
    execute = execute or in_a_process
    outcomes = dict(done or {})
    limit_s = longest_s(case) / case.repeats + GRACE_S
    interrupted: str | None = None
    begun: int | None = None

    def keep(outcome: Outcome) -> None:
        outcomes[outcome.repeat] = outcome
        save(outcome)

    try:
        for repeat in range(case.repeats):
            if repeat in outcomes:
                continue

            def said(message: Message, repeat: int = repeat) -> None:
                if message.note is not None:
                    note(message.note)
                if message.ready:
                    nonlocal begun
                    begun = repeat
                    keep(Failed(case.id, repeat, Reason("cut-off", BEGUN)))

            note(f"replicate {repeat + 1} of {case.repeats}, by {case.implementation}")
            assignment = Assignment(case, repeat, None, str(data_file), waits=True)
            outcome = execute(assignment, limit_s, said)
            if isinstance(outcome, MeasuredReplicate):
                outcome = replace(outcome, resumed_at=resumed_at)
            begun = None
            keep(outcome)
    except KeyboardInterrupt:
        interrupted = INTERRUPTED
    except Exception as error:
        if failed is None or isinstance(error, CapbenchError):
            raise
        failed(error)
        interrupted = faulty(error)
    if interrupted is not None:
        if begun is not None:
            outcomes[begun] = Failed(case.id, begun, Reason("cut-off", f"{BEGUN}: {interrupted}"))
        for repeat in set(range(case.repeats)) - set(done or {}):
            # All of them again: it may have been the saving that was interrupted.
            keep(outcomes.get(repeat, Skipped(case.id, repeat, Reason("interrupted", NOT_BEGUN))))
    return tuple(outcomes[repeat] for repeat in range(case.repeats)), interrupted


def in_a_process(assignment: Assignment, limit_s: float, said: OnMessage) -> Outcome:
    """Carry out one assignment in a fresh process."""
    (outcome,) = processes.run_in_processes(
        (assignment,), limit_s, lambda _, message: said(message)
    )
    return outcome
