"""Every bundle under tests/golden/bundles is accepted by `verify`, for ever, and reported."""

import importlib.util
import shutil
from collections import Counter
from pathlib import Path
from types import ModuleType

import pytest
from click.testing import CliRunner

from bench.analysis import concurrent_devices
from bench.cli import main
from bench.errors import InvalidEvidence
from bench.evidence.outcome import Measured
from reports import verification
from reports.performance import analyse
from reports.render import render
from reports.report import build
from reports.verification import recompute, verify

FOLDER = Path(__file__).parents[1] / "golden" / "bundles"
BUNDLES = sorted(p for p in FOLDER.iterdir() if p.is_dir() or p.suffix == ".zip")
"""Folders, and single files."""
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
    assert verify(bundle).evidence.inventory.simulated is bundle.name.startswith(SYNTHETIC)


@every
@pytest.mark.parametrize("format_", ["terminal", "markdown", "html", "json", "csv"])
def test_it_is_reported(bundle: Path, format_: str) -> None:
    done = CliRunner().invoke(
        main, ["report", str(bundle), "--format", format_], catch_exceptions=False
    )

    # 1 would be a target of the plan that is not met.
    assert done.exit_code in (0, 1)
    assert done.stdout


@pytest.mark.parametrize("bundle", [p for p in BUNDLES if p.is_dir()], ids=lambda p: p.name)
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
    assert verify(copy).evidence == verify(bundle).evidence


def test_the_synthetic_bundle_is_what_its_script_makes_to_the_byte(tmp_path: Path) -> None:
    golden = FOLDER / "synthetic-three-gpus"
    generator().generate(tmp_path / "again")
    files = {path.relative_to(golden) for path in golden.rglob("*.json")}

    assert {
        path.relative_to(tmp_path / "again") for path in (tmp_path / "again").rglob("*.json")
    } == files
    assert [
        str(name)
        for name in sorted(files)
        if (golden / name).read_bytes() != (tmp_path / "again" / name).read_bytes()
    ] == []


def generator() -> ModuleType:
    """The script that made it, which is no module of ours."""
    spec = importlib.util.spec_from_file_location("generate", FOLDER.parent / "generate.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_process_is_fitted_once_and_the_audit_runs_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    counts: Counter[str] = Counter()

    def counted(module: ModuleType, name: str) -> None:
        real = getattr(module, name)

        def count(*given: object, **named: object) -> object:
            counts[name] += 1
            return real(*given, **named)

        monkeypatch.setattr(module, name, count)

    counted(concurrent_devices, "steady_state")
    counted(verification, "audit")
    counted(verification, "malformed")
    counted(recompute, "estimates_of")

    verified = verify(FOLDER / "synthetic-three-gpus")
    report = build((analyse(verified),))
    render(report, "html")
    measured = [o for o in verified.evidence.outcomes if isinstance(o, Measured)]

    assert len(measured) == 12
    assert counts == {"steady_state": 12, "audit": 1, "malformed": 1, "estimates_of": 1}


def test_the_first_card_is_judged_as_it_was_and_what_failed_is_no_figure() -> None:
    """An H200 by the first `capbench accept` on hardware: its vector chains failed."""
    done = CliRunner().invoke(main, ["accept", "--judge", str(FOLDER / "h200-2026-11-27.zip")])

    assert done.exit_code == 1
    assert "12 kernels right at a small size, 3 not" in done.stdout
    lines = {line.partition("  ")[0]: line for line in done.stdout.splitlines()}
    assert "694.9 TFLOP/s sustained  83.2%" in lines["cuda.matrix.bf16 (torch)"]
    assert "0.0005 ≤ 0.005  holds" in lines["cuda.matrix.bf16 (torch)"]
    assert "0.8679 ≥ 0.9    DOES NOT HOLD" in lines["cuda.memory.copy (torch)"]
    assert "-55 % at the clock that it had" in lines["cuda.matrix.int8 (torch)"]
    assert "not measured" in lines["cuda.vector.fp32 (numba-cuda)"]
