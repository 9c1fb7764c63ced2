"""The processor's vendor, by the operating system: some libraries choose their code by it."""

from functools import cache
from pathlib import Path


@cache
def vendor() -> str | None:
    """`GenuineIntel`, `AuthenticAMD`; None on architectures that number their vendors."""
    listing = Path("/proc/cpuinfo")
    for line in listing.read_text().splitlines() if listing.exists() else ():
        key, _, value = line.partition(":")
        if key.strip() == "vendor_id":
            return value.strip()
    return None
