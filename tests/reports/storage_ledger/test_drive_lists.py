"""Lists of drives as people have them, each with the right value; names and numbers are made up."""

from fractions import Fraction
from pathlib import Path

import pytest

from reports.declarations.storage_inventory import load_inventory
from reports.judgement.verdict import Verdict
from reports.storage_ledger import Ledger, definitions, ledger

LISTS = Path(__file__).parents[2] / "storage_bench" / "golden" / "drives"
MEDIA = next(definition for definition in definitions() if definition.id == "adv/media")


def counted(name: str) -> Ledger:
    return ledger(load_inventory(LISTS / name), (MEDIA,), Fraction("0.3"))


@pytest.mark.parametrize("name", ["ledger-serial-na.csv", "ledger-partial-drive-list.toml"])
def test_a_target_is_not_met_by_disks_that_are_left_out_or_counted_as_one(name):
    found = counted(name)
    raw = [share for share in found.shares if share.basis == "raw"]
    assert round(found.amounts[0].known_bytes / 10**12) == 1000
    assert {(round(share.low, 3), round(share.high, 3)) for share in raw} == {(0.1, 0.1)}
    assert {share.verdict for share in raw} == {Verdict.NOT_MET}


def test_drives_without_a_serial_number_are_counted_by_line():
    found = counted("ledger-drive-without-serial.csv")
    assert found.amounts[0].known_bytes == 2 * 3_840_755_982_336
    assert found.remarks[0].startswith("2 lines name no drive")


def test_drives_of_one_batch_under_a_placeholder_number_are_three():
    found = counted("ledger-shared-placeholder-wwn.toml")
    assert (found.amounts[0].known_bytes, found.remarks) == (2_880_606_486_528, ())
