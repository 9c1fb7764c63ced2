"""Figures and what they are called."""

import pytest

from bench.evidence.conclusions import Estimate, Statistic, working_set_label


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({}, "m"),
        ({"statistic": Statistic.CLOCK}, "m.clock"),
        ({"implementation": "numba"}, "m.numba"),
        ({"implementation": "numba", "statistic": Statistic.SUSTAINED}, "m.numba.sustained"),
        ({"working_set_bytes": 48 << 10}, "m.48KiB"),
        ({"working_set_bytes": 5 << 19, "statistic": Statistic.CYCLES}, "m.2560KiB.cycles"),
        ({"operation": "read", "statistic": Statistic.P99}, "m.read.p99"),
    ],
)
def test_a_figure_is_called_by_its_fields(fields: dict[str, object], name: str) -> None:
    given = {"statistic": Statistic.VALUE, **fields}
    estimate = Estimate("m", value=1.0, low=1.0, high=1.0, unit="", confidence=0.5, n=2, **given)  # type: ignore[arg-type]

    assert estimate.name == name


@pytest.mark.parametrize("size", [1, 512, 4096, 5 << 10, 2560 << 10, 3 << 20, 1 << 30])
def test_a_label_says_the_size_exactly(size: int) -> None:
    label = working_set_label(size)
    digits = label.rstrip("GMKiB")

    assert (
        int(digits) * {"B": 1, "KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30}[label[len(digits) :]]
        == size
    )
