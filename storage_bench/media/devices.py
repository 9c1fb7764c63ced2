"""Which devices are no physical drive, by rules and by the names in `devices.toml`."""

import re
import tomllib
from collections.abc import Set as AbstractSet
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from storage_bench.media.identity import is_volume

FAMILIES = ("virtual", "cloud", "raid", "array")


def hidden_by(
    model: str, names: AbstractSet[str] = frozenset(), pci_vendor: int | None = None
) -> str | None:
    """Why a device of this model is no physical drive, or None where it may be one.

    `names` are its identities: a drive has a number of NAA 5 or an EUI-64 of its own, what has one
    of NAA 6 is a volume that some controller made, whatever it is called.
    """
    if _matches("physical", model):
        return None
    for family in FAMILIES:
        if _matches(family, model):
            return f"{model} {_table()[family]['reason']}"
    if any(is_volume(name) for name in names):
        return f"{model or 'the device'} is a volume by its number (NAA 6), which hides its drives"
    maker: str | None = _table()["pci_vendors"].get(f"0x{pci_vendor or 0:04x}")
    return maker and f"{model} is behind an NVMe controller of {maker}, which hides its drives"


def bridged(model: str) -> str | None:
    """Why a SCSI device of this model does not know whether its drive turns, or None."""
    return f"{model} {_table()['bridge']['reason']}" if _matches("bridge", model) else None


def opaque(directory: Path, model: str, names: AbstractSet[str] = frozenset()) -> str | None:
    """Why the flag of the device in this folder, which may be no more than a name, is not true."""
    name = directory.name
    for prefix, reason in _table()["names"].items():
        if re.fullmatch(rf"{prefix}([a-z]+|\d+)", name):
            return str(reason)
    for prefix, reason in _table()["buses"].items():
        if any(part.startswith(prefix) for part in directory.parts):
            return str(reason)
    # An NVMe drive may have any number (NGUID), also one that begins as NAA 6 does.
    if hidden := hidden_by(model, frozenset() if name.startswith("nvme") else names):
        return hidden
    if re.fullmatch(r"(dm-|md|bcache|loop)\d+", name):
        return "sysfs names no device below this one"
    return None


@cache
def _table() -> dict[str, Any]:
    return tomllib.loads(files(__package__).joinpath("devices.toml").read_text(encoding="utf-8"))


@cache
def _pattern(family: str) -> re.Pattern[str]:
    return re.compile("|".join(_table()[family]["patterns"]), re.IGNORECASE)


def _matches(family: str, model: str) -> bool:
    return _pattern(family).search(model) is not None
