"""What a path is stored on: its leaf devices, and how well the media class of each is known."""

from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import Literal


class MediaClass(StrEnum):
    """What kind of medium holds the bytes."""

    FLASH = "flash"
    DISK = "disk"
    HYBRID = "hybrid"
    TAPE = "tape"
    MEMORY = "memory"
    NETWORK = "network"
    UNKNOWN = "unknown"
    DISPUTED = "disputed"


class EvidenceLevel(IntEnum):
    """The ladder: each step is harder to get wrong, or to forge, than the one before."""

    NONE = -1
    DECLARED = 0
    SYSFS = 1
    CONTROLLER = 2
    IDENTIFY = 3
    BEHAVIOURAL = 4


@dataclass(frozen=True, slots=True)
class Leaf:
    """One device at the bottom of the stack."""

    name: str
    """Kernel name, `nvme0n1`; for a network file system, its source."""
    media: MediaClass
    level: EvidenceLevel
    reason: str
    """What was read and why it does or does not settle the class."""
    model: str | None
    serial: str | None
    """WWN, EUI-64 or serial number: what a drive is counted by."""
    size_bytes: int | None
    transport: str | None
    rotational: bool | None
    """The kernel's flag as it stands, which virtual devices do not set truthfully."""


@dataclass(frozen=True, slots=True)
class Media:
    """The answer for one path."""

    media: MediaClass
    level: EvidenceLevel
    reason: str
    leaves: tuple[Leaf, ...]
    kind: Literal["media"] = "media"
