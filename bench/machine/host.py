"""Facts of the host and its operating system."""

import platform
import re
import socket
from pathlib import Path

from bench.evidence.container.file_names import spelled
from bench.evidence.inventory import Host
from bench.machine import text
from bench.machine.cgroup import memory_limit_bytes
from bench.machine.cpu.processor import processor
from bench.machine.devices.cpu import installed_memory_bytes
from bench.machine.fabric import fabric


def host(root: Path = Path("/")) -> Host:
    """The machine and the system on it."""
    total = installed_memory_bytes()
    return Host(
        hostname=spelled(socket.gethostname()),
        operating_system=_os_name(root),
        kernel=platform.release(),
        boot_id=text.read(root / "proc/sys/kernel/random/boot_id") or None,
        hypervisor=_hypervisor(root),
        container=_container(root),
        memory_bytes=min(total, memory_limit_bytes(root) or total),
        processor=processor(root),
        fabric=fabric(root),
    )


def _os_name(root: Path) -> str:
    match = re.search(r'^PRETTY_NAME="?([^"\n]*)', _text(root / "etc/os-release"), re.MULTILINE)
    return (text.name(match[1]) if match else None) or platform.system()


def _hypervisor(root: Path) -> str | None:
    if vendor := _name(root / "sys/hypervisor/type"):
        return vendor
    flags = re.search(r"^flags\s*:(.*)$", _text(root / "proc/cpuinfo"), re.MULTILINE)
    if flags is None:
        return None
    if "hypervisor" not in flags[1].split():
        return "none"
    return _name(root / "sys/class/dmi/id/sys_vendor") or "unnamed"


def _container(root: Path) -> str | None:
    if (root / ".dockerenv").exists():
        return "docker"
    if (root / "run/.containerenv").exists():
        return "podman"
    return "kubernetes" if "kubepods" in _text(root / "proc/self/cgroup") else None


def _text(path: Path) -> str:
    return text.read(path) or ""


def _name(path: Path) -> str | None:
    return text.name(text.read(path))
