"""What sysfs tells about one block device: facts as they stand, and why some cannot be trusted."""

import re
from dataclasses import dataclass
from pathlib import Path

from storage_bench.media import identity
from storage_bench.media.devices import opaque

SECTOR_BYTES = 512
"""The unit of `size` in sysfs, whatever the drive's own sector size is."""


@dataclass(frozen=True, slots=True)
class Drive:
    """The facts of one device; None where sysfs has no such file."""

    name: str
    model: str | None
    serial: str | None
    size_bytes: int | None
    transport: str | None
    """`nvme`, `sata`, `sas`, `usb`, `mmc`, `scsi`; over a network `iscsi`, `fc`, `nvme-tcp`."""
    rotational: bool | None
    opaque: str | None
    """Why the rotational flag says nothing about the medium, or None where it does."""
    names: frozenset[str] = frozenset()
    """All that the drive is known by, for evidence from elsewhere; see identity.py."""


def read_drive(directory: Path, serial: str | None = None) -> Drive:
    """Read the facts of the device whose sysfs folder this is."""
    name = directory.name
    model = _first(directory, "device/model", "device/name")
    vendor = _first(directory, "device/vendor")
    if vendor and model and not vendor.startswith("0x") and vendor != "ATA":
        model = f"{vendor} {model}"
    size = _first(directory, "size")
    flag = _first(directory, "queue/rotational")
    names = _names(directory, serial)
    return Drive(
        name=name,
        model=model,
        serial=serial or _first(directory, "wwid", "device/wwid", "device/serial", "serial"),
        size_bytes=int(size) * SECTOR_BYTES if size and size.isdecimal() else None,
        transport=_transport(directory),
        rotational={"0": False, "1": True}.get(flag or ""),
        opaque=opaque(directory, model or "", names),
        names=names,
    )


def _names(directory: Path, above: str | None) -> frozenset[str]:
    """Every identity that sysfs tells without root; SCSI's page 80h has four bytes before it."""
    page = _first(directory, "device/vpd_pg80") or ""
    numbers = (above, _first(directory, "wwid"), _first(directory, "device/wwid"))
    serials = (_first(directory, "device/serial"), _first(directory, "serial"), page[4:])
    return identity.names(numbers, serials)


def _transport(directory: Path) -> str | None:
    name, parts = directory.name, directory.parts
    if name.startswith("nvme"):
        # With native multipath the controllers stand below the subsystem, not above the namespace.
        below = sorted((directory / "device").glob("nvme*/transport"))
        kinds = {_first(file.parent, "transport") for file in below}
        kind = _first(directory, "device/transport") or (kinds.pop() if len(kinds) == 1 else None)
        return "nvme" if kind in (None, "pcie") else f"nvme-{kind}"
    if name.startswith("mmcblk"):
        return "mmc"
    buses = (
        (r"session\d+", "iscsi"),
        (r"rport-.*", "fc"),
        (r"end_device-.*", "sas"),
        (r"ata\d+", "sata"),
        (r"usb\d+", "usb"),
        (r"virtio\d+", "virtio"),
    )
    for pattern, transport in buses:
        if any(re.fullmatch(pattern, part) for part in parts):
            return transport
    return "scsi" if name.startswith("sd") else None


def _first(directory: Path, *names: str) -> str | None:
    """The first of these files that exists and is not empty."""
    for name in names:
        try:
            text = (directory / name).read_text(errors="replace").strip()
        except OSError:
            continue
        if text:
            return text
    return None
