"""Chosen shapes: those that were tried, what each reached, and the one that was measured. Pure."""

from dataclasses import dataclass

from bench.evidence.shape_search import ShapeTrial
from reports.performance.subject import Subject


@dataclass(frozen=True, slots=True)
class ChosenShape:
    """One search. Its rates are of half a second on one card: a choice, never a figure."""

    host: str
    model: str
    kernel: str
    implementation: str
    precision: str
    unit: str
    shape: tuple[int, ...]
    """The one that was measured."""
    trials: tuple[ShapeTrial, ...]


def chosen_shapes(subject: Subject) -> tuple[ChosenShape, ...]:
    """Every search of the plan that a measured shape follows from."""
    evidence = subject.evidence
    models = {device.uuid: device.name for device in evidence.inventory.devices}
    return tuple(
        ChosenShape(
            host=evidence.inventory.host.hostname,
            model=models.get(search.devices[0], "unknown"),
            kernel=search.kernel,
            implementation=search.implementation,
            precision=search.precision,
            unit="OP/s" if search.precision == "int8" else "FLOP/s",
            shape=search.shape,
            trials=search.trials,
        )
        for search in evidence.plan.searches
        if search.decides
    )
