"""The cycle counter from outside a kernel: what turns its ticks into seconds.

Imports numba: import it only where a launch is prepared already.
"""

from kernels.codegen.clock import stamp
from kernels.codegen.jit import compiled


def _read() -> int:
    return stamp()  # type: ignore[no-any-return]


_compiled = compiled(_read)


def read_counter() -> int:
    """Ticks of the counter that `Launch.ticks` counts in; 0 where there is none for us."""
    return int(_compiled())
