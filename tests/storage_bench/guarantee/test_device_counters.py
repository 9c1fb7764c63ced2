from pathlib import Path

import pytest

from storage_bench.guarantee.device_counters import counters, parse
from storage_bench.observations import Counters

STAT = "  100 5 800 12 50 3 400 7 0 20 19 0 0 0 0 2 0"


def test_merged_requests_and_sectors_are_counted():
    assert parse(STAT) == Counters(105, 800 * 512, 53, 400 * 512)


@pytest.mark.parametrize("text", ["", "1 2 3", "a b c d e f g"])
def test_anything_else_is_unknown(text):
    assert parse(text) is None


def test_the_difference_of_two_readings_is_what_happened_between():
    before, after = parse(STAT), Counters(205, 810 * 512, 63, 401 * 512)
    assert after.since(before) == Counters(100, 5120, 10, 512)
    assert (after.since(before).ios, after.since(before).io_bytes) == (110, 5632)


def test_the_mounted_partition_is_asked_and_not_its_drive(machine):
    machine.device("pci0/sda", "8:0", stat="9 0 9 0 9 0 9")
    machine.device("pci0/sda/sda1", "8:1", stat=STAT)
    machine.mount("/data", "8:1", "ext4", "/dev/sda1")
    assert counters(Path("/data/x"), machine.root) == parse(STAT)


def test_a_file_system_without_one_device_has_no_counters(machine):
    machine.mount("/data", "0:50", "nfs4", "server:/export")
    assert counters(Path("/data/x"), machine.root) is None
    assert counters(Path("/elsewhere"), machine.root) is None
