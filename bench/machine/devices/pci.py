"""Addresses on the PCI bus: one spelling, and the memory node that lies next to them."""

from pathlib import Path


def address(text: str) -> str:
    """`00000000:3B:00.0`, as NVML writes it, as the kernel does: `0000:3b:00.0`."""
    domain, bus, slot = text.lower().split(":")
    return f"{int(domain, 16):04x}:{bus}:{slot}"


def identifier(packed: int) -> str | None:
    """Vendor and device, as lspci writes them, of the number that a register holds; None for 0.

    >>> identifier(0x233510DE)
    '10de:2335'
    """
    return f"{packed & 0xFFFF:04x}:{packed >> 16:04x}" if packed else None


def numa_node(pci_bus_id: str, root: Path = Path("/")) -> int | None:
    """The memory node of a device; None where the kernel names none (it says -1)."""
    try:
        node = int(
            (root / f"sys/bus/pci/devices/{pci_bus_id}/numa_node").read_text(errors="replace")
        )
    except (OSError, ValueError):
        return None
    return node if node >= 0 else None
