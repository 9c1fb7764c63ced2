"""One bundle in both forms."""

import io
import os
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from bench.errors import InvalidEvidence
from bench.evidence import Evidence
from bench.evidence.bundle_reader import read
from bench.evidence.container import files_of, limits

Zipped = Callable[..., Path]


def test_the_files_are_the_same_in_both_forms(
    bundle: Path, files: dict[str, bytes], zipped: Zipped, evidence: Evidence
) -> None:
    path = zipped(files, ("report.json", b"{}"))

    assert list(files_of(path).items()) == list(files_of(bundle).items())
    assert read(path) == evidence


@pytest.mark.parametrize("place", ["", "evidence/", "rack 1/节点/evidence/"])
def test_a_bundle_lies_at_the_top_or_in_a_folder(
    files: dict[str, bytes], zipped: Zipped, evidence: Evidence, place: str
) -> None:
    path = zipped({name.replace("evidence/", place): data for name, data in files.items()})

    assert read(path) == evidence


def test_what_other_tools_pack_is_read(bundle: Path, tmp_path: Path, evidence: Evidence) -> None:
    """With entries for folders, and times of today."""
    path = shutil.make_archive(str(tmp_path / "other"), "zip", tmp_path, "evidence")

    assert "evidence/outcomes/" in zipfile.ZipFile(path).namelist()
    assert read(Path(path)) == evidence


def test_what_was_packed_into_a_pipe_is_read(
    files: dict[str, bytes], tmp_path: Path, evidence: Evidence
) -> None:
    """With sizes and checksums behind each file."""

    class Pipe(io.BytesIO):
        def seekable(self) -> bool:
            return False

        def tell(self) -> int:
            raise io.UnsupportedOperation

    pipe = Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    (tmp_path / "piped.zip").write_bytes(pipe.getvalue())

    assert archive.infolist()[0].flag_bits & 8
    assert read(tmp_path / "piped.zip") == evidence


@pytest.mark.parametrize("form", ["folder", "zip"])
@pytest.mark.parametrize(
    ("limit", "value"), [("MAX_FILES", 3), ("MAX_FILE_BYTES", 500), ("MAX_BYTES", 2000)]
)
def test_more_than_a_bundle_has_is_not_read(
    bundle: Path,
    files: dict[str, bytes],
    zipped: Zipped,
    monkeypatch: pytest.MonkeyPatch,
    form: str,
    limit: str,
    value: int,
) -> None:
    path = bundle if form == "folder" else zipped(files)
    monkeypatch.setattr(limits, limit, value)

    with pytest.raises(InvalidEvidence, match="past the limits of a bundle"):
        read(path)


@pytest.mark.parametrize("form", ["folder", "zip"])
@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"note.json": b"{}\n"}, "note.json is there and not listed"),
        ({"plan.json": None}, "plan.json is listed in manifest.json and not there"),
        ({"plan.json": b"{}\n"}, "plan.json was changed"),
        ({"Note.json": b"{}\n"}, "'Note.json' is no part of evidence"),
    ],
)
def test_the_manifest_holds_in_both_forms(
    bundle: Path,
    files: dict[str, bytes],
    zipped: Zipped,
    form: str,
    change: dict[str, bytes | None],
    said: str,
) -> None:
    for name, data in change.items():
        if data is None:
            (bundle / name).unlink()
            del files[f"evidence/{name}"]
        else:
            (bundle / name).write_bytes(data)
            files[f"evidence/{name}"] = data

    with pytest.raises(InvalidEvidence, match=said):
        read(bundle if form == "folder" else zipped(files))


def test_what_would_keep_us_waiting_is_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.zip")

    with pytest.raises(InvalidEvidence, match="neither a folder nor a file"):
        files_of(tmp_path / "pipe.zip")
