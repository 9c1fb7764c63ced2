"""Which shape a device multiplies fastest: a few are tried shortly, in one process, before the plan
is fixed. The best is written into the case and is part of its id, so that it stays the same.

What is found here is a choice, not a figure: the result is checked when the case is measured.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from bench.devices.backend import Watch
from kernels.kernel import Kernel, Launch, Request, Shape

TRY_S = 0.5
"""So long each shape is timed; longer ones would only rank the same shapes more finely."""


@dataclass(frozen=True, slots=True)
class Trial:
    """What one shape reached, or why it could not be tried."""

    shape: Shape
    rate: float | None
    """Operations a second."""
    reason: str | None = None


def try_shapes(
    kernel: Kernel, request: Request, shapes: Iterable[Shape], watch: Watch, try_s: float = TRY_S
) -> tuple[Trial, ...]:
    """Time every shape for `try_s` seconds on the device of the request, one after the other."""
    return tuple(_try(kernel, replace(request, shape=shape), watch, try_s) for shape in shapes)


def best(trials: Iterable[Trial]) -> Shape | None:
    """The shape of the highest rate, the first of equal ones; None where none could be tried."""
    tried = [trial for trial in trials if trial.rate is not None]
    return max(tried, key=lambda trial: trial.rate or 0.0).shape if tried else None


def _try(kernel: Kernel, request: Request, watch: Watch, try_s: float) -> Trial:
    if (refusal := kernel.refuses(request)) is not None:
        return Trial(request.shape, None, refusal)
    try:
        launch = kernel.prepare(request)
    except MemoryError:
        return Trial(request.shape, None, "the memory that the shape needs cannot be had")
    try:
        return Trial(request.shape, _rate(launch, watch, try_s))
    finally:
        launch.close()


def _rate(launch: Launch, watch: Watch, try_s: float) -> float | None:
    once_s = watch.time_s(launch.run, 1)
    launches = max(1, round(try_s / once_s)) if once_s > 0 else 1
    duration_s = watch.time_s(launch.run, launches)
    return launch.work.ops * launches / duration_s if duration_s > 0 else None
