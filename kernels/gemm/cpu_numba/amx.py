"""Permission to use AMX: Linux keeps the tiles closed until they are asked for."""

import ctypes
import sys

# Linux Documentation/arch/x86/xstate.rst: arch_prctl is system call 158 on x86-64.
_ARCH_PRCTL = 158
_ARCH_REQ_XCOMP_PERM = 0x1023
_XFEATURE_XTILEDATA = 18


def denied() -> str | None:
    """Ask for the tiles, for every thread of this process; the reason where that is denied."""
    if sys.platform != "linux":
        return f"AMX is there, and how to ask {sys.platform} for it is not known"
    system = ctypes.CDLL(None, use_errno=True)
    arguments = (_ARCH_PRCTL, _ARCH_REQ_XCOMP_PERM, _XFEATURE_XTILEDATA)
    if system.syscall(*map(ctypes.c_long, arguments)) == 0:
        return None
    return f"AMX is there and the system denies it (arch_prctl: error {ctypes.get_errno()})"
