import pytest

from reports.declarations.storage_inventory import ListedDrive
from storage_bench.media import identity

WRITTEN = [
    "naa.5000C500A1B2C3D4",
    "0x5000c500a1b2c3d4",
    "50:00:c5:00:a1:b2:c3:d4",
    " wwn-0x5000c500a1b2c3d4 ",
]


@pytest.mark.parametrize("written", WRITTEN)
def test_a_number_is_the_same_however_it_is_written(written):
    assert identity.number(written) == "5000c500a1b2c3d4"


@pytest.mark.parametrize(
    "placeholder",
    ["", "0000000000000000", "5001", "N/A", "t10.ATA     MODEL     S1", "nvme.144d-5334",
     "5000c500ffffffff",
     "5000000000000000", "0x5000000000000001", "naa.5000c50000000000", "eui.0000000000000000",
     "eui.0025380000000000", "eui.00000000000000000025380000000000", "ffffffffffffffff",
     "60000000000000000000000000000001", "1234567890123456"],
)  # fmt: skip
def test_a_placeholder_and_a_name_put_together_are_no_number(placeholder):
    assert identity.number(placeholder) == ""


@pytest.mark.parametrize(
    "number",
    ["0x5000c500a1b2c3d4", "eui.0025385c71b0f0b5", "eui.00000000000000008ce38e050013b40b",
     "600605b00a1b2c3d0000000000000001", "5cd2e42a81a0b1c2"],
)  # fmt: skip
def test_a_number_with_a_vendor_and_a_rest_is_one(number):
    assert identity.number(number)


@pytest.mark.parametrize(
    "placeholder",
    ["", "   ", "1", "00000000", "N/A", None, "-", "None", "Unknown", "UNKNOWN SERIAL", "Slot 1",
     "Slot 12", "SLOT12", "Slot 104", "Disk 3 Bay 1",
     "Bay 3", "Drive Bay 12", "Enclosure 1 Slot 4", "252:12:1", "1I:1:12", "REDACTED",
     "<redacted>", "XXXXXXXX", "S3W1XXXX", "ZA26****", "********", "To be filled by O.E.M.",
     "Not Specified", "Default string", "0123456789ABCDEF", "123456789012", "AAAAAAAA",
     "000000000001", "ABCABCABCABC", "无法获取序列号",
     "removed by operator", "not provided", "/dev/sda", "Serial Number", "not available"],
)  # fmt: skip
def test_a_placeholder_is_no_serial_number(placeholder):
    assert identity.names(serials=(placeholder,)) == frozenset()


def test_a_serial_number_is_trimmed_as_controllers_pad_it():
    assert identity.serial("            zad2jfj5\0") == "serial ZAD2JFJ5"


def test_the_inventory_of_a_ledger_writes_an_identity_in_the_same_way():
    for written in WRITTEN:
        listed = ListedDrive("p", 1, "flash", wwn=written, serial=" zad2jfj5 ")
        assert identity.names((written,), (" zad2jfj5 ",)) == listed.identities


@pytest.mark.parametrize(
    "serial",
    ["AA000000000000003422", "S4XXNA0000001", "WDZ00001", "SASSSD0001", "DISK0001", "SSD-0001",
     "8CG00001", "NV3T8A000001", "SSD00001",
     "a1b2c3d4-1111-4a5b-8", "PHYS7430001X480BGN"],
)  # fmt: skip
def test_an_odd_serial_number_is_one(serial):
    assert identity.serial(serial)


def test_lsblk_tells_a_number_as_the_serial_number_and_labels_leave_out_the_maker():
    assert identity.names(serials=("35000c500a1b2c3d4",)) == {"5000c500a1b2c3d4"}
    for written in ("WD-WCC4N0000042", "S/N: WCC4N0000042", "Serial Number: wcc4n0000042"):
        assert identity.names(serials=(written,)) == {"serial WCC4N0000042"}


WWN, OTHER_WWN, VOLUME = "5000c500a1b2c3d4", "5000c500a1b2c3d8", "600605b00a1b2c3d0000000000000001"


@pytest.mark.parametrize(
    ("one", "other", "apart"),
    [({"serial A", WWN}, {"serial B", WWN}, True), ({"serial A", WWN}, {"serial A"}, False),
     ({"serial A", WWN}, {"serial A", OTHER_WWN}, True), ({WWN}, {WWN}, False),
     ({"serial A", "0025385c71b0f0b5"}, {"serial A", WWN}, False),
     ({"serial A", VOLUME}, {"serial B", VOLUME}, False),
     ({"serial A", "at 0 /dev/sda"}, {"serial B", "at 0 /dev/sda"}, False),
     ({"serial A", WWN, "at 0 sda"}, {"serial B", OTHER_WWN, "at 0 sda"}, True),
     ({"serial ZA260001"}, {"serial ZA2600010000C8230001"}, False),
     ({"serial ZA260002"}, {"serial ZA2600010000C8230001"}, True)],
)  # fmt: skip
def test_contradicting_names_outweigh_one_in_common(one, other, apart):
    assert identity.contradict(one, other) is identity.contradict(other, one) is apart


def test_what_shares_a_name_is_one_drive_through_others_and_never_against_them():
    number, serial, both = {WWN}, {"serial A"}, {"serial A", WWN}
    assert identity.groups([number, serial, both]) == [[0, 1, 2]]
    assert identity.groups([number, serial]) == [[0], [1]]
    assert identity.groups([both, {"serial B", WWN}, serial, set(), set()]) == [
        [0, 2], [1], [3], [4],
    ]  # fmt: skip


def test_two_namespaces_of_one_drive_are_joined_by_the_answer_that_names_both():
    one, two = {"serial A", "0025385c71b0f0b5"}, {"serial A", "0025385c71b0f0b6"}
    assert identity.groups([one, two, one | two]) == [[0, 1, 2]]


def test_ten_thousand_drives_under_one_number_stay_apart_in_bounded_time():
    many = [{f"serial {index}", WWN} for index in range(10_000)]
    assert len(identity.groups(many)) == 10_000


def test_an_index_finds_the_drive_that_does_not_contradict():
    index = identity.Index([{"serial A", WWN}, {"serial B", WWN}, {"serial ZA2600010000C8230001"}])
    assert index.find({"serial B", WWN}) == [1]
    assert index.find({WWN}) == [0, 1]
    assert index.find({"serial ZA260001"}) == [2]
    assert index.find({"serial ZA260002"}) == []
