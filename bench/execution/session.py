"""The session of a run: from the plan to the sealed bundle, whatever ends it."""

import signal
import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from bench import __version__
from bench.analysis import conclude
from bench.errors import Incomplete, NothingMeasured, UsageError
from bench.evidence import Evidence, Tool
from bench.evidence.bundle_writer import BundleWriter
from bench.evidence.inventory import Inventory
from bench.evidence.outcome import Failed, Skipped
from bench.evidence.plan import Plan
from bench.execution import runner
from bench.execution.processes import WarmWorker
from bench.execution.runner import Execute, Listener, run_plan
from bench.execution.shapes.tuning import Try, tune
from bench.machine.installation import intruders

Say = Callable[[str], None]
"""What is told on the way, a line at a time."""
Follow = Callable[[Plan], AbstractContextManager[Listener]]
"""Who follows a run: the listener is made once the plan is settled."""


def refuse_collisions() -> None:
    """Raise UsageError where another distribution owns one of our package names."""
    for package, others in intruders().items():
        raise UsageError(
            f"The package {package} is also installed by {', '.join(sorted(others))}, "
            "so nobody knows which of the two is imported.",
            "Install capbench into an environment of its own.",
        )


def run_session(
    inventory: Inventory,
    planned: Plan,
    folder: Path,
    *,
    say: Say,
    follow: Follow,
    ahead: WarmWorker | None = None,
    execute: Execute | None = None,
    try_shapes: Try | None = None,
) -> Evidence:
    """Carry out the plan and seal what came of it in `folder/evidence`.

    `execute` and `try_shapes` take the place of worker processes, for a simulated machine. Raises
    UsageError for a folder that cannot be used, Incomplete for a full disk or an early Ctrl-C.
    """
    started_at = now()
    writer = BundleWriter(folder / "evidence", inventory, planned)
    for absent in inventory.absent:
        say(f"{absent.backend}: absent: {absent.reason}")
    with sigterm_as_interrupt():
        try:
            planned = tune(planned, inventory, say, try_shapes)
        except KeyboardInterrupt:
            raise Incomplete("Interrupted before anything was measured.", "Run again.") from None
        writer.replan(planned)
        with follow(planned) as listener:
            outcomes, interrupted = run_plan(
                planned,
                inventory,
                writer.add,
                listener,
                execute or partial(runner.in_processes, ahead=ahead),
            )
    evidence = conclude(
        Tool("capbench", __version__, inventory.sources_sha256),
        str(uuid.uuid4()),
        started_at,
        now(),
        inventory,
        planned,
        outcomes,
        interrupted,
    )
    writer.finish(evidence)
    return evidence


def exit_code(evidence: Evidence, judged: int) -> int:
    """3 if nothing was measured, 5 if something planned failed or was cut off, else judged."""
    if all(isinstance(o, Failed | Skipped) for o in evidence.outcomes):
        return NothingMeasured.exit_code
    if evidence.interrupted or any(isinstance(o, Failed) for o in evidence.outcomes):
        return Incomplete.exit_code
    return judged


@contextmanager
def sigterm_as_interrupt() -> Iterator[None]:
    """Treat a polite kill as Ctrl-C: clean up, seal what there is."""
    previous = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, previous)


def now() -> str:
    """The time in UTC, ISO 8601, in whole seconds."""
    return datetime.now(UTC).isoformat(timespec="seconds")
