"""`capbench accept`: everything that matters of one card, within a budget of time."""

import math
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Self

import click

from bench.cli.output import json_option, new_folder, print_json, status

if TYPE_CHECKING:
    from bench.evidence import Evidence
    from bench.execution.acceptance.session import AcceptanceSession
    from reports.judgement.acceptance.criterion import Criterion
    from reports.judgement.acceptance.table import Row
    from reports.performance.subject import Subject
    from reports.performance.verified import VerifiedEvidence


def finite(seconds: float) -> float:
    """Refuse what compares with nothing: `nan` is inside every range."""
    if not math.isfinite(seconds):
        raise click.BadParameter(f"{seconds} is no number of seconds.")
    return seconds


@click.command()
@click.option(
    "--criteria", "criteria_name", metavar="NAME",
    help="Criteria to judge by, for example h100-sxm@1; default: those of the card found.",
)  # fmt: skip
@click.option(
    "--budget", "budget_s", type=click.FloatRange(30, 86400), default=240.0,
    show_default=True, callback=lambda context, option, value: finite(value),
    help="Seconds that everything may take, the start of the program included.",
)  # fmt: skip
@click.option("--card", metavar="INDEX|UUID", help="Which of several; default: the first.")
@click.option(
    "--output", type=click.Path(path_type=Path),
    help="Folder to make for evidence and log, or one file, NAME.zip; default: a new folder.",
)  # fmt: skip
@click.option(
    "--resume", type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="Folder of an acceptance that did not come to its end: what never began is measured.",
)  # fmt: skip
@click.option(
    "--judge", "sealed", type=click.Path(path_type=Path, exists=True),
    help="Judge sealed evidence again; nothing is measured.",
)  # fmt: skip
@json_option
@click.pass_context
def accept(
    context: click.Context,
    criteria_name: str | None,
    budget_s: float,
    card: str | None,
    output: Path | None,
    resume: Path | None,
    sealed: Path | None,
    as_json: bool,
) -> None:
    """Measure one accelerator, the most valuable first, and hold it against its criteria."""
    from bench.errors import InvalidEvidence, UsageError
    from bench.evidence.bundle_writer import write_atomically
    from bench.evidence.container import is_zip
    from bench.evidence.container.packing import one_file
    from bench.execution.acceptance.process_age import process_age_s
    from bench.execution.session import exit_code, refuse_collisions
    from reports.judgement.acceptance import criteria
    from reports.verification import examine_evidence, verify
    from reports.verification.audit import grave

    began_s = time.monotonic() - process_age_s()
    refuse_collisions()
    if criteria_name is not None:
        criteria.load(criteria_name)
    if sum(path is not None for path in (resume, output, sealed)) > 1:
        raise UsageError(
            "--resume goes on in its own folder, and --judge makes none.", "Give one of them."
        )
    if sealed is not None:
        inside = sealed / "evidence"
        bundle = inside if inside.is_dir() else sealed
        found = verify(bundle)
        acceptance = Acceptance.of(found.subject, criteria_name)
        acceptance.show(as_json)
        show_findings(found)
        context.exit(InvalidEvidence.exit_code if grave(found.findings) else acceptance.exit_code)
    given = resume or output
    packed = given if given is not None and is_zip(given) else None
    with one_file(packed, status) if packed else new_folder(given) as folder:
        session = opened(folder, resume is not None, card, budget_s, began_s)
        announce(session, budget_s)
        evidence = session.run()
        verified = examine_evidence(evidence)
        acceptance = Acceptance.of(verified.subject, criteria_name)
        write_atomically(folder / "accept.txt", f"{acceptance.text}\n".encode())
    target = packed or folder
    acceptance.show(as_json)
    show_findings(verified)
    if evidence.interrupted is not None:
        unpack = f"unzip {target} -d FOLDER; " if packed else ""
        again = f"{unpack}capbench accept --resume {'FOLDER' if packed else target}"
        status(f"! INCOMPLETE: {evidence.interrupted}; to go on: {again}")
    status(f"{time.monotonic() - began_s:.0f} s in all; check it: capbench verify {target}")
    context.exit(exit_code(evidence, acceptance.exit_code))


@dataclass(frozen=True, slots=True)
class Acceptance:
    """What the criteria say of a card."""

    criteria: str
    rows: "tuple[Row, ...]"
    found: "tuple[Criterion, ...]"
    text: str
    restrictions: tuple[str, ...]
    """Why what holds is not the whole card, or none at all."""

    @classmethod
    def of(cls, subject: "Subject", criteria_name: str | None) -> Self:
        """Judge by these criteria, or by those of the card. Raises UsageError for several cards."""
        from reports.judgement.acceptance import criteria
        from reports.judgement.acceptance.ratios import card_of
        from reports.judgement.acceptance.table import checked, checks, rows
        from reports.render.acceptance import text
        from reports.render.text import printable

        evidence = subject.evidence
        card = card_of(evidence.inventory)
        wanted = criteria.load(criteria_name or criteria.default_for(card))
        found = criteria.judged(subject, wanted)
        table, wrong = rows(subject, found), checks(subject)
        name = f"{wanted.id}@{wanted.version}"
        lines = [
            criteria.header(evidence.inventory, evidence.started_at),
            *restrictions(evidence),
            f"{checked(subject)} kernels right at a small size, {len(wrong)} not",
            *(f"  {each}" for each in wrong),
            f"criteria {name}: {wanted.title}",
            "",
            text(table, found),
        ]
        # The table is printable as it comes, and of several lines.
        said = "\n".join([*map(printable, lines[:-1]), lines[-1]])
        return cls(name, table, found, said, restrictions(evidence))

    @property
    def exit_code(self) -> int:
        from bench.errors import InvalidEvidence

        if any(criterion.impossible for criterion in self.found):
            return InvalidEvidence.exit_code
        return int(any(criterion.holds is False for criterion in self.found))

    def show(self, as_json: bool) -> None:
        if as_json:
            print_json(
                {
                    "criteria": self.criteria,
                    "rows": self.rows,
                    "found": self.found,
                    "restrictions": self.restrictions,
                }
            )
        else:
            click.echo(self.text)


def restrictions(evidence: "Evidence") -> tuple[str, ...]:
    """Why what holds is not the whole card, or none at all."""
    found = []
    if evidence.inventory.simulated:
        found.append("SIMULATED: no figure here was measured on hardware; this certifies nothing")
    if evidence.interrupted is not None:
        found.append(f"INCOMPLETE: {evidence.interrupted}")
    return tuple(found)


def show_findings(verified: "VerifiedEvidence") -> None:
    """What the audit says of evidence that is judged."""
    from reports.render.text import printable

    for finding in verified.findings:
        status(printable(f"audit: {finding.where}: {finding.because} [{finding.rule}]"))


def opened(
    folder: Path, resumed: bool, card: str | None, budget_s: float, began_s: float
) -> "AcceptanceSession":
    """A new acceptance, or the one in the folder taken up again."""
    from functools import partial

    from bench.cli.progress import line
    from bench.execution.acceptance.kept_worker import KeptWorkers
    from bench.execution.acceptance.log import Log
    from bench.execution.acceptance.opening import begin, choose_card, take_up
    from bench.machine import discover

    log = Log(folder / "accept.log", status)

    def elapsed_s() -> float:
        return time.monotonic() - began_s

    workers = partial(KeptWorkers, tell=log.add)
    inventory = discover(None)
    if resumed:
        return take_up(inventory, card, budget_s, folder, workers, elapsed_s, log, line)
    chosen = choose_card(inventory, card)
    return begin(inventory, chosen, budget_s, folder, workers, elapsed_s, log, line)


def announce(session: "AcceptanceSession", budget_s: float) -> None:
    """Say beforehand what will be done, and what the budget leaves out."""
    device = session.device
    status(f"{device.name} ({device.uuid}), {budget_s:.0f} s")
    for phase in session.phases:
        until = "left out: the budget ends before it"
        if phase.end_s is not None:
            until = f"until {phase.end_s:.0f} s"
            until += "" if phase.cases else f", if {phase.entry.share_s:.0f} s are left for it"
        status(f"  {phase.number}  {phase.entry.title}: {until}")
    for absent in session.inventory.absent:
        status(f"{absent.backend}: absent: {absent.reason}")
