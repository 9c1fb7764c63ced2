"""Which shape a device multiplies fastest: a few are timed shortly, in one process.

What is found here is a choice, not a figure: the result is checked when the case is measured.
"""

from collections.abc import Iterable, Iterator

from bench.evidence.codec import replace
from bench.evidence.shape_search import ShapeTrial
from bench.machine.devices.backend import Watch
from kernels.kernel import Kernel, Launch, Request, Shape


def try_shapes(
    kernel: Kernel, request: Request, shapes: Iterable[Shape], watch: Watch, try_s: float = 0.5
) -> Iterator[ShapeTrial]:
    """Time every shape for `try_s` seconds on the device of the request, one after the other.

    A trial is given as soon as it is known: what a library raises at the next shape ends the
    process, and must not take it along.
    """
    for shape in shapes:
        yield _try(kernel, replace(request, shape=shape), watch, try_s)


def _try(kernel: Kernel, request: Request, watch: Watch, try_s: float) -> ShapeTrial:
    if (refusal := kernel.refuses(request)) is not None:
        return ShapeTrial(request.shape, None, refusal)
    try:
        launch = kernel.prepare(request)
    except MemoryError:
        return ShapeTrial(request.shape, None, "the memory that the shape needs cannot be had")
    try:
        return ShapeTrial(request.shape, _rate(launch, watch, try_s))
    finally:
        launch.close()


def _rate(launch: Launch, watch: Watch, try_s: float) -> float | None:
    once_s = watch.time_s(launch.run, 1)
    launches = max(1, round(try_s / once_s)) if once_s > 0 else 1
    # A cold card clocks higher until its power limit has caught up, which would favour the first.
    watch.time_s(launch.run, launches)
    duration_s = watch.time_s(launch.run, launches)
    return launch.work.ops * launches / duration_s if duration_s > 0 else None
