"""`capbench run` on a simulated machine."""

import ast
import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner

from bench.cli import main

ROOT = Path(__file__).parents[4]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("run") / "out"
    done = CliRunner().invoke(main, ["run", "--simulate", "eight-gpus", "--output", str(folder)])
    assert "SIMULATED" in done.stdout
    assert done.exit_code == 5, done.stderr  # one of its cards falls off the bus
    return folder


@pytest.mark.parametrize("name", ["report.html", "report.md", "report.json", "report.csv"])
def test_every_report_says_that_it_is_simulated(folder: Path, name: str) -> None:
    assert "SIMULATED" in (folder / name).read_text()


def test_it_goes_through_the_whole_program(folder: Path) -> None:
    found = json.loads((folder / "report.json").read_text())
    done = CliRunner().invoke(main, ["verify", str(folder / "evidence")])

    assert len(found["machines"][0]["accelerators"]) == 1
    assert {run["metric"] for run in found["accelerators"]} >= {"cuda.matrix.bf16.gpu0"}
    assert (done.exit_code, "SIMULATED" in done.stdout) == (0, True)


def test_one_file_holds_evidence_and_reports(tmp_path: Path) -> None:
    target = tmp_path / "node.zip"
    arguments = ["run", "--simulate", "eight-gpus", "--output", str(target)]
    done = CliRunner().invoke(main, arguments)
    again = CliRunner().invoke(main, arguments)
    verified = CliRunner().invoke(main, ["verify", str(target)])

    assert os.listdir(tmp_path) == ["node.zip"]
    assert f"evidence and reports: {target}" in done.stderr
    assert (again.exit_code, "exists already" in again.stderr) == (2, True)
    assert (verified.exit_code, "SIMULATED" in verified.stdout) == (0, True)
    names = zipfile.ZipFile(target).namelist()
    assert {"evidence/manifest.json", "report.html", "report.json"} <= set(names)


def test_a_killed_run_leaves_what_it_saved_beside_its_file(tmp_path: Path) -> None:
    arguments = ["run", "--simulate", "eight-gpus", "--output", str(tmp_path / "node.zip")]
    kill_at_report = (
        "import os, signal, bench.cli.report_request as r\n"
        "r.write_all = lambda *_: os.kill(os.getpid(), signal.SIGKILL)\n"
        f"from bench.cli import main\nmain({arguments})"
    )
    done = subprocess.run(
        [sys.executable, "-c", kill_at_report], cwd=ROOT, capture_output=True, text=True
    )
    kept = tmp_path / "node.zip.partial"
    verified = CliRunner().invoke(main, ["verify", str(kept)])
    again = CliRunner().invoke(main, arguments)

    assert done.returncode == -9
    assert f"until node.zip is whole, what is measured is kept in {kept}" in done.stderr
    assert verified.exit_code == 0
    assert (again.exit_code, "never came to its end" in again.stderr) == (2, True)


def test_an_unknown_machine_is_refused_with_those_that_are_known(tmp_path: Path) -> None:
    done = CliRunner().invoke(
        main, ["run", "--simulate", "abacus", "--output", str(tmp_path / "x")]
    )

    assert (done.exit_code, "eight-gpus" in done.stderr) == (2, True)


def test_nothing_else_of_the_product_imports_simulated_machines() -> None:
    importers = {
        str(path.relative_to(ROOT))
        for package in ("bench", "reports", "storage_bench", "kernels")
        for path in (ROOT / package).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("bench.testing")
        if not path.is_relative_to(ROOT / "bench" / "testing")
    }

    assert importers == {"bench/cli/commands/run.py"}
