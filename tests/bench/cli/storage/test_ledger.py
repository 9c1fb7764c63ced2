"""`capbench storage ledger --media-evidence`, on synthesised answers of smartctl."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from bench.cli import main
from bench.evidence.bundle_writer import BundleWriter
from bench.evidence.codec import replace
from bench.evidence.container.packing import pack
from bench.testing.guarantee import simulated_guarantee
from bench.testing.machine import simulated_inventory
from storage_bench.media.evidence.collection import Collection, write
from storage_bench.media.evidence.report import Answer

CASES = Path(__file__).parents[3] / "storage_bench" / "golden" / "drives"
INVENTORY = """
name = "two pools"
[[pools]]
name = "fast"
media = "flash"
source = "register"
usable_bytes = 1000
[[pools]]
name = "slow"
media = "disk"
source = "register"
usable_bytes = 1000
[[drives]]
pool = "fast"
media = "flash"
raw_bytes = 1000
serial = "FAST0001"
[[drives]]
pool = "slow"
media = "disk"
raw_bytes = 1000
serial = "SLOW0001"
"""


@pytest.fixture
def inventory(tmp_path) -> Path:
    path = tmp_path / "inventory.toml"
    path.write_text(INVENTORY)
    return path


def evidence(path: Path, **rates: int) -> Path:
    answers = tuple(
        Answer("smartctl", ("smartctl",), 0, json.dumps({"serial_number": s, "rotation_rate": r}))
        for s, r in rates.items()
    )
    write(path, Collection(path.stem, "2026-01-01T00:00:00+00:00", True, answers))
    return path


def ledger(*arguments: str | Path) -> str:
    done = CliRunner().invoke(main, ["storage", "ledger", *map(str, arguments)])
    assert done.exit_code == 0, done.output
    return done.stdout


def bounds(inventory: Path, *files: Path) -> tuple[float, float, str]:
    options = [text for file in files for text in ("--media-evidence", file)]
    shares = json.loads(ledger(inventory, *options, "--json"))["evidenced"]["shares"]
    share = next(s for s in shares if (s["definition"], s["basis"]) == ("adv/media", "usable"))
    return share["low"], share["high"], share["verdict"]


def test_the_interval_narrows_with_each_file_of_evidence(tmp_path, inventory):
    nothing = evidence(tmp_path / "n0.json")
    fast = evidence(tmp_path / "n1.json", FAST0001=0)
    slow = evidence(tmp_path / "n2.json", SLOW0001=7200)
    assert bounds(inventory, nothing) == (0.0, 1.0, "undecided")
    assert bounds(inventory, fast) == (0.5, 1.0, "met")
    assert bounds(inventory, slow) == (0.0, 0.5, "undecided")
    assert bounds(inventory, fast, slow) == (0.5, 0.5, "met")


def test_evidence_against_the_register_widens_it_and_is_told(tmp_path, inventory):
    lie = evidence(tmp_path / "n1.json", FAST0001=7200, SLOW0001=7200)
    assert bounds(inventory, lie) == (0.0, 0.5, "undecided")
    shown = ledger(inventory, "--media-evidence", lie)
    assert "FAST0001 (line 13): declared flash, evidence: the drive says 7200 rpm (disk)" in shown


def test_without_evidence_nothing_is_said_of_it(inventory):
    assert "evidence of media" not in ledger(inventory)
    assert "evidenced" not in json.loads(ledger(inventory, "--json"))


def test_a_file_that_is_no_evidence_is_refused(inventory):
    options = ["storage", "ledger", str(inventory), "--media-evidence", str(inventory)]
    done = CliRunner().invoke(main, options)
    assert done.exit_code == 2
    assert "is no JSON" in done.stderr


def test_a_guarantee_counts_in_both_forms_of_its_bundle(inventory: Path, tmp_path: Path) -> None:
    real = replace(simulated_inventory("db1"), simulated=False)
    sealed = simulated_guarantee(iops=20e3, inventory=real, run_id="run-1")
    writer = BundleWriter(tmp_path / "run" / "evidence", sealed.inventory, sealed.plan)
    for outcome in sealed.outcomes:
        writer.add(outcome)
    writer.finish(sealed)
    pack(tmp_path / "run", tmp_path / "run.zip")
    fast = 'name = "fast"\nmedia = "flash"\nsource = "register"'
    place = f'{fast}\nhost = "db1"\nmount_point = "/data"'
    inventory.write_text(INVENTORY.replace(fast, place))

    found = [
        ledger(inventory, "--bundle", bundle, "--json")
        for bundle in (tmp_path / "run" / "evidence", tmp_path / "run.zip")
    ]

    assert found[0] == found[1]
    assert "evidenced by run run-1" in found[0]


@pytest.mark.parametrize(
    ("drives", "evidence_file", "raw_bytes", "said", "wide"),
    [
        ("evidence-placeholder-wwn", "wwn-placeholder-5-0-0", 2_512_519_962_624, "3 of 3", (0, 1)),
        ("label-serial-of-sas-drive", "seagate-sas-long-serial", 10_000_831_348_736, "1 of 1",
         (0, 0)),
        ("nvme-fleet", "nvme-before-2.0", 3_840_755_982_336, "1 of 1", (1, 1)),
    ],
)  # fmt: skip
def test_drives_meet_their_evidence(drives, evidence_file, raw_bytes, said, wide):
    collected = CASES / f"evidence-{evidence_file}.json"
    shown = ledger(CASES / f"ledger-{drives}.toml", "--media-evidence", collected, "--json")
    found = json.loads(shown)["evidenced"]
    share = next(
        s for s in found["shares"] if (s["definition"], s["basis"]) == ("adv/media", "raw")
    )
    assert found["amounts"][0]["known_bytes"] == raw_bytes
    assert found["remarks"][0].startswith(f"{said} drives are in the evidence")
    assert not any("disputed" in remark or "the less" in remark for remark in found["remarks"])
    assert wide[0] <= share["low"] <= share["high"] <= wide[1]
