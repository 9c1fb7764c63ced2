"""How an NVMe controller is linked, as sysfs tells it beside the controller; needs no root."""

import json
import re
from pathlib import Path

from storage_bench.media import identity
from storage_bench.media.evidence.condition import Condition
from storage_bench.media.evidence.report import (
    Answer,
    Object,
    SourceReading,
    SourceReport,
    integer,
    parsed,
    rows,
)

FIELDS = ("current_link_speed", "max_link_speed", "current_link_width", "max_link_width")


def ask(root: Path = Path("/")) -> list[Answer]:
    """One answer a controller that sits on PCIe."""
    answers = []
    for controller in sorted((root / "sys/class/nvme").glob("nvme*")):
        told = {name: _text(controller / "device" / name) for name in FIELDS}
        if told["current_link_speed"]:
            told["serial"] = _text(controller / "serial")
            command = ("sysfs", f"/dev/{controller.name}")
            answers.append(Answer("pcie", command, 0, json.dumps(told)))
    return answers


def read(answer: Answer) -> SourceReading:
    """Speed of a lane in GT/s and number of lanes, now and at best."""
    found = rows(parsed(answer.output))
    return SourceReading(tuple(_report(answer, one) for one in found))


def _report(answer: Answer, told: Object) -> SourceReport:
    now, best, lanes, lanes_max = (told.get(name) for name in FIELDS)
    about = Condition(
        link_gbps=_speed(now),
        link_max_gbps=_speed(best),
        lanes=integer(lanes),
        lanes_max=integer(lanes_max),
    )
    place = answer.command[-1] if answer.status is not None else ""
    return SourceReport(place, identity.names(serials=(told.get("serial"),)), (), about)


def _speed(text: object) -> float | None:
    """Of `16.0 GT/s PCIe`."""
    match = re.match(r"(\d+(?:\.\d+)?) GT/s", str(text))
    return float(match[1]) if match else None


def _text(file: Path) -> str:
    try:
        return file.read_text(errors="replace").strip()
    except OSError:
        return ""
