"""The work that is measured. A kernel does work and counts it; it never looks at a clock."""

from kernels.fma import KERNEL as FMA
from kernels.gemm import KERNEL as GEMM
from kernels.kernel import Kernel
from kernels.stream import STREAMS

_ALL: tuple[Kernel, ...] = (FMA, GEMM, *STREAMS)

KERNELS: dict[str, Kernel] = {kernel.name: kernel for kernel in _ALL}
"""Every kernel by its name; to add one, import it and put it into the line above."""
