"""Adapters and switches of the network between devices: model, board and firmware of each."""

import re
from collections.abc import Iterator
from pathlib import Path

from bench.evidence.inventory import FabricPart


def fabric(root: Path = Path("/")) -> tuple[FabricPart, ...]:
    """Every RDMA adapter and NVSwitch that the kernel shows; their order is that of their names."""
    return (*_adapters(root), *_switches(root))


def _adapters(root: Path) -> Iterator[FabricPart]:
    for folder in sorted(root.glob("sys/class/infiniband/*")):
        yield FabricPart(
            "hca",
            folder.name,
            model=_line(folder / "hca_type"),
            board=_line(folder / "board_id"),
            firmware=_line(folder / "fw_ver"),
        )


def _switches(root: Path) -> Iterator[FabricPart]:
    for file in sorted(root.glob("proc/driver/nvidia-nvswitch/devices/*/information")):
        told = re.search(r"^BIOS Version:\s*(\S+)", _line(file) or "", re.MULTILINE)
        firmware = told[1] if told is not None and told[1] != "N/A" else None
        yield FabricPart("nvswitch", file.parent.name, firmware=firmware)


def _line(path: Path) -> str | None:
    try:
        return path.read_text().strip() or None
    except (OSError, ValueError):
        return None
