import itertools
import os
import statistics

import pytest

from storage_bench.errors import StorageError
from storage_bench.media.behaviour import (
    READ_BYTES,
    BehaviourProbe,
    claim,
    hidden,
    probe,
    probe_path,
)
from storage_bench.media.classes import Claim, EvidenceLevel, Leaf, Media, MediaClass
from storage_bench.media.classify import with_claim
from storage_bench.testing import SimulatedDisk, SimulatedFlash

TERABYTE = 10**12


def probed(drive, span_bytes: int = TERABYTE) -> BehaviourProbe:
    return probe(lambda offset: drive.read(offset, READ_BYTES), span_bytes)


def media(kind: MediaClass, level: EvidenceLevel, transport: str = "sata") -> Media:
    leaf = Leaf("sda", kind, level, "r", None, None, None, transport, None)
    return Media(kind, level, "r", (leaf,))


@pytest.mark.parametrize("rpm", [5400, 7200, 15000])
def test_a_disk_is_a_disk_even_behind_somebody_elses_memory(rpm):
    disk = SimulatedDisk(TERABYTE, rpm=rpm)
    found = claim(probed(disk), hidden=True)
    assert (found.media, found.level) == (MediaClass.DISK, EvidenceLevel.BEHAVIOURAL)


def test_flash_on_a_local_drive_is_flash():
    assert claim(probed(SimulatedFlash()), hidden=False).media is MediaClass.FLASH


def test_speed_behind_somebody_elses_memory_proves_nothing():
    found = claim(probed(SimulatedFlash()), hidden=True)
    assert found.media is MediaClass.UNKNOWN
    assert "consistent with flash, and with memory" in found.reason


def test_speed_over_a_span_that_a_drives_memory_holds_proves_nothing():
    assert claim(probed(SimulatedFlash(), 10**9), hidden=False).media is MediaClass.UNKNOWN


def test_a_slow_drive_without_seeks_is_neither():
    found = claim(probed(SimulatedFlash(latency_s=0.005, busy_s=0.005)), hidden=False)
    assert "neither a disk's behaviour" in found.reason


def test_a_quota_that_refills_in_jerks_is_named():
    found = claim(probed(SimulatedFlash(70e-6, 0.0957, 60)), hidden=False)
    assert found.media is MediaClass.UNKNOWN
    assert "throttled" in found.reason


def test_too_few_reads_prove_nothing():
    assert (
        "only 20 reads"
        in claim(BehaviourProbe(TERABYTE, (0.01,) * 10, (0.02,) * 10), hidden=False).reason
    )


def test_long_steps_are_long_and_short_ones_short_and_a_slow_drive_ends_the_probe():
    offsets = []
    found = probe(lambda offset: offsets.append(offset) or 0.1, TERABYTE)
    steps = [abs(b - a) / TERABYTE for a, b in itertools.pairwise(offsets)]
    assert max(steps[0::2]) <= 0.011
    assert min(steps[1::2]) >= 0.299
    assert len(found.short_s) + len(found.long_s) == pytest.approx(300, abs=2)
    assert statistics.median(found.long_s) == 0.1


def test_a_span_without_long_steps_is_an_error():
    with pytest.raises(StorageError, match="no long steps"):
        probe(lambda offset: 0.0, 2**20)


def test_a_real_file_is_read_and_left_as_it_was(drive_file):
    before = drive_file.read_bytes()
    os.truncate(drive_file, 8 * 2**20)
    found = probe_path(drive_file, reads=20)
    assert (len(found.short_s), len(found.long_s)) == (10, 10)
    assert drive_file.read_bytes()[: len(before)] == before


def test_a_file_that_cannot_be_read_is_an_error(tmp_path):
    with pytest.raises(StorageError, match="No such file"):
        probe_path(tmp_path / "gone")


DISK = Claim(MediaClass.DISK, EvidenceLevel.BEHAVIOURAL, "seeks")


def test_behaviour_settles_what_was_unknown_and_disputes_what_was_known():
    unknown = media(MediaClass.UNKNOWN, EvidenceLevel.NONE)
    flash = media(MediaClass.FLASH, EvidenceLevel.SYSFS)
    assert with_claim(unknown, DISK).media is MediaClass.DISK
    assert with_claim(flash, DISK).media is MediaClass.DISPUTED


def test_behaviour_of_a_network_volume_is_told_and_changes_no_class():
    found = with_claim(media(MediaClass.NETWORK, EvidenceLevel.SYSFS), DISK)
    assert (found.media, found.reason) == (MediaClass.NETWORK, "r; seeks")


def test_a_dispute_is_not_settled_by_one_more_voice():
    found = with_claim(media(MediaClass.DISPUTED, EvidenceLevel.SYSFS), DISK)
    assert found.media is MediaClass.DISPUTED


@pytest.mark.parametrize(
    ("kind", "transport", "expected"),
    [(MediaClass.FLASH, "nvme", False), (MediaClass.DISK, "sas", False),
     (MediaClass.UNKNOWN, "sas", True), (MediaClass.NETWORK, "iscsi", True),
     (MediaClass.UNKNOWN, "virtio", True)],
)  # fmt: skip
def test_memory_of_others_may_stand_before_what_is_not_local(kind, transport, expected):
    assert hidden(media(kind, EvidenceLevel.SYSFS, transport)) is expected
