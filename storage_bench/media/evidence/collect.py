"""Ask every tool that is here about every drive, once, as an admin; no drive is written to."""

import os
import platform
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from storage_bench.media.evidence import files
from storage_bench.media.evidence.collection import Collection
from storage_bench.media.evidence.report import Answer, parsed, rows, table
from storage_bench.media.evidence.sources import lsblk, pcie, smartctl
from storage_bench.media.identify import Ask, ask

LSBLK = ("lsblk", "--json", "-b", "-O")
SCAN = ("smartctl", "--json", "--scan")
NVME = ("id-ctrl", "id-ns", "cmdset-ind-id-ns")


def collect(
    passed: Iterable[tuple[str, Path]] = (), by: Ask | None = None, root: Path = Path("/")
) -> Collection:
    """The answers of lsblk, smartctl, nvme and PCIe, and the files `passed`, each by its source.

    Raises StorageError for a file that cannot be read.
    """
    by = by or ask
    answers = [files.read(source, path) for source, path in passed]
    remarks: list[str] = []
    listed = by(LSBLK)
    names: tuple[str, ...] = ()
    if listed is None:
        remarks.append("lsblk is not installed, or did not answer: drives cannot be named")
    else:
        answers.insert(0, Answer("lsblk", LSBLK, *listed))
        names = lsblk.disks(listed[1])
    for source, command in [*_smartctl(names, by), *_nvme(names)]:
        done = by(command)
        if done is not None:
            answers.append(Answer(source, command, *done))
            if source == "smartctl" and (logs := smartctl.logs(done[1])):
                further = (*command[:2], *logs, *command[3:])
                answers += [Answer(source, further, *more) for more in [by(further)] if more]
        elif (missing := f"{command[0]} is not installed, or did not answer") not in remarks:
            remarks.append(missing)
    return Collection(
        host=platform.node(),
        collected=datetime.now(UTC).isoformat(timespec="seconds"),
        as_root=os.geteuid() == 0,
        answers=(*answers, *pcie.ask(root)),
        remarks=tuple(remarks),
    )


def _smartctl(names: Sequence[str], by: Ask) -> list[tuple[str, tuple[str, ...]]]:
    """A question for each drive that smartctl finds, which includes those behind RAID cards.

    The type of the scan is used only where it names a slot: 7.0 to 7.2 list SATA drives as "scsi",
    and a drive that is asked as that is not looked for behind its layer of translation.
    """
    scanned = by(SCAN)
    found = rows(table(parsed(scanned[1])).get("devices", [])) if scanned is not None else []
    devices = {
        (str(device["name"]), str(device["type"]) if "," in str(device.get("type")) else "")
        for device in found
        if "name" in device
    }
    seen = {name for name, _ in devices}
    plain = [f"/dev/{name}" for name in names if not _covered(f"/dev/{name}", seen)]
    asked = [(*(("-d", kind) if kind else ()), name) for name, kind in sorted(devices)]
    asked += [(name,) for name in plain]
    return [("smartctl", ("smartctl", "--json", "-i", *rest)) for rest in asked]


def _covered(name: str, seen: set[str]) -> bool:
    """smartctl scans the controller `/dev/nvme0` for the namespace `/dev/nvme0n1`."""
    return name in seen or any(
        one.startswith("/dev/nvme") and name.startswith(f"{one}n") for one in seen
    )


def _nvme(names: Sequence[str]) -> list[tuple[str, tuple[str, ...]]]:
    return [
        ("nvme", ("nvme", question, f"/dev/{name}", "--output-format=json"))
        for name in names
        if name.startswith("nvme")
        for question in NVME
    ]
