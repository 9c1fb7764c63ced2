"""The exhaustive search that ours is held against: which shapes, which statistic, which time."""

from dataclasses import dataclass, field
from typing import Any

import pytest

from bench.evidence.shape_search import Shape
from bench.execution.shapes.exhaustive import (
    COUNTED,
    LOAD_SHAPE,
    WARM_UPS,
    Products,
    grid,
    search,
)

SHAPES = tuple((size, size, size) for size in (1, 2, 3, 4))


@dataclass
class Card:
    """A device whose clock moves by a second with every shape that is tried."""

    rates: dict[Shape, float | None] = field(default_factory=dict)
    now_s: float = 0.0
    asked: list[Shape] = field(default_factory=list)

    def rate(self, shape: Shape) -> float | None:
        self.asked.append(shape)
        self.now_s += 1.0
        return self.rates.get(shape, 1.0)

    def search(self, limit_s: float = 1e9, load_s: float = 0.0) -> Any:
        return search(self.rate, lambda: self.now_s, limit_s, SHAPES, load_s)


def test_the_grid_has_every_combination_of_steps_and_no_zero() -> None:
    shapes = grid()

    assert len(shapes) == len(set(shapes)) == 15**3
    assert min(map(min, shapes)) == 1024
    assert max(map(max, shapes)) == 15360
    # The best shapes that were published for the H100 lie on it.
    assert {(2048, 2048, 13312), (1024, 9216, 14336)} <= set(shapes)


def test_the_highest_rate_of_all_shapes_is_the_result() -> None:
    found = Card({SHAPES[2]: 7.0}).search()

    assert (found.best.shape, found.best.rate) == (SHAPES[2], 7.0)
    assert {trial.shape for trial in found.trials} == set(SHAPES)
    assert found.complete


def test_the_card_is_loaded_first_and_that_time_counts() -> None:
    card = Card()
    found = card.search(load_s=3.0)

    assert card.asked[:3] == [LOAD_SHAPE] * 3
    assert LOAD_SHAPE not in card.asked[3:]
    assert found.duration_s == 3 + len(SHAPES)


def test_a_search_that_is_cut_short_says_how_much_it_saw() -> None:
    found = Card().search(limit_s=2.0)

    assert (len(found.trials), found.planned, found.complete) == (2, 4, False)
    assert found.duration_s == 2.0


def test_a_short_search_sees_a_sample_by_chance_and_always_the_same() -> None:
    cut = [trial.shape for trial in Card().search(limit_s=3.0).trials]

    assert cut != list(SHAPES[:3])
    assert cut == [trial.shape for trial in Card().search(limit_s=3.0).trials]


def test_at_least_one_rate_is_found_whatever_the_limit() -> None:
    found = Card({SHAPES[0]: None, SHAPES[1]: None, SHAPES[3]: None}).search(limit_s=0.0)

    assert found.best.shape == SHAPES[2]
    with pytest.raises(ValueError, match="no shape"):
        Card(dict.fromkeys(SHAPES)).search()


@dataclass
class Events:
    """torch's module of a device whose n-th product takes n milliseconds."""

    now_ms: float = 0.0
    recorded: int = 0
    waits: list[int] = field(default_factory=list)

    def Event(self, enable_timing: bool) -> "Event":
        return Event(self)

    def synchronize(self) -> None:
        self.waits.append(self.recorded)


@dataclass
class Event:
    events: Events
    at_ms: float = 0.0

    def record(self) -> None:
        self.events.recorded += 1
        if self.events.recorded % 2 == 0:
            self.events.now_ms += self.events.recorded / 2
        self.at_ms = self.events.now_ms

    def elapsed_time(self, end: "Event") -> float:
        return end.at_ms - self.at_ms


@pytest.mark.torch
def test_the_mean_of_what_counts_is_the_time_and_nothing_waits_in_between() -> None:
    pytest.importorskip("torch")
    events = Events()
    rate = Products("cpu", "bf16", events, flush_bytes=64).rate((16, 32, 48))

    # Products 51 to 150 take 51 to 150 ms: 100.5 ms in the mean.
    assert rate == pytest.approx(2 * 16 * 32 * 48 / 0.1005)
    assert events.waits == [2 * (WARM_UPS + COUNTED)]


@pytest.mark.torch
def test_cache_and_result_are_overwritten_before_every_product(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    torch = pytest.importorskip("torch")
    tested = Products("cpu", "bf16", Events(), flush_bytes=64)
    tested._flush.fill_(1)
    seen: list[Any] = []
    monkeypatch.setattr(
        type(tested._format), "times", lambda form, operands, result: seen.append(result.clone())
    )
    tested.times_s((16, 16, 16), warm_ups=1, counted=2)

    assert len(seen) == 3
    assert int(tested._flush.sum()) == 0
    # Nothing was multiplied: what stands there is the noise, N(0, 1).
    assert all(0.5 < float(result.float().std()) < 1.5 for result in seen)
    assert torch.equal(seen[0], seen[2])


@pytest.mark.torch
def test_a_shape_beyond_the_memory_has_no_rate(monkeypatch: pytest.MonkeyPatch) -> None:
    torch = pytest.importorskip("torch")
    tested = Products("cpu", "bf16", Events(), flush_bytes=64)

    def full(*sizes: object, **options: object) -> None:
        raise torch.cuda.OutOfMemoryError("tried to allocate 3 TiB")

    monkeypatch.setattr(torch, "randn", full)
    assert tested.rate((16, 16, 16)) is None
