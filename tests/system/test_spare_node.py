"""A node that lacks what a report, a seal or a chart needs: it measures, and each lack is one line.

Packages are hidden from every process of the run, its workers too, by a module that Python loads
at its start.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
HIDDEN = (
    "altair", "cryptography", "hatchling", "msgspec", "psutil", "pynvml",
    "threadpoolctl", "vl_convert",
)  # fmt: skip
ONLY = ("cpu.vector.fp32", "cpu.matrix.fp32", "storage.randread.4k")
HIDE = f"""
import sys
from importlib.machinery import PathFinder

class Without(PathFinder):
    @classmethod
    def find_spec(cls, name, path=None, target=None):
        hidden = name.partition(".")[0] in {HIDDEN!r}
        return None if hidden else PathFinder.find_spec(name, path, target)

sys.meta_path[sys.meta_path.index(PathFinder)] = Without
"""


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    folder = tmp_path_factory.mktemp("hidden")
    (folder / "sitecustomize.py").write_text(HIDE)
    return os.environ | {"PYTHONPATH": f"{folder}{os.pathsep}{ROOT}"}


def capbench(
    environment: dict[str, str], *arguments: str | Path
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "bench", *map(str, arguments)],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
    )


@pytest.fixture(scope="module")
def run(
    environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, subprocess.CompletedProcess[str]]:
    folder = tmp_path_factory.mktemp("run") / "out"
    only = [word for name in ONLY for word in ("--only", name)]
    return folder, capbench(environment, "run", "--profile", "ci", "--output", folder, *only)


def test_the_packages_are_really_hidden(environment: dict[str, str]) -> None:
    code = f"import importlib.util as u; print([n for n in {HIDDEN!r} if u.find_spec(n)])"
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True
    )

    assert done.stdout.strip() == "[]", done.stderr


def test_doctor_names_each_lack_and_its_remedy(environment: dict[str, str]) -> None:
    done = capbench(environment, "doctor", "--json")
    missing = {c["name"] for c in json.loads(done.stdout) if c["status"] == "missing"}

    assert done.returncode == 0, done.stderr
    assert missing >= {"pynvml", "altair", "threadpoolctl", "vl_convert"}


def test_it_measures_and_seals_and_tells_in_one_line_what_is_not_written(
    run: tuple[Path, subprocess.CompletedProcess[str]],
) -> None:
    folder, done = run
    lost = [line for line in done.stderr.splitlines() if "not written" in line]

    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    assert lost == [
        "report.html is not written: The html report needs vl-convert-python, which is not "
        "installed. pip install vl-convert-python"
    ]
    assert {path.name for path in folder.iterdir()} == {
        "evidence", "report.md", "report.json", "report.csv",
    }  # fmt: skip
    assert done.stderr.splitlines()[-1] == f"evidence: {folder / 'evidence'}   report: {folder}"


def test_what_cannot_be_measured_is_skipped_with_its_reason(
    run: tuple[Path, subprocess.CompletedProcess[str]],
) -> None:
    report = json.loads((run[0] / "report.json").read_text())
    reasons = {o["reason"] for o in report["omissions"] if o["implementation"] == "numpy"}
    measured = {e["metric"] for e in report["estimates"]}

    assert reasons == {"threadpoolctl is not installed; pip install 'threadpoolctl'"}
    assert {"cpu.vector.fp32", "storage.randread.4k"} <= measured


@pytest.mark.parametrize("format_", ["terminal", "markdown", "json", "csv"])
def test_the_bundle_is_verified_and_reported_there(
    run: tuple[Path, subprocess.CompletedProcess[str]], environment: dict[str, str], format_: str
) -> None:
    verified = capbench(environment, "verify", run[0] / "evidence")
    reported = capbench(environment, "report", run[0] / "evidence", "--format", format_)

    assert (verified.returncode, reported.returncode) == (0, 0), reported.stderr
    assert "cpu.vector.fp32" in reported.stdout


SAME_BYTES = """
import sys
from pathlib import Path
from bench.evidence.codec.record import msgspec
from bench.testing.complete_run import simulated_run
from bench.evidence.bundle_writer import BundleWriter

evidence = simulated_run()
writer = BundleWriter(Path(sys.argv[1]), evidence.inventory, evidence.plan)
for outcome in evidence.outcomes:
    writer.add(outcome)
writer.finish(evidence)
print(msgspec)
"""


def test_it_writes_the_same_bytes_as_a_node_that_has_everything(
    environment: dict[str, str], tmp_path: Path
) -> None:
    written = {}
    for name, given in (("spare", environment), ("full", os.environ | {"PYTHONPATH": str(ROOT)})):
        done = subprocess.run(
            [sys.executable, "-c", SAME_BYTES, str(tmp_path / name)],
            env=given, capture_output=True, text=True, cwd=tmp_path,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        assert (done.stdout.strip() == "None") is (name == "spare")
        written[name] = {
            path.relative_to(tmp_path / name).as_posix(): path.read_bytes()
            for path in (tmp_path / name).rglob("*.json")
        }

    assert written["spare"] == written["full"]
    assert len(written["full"]) > 20
