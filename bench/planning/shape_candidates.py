"""Shape searches that a plan begins with: one a model of accelerator and precision. Pure."""

from collections.abc import Iterable

from bench.evidence.inventory import Inventory
from bench.evidence.plan import KernelCase
from bench.evidence.shape_search import NOT_TRIED, ShapeSearch, ShapeTrial
from kernels.gemm.torch.shapes import candidate_shapes


def searches(cases: Iterable[KernelCase], inventory: Inventory) -> tuple[ShapeSearch, ...]:
    """The searches that decide the shapes of these cases; none of them has been tried yet.

    Only matrix products on accelerators have shapes to choose from.
    """
    devices = {d.uuid: d for d in inventory.devices if d.backend != "cpu"}
    equals: dict[tuple[str, str, str, str, int | None], dict[str, None]] = {}
    for case in cases:
        if case.kernel == "gemm" and case.device in devices:
            device = devices[case.device]
            facts = device.accelerator
            units = None if facts is None else facts.multiprocessors
            key = (case.kernel, case.implementation, case.precision, device.name, units)
            equals.setdefault(key, {})[case.device] = None
    return tuple(
        ShapeSearch(
            kernel,
            implementation,
            precision,
            tuple(uuids),
            tuple(
                ShapeTrial(s, None, NOT_TRIED) for s in candidate_shapes(model, precision, units)
            ),
        )
        for (kernel, implementation, precision, model, units), uuids in equals.items()
    )
