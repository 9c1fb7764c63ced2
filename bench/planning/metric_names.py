"""Names of metrics."""


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
