"""A stream on an accelerator by torch's elementwise kernels, and the check of every element."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from kernels.kernel import Request, Ticks, Work
from kernels.runtime import torch_device
from kernels.stream.kinds import Kind

Array = NDArray[np.float64]

LAUNCH_BYTES = 32e9
"""Counted bytes of one launch: 4 ms and more, so that waiting for its end (15 µs) costs little."""
PART = 1 << 20
"""Elements that are compared at a time: touching fresh memory is what is slow on a host."""
SHIFT = 512
"""Elements by which a sweep reads past the one before: what it missed to write then shows."""
_TRIAD_ROUNDING = 2.0**-50
"""b + s c lies in [2, 6): one unit in the last place of 4, for a product that is rounded too."""


class TorchStreamLaunch:
    """Sweeps over arrays in a device's memory; filled by the constructor.

    Raises MemoryError for arrays that the device cannot hold.
    """

    def __init__(self, request: Request, kind: Kind, launch_bytes: float = LAUNCH_BYTES) -> None:
        (elements,) = request.shape
        self._device = torch.device(request.place.device)
        self._kind = kind
        self._elements = elements
        # An odd number: two launches in a row end with different values.
        self._sweeps = round(launch_bytes / (kind.bytes_moved * elements)) | 1
        self._turn = 0
        random = torch.Generator(self._device).manual_seed(request.seed)
        try:
            self._sources = [self._numbers(random) for _ in range(kind.sources)]
            written = elements if kind.writes else 0
            self._target = torch.zeros(written, dtype=torch.float64, device=self._device)
        except torch.cuda.OutOfMemoryError as error:
            raise MemoryError(str(error)) from error
        self._sum = torch.zeros((), dtype=torch.int64, device=self._device)
        self._sweep = self._choose(kind.name, request.implementation)
        self.work = Work(
            ops=kind.ops * elements * self._sweeps,
            bytes_moved=kind.bytes_moved * elements * self._sweeps,
        )
        self.tolerance = _TRIAD_ROUNDING if kind.name == "triad" else 0.0
        self.executed: Mapping[str, str] = torch_device.facts(self._device)

    def run(self) -> None:
        """Sweep over all arrays, each time shifted and with another scalar than the time before."""
        for _ in range(self._sweeps):
            self._turn = 1 - self._turn
            self._sweep()
        torch_device.module(self._device).synchronize(self._device)

    def ticks(self) -> tuple[Ticks, ...]:
        return ()

    def error(self) -> float:
        """Largest deviation of any element that the last sweep wrote, computed on the host.

        Infinite for a wrong sum of `read`.
        """
        total = np.zeros((), np.int64)  # wraps around like the device's
        worst = 0.0
        for sources, target in self._on_host():
            if not self._kind.writes:
                total = np.add(total, np.add.reduce(sources[0].view(np.int64)))
                continue
            match self._kind.name:
                case "write":
                    wanted: Any = np.float64(self._scalar)
                case "copy":
                    wanted = sources[0]
                case _:
                    wanted = sources[0] + self._scalar * sources[1]
            # NumPy's maximum, unlike Python's, hands on a NaN.
            worst = float(np.maximum(worst, np.max(np.abs(target - wanted))))
        if self._kind.writes:
            return worst
        return 0.0 if int(self._sum.item()) == int(total) else float("inf")

    def _on_host(self) -> Iterator[tuple[list[Array], Array]]:
        """Part after part of what was read and written, in the same memory of the host."""
        arrays = [*map(self._shifted, self._sources), self._target]
        buffers = [torch.empty(min(PART, self._elements), dtype=torch.float64) for _ in arrays]
        for first in range(0, self._elements, PART):
            parts = []
            for array, buffer in zip(arrays, buffers, strict=True):
                part = array[first : first + PART]
                parts.append(buffer[: len(part)].copy_(part).numpy())
            yield parts[:-1], parts[-1]

    def close(self) -> None:
        """Give the memory back."""
        del self._sweep, self._sources, self._target, self._sum

    @property
    def _scalar(self) -> float:
        return 1.0 + self._turn

    def _numbers(self, random: torch.Generator) -> torch.Tensor:
        """Numbers in [1, 2) by the seed, and some more for the shift."""
        numbers = torch.empty(self._elements + SHIFT, dtype=torch.float64, device=self._device)
        return numbers.uniform_(1.0, 2.0, generator=random)

    def _shifted(self, source: torch.Tensor) -> torch.Tensor:
        return source[self._turn * SHIFT :][: self._elements]

    def _choose(self, name: str, way: str) -> Callable[[], object]:
        sources, target = self._sources, self._target
        bits = target.view(torch.int64)
        match name:
            case "read":
                return lambda: torch.sum(
                    self._shifted(sources[0]).view(torch.int64), dim=0, out=self._sum
                )
            case "write":
                return lambda: target.fill_(self._scalar)
            case "copy" if way == "torch-elementwise":
                return lambda: torch.add(self._shifted(sources[0]).view(torch.int64), 0, out=bits)
            case "copy":
                return lambda: target.copy_(self._shifted(sources[0]))
            case _:
                return lambda: torch.add(
                    *map(self._shifted, sources), alpha=self._scalar, out=target
                )
