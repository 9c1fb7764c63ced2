"""Evidence as a folder of canonical JSON files: written case by case, read as a whole."""

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench import seal
from bench.decode import DecodeError, canonical, decode, parse
from bench.errors import Incomplete, InvalidEvidence, UsageError
from bench.estimate import Estimate
from bench.evidence import FORMAT, Evidence, Tool
from bench.inventory import Inventory
from bench.judgements import CaseJudgement
from bench.outcome import Outcome
from bench.plan import Plan

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


class BundleWriter:
    """Writes each part when it is known, and the manifest last: without it nothing is sealed.

    `reopened` is for the folder of an unfinished run: what is concluded, and the seal, come off.
    Raises UsageError for a folder that cannot be used, Incomplete for a full disk.
    """

    def __init__(
        self, folder: Path, inventory: Inventory, plan: Plan, reopened: bool = False
    ) -> None:
        self.folder = folder
        try:
            folder.mkdir(parents=True, exist_ok=reopened)
            (folder / "outcomes").mkdir(exist_ok=reopened)
        except FileExistsError:
            raise UsageError(
                f"{folder} exists already.", "Give a new folder with --output."
            ) from None
        except OSError as error:
            raise UsageError(
                f"{folder} cannot be made: {error.strerror}.",
                "Give a folder that can be written to with --output.",
            ) from error
        if reopened:
            partial = (str(path.relative_to(folder)) for path in folder.rglob(f"*{PARTIAL}"))
            for name in (seal.NAME, "estimates.json", "judgements.json", *partial):
                (folder / name).unlink(missing_ok=True)
        self._write("inventory.json", inventory)
        self._write("plan.json", plan)

    def begin(self, run: Run) -> None:
        """Say whose run this is, for one that may be killed and taken up again."""
        self._write("run.json", run)

    def replan(self, plan: Plan) -> None:
        """Save the plan again, with the shapes that were chosen since."""
        self._write("plan.json", plan)

    def add(self, outcome: Outcome) -> None:
        """Save one outcome for good, before the next case starts."""
        self._write(f"outcomes/{outcome.case_id}.{outcome.repeat}.json", OutcomeFile(outcome))

    def finish(self, evidence: Evidence) -> None:
        """Write what is left and seal the folder."""
        run = Run(
            evidence.format,
            evidence.tool,
            evidence.run_id,
            evidence.started_at,
            evidence.finished_at,
            evidence.interrupted,
        )
        self._write("run.json", run)
        self._write("estimates.json", Estimates(evidence.estimates))
        if evidence.judgements:
            self._write("judgements.json", Judgements(evidence.judgements))
        files = _files(self.folder)
        write_atomically(self.folder / seal.NAME, seal.seal(FORMAT, files))

    def _write(self, name: str, value: object) -> None:
        write_atomically(self.folder / name, canonical(value))


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
    files = {name: data for name, data in _files(folder).items() if not name.endswith(PARTIAL)}
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


def write_atomically(path: Path, data: bytes) -> None:
    """All of the file or none of it, also when the power fails. Raises Incomplete."""
    temporary = path.with_name(path.name + PARTIAL)
    try:
        with open(temporary, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise Incomplete(
            f"{path} cannot be written: {error.strerror}.",
            f"What was saved before is kept in {path.parent}; make room, or give another --output.",
        ) from error


def read(folder: Path) -> Evidence:
    """The evidence in a sealed folder, with every byte checked against the manifest.

    Raises InvalidEvidence, naming the file, for anything else. Estimates are read as they stand:
    whether they follow from the outcomes is for `reports.verify`.
    """
    if folder.is_dir() and not (folder / seal.NAME).exists():
        raise InvalidEvidence(f"{folder} holds no {seal.NAME}.", _instead(folder))
    files = _files(folder)
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


def _files(folder: Path) -> dict[str, bytes]:
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
