"""A criterion in words, and its verdict."""

import pytest

from reports.judgement.acceptance.criterion import Criterion


@pytest.mark.parametrize(
    ("criterion", "said"),
    [
        (Criterion("x", 1.0, 1.0, "t"), "x: 1.0000, wanted ≥ 1: holds; t"),
        (Criterion("x", 0.9999, 1.0, "t"), "x: 0.9999, wanted ≥ 1: DOES NOT HOLD; t"),
        (Criterion("x", 0.01, 0.01, "t", at_most=True), "x: 0.0100, wanted ≤ 0.01: holds; t"),
        (Criterion("x", float("nan"), 1.0, "t"), "x: nan, wanted ≥ 1: DOES NOT HOLD; t"),
    ],
)
def test_a_bar_is_told_with_what_was_wanted(criterion: Criterion, said: str) -> None:
    assert str(criterion) == said
