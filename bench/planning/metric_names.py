"""Names of metrics and of working sets, written and read."""

import re


def metric_name(kernel: str, backend: str, precision: str) -> str:
    """`cpu.vector.fp32`, `cuda.matrix.bf16`, `memory.triad`: what a kernel's figure is called."""
    if kernel.startswith("transfer."):
        return f"{backend}.{kernel}"
    memory = "memory" if backend == "cpu" else f"{backend}.memory"
    return {
        "chase": f"{backend}.cache.latency",
        "fma": f"{backend}.vector.{precision}",
        "gemm": f"{backend}.matrix.{precision}",
        "ladder": f"{backend}.cache.read",
    }.get(kernel, f"{memory}.{kernel.rpartition('.')[2]}")


_UNITS = (("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10), ("B", 1))
_LABEL = re.compile(r"(\d+)(GiB|MiB|KiB|B)")


def working_set_label(size_bytes: int) -> str:
    """A size as part of a metric's name, exactly.

    >>> working_set_label(48 << 10), working_set_label(5 << 19)
    ('48KiB', '2560KiB')
    """
    unit, factor = next(entry for entry in _UNITS if size_bytes % entry[1] == 0)
    return f"{size_bytes // factor}{unit}"


def parse_working_set(metric: str) -> tuple[str, int] | None:
    """Metric and working set of a figure with a working set in its name; None of any other.

    >>> parse_working_set("cpu.cache.read.48KiB")
    ('cpu.cache.read', 49152)
    """
    stem, _, last = metric.rpartition(".")
    found = _LABEL.fullmatch(last)
    if found is None or not stem:
        return None
    return stem, int(found[1]) * dict(_UNITS)[found[2]]
