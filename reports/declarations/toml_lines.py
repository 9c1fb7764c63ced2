"""Where a value stands in a TOML text, for messages: tomllib tells lines of syntax alone. Pure."""

import re
from collections import Counter

_HEADER = re.compile(r"^\s*(\[\[?)\s*([\w.\-\" ]+?)\s*\]\]?\s*(?:#.*)?$")
_STEP = re.compile(r"([\w\-]+)(?:\[(\d+)\])?")


def line_of(text: str, path: str) -> int | None:
    """The line of a path such as `pools[1].media`; of its table where the key is not there.

    None where the text has no such table, or writes it inline.
    """
    steps = _STEP.findall(path.split(":")[0].removeprefix("top level"))
    if not steps:
        return None
    tables = _tables(text)
    for depth in range(len(steps), -1, -1):
        name = ".".join(f"{key}[{index}]" if index else key for key, index in steps[:depth])
        if name in tables:
            start, keys = tables[name]
            here = start if depth else None
            return keys.get(steps[depth][0], here) if depth < len(steps) else here
    return None


def places(text: str, table: str) -> list[int]:
    """The lines of `[[table]]`, in order."""
    entry = re.compile(rf"{re.escape(table)}\[\d+\]")
    return [line for name, (line, _) in _tables(text).items() if entry.fullmatch(name)]


def _tables(text: str) -> dict[str, tuple[int, dict[str, int]]]:
    """By path: the line of its header, and those of its keys; "" is the top."""
    seen: Counter[str] = Counter()
    keys: dict[str, int] = {}
    found = {"": (1, keys)}
    within: str | None = None
    for number, line in enumerate(text.splitlines(), 1):
        if within:  # a text over several lines, in which nothing is a key
            within = None if within in line else within
            continue
        if header := _HEADER.match(line):
            name = header[2].replace(" ", "").replace('"', "")
            if header[1] == "[[":
                seen[name] += 1
                name = f"{name}[{seen[name] - 1}]"
            keys = {}
            found[name] = (number, keys)
        elif key := re.match(r'\s*"?([\w\-]+)"?\s*=\s*', line):
            keys.setdefault(key[1], number)
            for quote in ('"""', "'''"):
                if line.count(quote) == 1:
                    within = quote
    return found
