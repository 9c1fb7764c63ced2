"""`capbench verify` and `report` on many bundles."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bench.cli import main
from bench.evidence.bundle_writer import BundleWriter
from bench.evidence.container.packing import pack
from bench.testing.complete_run import simulated_run


@pytest.fixture
def racks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    for i in range(3):
        evidence = simulated_run(f"node{i}")
        writer = BundleWriter(tmp_path / "racks" / f"node{i}", evidence.inventory, evidence.plan)
        for outcome in evidence.outcomes:
            writer.add(outcome)
        writer.finish(evidence)
    return tmp_path / "racks"


def capbench(*arguments: object) -> Result:
    return CliRunner().invoke(main, [*map(str, arguments)])


def test_all_bundles_of_a_folder_are_counted(racks: Path) -> None:
    done = capbench("verify", racks)

    assert (done.exit_code, done.stdout) == (0, "3 bundles: 3 valid, 0 NOT VALID\n")


def test_one_that_fails_is_named_and_the_exit_code_is_4(racks: Path) -> None:
    (racks / "node1" / "plan.json").write_text("{}")
    done = capbench("verify", racks, "--json")
    rows = json.loads(done.stdout)["bundles"]

    assert done.exit_code == 4
    assert [row["valid"] for row in rows] == [True, False, True]
    assert f"{racks / 'node1'}: plan.json was changed" in done.stderr


def test_a_report_says_what_it_leaves_out(racks: Path) -> None:
    (racks / "node1" / "plan.json").write_text("{}")
    done = capbench("report", racks, "--json")
    found = json.loads(done.stdout)

    assert done.exit_code == 4
    assert [machine["host"] for machine in found["machines"]] == ["node0", "node2"]
    assert len(found["left_out"]) == 1
    assert any(text.startswith("ERROR: left out: ") for text in found["warnings"])


def test_what_was_kept_gives_the_same_report(racks: Path) -> None:
    fresh = capbench("report", racks, "--json", "--no-cache").stdout
    kept = [capbench("report", racks, "--json").stdout for _ in range(2)]

    assert kept == [fresh, fresh]


@pytest.fixture
def packed(racks: Path, tmp_path: Path) -> Path:
    """The same bundles, each in a .zip file."""
    (tmp_path / "packed").mkdir()
    for folder in racks.iterdir():
        pack(folder, tmp_path / "packed" / f"{folder.name}.zip")
    return tmp_path / "packed"


def test_zip_files_give_the_same_report_as_folders(racks: Path, packed: Path) -> None:
    of_folders = capbench("report", racks, "--json", "--no-cache")

    for named in (packed, packed / "*.zip"):
        of_files = capbench("report", named, "--json", "--no-cache")
        assert (of_files.exit_code, of_files.stdout) == (of_folders.exit_code, of_folders.stdout)
    one = capbench("report", packed / "node1.zip", "--json")
    assert one.stdout == capbench("report", racks / "node1", "--json").stdout


def test_zip_files_are_verified_alone_and_among_folders(racks: Path, packed: Path) -> None:
    alone = [capbench("verify", path) for path in (packed / "node1.zip", racks / "node1")]
    (racks / "broken.zip").write_bytes((packed / "node1.zip").read_bytes()[:-100])
    mixed = capbench("verify", racks, packed)

    assert alone[0].exit_code == 0
    assert alone[0].stdout == alone[1].stdout
    assert (mixed.exit_code, mixed.stdout) == (4, "7 bundles: 6 valid, 1 NOT VALID\n")
    assert f"{racks / 'broken.zip'} is cut off" in mixed.stderr


def test_a_zip_file_that_is_none_is_one_line_and_exit_code_4(tmp_path: Path) -> None:
    (tmp_path / "node.zip").write_text("no archive")
    done = capbench("verify", tmp_path / "node.zip")

    assert (done.exit_code, done.stdout, done.stderr.count("\n")) == (4, "", 1)
    assert "is no .zip file. Give the evidence/ folder of a run" in done.stderr


def test_a_list_names_the_bundles(racks: Path) -> None:
    (racks / "list").write_text("node0\nnode2\n")

    assert capbench("verify", "--list", racks / "list").stdout.startswith("2 bundles: 2 valid")


def test_evidence_has_to_be_named() -> None:
    done = capbench("verify")

    assert (done.exit_code, "No evidence is named" in done.stderr) == (2, True)


def test_all_formats_go_to_a_folder(racks: Path, tmp_path: Path) -> None:
    capbench("report", racks, "--format", "all", "--output", tmp_path / "out")

    assert {path.name for path in (tmp_path / "out").iterdir()} >= {"report.json", "report.csv"}
    assert capbench("report", racks, "--format", "all").exit_code == 2
