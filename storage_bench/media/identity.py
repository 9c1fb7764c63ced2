"""What a drive is known by, in one way of writing, and which names are of one drive. Pure.

The one place for it: the ledger of an inventory and the evidence of drives both join by this.
"""

import re
from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet

from storage_bench.media import placeholders

PLACE = "at "
"""Begins a name that is no identity: a device of one host, known there only."""
MAX_SHARING = 16
"""A name that so many different drives bear is no name."""


def number(text: object) -> str:
    """A world-wide number without its ways of writing: `naa.5001`, `0x5001`, `50:01`; "" if none.

    NAA, EUI-64 and NGUID are hexadecimal digits; a T10 or NVMe name that is put together of vendor
    and model is none, and no more is one whose vendor or whose serial part is zero.
    """
    written = str(text).strip().lower()
    bare = re.sub(r"[:\-\s]", "", re.sub(r"^(naa\.|eui\.|nguid\.|wwn-|0x)+", "", written))
    digits = re.fullmatch(r"[0-9a-f]+", bare) is not None
    eui = written.startswith(("eui.", "nguid."))
    return bare if digits and placeholders.is_number(bare, eui) else ""


def serial(text: object) -> str:
    """A serial number as an identity; "" if it is none. Labels of WD drives leave out `WD-`."""
    bare = " ".join(str(text).replace("\0", "").upper().split())
    bare = re.sub(r"^(S/?N|SERIAL( NUMBER| NO\.?)?) ?: ?|^WD-", "", bare)
    return f"serial {bare}" if placeholders.is_serial(bare) else ""


def names(numbers: Iterable[object] = (), serials: Iterable[object] = ()) -> frozenset[str]:
    """All identities among these; None and placeholders are none.

    udev and lsblk tell the world-wide number of a SCSI drive as its serial number.
    """
    found = [number(text) for text in numbers if text]
    for text in filter(None, serials):
        naa = re.fullmatch(r"3?(5[0-9a-f]{15}|6[0-9a-f]{31})", str(text).strip().lower())
        found.append(number(naa[1]) if naa else serial(text))
    return frozenset(filter(None, found))


def is_volume(name: str) -> bool:
    """Whether this is a number that a controller gave a volume (NAA 6): drives have NAA 5."""
    return re.fullmatch(r"6[0-9a-f]{31}", name) is not None


def contradict(one: AbstractSet[str], other: AbstractSet[str]) -> bool:
    """Whether these are two drives, whatever they have in common.

    What a drive says of one kind (serial number, NAA, EUI-64, NGUID) and has nothing of in common
    tells it apart; a volume's number stands for itself; at one device it takes two kinds, because
    a bridge may tell a serial number of its own.
    """
    common = one & other
    if any(is_volume(name) for name in common):
        return False
    mine, theirs = _by_kind(one), _by_kind(other)
    apart = sum(
        not any(_alike(a, b) for a in mine[kind] for b in theirs[kind])
        for kind in mine.keys() & theirs.keys()
    )
    return apart > any(name.startswith(PLACE) for name in common)


def short(name: str) -> str | None:
    """Of the 20 characters that a Seagate SAS drive tells, the 8 that stand on its label."""
    match = re.fullmatch(r"(serial [0-9A-Z]{8})0000[0-9A-Z]{8}", name)
    return match[1] if match else None


def groups(named: Sequence[AbstractSet[str]]) -> list[list[int]]:
    """Which of these are one drive: what shares a name, directly or through others, and does not
    contradict. In the order of first sight; what has no name is alone."""
    short_forms = _short_forms(named)
    found: dict[int, tuple[set[str], list[int]]] = {}
    holders: dict[str, list[int]] = {}
    for index, its in enumerate(named):
        keys = {*its, *(short_forms[name] for name in its if name in short_forms)}
        near = {place for key in keys for place in holders.get(key, ())[:MAX_SHARING]}
        joined, members = set(its), [index]
        home = index
        for place in sorted(near, key=lambda place: (-len(keys & found[place][0]), place)):
            if contradict(joined, found[place][0]):
                continue
            known, earlier = found.pop(place)
            joined |= known
            members = sorted([*members, *earlier])
            home = min(home, place)
        found[home] = joined, members
        keys |= {short_forms[name] for name in joined if name in short_forms}
        for key in keys | joined:
            held = [place for place in holders.get(key, ()) if place in found and place != home]
            holders[key] = [*held, home]
    return [members for _, (_, members) in sorted(found.items())]


def shared(named: Sequence[AbstractSet[str]]) -> dict[str, int]:
    """Names that different drives bear, as their other names tell, and how many of them."""
    bearers: dict[str, int] = {}
    for members in groups(named):
        for name in {name for index in members for name in named[index]}:
            bearers[name] = bearers.get(name, 0) + 1
    return {name: count for name, count in bearers.items() if count > 1}


class Index:
    """Known drives by name."""

    def __init__(self, known: Sequence[AbstractSet[str]]) -> None:
        self._known = known
        self._by_name: dict[str, list[int]] = {}
        for index, names in enumerate(known):
            for name in _with_short(names):
                self._by_name.setdefault(name, []).append(index)

    def find(self, its: AbstractSet[str]) -> list[int]:
        """Which of them this is: more than one where nothing tells them apart."""
        near = {index for name in _with_short(its) for index in self._by_name.get(name, ())}
        return sorted(index for index in near if not contradict(its, self._known[index]))


def _short_forms(named: Sequence[AbstractSet[str]]) -> dict[str, str]:
    """The short form of every long one that shares it with no other."""
    forms: dict[str, set[str]] = {}
    for name in {name for its in named for name in its}:
        if bare := short(name):
            forms.setdefault(bare, set()).add(name)
    return {long.pop(): bare for bare, long in forms.items() if len(long) == 1}


def _with_short(names: AbstractSet[str]) -> set[str]:
    return {*names, *filter(None, map(short, names))}


def _by_kind(names: AbstractSet[str]) -> dict[str, set[str]]:
    kinds: dict[str, set[str]] = {}
    for name in names:
        if name.startswith(PLACE):
            continue
        kind = "serial" if name.startswith("serial ") else f"{len(name)} {name[0] in '235'}"
        kinds.setdefault(kind, set()).add(name)
    return kinds


def _alike(one: str, other: str) -> bool:
    return one == other or short(one) == other or short(other) == one
