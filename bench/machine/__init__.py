"""Discovery: everything that is known of this machine before anything is measured."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

import bench as bench
from bench.evidence.inventory import Absent, Inventory
from bench.machine import settings
from bench.machine.claims import find
from bench.machine.devices import BACKENDS
from bench.machine.devices.backend import Backend
from bench.machine.host import host
from bench.machine.installation import software, sources_sha256
from bench.machine.volume import storage


def discover(
    storage_directory: Path | None,
    backends: Sequence[Backend] = BACKENDS,
    environment: Mapping[str, str] = os.environ,
) -> Inventory:
    """Everything that can be known without measuring."""
    found = find(backends).values()
    return Inventory(
        host=host(),
        devices=tuple(d for devices in found if not isinstance(devices, Absent) for d in devices),
        absent=tuple(each for each in found if isinstance(each, Absent)),
        storage=storage(storage_directory) if storage_directory else None,
        software=software(),
        sources_sha256=sources_sha256(),
        settings=settings.found(environment),
    )
