"""All sources of evidence, by name: a new one is a file and a line here."""

from storage_bench.media.evidence.report import Reader
from storage_bench.media.evidence.sources import (
    ceph,
    lsblk,
    lvm,
    mdadm,
    nvme,
    pcie,
    redfish,
    smartctl,
    storcli,
    zpool,
)

SOURCES: dict[str, Reader] = {
    "lsblk": lsblk.read,
    "smartctl": smartctl.read,
    "nvme": nvme.read,
    "pcie": pcie.read,
    "redfish": redfish.read,
    "storcli": storcli.read,
    "ceph": ceph.read,
    "zpool": zpool.read,
    "lvm": lvm.read,
    "mdadm": mdadm.read,
}
TOGETHER = ("redfish", "ceph")
"""Sources of which one answer explains another: a volume in one file, its drives in others."""
PLAIN = ("mdadm",)
"""Sources that print no JSON."""
