"""What a drive says of itself, asked by smartctl and nvme where they are installed and allowed.

Both need root as a rule. Their exit status is a set of bits, of which only the two lowest mean that
nothing was read. Nothing here writes to a drive.
"""

import json
import os
import shutil
import subprocess
from collections.abc import Callable, Sequence
from typing import Any

from storage_bench.drive import Drive
from storage_bench.media import Claim, EvidenceLevel, MediaClass

LIMIT_S = 20.0
"""A sleeping disk needs about ten seconds to answer."""
NOTHING_READ = 0b11
"""Bits of smartctl's exit status: the command line was wrong, or the device could not be opened."""
ROTATIONAL_NAMESPACE = 1 << 4
"""Bit of NSFEAT in the I/O command set independent identify data (NVM Express 2.0, CNS 08h)."""

Ask = Callable[[Sequence[str]], tuple[int, str] | None]
"""Runs a command: its exit status and output, or None where it cannot be run."""


def ask(command: Sequence[str]) -> tuple[int, str] | None:
    """Run a program that is installed; None where it is not, or does not answer in time."""
    path = shutil.which(command[0])
    if path is None:
        return None
    try:
        done = subprocess.run(
            [path, *command[1:]],
            capture_output=True,
            text=True,
            errors="replace",
            timeout=LIMIT_S,
            stdin=subprocess.DEVNULL,
            env=os.environ | {"LC_ALL": "C"},
            check=False,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return done.returncode, done.stdout


def claims(drive: Drive, by: Ask = ask) -> tuple[Claim, ...]:
    """What the drive claims; class unknown, with the reason, where it says nothing of use."""
    if drive.opaque is not None or drive.transport in (None, "virtio", "mmc"):
        return ()
    answer = by(("smartctl", "--json", "-i", f"/dev/{drive.name}"))
    if answer is None:
        return (_unknown("smartctl is not installed, or did not answer"),)
    status, output = answer
    table = _parsed(output)
    if table is None:
        return (_unknown("smartctl's answer is no JSON"),)
    if status & NOTHING_READ:
        return (_unknown(f"smartctl could not ask the drive: {_messages(table)}"),)
    rate = table.get("rotation_rate")
    if isinstance(rate, int) and not isinstance(rate, bool):
        # smartctl gives 0 for "solid state device", and leaves out what the drive does not say.
        media = MediaClass.DISK if rate > 0 else MediaClass.FLASH
        return (_claim(media, f"the drive says {rate} rpm"),)
    protocol = table.get("device", {}).get("protocol")
    if protocol == "NVMe":
        return (_namespace(drive, by),)
    return (_unknown("the drive does not say whether it turns"),)


def _namespace(drive: Drive, by: Ask) -> Claim:
    """NVMe by itself is no proof of flash: its newer disks say so in one bit."""
    answer = by(("nvme", "cmdset-ind-id-ns", f"/dev/{drive.name}", "--output-format=json"))
    table = _parsed(answer[1]) if answer is not None and answer[0] == 0 else None
    features = table.get("nsfeat") if table is not None else None
    try:
        bits = int(str(features), 0)
    except ValueError:
        return _unknown("an NVMe drive, which need not be flash; nvme-cli has no more of it")
    if bits & ROTATIONAL_NAMESPACE:
        return _claim(MediaClass.DISK, "the NVMe namespace says that it rotates")
    return _claim(MediaClass.FLASH, "the NVMe namespace says that it does not rotate")


def _parsed(output: str) -> dict[str, Any] | None:
    try:
        table = json.loads(output)
    except (ValueError, RecursionError):
        return None
    return table if isinstance(table, dict) else None


def _messages(table: dict[str, Any]) -> str:
    found = table.get("smartctl", {}).get("messages", [])
    texts = [entry.get("string", "") for entry in found if isinstance(entry, dict)]
    return "; ".join(filter(None, texts)) or "no reason given"


def _claim(media: MediaClass, reason: str) -> Claim:
    return Claim(media, EvidenceLevel.IDENTIFY, reason)


def _unknown(reason: str) -> Claim:
    return _claim(MediaClass.UNKNOWN, reason)
