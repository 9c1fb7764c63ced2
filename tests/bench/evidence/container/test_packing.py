"""A run as one file."""

import os
import time
import zipfile
from pathlib import Path

import pytest

from bench.errors import Incomplete, UsageError
from bench.evidence import Evidence
from bench.evidence.bundle_reader import read
from bench.evidence.bundle_writer import BundleWriter
from bench.evidence.container import files_of, packing
from bench.evidence.container.packing import one_file, pack


def write(folder: Path, evidence: Evidence) -> None:
    """A whole run: evidence and a report."""
    writer = BundleWriter(folder / "evidence", evidence.inventory, evidence.plan)
    for outcome in evidence.outcomes:
        writer.add(outcome)
    writer.finish(evidence)
    (folder / "report.json").write_text("{}")


def test_what_was_written_is_read_back_and_the_folder_is_gone(
    evidence: Evidence, tmp_path: Path
) -> None:
    with one_file(tmp_path / "node.zip", print) as folder:
        write(folder, evidence)

    assert read(tmp_path / "node.zip") == evidence
    assert os.listdir(tmp_path) == ["node.zip"]
    assert "report.json" in zipfile.ZipFile(tmp_path / "node.zip").namelist()
    assert zipfile.ZipFile(tmp_path / "node.zip").testzip() is None


def test_the_same_files_are_the_same_bytes(evidence: Evidence, tmp_path: Path) -> None:
    write(tmp_path / "one", evidence)
    pack(tmp_path / "one", tmp_path / "one.zip")
    for path in (tmp_path / "one").rglob("*"):
        os.utime(path, (time.time(), 1e9))
        path.chmod(0o700)
    (tmp_path / "one" / f"half{packing.PARTIAL}").write_text("not yet")
    pack(tmp_path / "one", tmp_path / "two.zip")

    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()
    found = zipfile.ZipFile(tmp_path / "one.zip").infolist()
    assert [each.filename for each in found] == sorted(each.filename for each in found)
    assert {(each.date_time, each.external_attr >> 16) for each in found} == {
        ((1980, 1, 1, 0, 0, 0), 0o100644)
    }


def test_what_deflates_too_well_is_stored_so_that_it_is_read(tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "manifest.json").write_bytes(b"0" * (packing.HARMLESS_BYTES + 1))
    (tmp_path / "run" / "plan.json").write_bytes(b"0" * packing.HARMLESS_BYTES)
    pack(tmp_path / "run", tmp_path / "run.zip")

    methods = [each.compress_type for each in zipfile.ZipFile(tmp_path / "run.zip").infolist()]
    assert methods == [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED]
    assert files_of(tmp_path / "run.zip") == files_of(tmp_path / "run")


@pytest.mark.parametrize("there", ["node.zip", "node.zip.partial"])
def test_what_is_there_is_never_written_over(tmp_path: Path, there: str) -> None:
    (tmp_path / there).write_text("evidence")

    with (
        pytest.raises(UsageError, match=f"{there} exists already"),
        one_file(tmp_path / "node.zip", print),
    ):
        pytest.fail("it was begun")
    assert (tmp_path / there).read_text() == "evidence"


def test_what_came_there_since_is_not_written_over_either(
    evidence: Evidence, tmp_path: Path
) -> None:
    said: list[str] = []
    run = one_file(tmp_path / "node.zip", said.append)
    write(run.__enter__(), evidence)
    (tmp_path / "node.zip").write_text("of somebody else")

    with pytest.raises(UsageError, match="exists already"):
        run.__exit__(None, None, None)

    assert (tmp_path / "node.zip").read_text() == "of somebody else"
    assert read(tmp_path / "node.zip.partial" / "evidence") == evidence
    assert said[-1] == f"what was saved is kept in {tmp_path / 'node.zip.partial'}"


@pytest.mark.parametrize("ended", [KeyboardInterrupt(), SystemExit(1), Incomplete("x", "y")])
def test_a_run_that_is_cut_off_leaves_what_it_saved_and_says_where(
    evidence: Evidence, tmp_path: Path, ended: BaseException
) -> None:
    said: list[str] = []
    run = one_file(tmp_path / "node.zip", said.append)
    writer = BundleWriter(run.__enter__() / "evidence", evidence.inventory, evidence.plan)
    writer.add(evidence.outcomes[0])

    assert not run.__exit__(type(ended), ended, None)

    assert os.listdir(tmp_path) == ["node.zip.partial"]
    assert len(os.listdir(tmp_path / "node.zip.partial" / "evidence" / "outcomes")) == 1
    assert said[-1] == f"what was saved is kept in {tmp_path / 'node.zip.partial'}"


def test_where_nothing_was_saved_nothing_is_said_of_it(tmp_path: Path) -> None:
    said: list[str] = []
    with pytest.raises(UsageError), one_file(tmp_path / "node.zip", said.append):
        raise UsageError("x", "y")

    assert len(said) == 1


def test_a_full_disk_costs_the_file_and_nothing_that_was_saved(
    evidence: Evidence, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    write(tmp_path / "run", evidence)
    before = sorted((tmp_path / "run").rglob("*"))
    monkeypatch.setattr(os, "fsync", full)

    with pytest.raises(Incomplete, match=r"No space left on device\. Nothing is lost"):
        pack(tmp_path / "run", tmp_path / "run.zip")
    assert sorted((tmp_path / "run").rglob("*")) == before
    assert not (tmp_path / "run.zip").exists()


def test_a_place_that_cannot_be_written_to_is_a_usage_error(
    evidence: Evidence, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")

    with (
        pytest.raises(UsageError, match="cannot be made"),
        one_file(tmp_path / "file" / "node.zip", print) as folder,
    ):
        write(folder, evidence)
