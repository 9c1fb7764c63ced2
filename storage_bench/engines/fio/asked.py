"""What a job of fio was asked for, as far as its options tell. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

_SECONDS = {"us": 1e-6, "ms": 1e-3, "": 1.0, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
CUT_SHARE = 0.95
"""A run that was given a time and took less than this share of it was cut off."""


@dataclass(frozen=True, slots=True)
class Asked:
    """None where it is not told."""

    pattern: str | None
    engine: str | None
    direct: bool | None
    in_flight: int | None
    """Depth times jobs; more than one only where the interface has a queue."""
    place: str | None
    """The file or folder."""
    runtime_s: float | None
    limits: tuple[str, ...]
    """Options that bound the rate from above, such as `rate_iops=1000`."""


def asked(options: Mapping[str, str]) -> Asked:
    """From the options, the job's own over the global ones."""
    depth, jobs = (_whole(options.get(key, "1")) for key in ("iodepth", "numjobs"))
    engine = options.get("ioengine")
    queued = engine is not None and engine not in ("sync", "psync", "vsync", "pvsync", "pvsync2")
    folder, file = options.get("directory"), options.get("filename")
    timed = options.get("time_based", "0") != "0" and "runtime" in options
    return Asked(
        pattern=options.get("rw"),
        engine=engine,
        # Without its options a document may have been written with either.
        direct=options.get("direct", "0") != "0" if options else None,
        in_flight=(depth if queued else 1) * jobs if options and depth and jobs else None,
        place="/".join(part for part in (folder, file) if part) or None,
        runtime_s=_time_s(options["runtime"]) if timed else None,
        limits=tuple(
            f"{key}={options[key]}"
            for key in ("rate_iops", "rate", "thinktime", "flow")
            if key in options
        ),
    )


def remarks(found: Asked, ways: int, took_s: float) -> tuple[str, ...]:
    """What of it bears upon the figures; `ways` is how many directions the job had."""
    told = []
    if found.direct is False:
        told.append("without direct=1: through the page cache of its machine")
    for limit in found.limits:
        both = ", for each direction by itself" if ways > 1 and "," not in limit else ""
        told.append(f"{limit} bounded the rate{both}: it is no measure of the storage")
    if found.runtime_s and took_s < CUT_SHARE * found.runtime_s:
        told.append(f"the run was cut off: {took_s:g} of {found.runtime_s:g} s")
    return tuple(told)


def _whole(text: str) -> int | None:
    return int(text) if re.fullmatch(r"\d{1,9}", text) else None


def _time_s(text: str) -> float | None:
    found = re.fullmatch(r"(\d+(?:\.\d+)?)([a-z]*)", text.strip().lower())
    return float(found[1]) * _SECONDS[found[2]] if found and found[2] in _SECONDS else None
