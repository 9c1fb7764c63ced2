from pathlib import Path

import pytest

from storage_bench.media import devices


@pytest.mark.parametrize(
    ("model", "said"),
    [
        ("Cisco UCSC-RAID12G-2GB", "RAID volume"),
        ("Lenovo RAID 930-8i-2GB", "RAID volume"),
        ("Intel Raid 1 Volume", "RAID volume"),
        ("DELL PERC H740P Mini", "RAID volume"),
        ("HP LOGICAL VOLUME", "RAID volume"),
        ("HPE MR416i-p Gen10+", "RAID volume"),
        ("FTS PRAID EP420i", "RAID volume"),
        ("DELLBOSS VD", "RAID volume"),
        ("Lenovo 5350-8i", "RAID volume"),
        ("BROADCOM 9560-16i", "RAID volume"),
        ("Linux", "storage array"),
        ("Alibaba Cloud Elastic Block Storage", "cloud"),
        ("Amazon Elastic Block Store", "cloud"),
        ("ORACLE BlockVolume", "cloud"),
        ("Google PersistentDisk", "cloud"),
        ("QEMU HARDDISK", "virtual disk"),
        ("Msft Virtual Disk", "virtual disk"),
        ("VMware Virtual NVMe Disk", "virtual disk"),
        ("PURE FlashArray", "storage array"),
        ("NETAPP LUN C-Mode", "storage array"),
        ("HITACHI OPEN-V", "storage array"),
        ("IBM     2145", "storage array"),
        ("LIO-ORG disk0", "storage array"),
    ],
)
def test_a_device_of_such_a_name_is_no_drive(model, said):
    assert said in (devices.hidden_by(model) or "")


@pytest.mark.parametrize(
    "model",
    ["SEAGATE ST10000NM0096", "HITACHI HUS724040ALS640", "SAMSUNG MZQL23T8HCLS", "Micron_5300_MTFD",
     "INTEL SSDPE2KX040T8", "TOSHIBA MG08ACA16TE", "WDC WUH721818AL", "IBM-ESXS ST900MM0006",
     "Amazon EC2 NVMe Instance Storage", "Microsoft NVMe Direct Disk v2", "HP EG1200JEMDA",
     "HUAWEI HWE52SS3200L005N", "DELL EMC Express Flash PM1725b", "KIOXIA KCD61LUL3T84"],
)  # fmt: skip
def test_a_drive_is_not_hidden(model):
    assert devices.hidden_by(model) is None


def test_a_number_that_a_controller_gave_is_that_of_a_volume_whatever_its_name():
    volume, drive = frozenset({"600605b00a1b2c3d0000000000000001"}), frozenset({"5000c500a1b2c3d4"})
    assert "NAA 6" in (devices.hidden_by("NEW CARD", volume) or "")
    assert "NAA 6" in (devices.opaque(Path("sda"), "NEW CARD", volume) or "")
    assert devices.opaque(Path("sda"), "NEW CARD", drive) is None
    assert devices.opaque(Path("nvme0n1"), "NEW SSD", volume) is None


def test_an_emulated_nvme_controller_is_known_by_its_maker():
    assert "Red Hat" in (devices.hidden_by("My Disk", pci_vendor=0x1B36) or "")
    assert devices.hidden_by("My Disk", pci_vendor=0x144D) is None
    assert devices.hidden_by("Amazon EC2 NVMe Instance Storage", pci_vendor=0x1D0F) is None


def test_a_usb_bridge_is_one_by_name():
    assert devices.bridged("JMicron Tech") is not None
    assert devices.bridged("SEAGATE ST10000NM0096") is None
