"""Vector extensions: of the CPU, and of the target that Numba compiles for.

Both speak LLVM's names (`avx512fp16`, `neon`), so that one table serves a refusal made from
`/proc/cpuinfo`, which costs nothing, and a width chosen by the compiler.
"""

from __future__ import annotations

import platform
from functools import cache
from pathlib import Path

_CPUINFO = Path("/proc/cpuinfo")
_LLVM_NAMES = {"asimd": "neon"}
"""Linux names that differ from LLVM's by more than an underscore."""


class NotNative(Exception):
    """An instruction that this CPU, or the compiler's target, does not have."""


def architecture() -> str:
    """Machine name of the kernel: `x86_64`, `aarch64`."""
    return platform.machine()


@cache
def cpu_features() -> frozenset[str]:
    """Extensions of the CPU that the kernel has enabled; empty where it does not say."""
    try:
        return features_in(_CPUINFO.read_text())
    except OSError:
        return frozenset()


def features_in(cpuinfo: str) -> frozenset[str]:
    """Extensions that the text of `/proc/cpuinfo` names, for its first processor."""
    for line in cpuinfo.splitlines():
        key, _, value = line.partition(":")
        if key.strip() in ("flags", "Features"):
            return frozenset(_LLVM_NAMES.get(n, n.replace("_", "")) for n in value.split())
    return frozenset()


@cache
def target_features() -> frozenset[str]:
    """Extensions that Numba compiles for: the CPU's, or those of `NUMBA_CPU_FEATURES`."""
    from numba.core.registry import cpu_target

    _, _, features = cpu_target.target_context.codegen().magic_tuple()
    return frozenset(name[1:] for name in features.split(",") if name.startswith("+"))


def vector_doubles() -> int:
    """Binary64 numbers in the widest vector register; SSE2 and NEON have two."""
    features = target_features()
    return 8 if "avx512f" in features else 4 if "avx" in features else 2
