"""Throttle reasons of an accelerator: the driver's bitmask, bit by bit. Pure.

Several bits are set at once as a rule: comparing the mask with one of them loses the others.
"""

REASONS = {
    0x001: "idle",
    0x002: "application clocks setting",
    0x004: "software power cap",
    0x008: "hardware slowdown",
    0x010: "sync boost",
    0x020: "software thermal slowdown",
    0x040: "hardware thermal slowdown",
    0x080: "hardware power brake",
    0x100: "display clock setting",
    0x200: "board limit",
    0x400: "reliability limit",
}
"""nvml.h, nvmlClocksEventReason* and nvmlClocksThrottleReason*."""

IDLE = REASONS[0x001]
"""Not a loss: between two launches nothing runs."""
POWER = frozenset({REASONS[0x004], REASONS[0x080], REASONS[0x200]})
"""Reasons that a power limit explains."""
THERMAL = frozenset({REASONS[0x020], REASONS[0x040]})
"""Reasons that a temperature explains."""


def decode(mask: int) -> tuple[str, ...]:
    """Every reason in the mask, the lowest bit first; an unknown one by its number.

    >>> decode(0x24)
    ('software power cap', 'software thermal slowdown')
    >>> decode(0x8001)
    ('idle', 'bit 0x8000')
    """
    bits = (1 << position for position in range(mask.bit_length()))
    return tuple(REASONS.get(bit, f"bit {bit:#x}") for bit in bits if mask & bit)
