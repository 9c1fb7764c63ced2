"""The exhaustive search of mamf-finder in our own words: the yardstick of our short one.

The method is that of stas00/ml-engineering, compute/accelerator/benchmarks/mamf-finder.py at
744d01e (`benchmark_version` 2; later versions measure otherwise). Operands are N(0, 1). The card
is loaded for 30 s first. Of every shape 50 products do not count and 100 do, each between two
events of its own; before each, 256 MiB of zeros are written over the last-level cache and the
result is overwritten with random numbers; nothing waits in between. A shape's rate is 2MNK over
the mean time, and the highest rate of all shapes is the result. The grid is the one of "15 to 30
minutes": steps of 1024 below 16384 in each dimension, 3375 shapes. torch's own settings stay.

The highest of so many rates is lucky too: whoever compares with it measures it again.
"""

import random
import statistics
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import product
from typing import Any

from bench.evidence.shape_search import Shape, ShapeTrial

STEP, END = 1024, 16384
WARM_UPS, COUNTED = 50, 100
FLUSH_BYTES = 256 << 20
LOAD_S = 30.0
LOAD_SHAPE = (4096, 4096, 4096)

Rate = Callable[[Shape], float | None]
"""Operations a second of a shape; None where it cannot be multiplied here."""


@dataclass(frozen=True, slots=True)
class Search:
    """What an exhaustive search found, and how much of its grid it saw."""

    trials: tuple[ShapeTrial, ...]
    """In the order in which they were tried; at least one has a rate."""
    planned: int
    duration_s: float
    """The load before it included."""

    @property
    def best(self) -> ShapeTrial:
        return max(self.trials, key=lambda trial: trial.rate or 0.0)

    @property
    def complete(self) -> bool:
        return len(self.trials) == self.planned


def grid(step: int = STEP, end: int = END) -> tuple[Shape, ...]:
    """Every (m, n, k) of multiples of `step` below `end`; zero is left out."""
    sizes = range(step, end, step)
    return tuple(product(sizes, sizes, sizes))


def search(
    rate: Rate,
    now_s: Callable[[], float],
    limit_s: float,
    shapes: Iterable[Shape] | None = None,
    load_s: float = LOAD_S,
    seed: int = 0,
) -> Search:
    """Load the card, then try the shapes until all are tried or the time is up.

    They come in an order by chance, so that a search that is cut short has seen a fair sample of
    the grid. Raises ValueError if no shape had a rate.
    """
    began_s = now_s()
    while now_s() - began_s < load_s and rate(LOAD_SHAPE) is not None:
        pass
    order = list(grid() if shapes is None else shapes)
    random.Random(seed).shuffle(order)
    trials: list[ShapeTrial] = []
    for shape in order:
        if now_s() - began_s >= limit_s and any(trial.rate is not None for trial in trials):
            break
        found = rate(shape)
        trials.append(ShapeTrial(shape, found, None if found is not None else "not possible here"))
    if not any(trial.rate is not None for trial in trials):
        raise ValueError("no shape could be multiplied")
    return Search(tuple(trials), len(order), now_s() - began_s)


class Products:
    """Single products on one device, timed as the method times them."""

    def __init__(
        self, device: str, precision: str, events: Any = None, flush_bytes: int = FLUSH_BYTES
    ) -> None:
        """`events` is torch's module of the kind of device; None takes it from torch."""
        import torch

        from kernels.gemm.torch import formats

        self._device = torch.device(device)
        self._events = getattr(torch, self._device.type) if events is None else events
        self._format = formats.of(precision, self._device)
        self._flush = torch.empty(flush_bytes, dtype=torch.uint8, device=self._device)

    def rate(self, shape: Shape) -> float | None:
        """2MNK over the mean time; None for a shape that does not fit into the memory."""
        m, n, k = shape
        try:
            return 2 * m * n * k / statistics.fmean(self.times_s(shape))
        except MemoryError:
            return None

    def times_s(
        self, shape: Shape, warm_ups: int = WARM_UPS, counted: int = COUNTED
    ) -> list[float]:
        """Seconds of each product that counts. Raises MemoryError."""
        import torch

        from kernels.gemm.torch import operands as torch_operands

        form = self._format
        m, n, _ = shape
        try:
            wide = torch_operands.draw(shape, torch.float32, self._device, 0, 0)
            operands = torch_operands.rounded(*wide, form.stored, form.largest, form.columns)
            noise = torch.randn((m, n), device=self._device).to(form.product)
            result = torch.empty_like(noise)
        except torch.cuda.OutOfMemoryError as error:
            raise MemoryError(str(error)) from error
        events = [
            (self._events.Event(enable_timing=True), self._events.Event(enable_timing=True))
            for _ in range(warm_ups + counted)
        ]
        for begin, end in events:
            self._flush.zero_()
            result.copy_(noise)
            begin.record()
            form.times(operands, result)
            end.record()
        self._events.synchronize()
        return [begin.elapsed_time(end) / 1e3 for begin, end in events[warm_ups:]]
