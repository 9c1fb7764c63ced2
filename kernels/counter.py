"""Read the cycle counter from outside a kernel: what turns its ticks into seconds.

Imports numba: import it only where a launch is prepared already.
"""

from numba import njit

from kernels.ir.clock import stamp


@njit(cache=True)
def read_counter() -> int:
    """Ticks of the counter that `Launch.ticks` counts in; 0 where there is none for us."""
    return stamp()  # type: ignore[no-any-return, call-arg]
