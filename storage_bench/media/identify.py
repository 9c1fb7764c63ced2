"""What a drive says of itself, asked by smartctl and nvme where they are installed and allowed.

Both need root as a rule; evidence/ reads what somebody with more rights collected. Nothing here
writes to a drive.
"""

import os
import shutil
import subprocess
from collections.abc import Callable, Sequence

from storage_bench.media.classes import Claim, MediaClass
from storage_bench.media.drive import Drive
from storage_bench.media.evidence.report import unknown
from storage_bench.media.evidence.sources import nvme, smartctl

LIMIT_S = 20.0
"""A sleeping disk needs about ten seconds to answer."""
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
        return (unknown(smartctl.LEVEL, "smartctl is not installed, or did not answer"),)
    found = smartctl.claim(*answer)
    if found.media is not MediaClass.UNKNOWN or not smartctl.speaks_nvme(answer[1]):
        return (found,)
    answer = by(("nvme", "cmdset-ind-id-ns", f"/dev/{drive.name}", "--output-format=json"))
    return (nvme.claim(*answer) if answer is not None else found,)
