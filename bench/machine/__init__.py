"""Discovery: everything that is known of this machine before anything is measured."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

import bench as bench
from bench.evidence.inventory import Absent, Device, Inventory
from bench.machine import settings
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
    devices: list[Device] = []
    absent: list[Absent] = []
    for backend in backends:
        found = backend.discover()
        if isinstance(found, Absent):
            absent.append(found)
        else:
            devices += found
    return Inventory(
        host=host(),
        devices=tuple(devices),
        absent=tuple(absent),
        storage=storage(storage_directory) if storage_directory else None,
        software=software(),
        sources_sha256=sources_sha256(),
        settings=settings.found(environment),
    )
