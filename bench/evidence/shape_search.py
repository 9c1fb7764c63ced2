"""A shape search: every shape that was tried, and the one that follows. Pure."""

from collections.abc import Iterable

from bench.evidence.codec import Record

Shape = tuple[int, ...]

NOT_TRIED = "not tried yet"
EXHAUSTIVE = "torch-exhaustive"
"""A search through a whole grid, product by product: what ours is held against."""
AGAIN = "torch-again"
"""Our shape and the best of the grid once more, in turn: the best of so many was lucky too."""


class ShapeTrial(Record):
    """What one shape reached, or why it could not be tried."""

    shape: Shape
    rate: float | None
    """Operations a second."""
    reason: str | None = None


class ShapeSearch(Record):
    """One kernel in one precision, tried in several shapes on one of several equal devices."""

    kernel: str
    implementation: str
    precision: str
    devices: tuple[str, ...]
    """`Device.uuid` of every device of one model; the first of them tries."""
    trials: tuple[ShapeTrial, ...]
    """In the order of the candidates, the most promising first."""
    duration_s: float | None = None
    """Of all trials, where it was taken; None also for trials that have not begun."""

    def __post_init__(self) -> None:
        if not self.devices or not self.trials:
            raise ValueError("a search has a device that tries and a shape that is tried")

    @property
    def decides(self) -> bool:
        """Whether it is there to choose a shape, and not to judge another search."""
        return self.implementation not in (EXHAUSTIVE, AGAIN)

    @property
    def tried(self) -> bool:
        return any(trial.reason != NOT_TRIED for trial in self.trials)

    @property
    def shape(self) -> Shape:
        """The best shape, or the most promising one where none could be tried."""
        return best(self.trials) or self.trials[0].shape


def best(trials: Iterable[ShapeTrial]) -> Shape | None:
    """The shape of the highest rate, the first of equal ones; None where none could be tried."""
    tried = [trial for trial in trials if trial.rate is not None]
    return max(tried, key=lambda trial: trial.rate or 0.0).shape if tried else None
