import pytest

from bench.evidence.codec import replace
from reports.declarations.storage_inventory import ListedDrive, Pool, StorageInventory
from reports.storage_ledger import definitions, ledger
from reports.storage_ledger.media_evidence import EvidencedDrive, rest_on

TB = 10**12
MEDIA = next(definition for definition in definitions() if definition.id == "adv/media")


def drive(number: int, media: str = "flash", **more: object) -> ListedDrive:
    known = {"pool": "p", "raw_bytes": TB, "serial": f"SERIAL{number}"} | more
    return ListedDrive(media=media, **known)


def seen(number: int, media: str = "flash", level: str = "identify") -> EvidencedDrive:
    return EvidencedDrive(frozenset({f"serial SERIAL{number}"}), media, level, f"{level} says so")


def inventory(*drives: ListedDrive, media: str = "flash", **more: object) -> StorageInventory:
    known = {"usable_bytes": TB} | more
    return StorageInventory("x", (Pool(name="p", media=media, source="test", **known),), drives)


def pool(found: StorageInventory, *evidence: EvidencedDrive) -> Pool:
    return rest_on(found, evidence)[0].pools[0]


def bounds(
    found: StorageInventory, *evidence: EvidencedDrive, hybrid: str = "none"
) -> tuple[float, float]:
    resting, _ = rest_on(found, evidence)
    shares = ledger(resting, (MEDIA,)).shares
    share = next(s for s in shares if (s.basis, s.hybrid) == ("raw", hybrid))
    return share.low, share.high


def test_a_pool_is_flash_once_every_drive_of_it_is_evidenced():
    found = inventory(drive(1), drive(2))
    assert pool(found, seen(1), seen(2)).media == "flash"
    assert bounds(found, seen(1), seen(2)) == (1.0, 1.0)
    assert bounds(found, seen(1)) == (0.0, 1.0)
    assert bounds(found) == (0.0, 1.0)


def test_a_declared_unknown_becomes_what_evidence_says():
    found = inventory(drive(1, "unknown"), media="unknown")
    assert bounds(found, seen(1, "disk")) == (0.0, 0.0)
    assert bounds(found, seen(1, "flash")) == (1.0, 1.0)


@pytest.mark.parametrize("level", ["none", "declared", "sysfs"])
def test_weak_evidence_proves_nothing(level):
    found = inventory(drive(1))
    assert pool(found, seen(1, "flash", level)).media == "unknown"
    assert pool(found, seen(1, "disk", level)).media == "unknown"


@pytest.mark.parametrize("level", ["controller", "identify", "behavioural"])
def test_evidence_against_a_declared_drive_is_a_dispute(level):
    found = inventory(drive(1))
    resting, remarks = rest_on(found, (seen(1, "disk", level),))
    assert resting.pools[0].media == "disputed"
    assert f"drive SERIAL1: declared flash, evidence: {level} says so (disk)" in remarks
    assert bounds(found, seen(1, "disk", level)) == (0.0, 1.0)


def test_evidence_against_a_declared_pool_is_a_dispute():
    found = inventory(drive(1, "unknown"))
    resting, remarks = rest_on(found, (seen(1, "disk"),))
    assert resting.pools[0].media == "disputed"
    assert "pool p: declared flash, and its drives are disk" in remarks


def test_a_drive_that_sources_dispute_stays_disputed():
    assert pool(inventory(drive(1)), seen(1, "disputed")).media == "disputed"


def test_flash_and_disks_together_are_a_hybrid_pool_with_a_known_tier():
    found = inventory(drive(1, "unknown"), drive(2, "disk", raw_bytes=3 * TB), media="hybrid")
    assert bounds(found, seen(1), seen(2, "disk")) == (0.0, 0.0)
    assert bounds(found, seen(1), seen(2, "disk"), hybrid="flash tier") == (0.25, 0.25)
    assert bounds(found, seen(1)) == (0.0, 1.0)


@pytest.mark.parametrize("stated", [{"raw_bytes": 2 * TB}, {"usable_bytes": 2 * TB}])
def test_drives_that_do_not_make_up_the_pool_prove_nothing(stated):
    found = inventory(drive(1), **stated)
    resting, remarks = rest_on(found, (seen(1),))
    assert resting.pools[0].media == "unknown"
    assert (
        "pool p: the drives that are listed do not make up its capacity; list them all" in remarks
    )


def test_a_pool_without_drives_rests_on_nothing():
    found = inventory()
    assert pool(found).media == "unknown"
    assert "pool p: no drive of it is listed; list them" in rest_on(found, ())[1]
    tape = replace(found, pools=(replace(found.pools[0], media="tape"),))
    assert pool(tape).media == "tape"


def test_spares_neither_make_up_a_pool_nor_need_evidence():
    assert pool(inventory(drive(1), drive(2, role="spare")), seen(1)).media == "flash"
    short = inventory(drive(1), drive(2, role="spare"), raw_bytes=2 * TB)
    assert pool(short, seen(1), seen(2)).media == "unknown"


def test_two_lines_are_one_drive_where_evidence_names_both():
    number, serial = replace(drive(1), serial=None, wwn="naa.5000c500a1b2c3d4"), drive(1)
    both = EvidencedDrive(
        frozenset({"5000c500a1b2c3d4", "serial SERIAL1"}), "flash", "identify", "said"
    )
    one, _ = rest_on(inventory(number, serial), (both,))
    two, _ = rest_on(inventory(number, serial), (seen(1),))
    assert [ledger(found, ()).amounts[0].known_bytes for found in (one, two)] == [TB, 2 * TB]
    assert (one.pools[0].media, two.pools[0].media) == ("flash", "unknown")


def test_it_is_told_how_much_is_evidenced_and_what_belongs_nowhere():
    found = inventory(drive(1), drive(2))
    _, remarks = rest_on(found, (seen(1), seen(2, level="controller"), seen(9)))
    assert remarks == (
        "2 of 2 drives are in the evidence (1 by controller, 1 by identify)",
        "1 drives of the evidence stand in no pool",
    )
