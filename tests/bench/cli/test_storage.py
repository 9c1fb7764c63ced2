"""`capbench storage`, in one process; the storage itself is simulated or a folder of the test."""

import importlib
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from bench.cli import main
from storage_bench import guarantee as guarantees
from storage_bench.bypass import Part, Proof
from storage_bench.data_sample import DataSample
from storage_bench.testing import SimulatedDevice
from storage_bench.trial import Trial
from storage_bench.witness import Counters

# `from bench.cli import storage` would be the command group of that name.
module = importlib.import_module("bench.cli.storage")
ROOT = Path(__file__).parents[3]
EXAMPLE = ROOT / "reports" / "inventories" / "example.toml"
CITY = ROOT / "reports" / "facilities" / "example-city.toml"
HOLD = """
import sys, time
from pathlib import Path
from storage_bench.guard import fill, workspace
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


@pytest.fixture
def simulated(monkeypatch):
    """Storage of a given speed in place of the folder that is named."""

    def install(iops: float) -> None:
        def carry_out(demanded, tier, directory, size_bytes, seed, engine):
            result = SimulatedDevice(iops).run(demanded.job(tier, size_bytes, seed))
            seen = Counters(result.read.ios, 0, result.write.ios, 0)
            proof = Proof((Part("alignment", True, "refused"),))
            return (Trial(size_bytes, result, seen=seen, bypass=proof, data=DataSample(9, 1.0, 0)),)

        monkeypatch.setattr(module, "carry_out", carry_out)

    return install


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


@pytest.mark.parametrize(("iops", "verdict", "code"), [(9_900, "FAIL", 1), (10_100, "PASS", 0)])
def test_the_verdict_of_a_guarantee_is_shown_and_is_the_exit_code(
    simulated, tmp_path, iops, verdict, code
):
    simulated(iops)
    shown = capbench("guarantee", "--dir", tmp_path, "--tier", "minute", code=code)
    assert f"{verdict} (INDICATIVE: it never certifies)" in shown
    assert "8192 B at random, 70% reads, 11000 IOPS offered (open loop), at most 16" in shown


def test_a_guarantee_as_json_has_all_that_the_verdict_follows_from(simulated, tmp_path):
    simulated(9_900)
    told = json.loads(
        capbench("guarantee", "--dir", tmp_path, "--tier", "minute", "--json", code=1)
    )
    assert told["judgement"]["verdict"] == "FAIL"
    assert told["definition"]["id"] == guarantees.DEFAULT
    assert len(told["trials"][0]["result"]["windows"]) == 62


def test_an_unknown_tier_or_definition_is_a_usage_error(tmp_path):
    assert "It has full, quick, minute" in refused("guarantee", "--dir", tmp_path, "--tier", "gold")
    assert "Known are critical-business" in refused(
        "guarantee", "--dir", tmp_path, "--definition", "gold"
    )


@pytest.mark.skipif(not os.path.ismount("/dev/shm"), reason="no tmpfs at /dev/shm")
def test_ctrl_c_leaves_nothing_and_says_so(tmp_path, monkeypatch):
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(module, "needed_bytes", lambda *_: 2**20)
    monkeypatch.setattr("storage_bench.trial.carry_out", interrupt)
    done = CliRunner().invoke(main, ["storage", "guarantee", "--dir", str(tmp_path)])
    assert (done.exit_code, os.listdir(tmp_path)) == (5, [])
    assert "Interrupted before the end. Nothing was left behind." in done.stderr


def test_a_folder_in_memory_is_a_usage_error(monkeypatch):
    monkeypatch.setattr(module, "needed_bytes", lambda *_: 4096)
    assert "is no storage" in refused("guarantee", "--dir", "/dev/shm", "--tier", "minute")


def test_a_sweep_shows_a_line_for_each_point(tmp_path, monkeypatch):
    monkeypatch.setattr("storage_bench.engine.run", lambda e, job, p: SimulatedDevice(9e3).run(job))
    monkeypatch.setattr("storage_bench.engine.choose", lambda: ("native", "native-psync"))
    options = ("--dir", tmp_path, "--size-bytes", "8388608", "--seconds", "1")
    shown = capbench("sweep", *options)
    assert len(shown.splitlines()) == 11
    assert "p99 stays within 2 ms up to depth: 16; saturated: from depth 2 on" in shown
    assert len(json.loads(capbench("sweep", *options, "--of", "mix", "--json"))["points"]) == 6
    assert "block_bytes is 100" in refused("sweep", *options, "--block-bytes", "100")
    assert os.listdir(tmp_path) == []


def test_a_raw_device_is_refused_with_every_reason():
    assert capbench("device", "/dev/vda", "--serial", "x", code=2) == (
        "refused: /dev/vda is no link below /dev/disk/by-id/\n"
    )


def test_a_ledger_has_three_columns_and_the_share_under_each_reading():
    shown = capbench("ledger", EXAMPLE)
    assert "raw                    90721766866944 B" in shown
    assert "adv/media       usable  hybrid: none        [ 32.39%,  32.39%]  met" in shown
    told = json.loads(capbench("ledger", EXAMPLE, "--json"))
    assert {share["definition"] for share in told["ledger"]["shares"]} == {
        "adv/media", "adv/media+iops", "adv/density",
    }  # fmt: skip


def test_a_ledger_of_a_facility_has_its_pools():
    assert "57000000000000000000 B  57 EB" in capbench("ledger", "--facility", CITY)


def test_a_ledger_wants_one_inventory(tmp_path):
    assert "Wanted one inventory" in refused("ledger")
    assert "no such file" in refused("ledger", tmp_path / "gone.toml")
    assert "has no targets for 1999" in refused("ledger", EXAMPLE, "--year", "1999")
