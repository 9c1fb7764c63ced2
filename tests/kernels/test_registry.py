import importlib
import pkgutil

import kernels
from kernels import KERNELS
from kernels.kernel import Kernel
from kernels.precision import PRECISIONS


def declared_in(module: object) -> list[Kernel]:
    values = list(vars(module).values())
    nested = [item for value in values if isinstance(value, tuple) for item in value]
    return [value for value in values + nested if isinstance(value, Kernel)]


def test_every_kernel_that_a_file_declares_is_registered() -> None:
    names = [info.name for info in pkgutil.iter_modules(kernels.__path__, "kernels.")]
    folders = [importlib.import_module(name) for name in names if name != "kernels.kernel"]
    declared = {kernel.name for folder in folders for kernel in declared_in(folder)}
    assert declared == set(KERNELS)


def test_kernels_are_found_under_their_own_name() -> None:
    assert [kernel.name for kernel in KERNELS.values()] == list(KERNELS)


def test_kernels_speak_of_known_precisions_only() -> None:
    assert {p for kernel in KERNELS.values() for p in kernel.precisions} <= set(PRECISIONS)
