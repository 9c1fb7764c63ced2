"""The evidence bundle as a folder of canonical JSON files, read as a whole."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.errors import InvalidEvidence, UsageError
from bench.evidence import FORMAT, Evidence, Tool
from bench.evidence import manifest as seal
from bench.evidence.codec import DecodeError, canonical, decode, parse
from bench.evidence.conclusions import CaseJudgement, Estimate
from bench.evidence.inventory import Inventory
from bench.evidence.outcome import Outcome
from bench.evidence.plan import Plan

MAX_FILES = 20_000
MAX_FILE_BYTES = 256 << 20
MAX_BYTES = 1 << 30
PARTIAL = ".partial"
"""End of the name of a file that is being written."""
_PATH = re.compile(r"[a-z0-9][A-Za-z0-9._-]*(/[a-z0-9][A-Za-z0-9._-]*)*")


@dataclass(frozen=True, slots=True)
class Run:
    """`run.json`: which program, when, and whether the plan was carried out to its end."""

    format: int
    tool: Tool
    run_id: str
    started_at: str
    finished_at: str
    interrupted: str | None


@dataclass(frozen=True, slots=True)
class Estimates:
    """`estimates.json`."""

    estimates: tuple[Estimate, ...]


@dataclass(frozen=True, slots=True)
class Judgements:
    """`judgements.json`, in a bundle whose plan has a guarantee."""

    judgements: tuple[CaseJudgement, ...]


@dataclass(frozen=True, slots=True)
class OutcomeFile:
    """`outcomes/<case>.<repeat>.json`."""

    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Unfinished:
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
    if found.run.interrupted is None:
        raise UsageError(f"The run in {folder} came to its end.", "Begin a new one.")
    return found


def read(folder: Path) -> Evidence:
    """The evidence in a sealed folder, with every byte checked against the manifest.

    Raises InvalidEvidence, naming the file, for anything else. Estimates are read as they stand:
    whether they follow from the outcomes is for `reports.verification`.
    """
    if folder.is_dir() and not (folder / seal.NAME).exists():
        raise InvalidEvidence(f"{folder} holds no {seal.NAME}.", _instead(folder))
    files = files_of(folder)
    manifest = files.pop(seal.NAME)
    found = seal.check(manifest, files)
    if found.format != FORMAT:
        raise InvalidEvidence(
            f"{folder} is evidence format {found.format}; this capbench reads format {FORMAT}.",
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
        judgements=judgements,
    )
    expected = {"run.json", "inventory.json", "plan.json", "estimates.json"} | {
        f"outcomes/{outcome.case_id}.{outcome.repeat}.json" for outcome in outcomes
    }
    if judgements:
        expected.add("judgements.json")
    if stray := sorted(set(files) ^ expected):
        raise InvalidEvidence(
            f"{stray[0]} does not belong into evidence.", "Give a bundle that capbench wrote."
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


def _part(files: dict[str, bytes], name: str, wanted: type[Any]) -> Any:
    if name not in files:
        raise InvalidEvidence(f"{name} is missing.", "Give a bundle that capbench wrote.")
    try:
        parsed = parse(files[name])
        value = decode(wanted, parsed, name)
    except DecodeError as error:
        raise InvalidEvidence(
            f"{name} is not what capbench writes: {error}.", "Give a bundle that capbench wrote."
        ) from error
    # By what is read, not by what it means here: an older capbench knew fewer fields.
    if canonical(parsed) != files[name]:
        raise InvalidEvidence(
            f"{name} is not in canonical form.", "Give a bundle that capbench wrote."
        )
    return value


def files_of(folder: Path) -> dict[str, bytes]:
    """Every regular file below the folder by its relative path; nothing else is accepted."""
    next_step = "Give the evidence/ folder of a run."
    if not folder.is_dir():
        what = "not a folder" if folder.exists() else "not there"
        raise InvalidEvidence(f"{folder} is {what}.", next_step)
    files: dict[str, bytes] = {}
    total_bytes = 0
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_symlink():
            raise InvalidEvidence(f"{name} is a symbolic link.", next_step)
        if path.is_dir():
            continue
        if not path.is_file() or not _PATH.fullmatch(name):
            raise InvalidEvidence(f"{name!r} does not belong into evidence.", next_step)
        size_bytes = path.stat().st_size
        total_bytes += size_bytes
        if len(files) >= MAX_FILES or size_bytes > MAX_FILE_BYTES or total_bytes > MAX_BYTES:
            raise InvalidEvidence(f"{name} is past the limits of a bundle.", next_step)
        try:
            files[name] = path.read_bytes()
        except OSError as error:
            raise InvalidEvidence(f"{name} cannot be read: {error.strerror}.", next_step) from error
    return files
