"""Kernels: the work that is measured. A kernel does work and counts it, and never reads a clock."""

from kernels.chase import KERNEL as CHASE
from kernels.fma import KERNEL as FMA
from kernels.gemm import KERNEL as GEMM
from kernels.kernel import Kernel
from kernels.ladder import KERNEL as LADDER
from kernels.stream import STREAMS
from kernels.transfer import TRANSFERS

_ALL: tuple[Kernel, ...] = (CHASE, FMA, GEMM, LADDER, *STREAMS, *TRANSFERS)

KERNELS: dict[str, Kernel] = {kernel.name: kernel for kernel in _ALL}
"""Every kernel by its name; to add one, import it and put it into the line above."""
