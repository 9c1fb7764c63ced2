"""`capbench run`: measure, seal, and report."""

import signal
import uuid
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bench.cli.options import (
    facility_option,
    only_option,
    plan_option,
    policy_option,
    profile_option,
    storage_option,
    strict_option,
    year_option,
)
from bench.cli.output import json_option, talk
from bench.errors import Incomplete, NothingMeasured, UsageError

if TYPE_CHECKING:
    from bench.evidence import Evidence
    from bench.evidence.inventory import Inventory
    from bench.evidence.plan import Plan
    from bench.execution.processes import WarmWorker


@click.command()
@profile_option
@only_option
@click.option(
    "--output",
    type=click.Path(path_type=Path),
    help="Folder to make for evidence and reports; default: a new one, whose name is printed.",
)
@storage_option
@facility_option
@policy_option
@plan_option
@year_option
@strict_option
@json_option
@click.pass_context
def run(
    context: click.Context,
    profile: str,
    only: tuple[str, ...],
    output: Path | None,
    storage_dir: Path | None,
    facility: Path | None,
    policy: str | None,
    plan_id: str | None,
    year: int | None,
    strict: bool,
    as_json: bool,
) -> None:
    """Measure this machine, seal the evidence, and report it by the plan."""
    from bench.cli.commands.plan import prepare
    from bench.cli.report_request import Question, show, write_all
    from bench.execution.processes import WarmWorker
    from reports.performance import analyse
    from reports.verification import examine_evidence

    with WarmWorker() as ahead:
        refuse_collisions()
        # A fault in these files shows now, not after two minutes of measuring.
        question = Question.from_options(facility, policy, plan_id, year)
        folder = output or Path(f"capbench-{datetime.now(UTC):%Y%m%d-%H%M%S}")
        inventory, planned = prepare(profile, only, storage_dir or folder.absolute().parent)
        evidence = measure(inventory, planned, folder, ahead)
    report = question.answer((analyse(examine_evidence(evidence)),))
    written = write_all(report, folder)
    show(report, as_json)
    talk(f"evidence: {folder / 'evidence'}   report: {written}")
    context.exit(exit_code(evidence, report.exit_code(strict)))


def refuse_collisions() -> None:
    """Raise UsageError where another distribution owns one of our package names."""
    from bench.machine.installation import intruders

    for package, others in intruders().items():
        raise UsageError(
            f"The package {package} is also installed by {', '.join(sorted(others))}, "
            "so nobody knows which of the two is imported.",
            "Install capbench into an environment of its own.",
        )


def measure(
    inventory: "Inventory", planned: "Plan", folder: Path, ahead: "WarmWorker | None" = None
) -> "Evidence":
    """Carry out the plan and seal what came of it in `folder/evidence`."""
    from bench import __version__
    from bench.analysis import conclude
    from bench.cli.progress import follow
    from bench.evidence import Tool
    from bench.evidence.bundle_writer import BundleWriter
    from bench.execution.runner import in_processes
    from bench.execution.runner import run_plan as carry_out
    from bench.execution.tuning import tune

    started_at = now()
    writer = BundleWriter(folder / "evidence", inventory, planned)
    for absent in inventory.absent:
        talk(f"{absent.backend}: absent: {absent.reason}")
    # A polite kill is treated as Ctrl-C: clean up, seal what there is.
    previous = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        try:
            planned = tune(planned, inventory, talk)
        except KeyboardInterrupt:
            raise Incomplete("Interrupted before anything was measured.", "Run again.") from None
        writer.replan(planned)
        with follow(planned) as listener:
            outcomes, interrupted = carry_out(
                planned, inventory, writer.add, listener, partial(in_processes, ahead=ahead)
            )
    finally:
        signal.signal(signal.SIGTERM, previous)
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


def exit_code(evidence: "Evidence", judged: int) -> int:
    """3 if nothing was measured, 5 if something planned failed or was cut off, else judged."""
    from bench.evidence.outcome import Failed, Skipped

    if all(isinstance(o, Failed | Skipped) for o in evidence.outcomes):
        return NothingMeasured.exit_code
    if evidence.interrupted or any(isinstance(o, Failed) for o in evidence.outcomes):
        return Incomplete.exit_code
    return judged


def now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
