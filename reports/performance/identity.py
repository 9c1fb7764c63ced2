"""Identities of a machine: by them one machine is not counted twice. Pure."""

from array import array
from collections import Counter
from collections.abc import Iterator
from hashlib import sha256

from bench.evidence.inventory import Device, Inventory
from reports.performance.subject import Subject

PLACEHOLDERS = frozenset(
    {"", "n/a", "none", "unknown", "0", "to be filled by o.e.m.", "0123456789", "ffffffff"}
)


def identities(subject: Subject) -> tuple[tuple[str, str], ...]:
    """What it is called, and its value: of the run, the system, the devices, and the samples."""
    return tuple(dict.fromkeys(_found(subject)))


def boards(inventory: Inventory) -> tuple[str, ...]:
    """What the cards say that they are made of, and the fabric between them; like ones together.

    Cards of one name that differ in board or firmware are on lines of their own.
    """
    cards = Counter(
        ": ".join(filter(None, (device.name, _board(device))))
        for device in inventory.devices
        if device.backend != "cpu"
    )
    parts = Counter(
        ", ".join(filter(None, (part.kind, part.model, part.board, part.firmware)))
        for part in inventory.host.fabric
    )
    return tuple(
        text if count == 1 else f"{count} × {text}"
        for text, count in (*cards.items(), *parts.items())
    )


def _board(device: Device) -> str:
    board = device.accelerator.board if device.accelerator is not None else None
    return "" if board is None else str(board)


def _found(subject: Subject) -> Iterator[tuple[str, str]]:
    evidence = subject.evidence
    yield "one run", evidence.run_id
    if evidence.inventory.simulated:
        return
    if boot_id := evidence.inventory.host.boot_id:
        yield "the boot of one system", boot_id
    for device in evidence.inventory.devices:
        if device.backend == "cpu":
            continue
        yield f"the device {device.uuid}", device.uuid
        serial = device.accelerator.serial if device.accelerator is not None else None
        if serial is not None and serial.casefold() not in PLACEHOLDERS:
            # Several devices can sit on one board, all of them in one machine.
            yield f"the board {serial}", f"{device.backend} {serial}"
    for case, outcome in subject.derived.kernels:
        times = array("d", (*outcome.samples.start_s, *outcome.samples.duration_s))
        digest = sha256(times.tobytes()).hexdigest()
        yield f"samples of {case.metric}, to the last digit", digest
