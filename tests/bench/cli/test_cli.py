"""A user's mistake is one line with the next step, and no traceback."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from bench.cli import main, name_a_home
from bench.evidence.bundle_writer import BundleWriter
from bench.testing.machine import simulated_evidence

ROOT = Path(__file__).parents[3]
EXAMPLE = ROOT / "reports/declarations/examples/example-city.toml"


def capbench(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "bench", *map(str, arguments)],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    evidence = simulated_evidence()
    folder = tmp_path_factory.mktemp("bundle") / "evidence"
    writer = BundleWriter(folder, evidence.inventory, evidence.plan)
    for outcome in evidence.outcomes:
        writer.add(outcome)
    writer.finish(evidence)
    return folder


def one_line(done: subprocess.CompletedProcess[str], code: int) -> str:
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr
    (line,) = done.stderr.strip().splitlines()
    return line


def test_a_profile_that_is_not_there_is_named() -> None:
    assert "ci, full, quick" in one_line(capbench("run", "--profile", "thorough"), 2)


def test_a_folder_that_is_no_evidence_exits_4(tmp_path: Path) -> None:
    assert "manifest.json" in one_line(capbench("verify", tmp_path), 4)


def test_a_policy_with_an_unknown_key_is_named_with_the_key(bundle: Path, tmp_path: Path) -> None:
    shipped = (ROOT / "reports/declarations/policies/fp32-bitwidth@1.toml").read_text()
    mine = tmp_path / "mine.toml"
    mine.write_text("surprise = 1\n" + shipped)

    assert 'unknown key "surprise"' in one_line(capbench("report", bundle, "--policy", mine), 2)


def test_a_facility_with_a_negative_count_is_named_with_the_count(
    bundle: Path, tmp_path: Path
) -> None:
    mine = tmp_path / "mine.toml"
    text = EXAMPLE.read_text()
    assert "count = " in text
    mine.write_text(text.replace("count = ", "count = -", 1))

    assert "-" in one_line(capbench("report", bundle, "--facility", mine), 2)


def test_a_year_that_the_plan_does_not_have_lists_those_it_has(bundle: Path) -> None:
    line = one_line(capbench("report", bundle, "--year", "2031"), 2)

    assert "2023 or 2024 or 2025" in line


def test_a_facility_file_is_read_before_anything_is_measured(tmp_path: Path) -> None:
    done = capbench("run", "--facility", tmp_path / "no.toml", "--output", tmp_path / "out")

    assert "no.toml" in one_line(done, 2)
    assert not (tmp_path / "out").exists()


def test_an_output_folder_that_exists_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "evidence").mkdir()

    done = capbench("run", "--only", "cpu.vector.fp32", "--output", tmp_path)

    assert "exists already" in one_line(done, 2)


def test_a_user_without_a_home_has_one_in_which_nothing_can_be_made(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def unknown() -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setenv("HOME", "/home/somebody")
    name_a_home()
    assert os.environ["HOME"] == "/home/somebody"

    monkeypatch.setattr(Path, "home", unknown)
    name_a_home()
    assert os.environ["HOME"] == os.devnull
    with pytest.raises(OSError, match="Not a directory"):
        Path(os.environ["HOME"], ".cache").mkdir(parents=True)


@pytest.fixture
def small_disk(tmp_path: Path):  # type: ignore[no-untyped-def]
    folder = tmp_path / "small"
    folder.mkdir()
    if os.geteuid() != 0 or os.system(f"mount -t tmpfs -o size=96k tmpfs {folder} 2>/dev/null"):
        pytest.skip("mounting a small file system needs root")
    yield folder
    os.system(f"umount {folder}")


def test_a_disk_that_fills_up_keeps_what_was_saved_and_says_so(small_disk: Path) -> None:
    (small_disk / "filler").write_bytes(b"x" * 70_000)
    done = capbench(
        "run", "--profile", "ci", "--only", "cpu.vector.fp32*", "--output", small_disk / "out"
    )

    lines = done.stderr.strip().splitlines()
    assert done.returncode == 5
    assert "No space left on device" in lines[-1]
    assert "Traceback" not in done.stderr


@pytest.fixture
def read_only(tmp_path: Path):  # type: ignore[no-untyped-def]
    folder = tmp_path / "sealed"
    folder.mkdir()
    if os.geteuid() != 0 or os.system(f"mount -t tmpfs -o ro tmpfs {folder} 2>/dev/null"):
        pytest.skip("mounting a read-only file system needs root")
    yield folder
    os.system(f"umount {folder}")


def test_a_read_only_target_is_refused_before_measuring(read_only: Path) -> None:
    done = capbench("run", "--only", "cpu.vector.fp32", "--output", read_only / "out")

    assert "Read-only file system" in one_line(done, 2)


def test_nothing_left_of_the_profile_lists_its_metrics() -> None:
    assert "memory.triad" in one_line(capbench("plan", "--only", "gpu.*"), 2)


def test_the_folder_of_a_run_stands_for_the_evidence_in_it(bundle: Path) -> None:
    assert capbench("verify", bundle.parent).stdout == capbench("verify", bundle).stdout


def test_nothing_of_a_folder_without_a_manifest_is_read(tmp_path: Path) -> None:
    (tmp_path / "Not Evidence").write_text("of somebody else")

    assert "holds no manifest.json" in one_line(capbench("verify", tmp_path), 4)


@pytest.mark.parametrize(
    ("output", "said"), [(".", "is a folder"), ("no/such/report.html", "no/such is not a folder")]
)
def test_a_report_that_cannot_be_written_is_refused_before_the_work(
    bundle: Path, tmp_path: Path, output: str, said: str
) -> None:
    done = capbench("report", bundle, "--format", "html", "--output", tmp_path / output)

    assert said in one_line(done, 2)


@pytest.mark.parametrize("command", ["run", "plan"])
def test_a_folder_to_test_storage_in_that_is_not_there_is_refused(
    command: str, tmp_path: Path
) -> None:
    done = capbench(command, "--directory", tmp_path / "nothing")

    assert done.returncode == 2
    assert "does not exist" in done.stderr.splitlines()[-1]


def test_more_nodes_than_there_can_be_are_refused(bundle: Path, tmp_path: Path) -> None:
    mine = tmp_path / "mine.toml"
    mine.write_text(EXAMPLE.read_text().replace("nodes = 2000", f"nodes = {10**300}", 1))

    assert "wanted 1 to 1000000000" in one_line(capbench("report", bundle, "--facility", mine), 2)


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "utf-8"])
def test_a_terminal_that_knows_no_chinese_gets_the_report_all_the_same(
    bundle: Path, encoding: str
) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "bench", "report", str(bundle)],
        cwd=ROOT,
        capture_output=True,
        env={**os.environ, "PYTHONIOENCODING": encoding},
    )

    assert done.returncode == 0
    assert b"Compute scale" in done.stdout
    assert done.stderr == b""


def test_a_full_disk_under_the_output_is_one_line(bundle: Path) -> None:
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "bench", "verify", str(bundle)],
            cwd=ROOT,
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
        )

    assert "No space left for the output" in one_line(done, 5)


def test_an_interrupted_command_is_incomplete_and_not_below_a_target(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def interrupted(folder: Path) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("reports.verification.examine", interrupted)
    done = CliRunner().invoke(main, ["verify", "anything"])

    assert (done.exit_code, done.stderr) == (5, "capbench: Interrupted.\n")
