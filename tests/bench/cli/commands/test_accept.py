"""`capbench accept` from the command line, on the simulated node."""

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bench.analysis import conclude
from bench.cli import main
from bench.evidence.bundle_writer import BundleWriter
from bench.evidence.codec import replace
from bench.evidence.outcome import Measured
from bench.testing.acceptance import SimulatedWorkers, sold_as
from bench.testing.gpu_node import SimulatedNode
from bench.testing.simulated_nvml import SimulatedGpu
from reports.verification import verify


@pytest.fixture
def node(monkeypatch: pytest.MonkeyPatch) -> SimulatedNode:
    """A node of two cards instead of this machine."""
    node = SimulatedNode((SimulatedGpu(0), SimulatedGpu(1)))
    monkeypatch.setattr(
        "bench.machine.discover", lambda directory: sold_as(node.discovered(), "NVIDIA H200")
    )
    # The process that runs the tests is older than any budget.
    monkeypatch.setattr("bench.execution.acceptance.process_age.process_age_s", lambda: 0.0)
    monkeypatch.setattr(
        "bench.execution.acceptance.kept_worker.KeptWorkers",
        lambda device, cpus, tell: SimulatedWorkers(node),
    )
    return node


def accept(*options: str | Path) -> Result:
    return CliRunner().invoke(main, ["accept", *map(str, options)])


def test_no_card_is_one_line_and_exit_code_3(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bench.machine.discover", lambda directory: SimulatedNode(()).discovered())
    done = accept()

    assert done.exit_code == 3
    assert done.stderr.startswith("capbench: There is no accelerator here")
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.usefixtures("node")
def test_evidence_log_and_table_are_one_file_that_verifies(tmp_path: Path) -> None:
    target = tmp_path / "first.zip"
    # Time enough for the first phase alone.
    done = accept("--budget", "70", "--output", target)

    assert done.exit_code == 5, done.output
    assert "3  products in every precision" in done.stderr
    assert "left out: the budget ends before it" in done.stderr
    assert "cuda:1: absent:" in done.stderr
    assert "INCOMPLETE" in done.stderr
    assert "15 kernels right at a small size, 0 not" in done.stdout
    assert "criteria data-sheet@1" in done.stdout
    names = set(zipfile.ZipFile(target).namelist())
    assert {"evidence/manifest.json", "accept.log", "accept.txt"} <= names
    assert [path.name for path in tmp_path.iterdir()] == ["first.zip"]
    verified = CliRunner().invoke(main, ["verify", str(target)])
    assert verified.exit_code in (0, 5), verified.output


@pytest.mark.usefixtures("node")
def test_what_cannot_be_used_is_said_before_anything_is_measured(tmp_path: Path) -> None:
    there = tmp_path / "first.zip"
    there.write_bytes(b"")

    for options, said in (
        (("--criteria", "abacus@1"), "There are no acceptance criteria"),
        (("--card", "7"), 'No accelerator here is "7"'),
        (("--output", there), "exists already"),
        (("--resume", tmp_path, "--output", tmp_path / "x"), "--resume goes on in its own folder"),
        (("--budget", "5"), "is not in the range"),
        (("--budget", "nan"), "nan is no number of seconds"),
        (("--budget", "inf"), "is not in the range"),
    ):
        done = accept(*options)
        assert done.exit_code == 2, (options, done.output)
        assert said in done.stderr
        assert "Traceback" not in done.output


@pytest.mark.usefixtures("node")
def test_what_is_judged_again_says_what_it_is_not(tmp_path: Path) -> None:
    target = tmp_path / "first.zip"
    accept("--budget", "240", "--output", target)
    done = accept("--judge", target)
    as_json = accept("--judge", target, "--json")

    # The simulated card moves bytes faster than the one whose name it has.
    assert done.exit_code == as_json.exit_code == 4
    assert "IMPOSSIBLE" in done.stdout
    assert "SIMULATED: no figure here was measured on hardware" in done.stdout
    assert any("SIMULATED" in said for said in json.loads(as_json.stdout)["restrictions"])
    real = accept("--judge", ROOT / "tests/golden/bundles/h200-2026-11-27.zip")
    assert "INCOMPLETE: the budget ended before 4 measurements" in real.stdout
    assert "audit: plan.json" in real.stderr


ROOT = Path(__file__).parents[4]
NOT_NEEDED = ("rich", "pandas", "jinja2", "msgspec", "altair", "vl_convert", "psutil",
              "threadpoolctl", "pynvml")  # fmt: skip
BLOCK = f"""
import sys

class Blocked:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {NOT_NEEDED}:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)

sys.meta_path.insert(0, Blocked())
"""


@pytest.mark.parametrize(("clock", "code"), [(0.0, 1), (0.5, 4)])
def test_clocks_that_were_edited_are_told_and_no_traceback(
    clock: float, code: int, tmp_path: Path
) -> None:
    honest = verify(ROOT / "tests/golden/bundles/h200-2026-11-27.zip").evidence
    outcomes = tuple(
        replace(o, readings=replace(o.readings, clock_hz=tuple(hz and hz * clock
                                                               for hz in o.readings.clock_hz)))
        if isinstance(o, Measured)
        else o
        for o in honest.outcomes
    )  # fmt: skip
    evidence = conclude(
        honest.tool, honest.run_id, honest.started_at, honest.finished_at,
        honest.inventory, honest.plan, outcomes, honest.interrupted,
    )  # fmt: skip
    writer = BundleWriter(tmp_path / "edited", honest.inventory, honest.plan)
    writer.replace_outcomes(outcomes)
    writer.finish(evidence)

    done = accept("--judge", tmp_path / "edited")

    assert done.exit_code == code, done.output
    assert ("it lies above its theoretical peak" in done.stderr) == (code == 4)


@pytest.mark.parametrize(
    ("options", "code"),
    [
        (("--judge", "tests/golden/bundles/h200-2026-11-27.zip"), 1),
        (("--judge", "tests/golden/bundles/h200-2026-11-27.zip", "--json"), 1),
        (("--card", "none"), 3),
    ],
)
def test_a_node_needs_torch_numba_cuda_and_click_and_nothing_else(
    tmp_path: Path, options: tuple[str, ...], code: int
) -> None:
    (tmp_path / "sitecustomize.py").write_text(BLOCK)
    done = subprocess.run(
        [sys.executable, "-m", "bench", "accept", *options],
        env=os.environ | {"PYTHONPATH": f"{tmp_path}{os.pathsep}{ROOT}"},
        cwd=ROOT, capture_output=True, text=True,
    )  # fmt: skip

    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr
    assert ("cuda.matrix.bf16" in done.stdout) == (code == 1)
