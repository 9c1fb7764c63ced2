"""Look at the machine: hardware, system and software, each as a fact or as unknown."""

import importlib.metadata
import importlib.util
import os
import platform
import re
import socket
from collections.abc import Sequence
from functools import cache
from hashlib import sha256
from pathlib import Path

import bench
from bench.cgroup import memory_limit_bytes
from bench.devices import BACKENDS
from bench.devices.backend import Backend
from bench.devices.cpu import installed_memory_bytes
from bench.inventory import Absent, Device, Host, Inventory, Storage
from bench.processor import processor
from storage_bench import engine, media

_SOFTWARE = ("numba", "llvmlite", "numpy", "torch", "nvidia-ml-py", "numba-cuda")
PACKAGES = ("bench", "kernels", "reports", "storage_bench")


def discover(storage_directory: Path | None, backends: Sequence[Backend] = BACKENDS) -> Inventory:
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
    )


def host(root: Path = Path("/")) -> Host:
    """The machine and the system on it."""
    total = installed_memory_bytes()
    return Host(
        hostname=socket.gethostname(),
        operating_system=_os_name(root),
        kernel=platform.release(),
        boot_id=_line(root / "proc/sys/kernel/random/boot_id"),
        hypervisor=_hypervisor(root),
        container=_container(root),
        memory_bytes=min(total, memory_limit_bytes(root) or total),
        processor=processor(root),
    )


def storage(directory: Path) -> Storage:
    """The folder that storage would be tested in, and what lies under it."""
    place = directory
    while not place.exists() and place != place.parent:
        place = place.parent
    free = os.statvfs(place)
    return Storage(
        path=str(place.resolve()),
        filesystem=media.filesystem(place),
        free_bytes=free.f_bavail * free.f_frsize,
        media=media.classify(place),
    )


def software() -> dict[str, str]:
    """Versions of what a result may depend on; what is not installed is left out."""
    versions = {"python": platform.python_version(), "capbench": bench.__version__}
    for name in _SOFTWARE:
        try:
            versions[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    fio = engine.fio_version()
    return versions | ({"fio": fio} if fio else {})


@cache
def sources_sha256() -> str:
    """Digest over the names and contents of our own source and data files."""
    root = Path(bench.__file__).parent.parent
    digest = sha256()
    for package in PACKAGES:
        for path in sorted((root / package).rglob("*")):
            if path.suffix in (".py", ".toml", ".j2") and path.is_file():
                content = sha256(path.read_bytes()).hexdigest()
                digest.update(f"{path.relative_to(root).as_posix()} {content}\n".encode())
    return digest.hexdigest()


def intruders(root: Path = Path(bench.__file__).parent.parent) -> dict[str, set[str]]:
    """Our package names that another distribution owns too: pip overwrites without a word.

    One that is installed elsewhere harms nobody while ours are found first, as in a source tree.
    """
    owners = importlib.metadata.packages_distributions()
    found = {
        package: {
            name
            for name in set(owners.get(package, ())) - {"capbench"}
            if not (_is_found_in(root, package) and _installed_in(name) != root.resolve())
        }
        for package in PACKAGES
    }
    return {package: others for package, others in found.items() if others}


def _is_found_in(root: Path, package: str) -> bool:
    spec = importlib.util.find_spec(package)
    return spec is not None and spec.origin is not None and root in Path(spec.origin).parents


def _installed_in(distribution: str) -> Path:
    return Path(str(importlib.metadata.distribution(distribution).locate_file(""))).resolve()


def _os_name(root: Path) -> str:
    match = re.search(r'^PRETTY_NAME="?([^"\n]*)', _text(root / "etc/os-release"), re.MULTILINE)
    return match[1] if match else platform.system()


def _hypervisor(root: Path) -> str | None:
    if vendor := _line(root / "sys/hypervisor/type"):
        return vendor
    flags = re.search(r"^flags\s*:(.*)$", _text(root / "proc/cpuinfo"), re.MULTILINE)
    if flags is None:
        return None
    if "hypervisor" not in flags[1].split():
        return "none"
    return _line(root / "sys/class/dmi/id/sys_vendor") or "unnamed"


def _container(root: Path) -> str | None:
    if (root / ".dockerenv").exists():
        return "docker"
    if (root / "run/.containerenv").exists():
        return "podman"
    return "kubernetes" if "kubepods" in _text(root / "proc/self/cgroup") else None


def _text(path: Path) -> str:
    try:
        return path.read_text()
    except OSError:
        return ""


def _line(path: Path) -> str | None:
    return _text(path).strip() or None
