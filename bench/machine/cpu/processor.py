"""Read the processor from /proc and /sys: model, extensions, cores, caches, limits.

`root` stands in for `/`, so that a test can describe another machine.
"""

import platform
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Literal

from bench.evidence.inventory import Cache, Core, Processor
from bench.machine import text
from bench.machine.cgroup import quota_cpus
from bench.machine.cpu import arm_parts
from bench.machine.cpu.affinity import allowed as affinity_mask
from bench.machine.text import read

_EXTENSIONS = re.compile(r"^(avx|amx|fma$|f16c|sse4|asimd|sve|neon|fp16|fphp|bf16|i8mm|vsx|lasx)")
_NAMED = ("model name", "Model Name", "cpu", "cpu model", "uarch")
"""Where x86, LoongArch, POWER, MIPS and RISC-V name the processor."""
_CPUS = "sys/devices/system/cpu"


def processor(root: Path = Path("/"), affinity: Iterable[int] | None = None) -> Processor:
    """The processor as far as `affinity` (this process's, unless given) reaches."""
    allowed = sorted(affinity_mask() if affinity is None else affinity)
    facts = _cpuinfo(root)
    flags = facts.get("flags", facts.get("Features", "")).split()
    return Processor(
        model_name=model_name(root),
        vendor=facts.get("vendor_id") or facts.get("CPU implementer"),
        family=_number(facts.get("cpu family")),
        model=_number(facts.get("model") or facts.get("CPU part")),
        stepping=_number(facts.get("stepping") or facts.get("CPU revision")),
        architecture=platform.machine(),
        isa=tuple(sorted(flag for flag in flags if _EXTENSIONS.match(flag))),
        cores=_cores(root, allowed),
        online_cpus=len(_cpu_list(read(root / _CPUS / "online"))) or len(allowed),
        quota_cpus=quota_cpus(root),
        caches=_caches(root, allowed),
        max_clock_hz=_max_clock_hz(root, allowed),
    )


def model_name(root: Path = Path("/")) -> str:
    """The processor's name as the kernel prints it."""
    facts = _cpuinfo(root)
    told = (text.name(facts.get(key)) for key in _NAMED)
    return next(filter(None, told), None) or arm_parts.name(facts) or platform.machine()


def _cpuinfo(root: Path) -> dict[str, str]:
    """What stands there of the first processor; LoongArch has a line of the system before it."""
    blocks = [_pairs(block) for block in re.split(r"\n\s*\n", read(root / "proc/cpuinfo") or "")]
    return next((block for block in blocks if "processor" in block), blocks[0])


def _pairs(block: str) -> dict[str, str]:
    pairs = (line.split(":", 1) for line in block.splitlines() if ":" in line)
    return {key.strip(): value.strip() for key, value in pairs}


def _cores(root: Path, allowed: list[int]) -> tuple[Core, ...]:
    members: dict[tuple[int, ...], list[int]] = {}
    for cpu in allowed:
        topology = root / _CPUS / f"cpu{cpu}" / "topology"
        siblings = _cpu_list(
            read(topology / "core_cpus_list") or read(topology / "thread_siblings_list")
        )
        members.setdefault(tuple(siblings) or (cpu,), []).append(cpu)
    return tuple(
        Core(
            cpus=tuple(cpus),
            package=_number(read(root / _CPUS / f"cpu{cpus[0]}" / "topology/physical_package_id"))
            or 0,
            numa_node=_numa_node(root, cpus[0]),
            kind=_core_kind(root, cpus[0]),
        )
        for cpus in members.values()
    )


def _numa_node(root: Path, cpu: int) -> int | None:
    nodes = sorted((root / _CPUS / f"cpu{cpu}").glob("node[0-9]*"))
    return int(nodes[0].name.removeprefix("node")) if nodes else None


def _core_kind(root: Path, cpu: int) -> Literal["performance", "efficiency"] | None:
    # Intel hybrids list their kinds as two event sources; elsewhere cores are taken to be alike.
    if cpu in _cpu_list(read(root / "sys/devices/cpu_core/cpus")):
        return "performance"
    if cpu in _cpu_list(read(root / "sys/devices/cpu_atom/cpus")):
        return "efficiency"
    return None


def _caches(root: Path, allowed: list[int]) -> tuple[Cache, ...]:
    shared: dict[tuple[int, str, int], set[tuple[int, ...]]] = {}
    for cpu in allowed:
        for index in sorted((root / _CPUS / f"cpu{cpu}" / "cache").glob("index[0-9]*")):
            size = _size_bytes(read(index / "size"))
            level, kind = _number(read(index / "level")), read(index / "type")
            if size and level and kind:
                group = tuple(_cpu_list(read(index / "shared_cpu_list"))) or (cpu,)
                shared.setdefault((level, kind, size), set()).add(group)
    return tuple(
        Cache(level, kind, size, len(groups))
        for (level, kind, size), groups in sorted(shared.items())
    )


def _max_clock_hz(root: Path, allowed: list[int]) -> float | None:
    clocks = [_number(read(root / _CPUS / f"cpu{c}/cpufreq/cpuinfo_max_freq")) for c in allowed]
    known = [clock for clock in clocks if clock is not None]
    return max(known) * 1e3 if known else None


def _number(text: str | None) -> int | None:
    try:
        return int(text, 0) if text else None
    except ValueError:
        return None


def _size_bytes(text: str | None) -> int | None:
    match = re.fullmatch(r"(\d+)([KMG]?)", text or "")
    return int(match[1]) << {"": 0, "K": 10, "M": 20, "G": 30}[match[2]] if match else None


def _cpu_list(text: str | None) -> list[int]:
    """`0-3,8` as numbers."""
    cpus: list[int] = []
    for part in (text or "").split(","):
        first, _, last = part.partition("-")
        if first.strip().isdigit():
            cpus += range(int(first), int(last or first) + 1)
    return cpus
