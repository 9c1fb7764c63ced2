"""`capbench run` on a simulated machine."""

import ast
import json
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
