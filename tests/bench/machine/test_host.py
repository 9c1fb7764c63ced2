"""What the system and its firmware say, in whatever bytes."""

from pathlib import Path

import pytest

from bench.machine.host import host


@pytest.mark.parametrize(
    ("vendor", "name"),
    [
        (b"\xff\xff\xff\xff\n", "unnamed"),
        (b"A \xb0 Cloud\n", "A \N{REPLACEMENT CHARACTER} Cloud"),
        (b"QEMU\n", "QEMU"),
    ],
)  # fmt: skip
def test_firmware_that_speaks_no_utf8_has_some_name_or_none(
    tmp_path: Path, vendor: bytes, name: str
) -> None:
    write(tmp_path / "proc/cpuinfo", b"processor\t: 0\nflags\t: fma hypervisor\n\n")
    write(tmp_path / "sys/class/dmi/id/sys_vendor", vendor)

    assert host(tmp_path).hypervisor == name


def test_a_system_that_tells_nothing_is_still_a_host(tmp_path: Path) -> None:
    write(tmp_path / "etc/os-release", b'PRETTY_NAME="\xff\xff"\n')

    found = host(tmp_path)

    assert (found.boot_id, found.hypervisor, found.operating_system) == (None, None, "Linux")


def write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
