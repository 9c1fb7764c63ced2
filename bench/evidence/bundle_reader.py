"""The evidence bundle, canonical JSON files in a folder or a .zip file, read as a whole."""

from pathlib import Path
from typing import TypeVar

from bench.errors import InvalidEvidence, UsageError
from bench.evidence import FORMAT, Evidence, Tool, codec
from bench.evidence import manifest as seal
from bench.evidence.codec import Record
from bench.evidence.conclusions import CaseJudgement, Estimate
from bench.evidence.container import files_of
from bench.evidence.container.limits import PARTIAL
from bench.evidence.inventory import Inventory
from bench.evidence.outcome import Outcome, outcome_path
from bench.evidence.plan import Plan

T = TypeVar("T")


class Run(Record):
    """`run.json`: which program, when, and whether the plan was carried out to its end."""

    format: int
    tool: Tool
    run_id: str
    started_at: str
    finished_at: str
    interrupted: str | None
    resumed_at: tuple[str, ...] = ()


class Estimates(Record):
    """`estimates.json`."""

    estimates: tuple[Estimate, ...]


class Judgements(Record):
    """`judgements.json`, in a bundle whose plan has a guarantee."""

    judgements: tuple[CaseJudgement, ...]


class OutcomeFile(Record):
    """`outcomes/<case>.<repeat>.json`."""

    outcome: Outcome


class Unfinished(Record):
    """What a run left that did not come to its end."""

    run: Run
    inventory: Inventory
    plan: Plan
    outcomes: tuple[Outcome, ...]


def unfinished(folder: Path) -> Unfinished:
    """What lies in the folder of a run that was killed or interrupted.

    Raises UsageError for a run that came to its end, InvalidEvidence for what is none of ours or
    was changed since it was sealed.
    """
    files = {name: data for name, data in files_of(folder).items() if not name.endswith(PARTIAL)}
    manifest = files.pop(seal.NAME, None)
    if manifest is not None:
        seal.check(manifest, files)
    found = Unfinished(
        _part(files, "run.json", Run),
        _part(files, "inventory.json", Inventory),
        _part(files, "plan.json", Plan),
        _outcomes(files),
    )
    if manifest is not None and found.run.interrupted is None:
        raise UsageError(f"The run in {folder} came to its end.", "Begin a new one.")
    return found


def read(bundle: Path) -> Evidence:
    """The evidence in a sealed folder or .zip file, every byte checked against the manifest.

    Raises InvalidEvidence, naming the file, for anything else. Estimates are read as they stand:
    whether they follow from the outcomes is for `reports.verification`.
    """
    if bundle.is_dir() and not (bundle / seal.NAME).exists():
        raise InvalidEvidence(f"{bundle} holds no {seal.NAME}.", _instead(bundle))
    files = files_of(bundle)
    manifest = files.pop(seal.NAME, b"")
    found = seal.check(manifest, files)
    if found.format != FORMAT:
        raise InvalidEvidence(
            f"{bundle} is evidence format {found.format}; this capbench reads format {FORMAT}.",
            "Upgrade capbench." if found.format > FORMAT else "Read it with an older capbench.",
        )
    run = _part(files, "run.json", Run)
    if run.format != found.format:
        raise InvalidEvidence(
            f"run.json is of format {run.format}, {seal.NAME} of {found.format}.",
            "Give a bundle that capbench wrote.",
        )
    outcomes = _outcomes(files)
    judgements: tuple[CaseJudgement, ...] = ()
    if "judgements.json" in files:
        judgements = _part(files, "judgements.json", Judgements).judgements
    evidence = Evidence(
        format=run.format,
        tool=run.tool,
        run_id=run.run_id,
        started_at=run.started_at,
        finished_at=run.finished_at,
        inventory=_part(files, "inventory.json", Inventory),
        plan=_part(files, "plan.json", Plan),
        outcomes=outcomes,
        estimates=_part(files, "estimates.json", Estimates).estimates,
        interrupted=run.interrupted,
        resumed_at=run.resumed_at,
        judgements=judgements,
    )
    expected = {"run.json", "inventory.json", "plan.json", "estimates.json"} | {
        outcome_path(outcome) for outcome in outcomes
    }
    if judgements:
        expected.add("judgements.json")
    if stray := sorted(set(files) ^ expected):
        raise InvalidEvidence(
            f"{stray[0]} is no part of evidence.", "Give a bundle that capbench wrote."
        )
    return evidence


def _outcomes(files: dict[str, bytes]) -> tuple[Outcome, ...]:
    return tuple(
        _part(files, path, OutcomeFile).outcome
        for path in sorted(files)
        if path.startswith("outcomes/")
    )


def _instead(folder: Path) -> str:
    """What to give instead of a folder without a manifest, of which nothing is read."""
    if (folder / "evidence" / seal.NAME).exists():
        return f"Give {folder / 'evidence'}."
    if (folder / "outcomes").is_dir():
        return "The run did not come to its end: run it again, or look at outcomes/ by hand."
    return "Give the evidence/ folder of a run that came to its end."


def _part(files: dict[str, bytes], name: str, wanted: type[T]) -> T:
    if name not in files:
        raise InvalidEvidence(f"{name} is missing.", "Give a bundle that capbench wrote.")
    try:
        return codec.read(wanted, files[name], name)
    except codec.NotCanonical as error:
        raise InvalidEvidence(
            f"{name} is {error}.", "Give a bundle that capbench wrote."
        ) from error
    except codec.DecodeError as error:
        raise InvalidEvidence(
            f"{name} is not what capbench writes: {error}.", "Give a bundle that capbench wrote."
        ) from error
