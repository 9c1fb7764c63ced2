"""`capbench storage`, in one process; the storage itself is simulated or a folder of the test."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

from click.testing import CliRunner

from bench.cli import main
from storage_bench.observations import Proof
from storage_bench.testing import SimulatedDevice

ROOT = Path(__file__).parents[4]
EXAMPLE = ROOT / "reports/declarations/examples/storage-inventory.toml"
CITY = ROOT / "reports/declarations/examples/example-city.toml"
HOLD = """
import sys, time
from pathlib import Path
from storage_bench.workspace.guard import fill, workspace
with workspace(Path(sys.argv[1]), 2**20, allow_memory=True) as space:
    fill(space.data_file, 2**20, seed=1)
    print(space.path, flush=True)
    time.sleep(60)
"""


def capbench(*arguments: str | Path, code: int = 0) -> str:
    done = CliRunner().invoke(main, ["storage", *map(str, arguments)])
    assert done.exit_code == code, done.output
    return done.stdout


def refused(*arguments: str | Path) -> str:
    done = CliRunner().invoke(main, ["storage", *map(str, arguments)])
    assert done.exit_code == 2
    return done.stderr


def test_a_killed_run_is_cleaned_up_and_nothing_else(tmp_path):
    (tmp_path / "capbench-storage-mine").mkdir()
    (tmp_path / "precious").write_text("precious")
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path)], stdout=subprocess.PIPE, text=True, cwd=ROOT
    ) as process:
        left = Path(process.stdout.readline().strip())
        assert capbench("cleanup", tmp_path) == ""
        process.send_signal(signal.SIGKILL)
    assert sorted(os.listdir(left)) == ["capbench.data", "capbench.marker.json"]
    assert capbench("cleanup", tmp_path) == f"removed {left}\n"
    assert sorted(os.listdir(tmp_path)) == ["capbench-storage-mine", "precious"]
    assert json.loads(capbench("cleanup", tmp_path, "--json")) == []


def test_a_sweep_shows_a_line_for_each_point(tmp_path, monkeypatch):
    monkeypatch.setattr(
        "storage_bench.engines.choose.run", lambda e, job, p: SimulatedDevice(9e3).run(job)
    )
    monkeypatch.setattr("storage_bench.engines.choose.choose", lambda: ("native", "native-psync"))
    monkeypatch.setattr("storage_bench.guarantee.cache_bypass.prove", lambda *_: Proof(()))
    options = ("--directory", tmp_path, "--size-bytes", "8388608", "--seconds", "1")
    shown = capbench("sweep", *options)
    assert len(shown.splitlines()) == 11
    assert "p99 stays within 2 ms up to depth: 16; saturated: from depth 2 on" in shown
    assert len(json.loads(capbench("sweep", *options, "--of", "mix", "--json"))["points"]) == 6
    assert "block_bytes is 100" in refused("sweep", *options, "--block-bytes", "100")
    assert os.listdir(tmp_path) == []


def test_a_ledger_has_three_columns_and_the_share_under_each_reading():
    shown = capbench("ledger", EXAMPLE)
    assert "raw        90.7 TB (82.5 TiB)" in shown
    assert "usable  32.39%             met           by" in shown
    told = json.loads(capbench("ledger", EXAMPLE, "--json"))
    assert {share["definition"] for share in told["ledger"]["shares"]} == {
        "adv/media", "adv/media+iops", "adv/density",
    }  # fmt: skip


def test_a_ledger_of_a_facility_has_its_pools():
    assert "57.0 EB (49.4 EiB)" in capbench("ledger", "--facility", CITY)


def test_a_ledger_wants_one_inventory(tmp_path):
    assert "Wanted one inventory" in refused("ledger")
    assert "no such file" in refused("ledger", tmp_path / "gone.toml")
    assert "has no targets for 1999" in refused("ledger", EXAMPLE, "--year", "1999")
