"""What the operating system says of the processor: vendor and instruction set extensions."""

from functools import cache
from pathlib import Path


def features() -> frozenset[str]:
    """Extensions as Linux names them (`avx512f`, `asimd`); empty where it does not tell."""
    return frozenset((_field("flags") or _field("Features") or "").split())


def vendor() -> str | None:
    """`GenuineIntel`, `AuthenticAMD`; None on architectures that number their vendors."""
    return _field("vendor_id")


@cache
def _field(name: str) -> str | None:
    listing = Path("/proc/cpuinfo")
    for line in listing.read_text().splitlines() if listing.exists() else ():
        key, _, value = line.partition(":")
        if key.strip() == name:
            return value.strip()
    return None
