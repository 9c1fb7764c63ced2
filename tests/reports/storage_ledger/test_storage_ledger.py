from fractions import Fraction

import pytest

from bench.errors import UsageError
from bench.evidence.codec import replace
from bench.testing.guarantee import simulated_case, simulated_guarantee
from bench.testing.machine import simulated_inventory
from bench.units import format_bytes
from reports.declarations import facility as facilities
from reports.declarations.capacity_plan import storage_targets
from reports.declarations.storage_inventory import ListedDrive, Pool, StorageInventory
from reports.judgement.guarantees import certificates
from reports.judgement.verdict import Verdict
from reports.report.testing import analysed
from reports.storage_ledger import definitions, ledger, of_facility
from reports.storage_ledger.drives import count_once
from reports.storage_ledger.shares import Definition

TB = 10**12
EB = 10**18
NUMBER = "5000c500a1b2c3d4"
BY_ID = {definition.id: definition for definition in definitions()}
MEDIA = BY_ID["adv/media"]
THIRD = Fraction("0.3")


def pool(name: str, media: str, usable: int | None, **more: object) -> Pool:
    return Pool(name=name, media=media, source="test", usable_bytes=usable, **more)


def share(
    *pools: Pool,
    reading: Definition = MEDIA,
    basis: str = "usable",
    hybrid: str = "none",
    drives: tuple[ListedDrive, ...] = (),
):
    found = ledger(StorageInventory("x", pools, drives), (reading,), THIRD)
    return next(s for s in found.shares if (s.basis, s.hybrid) == (basis, hybrid))


def bounds(*pools: Pool, **options: object) -> tuple[float, float]:
    found = share(*pools, **options)
    return found.low, found.high


def test_exabytes_are_added_to_the_byte():
    pools = [pool(str(i), "disk", 50 * EB + 1) for i in range(3)]
    (_, usable, _) = ledger(StorageInventory("x", tuple(pools)), (), None).amounts
    assert usable.known_bytes == 150_000_000_000_000_000_003


def test_what_is_not_stated_is_missing_and_never_zero():
    inventory = StorageInventory("x", (pool("a", "disk", None, raw_bytes=9), pool("b", "flash", 5)))
    raw, usable, effective = ledger(inventory, (), None).amounts
    assert (raw.known_bytes, raw.missing) == (9, ("b",))
    assert (usable.known_bytes, usable.missing) == (5, ("a",))
    assert (effective.known_bytes, effective.missing) == (0, ("a", "b"))


def test_unknown_media_open_the_interval_upwards():
    flash, disk, unknown = (
        pool(m, m, s * TB) for m, s in (("flash", 3), ("disk", 5), ("unknown", 2))
    )
    assert bounds(flash, disk, unknown) == (0.3, 0.5)


@pytest.mark.parametrize(
    ("flash", "unknown", "verdict"),
    [(30, 0, Verdict.MET), (29, 1, Verdict.UNDECIDED), (28, 1, Verdict.NOT_MET)],
)
def test_only_the_lower_bound_meets_the_target_and_only_the_upper_misses_it(
    flash, unknown, verdict
):
    rest = 100 - flash - unknown
    pools = [pool("f", "flash", flash), pool("u", "disputed", unknown), pool("d", "disk", rest)]
    assert share(*pools).verdict is verdict


def test_an_exact_third_is_met_though_no_float_is_exact():
    # 0.3 as a float lies above 3/10: in floats 3 of 10 would still do, 3e17+... would not.
    big = pool("f", "flash", 3 * 10**19), pool("d", "disk", 7 * 10**19)
    assert share(*big).verdict is Verdict.MET
    assert share(pool("f", "flash", 3 * 10**19 - 1), pool("d", "disk", 7 * 10**19 + 1)).verdict is (
        Verdict.NOT_MET
    )


def test_a_hybrid_pool_counts_for_nothing_or_for_its_flash_tier():
    mixed = pool("h", "hybrid", 10 * TB, flash_usable_bytes=4 * TB)
    assert bounds(mixed) == (0.0, 0.0)
    assert bounds(mixed, hybrid="flash tier") == (0.4, 0.4)
    assert bounds(pool("h", "hybrid", 10 * TB), hybrid="flash tier") == (0.0, 1.0)


def test_a_pool_of_unstated_size_moves_the_share_only_towards_what_it_is():
    flash, disk = pool("f", "flash", TB), pool("d", "disk", TB)
    assert bounds(flash, disk, pool("x", "flash", None)) == (0.5, 1.0)
    assert bounds(flash, disk, pool("x", "disk", None)) == (0.0, 0.5)
    assert bounds(flash, disk, pool("x", "unknown", None)) == (0.0, 1.0)


def test_tape_and_memory_are_listed_and_not_counted():
    found = ledger(
        StorageInventory("x", (pool("t", "tape", 9 * TB), pool("f", "flash", TB))), (MEDIA,), THIRD
    )
    assert found.amounts[1].known_bytes == TB
    assert found.shares[0].low == 1.0
    assert found.remarks == ("pool t: tape is no capacity here, and not counted",)


@pytest.mark.parametrize(
    ("guarantee", "expected"),
    [("PASS", (1.0, 1.0)), ("FAIL", (0.0, 0.0)), ("INCONCLUSIVE", (0.0, 1.0)),
     ("NOT-MEASURED", (0.0, 1.0)), (None, (0.0, 1.0))],
)  # fmt: skip
def test_the_iops_reading_wants_the_guarantee_certified(guarantee, expected):
    one = pool("f", "flash", TB, guarantee=guarantee)
    assert bounds(one, reading=BY_ID["adv/media+iops"]) == expected
    assert bounds(one) == (1.0, 1.0)


@pytest.mark.parametrize(
    ("iops", "expected"), [(20_000.0, (1.0, 1.0)), (19_999.0, (0.0, 0.0)), (None, (0.0, 1.0))]
)
def test_the_density_reading_wants_ten_thousand_iops_a_terabyte(iops, expected):
    assert bounds(pool("f", "flash", 2 * TB, iops=iops), reading=BY_ID["adv/density"]) == expected


def test_effective_capacity_is_in_no_share():
    one, two = pool("f", "flash", TB, effective_bytes=50 * TB), pool("d", "disk", TB)
    assert bounds(one, two) == (0.5, 0.5)


def test_an_inventory_of_nothing_is_not_measured():
    assert share().verdict is Verdict.NOT_MEASURED


def drive(name: str, bytes_: int = TB, media: str = "flash", **more: str) -> ListedDrive:
    return ListedDrive(
        pool=more.pop("pool", "f"), raw_bytes=bytes_, media=media, serial=f"SERIAL-{name}", **more
    )


@pytest.mark.parametrize(
    "written",
    ["naa.5000c500a1b2c3d4", "0x5000C500A1B2C3D4", "50:00:c5:00:a1:b2:c3:d4", f" wwn-0x{NUMBER} "],
)
def test_a_drive_counts_once_however_its_number_is_written(written):
    lines = (drive("a", wwn=NUMBER), replace(drive("b"), serial=None, wwn=written))
    kept, remarks = count_once(lines)
    assert (len(kept), remarks) == (1, ["1 lines name a drive that another line names too"])


def test_two_lines_are_one_drive_once_a_third_names_both():
    lines = (
        replace(drive("x"), serial=None, wwn=NUMBER),
        drive("a"),
        drive("a", wwn=NUMBER),
        drive("b"),
    )
    kept, _ = count_once(lines)
    assert sum(one.raw_bytes for one in kept) == 2 * TB
    assert len(count_once((*lines, replace(drive("z"), serial=None, wwn=NUMBER)))[0]) == 2


def test_lines_that_contradict_each_other_count_for_less_and_are_told():
    kept, remarks = count_once((drive("a"), drive("a", 2 * TB, "disk", pool="g")))
    assert (kept[0].raw_bytes, kept[0].media, kept[0].pool) == (TB, "disputed", "f")
    assert [remark.partition(":")[0] for remark in remarks[1:]] == ["drive SERIAL-a"] * 3


def test_drives_are_the_raw_capacity_without_spares_boot_and_cache():
    lines = (drive("a"), drive("a"), drive("b"), drive("c", role="spare"), drive("d", role="cache"))
    found = ledger(
        StorageInventory("x", (pool("f", "flash", TB, raw_bytes=2 * TB - 7),), lines), (), None
    )
    assert found.amounts[0].known_bytes == 2 * TB


@pytest.mark.parametrize("listed", [1, 19, 21, 40])
def test_a_list_of_drives_never_replaces_a_stated_size_that_it_does_not_add_up_to(listed):
    lines = tuple(drive(f"{number}", pool="d", media="disk") for number in range(listed))
    pools = pool("f", "flash", None, raw_bytes=5 * TB), pool("d", "disk", None, raw_bytes=20 * TB)
    found = ledger(StorageInventory("x", pools, lines), (MEDIA,), THIRD)
    assert found.amounts[0].known_bytes == 25 * TB
    assert (
        f"its drives have {format_bytes(listed * TB)}, 20.0 TB (18.2 TiB) are stated"
        in (found.remarks[-1])
    )
    assert share(*pools, basis="raw", drives=lines).verdict is Verdict.NOT_MET


def test_drives_that_hold_less_than_is_usable_leave_the_raw_size_open():
    pools = pool("f", "flash", 5 * TB, raw_bytes=5 * TB), pool("d", "disk", 20 * TB)
    some, all_ = ((drive("a", bytes_, "disk", pool="d"),) for bytes_ in (TB, 20 * TB))
    assert bounds(*pools, basis="raw", drives=some) == (0.0, 1.0)
    assert bounds(*pools, basis="raw", drives=all_) == (0.2, 0.2)


def test_a_part_of_the_drives_does_not_tell_the_medium_of_a_pool():
    unknown = pool("f", "unknown", TB, raw_bytes=2 * TB)
    assert bounds(unknown, drives=(drive("a"),)) == (0.0, 1.0)
    assert bounds(unknown, drives=(drive("a"), drive("b"))) == (1.0, 1.0)


@pytest.mark.parametrize("word", ["N/A", "-", "0", "None", "Unknown", "Slot 1", "XXXXXXXX", None])
def test_lines_without_an_identity_are_counted_by_line_and_told(word):
    lines = tuple(replace(drive("x"), serial=word) for _ in range(45))
    kept, remarks = count_once(lines)
    assert len(kept) == 45
    assert remarks[0].startswith("45 lines name no drive")


@pytest.mark.parametrize("number", ["0x5000000000000000", "naa.5000c500a1b2c3d4"])
def test_a_number_that_drives_of_different_serial_numbers_share_joins_none(number):
    lines = tuple(drive(f"{one}", wwn=number) for one in range(3))
    kept, remarks = count_once((*lines, lines[0]))
    assert len(kept) == 3
    assert remarks[0] == "1 lines name a drive that another line names too"
    assert ("3 different drives are said to have 5000c500a1b2c3d4" in "".join(remarks)) is (
        "a1b2" in number
    )


def test_the_serial_number_of_a_label_is_that_of_a_sas_drive_unless_two_drives_could_be_meant():
    label, long, other = (
        replace(drive("x"), serial=s)
        for s in ("ZA260001", "ZA2600010000C8230001", "ZA2600010000C8230002")
    )
    assert [len(count_once(lines)[0]) for lines in ((label, long), (label, long, other))] == [1, 3]


def test_a_flash_pool_with_a_disk_in_it_is_disputed_and_drives_settle_an_unknown_one():
    lines = (drive("a"), drive("b", media="disk"))
    assert bounds(pool("f", "flash", TB), drives=lines) == (0.0, 1.0)
    assert bounds(pool("f", "unknown", TB), drives=(drive("a"),)) == (1.0, 1.0)


def test_more_usable_than_the_drives_have_is_told():
    inventory = StorageInventory("x", (pool("f", "flash", 2 * TB),), (drive("a"),))
    assert "more is usable than its drives have" in ledger(inventory, (), None).remarks[0]


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: drive("a", 0), "has 0 bytes"),
        (lambda: pool("f", "flash", 2, raw_bytes=1), "more is usable"),
        (
            lambda: StorageInventory("x", (pool("f", "flash", 1), pool("f", "disk", 1))),
            "stands twice",
        ),
        (lambda: StorageInventory("x", (), (drive("a"),)), "is not listed"),
    ],
)
def test_what_cannot_be_is_an_error(make, message):
    with pytest.raises(ValueError, match=message):
        make()


def test_a_facilitys_shared_pools_make_a_ledger():
    facility = facilities.load("reports/declarations/examples/example-city.toml")
    (raw, usable, _) = ledger(of_facility(facility), (MEDIA,), THIRD).amounts
    assert (usable.known_bytes, raw.missing) == (57 * EB, ("hybrid array",))


def test_the_plans_own_figures_are_the_targets():
    found = storage_targets(None, None)
    assert (found.year, found.total_bytes, found.share) == (2025, 50 * EB, Fraction(3, 10))
    assert storage_targets(None, 2023).share == Fraction(1, 4)
    with pytest.raises(UsageError, match="no targets for 2031"):
        storage_targets(None, 2031)


def test_a_guarantee_is_declared_until_a_bundle_shows_it():
    volume = {"host": "db1", "mount_point": "/data"}
    declared = pool("fast", "flash", 3 * TB, guarantee="PASS", **volume)
    unlooked = pool("fast", "flash", 3 * TB, **volume)
    elsewhere = pool("fast", "flash", 3 * TB, guarantee="PASS", host="db2", mount_point="/data")
    real = replace(simulated_inventory("db1"), simulated=False)
    passed, failed = (
        certificates(analysed([simulated_guarantee(iops=iops, inventory=real, run_id="run-1")]))
        for iops in (20e3, 9.9e3)
    )
    quick = certificates(analysed([simulated_guarantee(simulated_case("minute"), inventory=real)]))
    reading = (BY_ID["adv/media+iops"],)

    def found(listed: Pool, shown=()):
        counted = ledger(StorageInventory("x", (listed,)), reading, THIRD, shown)
        return counted.shares[0].low, counted.shares[0].high, counted.remarks

    only = ("pool fast: guarantee PASS is only declared; give its sealed test by --bundle",)
    assert found(declared) == found(declared, quick) == found(elsewhere, passed) == (1, 1, only)
    assert found(unlooked) == (0, 1, ())
    shown = "pool fast: guarantee PASS (10000 IOPS) evidenced by run run-1"
    assert found(declared, passed) == found(unlooked, passed) == (1, 1, (shown,))
    refuted = (
        "pool fast: guarantee FAIL (10000 IOPS) evidenced by run run-1, though PASS is declared"
    )
    assert found(declared, failed) == (0, 0, (refuted,))
    assert found(declared, (*passed, *failed)) == (0, 0, (refuted,))
