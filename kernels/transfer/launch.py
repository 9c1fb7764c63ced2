"""A copy to, from or between devices, and the check of every byte."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from kernels.kernel import Request, Ticks, Work
from kernels.runtime import torch_device

if TYPE_CHECKING:
    from kernels.transfer import Direction

PART_BYTES = 16 << 20
SHIFT_BYTES = 4096
"""By so much a copy reads past the one before: bytes that it missed then show."""


@dataclass(frozen=True, slots=True)
class _Copy:
    """One direction: random bytes, where they go, and the stream that takes them there."""

    source: torch.Tensor
    target: torch.Tensor
    stream: Any
    """Each kind of device has its own class of streams."""


class TransferLaunch:
    """One copy in each direction, all at the same time; buffers are filled by the constructor.

    Raises MemoryError where a device or the host has no room for the buffers.
    """

    def __init__(self, request: Request, direction: Direction) -> None:
        size_bytes = request.shape[0]
        self._device = torch.device(request.place.device)
        self._torch = torch_device.module(self._device)
        self._random = np.random.default_rng(request.seed)
        self._shift = 0
        executed = torch_device.facts(self._device)
        try:
            if direction == "p2p":
                from kernels.transfer.peer import peer, way

                other = peer(request)
                assert other is not None
                self._copies = [self._copy(size_bytes, self._device, other)]
                executed |= {"to": str(other), "way": way(self._device, other)}
            else:
                host = torch.device("cpu")
                self._copies = [
                    self._copy(size_bytes, source, target)
                    for name, source, target in (
                        ("h2d", host, self._device),
                        ("d2h", self._device, host),
                    )
                    if direction in (name, "both")
                ]
                executed["host memory"] = "pinned" if self._pinned else "pageable"
        except torch.cuda.OutOfMemoryError as error:
            raise MemoryError(str(error)) from error
        self._torch.synchronize(self._device)  # the buffers are filled on another stream
        self.work = Work(ops=0, bytes_moved=size_bytes * len(self._copies))
        self.tolerance = 0.0
        self.executed: Mapping[str, str] = executed

    def run(self) -> None:
        """Copy everything once and wait for it."""
        self._shift = SHIFT_BYTES - self._shift
        for copy in self._copies:
            with self._torch.stream(copy.stream):
                copy.target.copy_(self._shifted(copy), non_blocking=True)
        self._torch.synchronize(self._device)

    def ticks(self) -> tuple[Ticks, ...]:
        return ()

    def error(self) -> float:
        """Share of the bytes of the last copies that are wrong."""
        return float(max(self._wrong(copy) / copy.target.numel() for copy in self._copies))

    def _wrong(self, copy: _Copy) -> int:
        """Bytes that differ, part after part, so that little fresh memory is touched."""
        source = self._shifted(copy)
        return sum(
            int(
                np.count_nonzero(
                    source[first : first + PART_BYTES].cpu().numpy()
                    != copy.target[first : first + PART_BYTES].cpu().numpy()
                )
            )
            for first in range(0, source.numel(), PART_BYTES)
        )

    def close(self) -> None:
        """Give the memory back."""
        self._copies = []

    @property
    def _pinned(self) -> bool:
        return bool(self._device.type != "cpu")

    def _copy(self, size_bytes: int, source: torch.device, target: torch.device) -> _Copy:
        filled = torch.from_numpy(
            self._random.integers(0, 256, size_bytes + SHIFT_BYTES, dtype=np.uint8)
        )
        return _Copy(
            self._buffer(filled.numel(), source).copy_(filled),
            self._buffer(size_bytes, target).zero_(),
            self._torch.Stream(self._device),
        )

    def _buffer(self, size_bytes: int, device: torch.device) -> torch.Tensor:
        pinned = self._pinned and device.type == "cpu"
        return torch.empty(size_bytes, dtype=torch.uint8, device=device, pin_memory=pinned)

    def _shifted(self, copy: _Copy) -> torch.Tensor:
        return copy.source[self._shift :][: copy.target.numel()]
