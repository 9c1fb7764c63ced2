"""Every bundle under tests/golden/bundles is accepted by `verify`, for ever, and reported."""

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from bench.cli import main
from bench.errors import InvalidEvidence
from reports.verification import verify

FOLDER = Path(__file__).parents[1] / "golden" / "bundles"
BUNDLES = sorted(path for path in FOLDER.iterdir() if path.is_dir())
SYNTHETIC = "synthetic-"

every = pytest.mark.parametrize("bundle", BUNDLES, ids=lambda path: path.name)


def test_there_are_bundles_to_be_accepted() -> None:
    assert FOLDER / "synthetic-three-gpus" in BUNDLES


@every
def test_verify_accepts_it(bundle: Path) -> None:
    done = CliRunner().invoke(main, ["verify", str(bundle)], catch_exceptions=False)

    assert (done.exit_code, done.stderr) == (0, "")
    assert "valid: " in done.stdout


@every
def test_what_no_hardware_measured_says_so_and_is_named_so(bundle: Path) -> None:
    assert verify(bundle).inventory.simulated is bundle.name.startswith(SYNTHETIC)


@every
@pytest.mark.parametrize("format_", ["terminal", "markdown", "html", "json", "csv"])
def test_it_is_reported(bundle: Path, format_: str) -> None:
    done = CliRunner().invoke(
        main, ["report", str(bundle), "--format", format_], catch_exceptions=False
    )

    # 1 would be a target of the plan that is not met.
    assert done.exit_code in (0, 1)
    assert done.stdout


@every
def test_a_changed_byte_of_any_file_is_refused_by_its_name(bundle: Path, tmp_path: Path) -> None:
    copy = tmp_path / "evidence"
    shutil.copytree(bundle, copy)
    refused = {}
    for path in sorted(p for p in copy.rglob("*") if p.is_file()):
        good = path.read_bytes()
        middle = len(good) // 2
        path.write_bytes(good[:middle] + bytes([good[middle] ^ 1]) + good[middle + 1 :])
        with pytest.raises(InvalidEvidence) as error:
            verify(copy)
        refused[path.name] = str(error.value)
        path.write_bytes(good)

    assert [name for name, said in refused.items() if name not in said] == []
    assert verify(copy) == verify(bundle)
