"""What stands in one cell: sizes with units, numbers as people write them, words. Pure."""

import re
from fractions import Fraction

UNITS = {"": 0, "k": 3, "m": 6, "g": 9, "t": 12, "p": 15, "e": 18}
_UNIT = re.compile(r"([kmgtpe]?)(i?)(b|bytes?|字节)?", re.IGNORECASE)
_SPACED = re.compile(r"\d{1,3}(?:[ '_\u00a0\u202f’]\d{3})+(?=\D|$)")
_NUMBER = re.compile(r"[+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?")


class CellError(ValueError):
    """What is wrong with a cell, without its place."""


def unit_of(text: str) -> int | None:
    """Bytes of a unit (`TB`, `GiB`, `字节`), or None where it is none; `T` is taken for TB."""
    found = _UNIT.fullmatch(text.strip())
    if found is None or not (found[1] or found[3]) or (found[2] and not found[1]):
        return None
    power = UNITS[found[1].lower()]
    return int(1024 ** (power // 3)) if found[2] else int(10**power)


def size_bytes(cell: object, unit: int | None, comma_is_decimal: bool = False) -> int:
    """Whole bytes of a cell; `unit` is the heading's, which a unit in the cell outweighs.

    Raises CellError for what is none, or may be two things.
    """
    text = _text(cell)
    bare = re.search(r"[a-z\u5b57\u8282]+$", text, re.IGNORECASE)
    if bare and not re.fullmatch(r"\d*[eE]", text):
        own = unit_of(bare[0])
        if own is None:
            raise CellError(f"{text!r} has no unit that is known; wanted such as 92.16 TB")
        return _whole(number(text[: bare.start()], comma_is_decimal) * own)
    value = number(cell, comma_is_decimal)
    if unit is None:
        raise CellError(f"{text!r} has no unit; write it in the cell or the heading (TB, TiB, B)")
    if unit == 1 and value.denominator != 1:
        raise CellError(f"{text!r}; wanted a number of whole bytes, or a unit such as TB")
    return _whole(value * unit)


def number(cell: object, comma_is_decimal: bool = False) -> Fraction:
    """The exact number in a cell, with or without separators of thousands. Raises CellError."""
    if isinstance(cell, bool):
        raise CellError(f"{cell!r}; wanted a number")
    if isinstance(cell, int | float):
        return Fraction(repr(cell))
    text = _text(cell)
    plain = re.sub(r"[ '_\u00a0\u202f’]", "", text) if _SPACED.match(text) else text
    plain = _without_separators(plain.strip().replace("_", ""), comma_is_decimal)
    if not _NUMBER.fullmatch(plain) or len(plain) > 40 or re.search(r"[eE][+-]?\d{3}", plain):
        raise CellError(f"{text!r}; wanted a number")
    return Fraction(plain)


def word(cell: object) -> str:
    """A word as it is compared: no case, one space for what separates."""
    return re.sub(r"[\s_\-/()（）.:：]+", " ", _text(cell).casefold()).strip()


def _without_separators(text: str, comma_is_decimal: bool) -> str:
    """`1,920,000.5`, `1.920.000,5` and `92,16` with a point alone. Raises CellError if unclear."""
    dots, commas = text.count("."), text.count(",")
    if dots and commas:
        point = max(".,", key=text.rfind)
        other = "," if point == "." else "."
        if text.count(point) > 1 or not _grouped(text.partition(point)[0], other):
            raise CellError(f"{text!r}; wanted a number")
        return text.replace(other, "").replace(point, ".")
    sign = "," if commas else "."
    if text.count(sign) > 1:
        if not _grouped(text, sign):
            raise CellError(f"{text!r}; wanted a number")
        return text.replace(sign, "")
    if _grouped(text, sign) and text.count(sign) and comma_is_decimal:
        raise CellError(f"{text!r} may mean thousands or a fraction; write it without the sign")
    if commas:
        return text.replace(",", "" if _grouped(text, ",") else ".")
    return text


def _grouped(text: str, sign: str) -> bool:
    """Whether the signs stand between thousands."""
    return re.fullmatch(rf"[+-]?[1-9]\d{{0,2}}(?:{re.escape(sign)}\d{{3}})*", text) is not None


def _whole(value: Fraction) -> int:
    """Down to the byte: a size in GiB or TB may have a part of one."""
    return value.numerator // value.denominator


def _text(cell: object) -> str:
    return str(cell).strip()
