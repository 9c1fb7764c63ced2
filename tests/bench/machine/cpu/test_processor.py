"""The processor as /proc and /sys describe it, on machines that are not this one."""

import platform
from pathlib import Path

import pytest

from bench.machine.cpu.processor import processor
from reports.catalogue.processors import core_sheet


@pytest.fixture
def machine(tmp_path: Path) -> Path:
    """Two sockets of two cores with two threads each; a 32 MiB cache a socket."""
    cpus = tmp_path / "sys/devices/system/cpu"
    write(tmp_path / "proc/cpuinfo", "vendor_id : AuthenticAMD\ncpu family : 26\nmodel : 2\n"
          "model name : AMD EPYC 9755\nstepping : 1\nflags : fpu avx2 avx512f fma ht\n\n"
          "vendor_id : other\n")  # fmt: skip
    write(cpus / "online", "0-7")
    for cpu in range(8):
        socket, core = cpu % 4 // 2, cpu % 4
        write(cpus / f"cpu{cpu}/topology/core_cpus_list", f"{core},{core + 4}")
        write(cpus / f"cpu{cpu}/topology/physical_package_id", str(socket))
        write(cpus / f"cpu{cpu}/node{socket}/cpulist", "")
        shared = "0-1,4-5" if socket == 0 else "2-3,6-7"
        cache(cpus, cpu, 0, "1", "Data", "48K", f"{core},{core + 4}")
        cache(cpus, cpu, 1, "1", "Instruction", "32K", f"{core},{core + 4}")
        cache(cpus, cpu, 2, "3", "Unified", "32768K", shared)
    return tmp_path


def test_threads_of_one_core_make_one_worker(machine: Path) -> None:
    found = processor(machine, affinity=range(8))

    assert [core.cpus for core in found.cores] == [(0, 4), (1, 5), (2, 6), (3, 7)]
    assert found.workers == (0, 1, 2, 3)
    assert [core.package for core in found.cores] == [0, 0, 1, 1]
    assert [core.numa_node for core in found.cores] == [0, 0, 1, 1]


def test_affinity_decides_which_cores_there_are(machine: Path) -> None:
    found = processor(machine, affinity=[4, 5, 1])

    assert [core.cpus for core in found.cores] == [(1, 5), (4,)]
    assert found.online_cpus == 8


@pytest.mark.parametrize(("quota", "workers"), [("150000 100000", 2), ("50000 100000", 1)])
def test_a_cgroup_quota_lowers_the_number_of_workers(
    machine: Path, quota: str, workers: int
) -> None:
    write(machine / "proc/self/cgroup", "0::/box")
    write(machine / "sys/fs/cgroup/box/cpu.max", quota)

    assert len(processor(machine, affinity=range(8)).workers) == workers


def test_caches_are_counted_once_for_those_who_share_them(machine: Path) -> None:
    found = processor(machine, affinity=range(8))

    assert [(c.level, c.type, c.size_bytes >> 10, c.instances) for c in found.caches] == [
        (1, "Data", 48, 4),
        (1, "Instruction", 32, 4),
        (3, "Unified", 32768, 2),
    ]
    assert found.last_level_cache_bytes == 64 << 20


def test_facts_of_the_first_processor_are_read(machine: Path) -> None:
    found = processor(machine, affinity=[0])

    assert (found.model_name, found.vendor, found.family) == ("AMD EPYC 9755", "AuthenticAMD", 26)
    assert found.isa == ("avx2", "avx512f", "fma")


def test_a_hybrid_processor_tells_its_kinds_of_core_apart(machine: Path) -> None:
    write(machine / "sys/devices/cpu_core/cpus", "0-1,4-5")
    write(machine / "sys/devices/cpu_atom/cpus", "2-3,6-7")

    kinds = [core.kind for core in processor(machine, affinity=range(8)).cores]

    assert kinds == ["performance", "performance", "efficiency", "efficiency"]


def test_a_system_that_tells_nothing_still_has_cores(tmp_path: Path) -> None:
    found = processor(tmp_path, affinity=[0, 1])

    assert found.workers == (0, 1)
    assert found.caches == ()
    assert found.last_level_cache_bytes is None
    assert found.max_clock_hz is None


LOONGSON = """\
system type\t\t: generic-loongson-machine

processor\t\t: {0}
package\t\t\t: 0
CPU Family\t\t: Loongson-64bit
Model Name\t\t: Loongson-3A5000
Features\t\t: cpucfg lam ual fpu lsx lasx crc32

"""


def test_the_system_before_the_first_processor_is_no_processor(tmp_path: Path) -> None:
    write(tmp_path / "proc/cpuinfo", LOONGSON)

    found = processor(tmp_path, affinity=[0])
    sheet = core_sheet(found)

    assert (found.model_name, found.isa) == ("Loongson-3A5000", ("lasx",))
    assert sheet is not None
    assert sheet.microarchitecture == "Loongson LA464"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("CPU implementer\t: 0x48\nCPU part\t: 0xd01\n", "HiSilicon TSV110 (Kunpeng 920)"),
        ("CPU implementer\t: 0x41\nCPU part\t: 0xd4f\n", "Neoverse-V2"),
        ("CPU implementer\t: 0x77\nCPU part\t: 0x1\n",
         "ARM core of implementer 0x77, part 0x1"),
        ("cpu\t\t: POWER9, altivec supported\n", "POWER9, altivec supported"),
    ],
)  # fmt: skip
def test_a_server_without_a_name_is_known_by_its_part(tmp_path: Path, text: str, name: str) -> None:
    write(tmp_path / "proc/cpuinfo", f"processor\t: 0\n{text}")

    assert processor(tmp_path, affinity=[0]).model_name == name


def test_a_name_of_which_nothing_can_be_read_is_none(tmp_path: Path) -> None:
    write(tmp_path / "proc/cpuinfo", "")
    (tmp_path / "proc/cpuinfo").write_bytes(b"processor\t: 0\nmodel name\t: \xff\xff\xff\n")

    assert processor(tmp_path, affinity=[0]).model_name == platform.machine()


def test_this_machine_has_at_least_one_core_and_no_more_than_its_affinity() -> None:
    import os

    found = processor()

    assert 1 <= len(found.workers) <= len(os.sched_getaffinity(0))


def cache(cpus: Path, cpu: int, index: int, level: str, kind: str, size: str, shared: str) -> None:
    folder = cpus / f"cpu{cpu}/cache/index{index}"
    write(folder / "level", level)
    write(folder / "type", kind)
    write(folder / "size", size)
    write(folder / "shared_cpu_list", shared)


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
