"""Which engine loads the storage, told before the load where it is not the one expected."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.cli.output import status

if TYPE_CHECKING:
    from storage_bench.engines.choose import Engine


def choose_engine() -> Engine:
    """The engine to use here; an installed fio that is passed over is told, with the reason."""
    from storage_bench.engines import choose

    tell_passed_over()
    return choose.choose()[0]


def tell_passed_over() -> None:
    """Say why an installed fio is not used."""
    from storage_bench.engines import choose

    if lacks := choose.passed_over():
        status(f"{lacks}; the built-in engine is used")
