"""The evidence bundle on its way to disk: part by part, the manifest last."""

import os
from collections.abc import Iterable
from pathlib import Path

from bench.errors import Incomplete, UsageError
from bench.evidence import FORMAT, Evidence
from bench.evidence import manifest as seal
from bench.evidence.bundle_reader import Estimates, Judgements, OutcomeFile, Run
from bench.evidence.codec import canonical, decode, encode
from bench.evidence.container import files_of
from bench.evidence.container.limits import PARTIAL
from bench.evidence.inventory import Inventory
from bench.evidence.outcome import Outcome, outcome_path
from bench.evidence.plan import Plan


class BundleWriter:
    """Writes each part when it is known, and the manifest last: without it nothing is sealed.

    `reopened` is for the folder of an unfinished run: what is concluded, and the seal, come off.
    Raises UsageError for a folder that cannot be used, Incomplete for a full disk.
    """

    def __init__(
        self, folder: Path, inventory: Inventory, plan: Plan, reopened: bool = False
    ) -> None:
        self.folder = folder
        self._replaced: dict[str, Outcome] = {}
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

    def unseal(self) -> None:
        """Before anything is replaced: what is not written to its end can be taken up again."""
        (self.folder / seal.NAME).unlink(missing_ok=True)

    def replan(self, plan: Plan) -> None:
        """Save the plan again, with the shapes that were chosen since."""
        self._write("plan.json", plan)

    def add(self, outcome: Outcome) -> None:
        """Save one outcome for good, before the next case starts."""
        self._write(outcome_path(outcome), OutcomeFile(outcome))

    def replace_outcomes(self, outcomes: Iterable[Outcome]) -> None:
        """Save these and no others, before the folder is sealed again."""
        wanted = {outcome_path(outcome): outcome for outcome in outcomes}
        for path in (self.folder / "outcomes").iterdir():
            if f"outcomes/{path.name}" not in wanted:
                path.unlink()
        for name, outcome in wanted.items():
            if self._replaced.get(name) != outcome:
                self.add(outcome)
                self._replaced[name] = outcome

    def finish(self, evidence: Evidence) -> None:
        """Write what is left and seal the folder."""
        run = Run(
            evidence.format,
            evidence.tool,
            evidence.run_id,
            evidence.started_at,
            evidence.finished_at,
            evidence.interrupted,
            evidence.resumed_at,
        )
        self._write("run.json", run)
        self._write("estimates.json", Estimates(evidence.estimates))
        if evidence.judgements:
            self._write("judgements.json", Judgements(evidence.judgements))
        files = files_of(self.folder)
        files.pop(seal.NAME, None)
        write_atomically(self.folder / seal.NAME, seal.seal(FORMAT, files))

    def _write(self, name: str, value: object) -> None:
        # An integer where a float is meant is written as the float that it is read as.
        same = decode(type(value), encode(value), name)
        write_atomically(self.folder / name, canonical(same))


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
