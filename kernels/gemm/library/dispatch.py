"""Dispatch of a library: code that leaves part of the processor unused, and the remedy. Pure.

A BLAS library picks its kernels when it is loaded, by the processor's name. For one that it does
not know it falls back to narrower vectors, and its figure then measures the choice.
"""

from collections.abc import Collection

# OpenBLAS 0.3, driver/others/dynamic.c: the core types of x86-64 that have 512-bit kernels.
OPENBLAS_512 = frozenset({"SkylakeX", "Cooperlake", "SapphireRapids"})


def finding(library: str, core_type: str | None, vendor: str | None, isa: Collection[str]) -> str:
    """One sentence with the remedy; empty where nothing is known to be lost.

    `core_type` is what the library says it dispatched to, `vendor` and `isa` are the processor's
    as the kernel names them.
    """
    if "avx512f" not in isa:
        return ""
    if library == "openblas" and core_type is not None and core_type not in OPENBLAS_512:
        return (
            f"OpenBLAS runs its {core_type} kernels on a processor with AVX-512 and leaves half of "
            "the vector width unused; set OPENBLAS_CORETYPE=SkylakeX before the start"
        )
    if library == "mkl" and vendor is not None and vendor != "GenuineIntel":
        return (
            f"MKL runs its AVX2 kernels on this {vendor} processor with AVX-512 and leaves half of "
            "the vector width unused; the implementations numba and numpy are not bound to a vendor"
        )
    return ""
