"""The session of an acceptance: phase after phase until the budget ends, each sealed.

Whatever goes wrong in a phase is its own: it says so with the reason, and the next one begins.
"""

import shutil
import traceback
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from bench import __version__
from bench.analysis import conclude
from bench.errors import Incomplete
from bench.evidence import Evidence, Tool
from bench.evidence.bundle_reader import OutcomeFile
from bench.evidence.bundle_writer import BundleWriter, write_atomically
from bench.evidence.codec import canonical, replace
from bench.evidence.inventory import Device, Inventory
from bench.evidence.outcome import Failed, Outcome, Reason, Skipped, outcome_path
from bench.evidence.plan import Case, KernelCase, Plan
from bench.execution.acceptance.kept_worker import Worker
from bench.execution.acceptance.log import Log
from bench.execution.acceptance.searches import exhaustive_searches, short_searches
from bench.execution.protocol import Assignment
from bench.execution.session import ends_as_interrupt, now
from bench.planning.feasibility import infeasible_reason
from bench.planning.phases import Phase

LEAST_S = 1.0
"""A case is not begun in less time than this."""
CASE_S = 20.0
"""Beyond its own time a case may take this long, for operands and the check of its result."""
GIVEN_UP = 2
"""So many processes that end one after the other, and the phase is given up."""
UNSEALED = "unsealed"
"""What was saved of the phase under way."""
LEFT_OUT = "the budget leaves this phase out"
USED_UP = "the time of its phase was used up"


class Workers(Protocol):
    """Where the processes come from."""

    def fresh(self) -> Worker: ...

    def close(self) -> None: ...


@dataclass(slots=True)
class AcceptanceSession:
    """One acceptance of one card."""

    inventory: Inventory
    device: Device
    plan: Plan
    phases: tuple[Phase, ...]
    folder: Path
    """Where `evidence` and the log are made."""
    workers: Workers
    elapsed_s: Callable[[], float]
    """Time since the program started."""
    log: Log
    line: Callable[[Case, Outcome], str]
    """One outcome in one line."""
    done: Mapping[tuple[str, int], Outcome] = field(default_factory=dict)
    """What is on record from the part of the run before."""
    run_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    started_at: str = field(default_factory=now)
    resumed_at: tuple[str, ...] = ()

    def run(self) -> Evidence:
        """Carry out every phase and return what was sealed last.

        Raises UsageError for a folder that cannot be used, Incomplete for a full disk.
        """
        outcomes = dict(self.done)
        writer = BundleWriter(
            self.folder / "evidence", self.inventory, self.plan, reopened=bool(self.resumed_at)
        )
        evidence = self._seal(writer, outcomes, "nothing was measured yet")
        with ends_as_interrupt():
            try:
                for phase in self.phases:
                    self._phase(phase, writer, outcomes)
                    rest = [p for p in self.phases if p.number > phase.number and p.end_s]
                    ended = f"ended after {phase}" if rest else self._ended(outcomes)
                    evidence = self._seal(writer, outcomes, ended)
            except KeyboardInterrupt:
                evidence = self._seal(writer, outcomes, "interrupted by the user")
            finally:
                self.workers.close()
        shutil.rmtree(self._unsealed, ignore_errors=True)
        return evidence

    @property
    def _unsealed(self) -> Path:
        return self.folder / UNSEALED

    def _phase(
        self, phase: Phase, writer: BundleWriter, outcomes: dict[tuple[str, int], Outcome]
    ) -> None:
        if phase.end_s is None:
            self.log.say(f"{phase}: left out: the budget ends before it")
            return
        if not phase.cases and not all(search.decides for search in self.plan.searches):
            self.log.say(f"{phase}: on record, and stays as it is")
            return
        if not phase.cases and phase.end_s - self.elapsed_s() < phase.entry.share_s:
            self.log.say(f"{phase}: left out: it needs {phase.entry.share_s:.0f} s")
            return
        self.log.say(f"{self.elapsed_s():5.0f} s  {phase}, until {phase.end_s:.0f} s")
        try:
            if phase.cases:
                if self._searches(phase):
                    # What is measured and saved in these shapes is of the plan that is on record.
                    self._seal(writer, outcomes, f"ended in {phase}")
                self._cases(phase, outcomes, phase.end_s)
            else:
                self.plan = exhaustive_searches(
                    self.plan, self.device, phase.end_s, self.workers.fresh(), self.elapsed_s,
                    self.log.say,
                )  # fmt: skip
        except Incomplete:  # a full disk keeps no other phase either, and is no fault of the cases
            raise
        except Exception as error:
            # A fault of ours, or of a library that was not foreseen: the other phases go on.
            reason = f"{type(error).__name__}: {error}".partition("\n")[0]
            self.log.say(f"{phase} FAILED: {reason}; the rest is in {self.log.path}")
            self.log.add(traceback.format_exc())
            for case, repeat in _in_order(phase):
                if (case.id, repeat) not in outcomes:
                    failed = Failed(case.id, repeat, Reason("phase-failed", reason))
                    outcomes[case.id, repeat] = failed

    def _searches(self, phase: Phase) -> bool:
        """Shapes are settled in the plan, and with them the cases of this phase and later ones.

        Whether there were any to settle.
        """
        found = short_searches(
            self.plan,
            phase,
            self.device,
            self.inventory,
            self.workers,
            self.elapsed_s,
            self.log.say,
        )
        if found is self.plan:
            return False
        before, self.plan = self.plan, found
        settled = dict(zip(before.cases, found.cases, strict=True))
        self.phases = tuple(
            replace(p, cases=tuple(settled[case] for case in p.cases)) for p in self.phases
        )
        return True

    def _cases(self, phase: Phase, outcomes: dict[tuple[str, int], Outcome], end_s: float) -> None:
        (phase,) = (p for p in self.phases if p.number == phase.number)
        worker: Worker | None = None
        of_repeat, lost = -1, 0
        for case, repeat in _in_order(phase):
            if (case.id, repeat) in outcomes:
                continue
            left_s = end_s - self.elapsed_s()
            if (reason := infeasible_reason(case, self.inventory)) is not None:
                outcome: Outcome = Skipped(case.id, repeat, Reason("cannot-run-here", reason))
            elif lost >= GIVEN_UP:
                text = f"{lost} processes ended one after the other before it"
                outcome = Skipped(case.id, repeat, Reason("given-up", text))
            elif left_s < LEAST_S + case.stopping.min_time_s:
                outcome = Skipped(case.id, repeat, Reason("budget", USED_UP))
            else:
                if worker is None or repeat != of_repeat:
                    worker, of_repeat = self.workers.fresh(), repeat
                limit_s = min(left_s, case.stopping.max_time_s + CASE_S)
                assignment = Assignment(case, repeat, self.device, None)
                outcome = worker.carry_out(assignment, limit_s, lambda message: None)
                lost = lost + 1 if _process_ended(outcome) else 0
            self._save(outcome, outcomes)
            self.log.say(f"{self.elapsed_s():5.0f} s  {self.line(case, outcome)}")

    def _save(self, outcome: Outcome, outcomes: dict[tuple[str, int], Outcome]) -> None:
        """Kept beside the sealed bundle until the phase is sealed, so that no kill loses it."""
        outcomes[outcome.case_id, outcome.repeat] = outcome
        path = self._unsealed / outcome_path(outcome)
        path.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(path, canonical(OutcomeFile(outcome)))

    def _seal(
        self, writer: BundleWriter, outcomes: Mapping[tuple[str, int], Outcome], why: str | None
    ) -> Evidence:
        """Seal what there is; what was not reached is skipped, with the reason."""
        ends = {case.id: phase.end_s for phase in self.phases for case in phase.cases}
        whole = tuple(
            outcomes.get((case.id, repeat))
            or Skipped(
                case.id,
                repeat,
                Reason("left-out", LEFT_OUT)
                if ends[case.id] is None
                else Reason("interrupted", "the run ended before it"),
            )
            for case in self.plan.cases
            for repeat in range(case.repeats)
        )
        evidence = conclude(
            Tool("capbench", __version__, self.inventory.sources_sha256),
            self.run_id, self.started_at, now(), self.inventory, self.plan, whole, why,
        )  # fmt: skip
        evidence = replace(evidence, resumed_at=self.resumed_at)
        writer.unseal()
        writer.replan(self.plan)
        writer.replace_outcomes(whole)
        writer.finish(evidence)
        return evidence

    def _ended(self, outcomes: Mapping[tuple[str, int], Outcome]) -> str | None:
        """Why this is not the whole plan, or None where it is."""
        left_out = [str(phase.number) for phase in self.phases if phase.end_s is None]
        found = [outcomes.get((c.id, r)) for c in self.plan.cases for r in range(c.repeats)]
        missing = sum(
            o is None
            or (isinstance(o, Skipped) and o.reason.code not in ("refused", "cannot-run-here"))
            for o in found
        )
        if not missing:
            return None
        named = f"; it leaves out phase {', '.join(left_out)}" if left_out else ""
        return f"the budget ended before {missing} measurements{named}"


def _in_order(phase: Phase) -> tuple[tuple[KernelCase, int], ...]:
    """Round after round, so that the repeats of a case lie apart and in processes of their own."""
    rounds = max((case.repeats for case in phase.cases), default=0)
    return tuple((c, repeat) for repeat in range(rounds) for c in phase.cases if repeat < c.repeats)


def _process_ended(outcome: Outcome) -> bool:
    return isinstance(outcome, Failed) and outcome.reason.code in ("worker-failed", "timeout")
