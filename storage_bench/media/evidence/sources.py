"""All sources of evidence, by name: a new one is a file and a line here."""

from storage_bench.media.evidence import ceph, lsblk, nvme, redfish, smartctl, storcli
from storage_bench.media.evidence.report import Reader

SOURCES: dict[str, Reader] = {
    "lsblk": lsblk.read,
    "smartctl": smartctl.read,
    "nvme": nvme.read,
    "redfish": redfish.read,
    "storcli": storcli.read,
    "ceph": ceph.read,
}
