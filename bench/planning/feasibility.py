"""Feasibility: the memory that a case needs, and whether this machine has it. Pure."""

import math
from collections.abc import Iterable

from bench.evidence.inventory import Inventory
from bench.evidence.plan import CPU, Case, KernelCase
from bench.units import format_binary

LLC_MULTIPLE = 4
"""Each array of a bandwidth test is at least this many last-level caches (STREAM's run rules)."""
MEMORY_SHARE = 0.7
"""Arrays may fill this share of the memory; beyond it the machine would swap or be killed."""
ARRAYS = {"stream.read": 1, "stream.write": 1, "stream.copy": 2, "stream.triad": 3}


def array_bytes(case: KernelCase) -> int:
    """What the arrays of a bandwidth test take together; 0 for other kernels."""
    return ARRAYS.get(case.kernel, 0) * case.shape[0] * 8 if case.shape else 0


def assumption(inventory: Inventory, cases: Iterable[Case]) -> str | None:
    """What is assumed of caches that nothing tells, where a bandwidth of this plan hangs on it."""
    if inventory.host.processor.last_level_cache_bytes is not None:
        return None
    sizes = {
        case.shape[0] * 8
        for case in cases
        if isinstance(case, KernelCase) and case.device == CPU and case.kernel in ARRAYS
    }
    if not sizes:
        return None
    array = max(sizes)
    return (
        f"the caches are unknown, the system tells none: arrays of {format_binary(array)} were "
        f"taken for memory bandwidth, {LLC_MULTIPLE} times an assumed last-level cache of "
        f"{format_binary(array // LLC_MULTIPLE)}; with a larger one the figure is too high"
    )


def infeasible_reason(case: Case, inventory: Inventory) -> str | None:
    """Why this case cannot be tried on this machine at all, or None."""
    if not isinstance(case, KernelCase):
        return None
    if case.device != CPU and "torch" not in inventory.software:
        return "torch is not installed, whose events time an accelerator"
    if case.kernel in ("chase", "ladder"):
        return _too_large(case, inventory)
    if not case.kernel.startswith("stream."):
        return None
    needed, arrays = array_bytes(case), ARRAYS[case.kernel]
    owner, memory_bytes = _memory(case, inventory)
    size = f"{LLC_MULTIPLE} last-level caches"
    if case.device != CPU:
        size = f"{case.shape[0] * 8 / 2**30:g} GiB"
    available = MEMORY_SHARE * memory_bytes
    if needed <= available:
        return None
    return (
        f"{arrays} arrays of {size} need {needed / 1e9:.1f} GB; "
        f"{available / 1e9:.1f} GB of this {owner}'s memory may be used"
    )


def _too_large(case: KernelCase, inventory: Inventory) -> str | None:
    needed = case.shape[-1] * len(case.cpus)
    available = MEMORY_SHARE * inventory.host.memory_bytes
    if needed <= available:
        return None
    return (
        f"working sets up to {needed / 1e9:.1f} GB together are more than the "
        f"{available / 1e9:.1f} GB of this machine's memory that may be used"
    )


def _memory(case: KernelCase, inventory: Inventory) -> tuple[str, float]:
    """Whose memory the arrays lie in, and its size; of unknown size it is taken for enough."""
    if case.device == CPU:
        return "machine", inventory.host.memory_bytes
    device = next(device for device in inventory.devices if device.uuid == case.device)
    return "device", math.inf if device.memory_bytes is None else device.memory_bytes
