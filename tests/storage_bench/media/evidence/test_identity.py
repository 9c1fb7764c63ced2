import pytest

from reports.declarations.storage_inventory import ListedDrive
from storage_bench.media.evidence import identity

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
    ["", "0000000000000000", "5001", "N/A", "t10.ATA     MODEL     S1", "nvme.144d-5334"],
)
def test_a_placeholder_and_a_name_put_together_are_no_number(placeholder):
    assert identity.number(placeholder) == ""


@pytest.mark.parametrize("placeholder", ["", "   ", "1", "00000000", "N/A", None])
def test_a_placeholder_is_no_serial_number(placeholder):
    assert identity.names(serials=(placeholder,)) == frozenset()


def test_a_serial_number_is_trimmed_as_controllers_pad_it():
    assert identity.serial("            zad2jfj5\0") == "serial ZAD2JFJ5"


def test_the_inventory_of_a_ledger_writes_an_identity_in_the_same_way():
    for written in WRITTEN:
        listed = ListedDrive("p", 1, "flash", wwn=written, serial=" zad2jfj5 ")
        assert identity.names((written,), (" zad2jfj5 ",)) == listed.identities
