"""What stands where an identity should: words, masks, slots and zeros, which many drives share."""

import re

MIN_LENGTH, MAX_LENGTH = 6, 128
"""Shorter ones are slot numbers; no tool writes longer ones."""
MIN_DIFFERENT = 3
"""An identity of one or two different characters is a filler: `00000000`, `FFFF0000`."""
WORDS = re.compile(
    r"(NOT?|UN|NON|NULL|NIL)?(APPLICABLE|AVAILABLE|DEFINED|FOUND|INFORMATION|KNOWN|PRESENT|REPORTED"
    r"|SERIAL|SERIALNO|SERIALNUMBER|SN|SPECIFIED|SUPPORTED|ASSIGNED|GIVEN|IMPLEMENTED|PROVIDED|READ"
    r"|READABLE|RECORDED|SET)+"
    r"|(ABSENT|DEFAULT|STRING|DUMMY|EMPTY|GENERIC|HIDDEN|INVALID|MISSING|NONE|NULL|NIL|PENDING"
    r"|PLACEHOLDER|PRIVATE|REMOVED|SECRET|SYSTEM|SERIAL|NUMBER|TOBE|DETERMINED|UNKNOWN)+"
)
MASK = re.compile(
    r"[*•●#?]{2}|X{4}|X{3}$|\.{3}|…|REDACT|MASKED|ANONYM|CENSOR|CONFIDENTIAL|FILLEDBY"
    r"|DELETED|HIDDEN|OBFUSC|PRIVATE|REMOVED|SCRUB|SECRET"
)
PLACE = re.compile(
    r"(?:(?:BACKPLANE|BAY|BOX|CAGE|DISK|DRIVE|ENCLOSURE|HDD|LUN|NODE|NVME|PCIE|PHYSICAL|PORT|SAS"
    r"|SATA|SHELF|SLOT|SSD|TRAY|UNIT|IN|NO|NR)(?:[\s.:#_/-]*\d{1,2}[A-Z]?(?!\d))?[\s.,:#_/-]*)+"
    r"|(?:SLOT|BAY|BOX|SHELF|TRAY|ENCLOSURE)[\s.:#_/-]+\d{3,4}"
    r"|[\d\sA-Z]{1,4}(?:[:/][\d\sA-Z]{1,5})+|/DEV/.*"
)
"""Where a drive is, which is no name of it; `DISK0001` counts more than any enclosure holds."""
COUNTED_UP = ("0123456789" * 3, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ")
"""What bridges and makers of cheap drives write: `123456789012`, `0123456789ABCDEF`."""


def is_serial(text: str) -> bool:
    """Whether this, in capitals and trimmed, tells a drive from others."""
    bare = re.sub(r"[\W_]", "", text)
    return (
        bare.isascii()
        and MIN_LENGTH <= len(bare) <= MAX_LENGTH
        and not _filler(bare)
        and not WORDS.fullmatch(bare)
        and not MASK.search(text)
        and not MASK.search(bare)
        and not PLACE.fullmatch(text)
    )


def is_number(digits: str, eui: bool) -> bool:
    """Whether these hexadecimal digits are a world-wide number: vendor and rest are both given."""
    if not MIN_LENGTH <= len(digits) <= MAX_LENGTH or _filler(digits.upper()):
        return False
    vendor, rest = _parts(digits, eui)
    return all(part.strip("0f") for part in (vendor, rest))


def _filler(text: str) -> bool:
    return (
        len(set(text)) < MIN_DIFFERENT
        or re.fullmatch(r"(.{1,4})\1{2,}", text) is not None
        or any(text in row for row in COUNTED_UP)
    )


def _parts(digits: str, eui: bool) -> tuple[str, str]:
    """The vendor (OUI) and what the vendor added: NAA 5, 6, 2 and 1, EUI-64, or NGUID."""
    if len(digits) == 32 and (eui or digits[0] != "6"):
        return digits[16:22], digits[:16] + digits[22:]
    if not eui and digits[0] in "56":
        return digits[1:7], digits[7:]
    if not eui and digits[0] in "12":
        return digits[4:10], digits[10:]
    return digits[:6], digits[6:]
