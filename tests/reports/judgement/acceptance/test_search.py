"""Our search against the exhaustive one."""

import pytest

from bench.evidence.codec import replace
from bench.evidence.shape_search import ShapeTrial
from reports.judgement.acceptance.search import Searched, search_criteria

SEARCHED = Searched(
    shape=(1, 1, 1),
    burst=990.0,
    plateau_rate=900.0,
    duration_s=40.0,
    trials=(
        ShapeTrial((2, 2, 2), 1000.0),
        ShapeTrial((3, 3, 3), None, "memory"),
        ShapeTrial((1, 1, 1), 950.0),
    ),
    planned=3,
    exhaustive_s=420.0,
    again=((980.0, 970.0), (984.0, 980.0), (970.0, 990.0)),
)


def test_our_search_is_held_against_the_exhaustive_one_by_its_statistic() -> None:
    ratios = [criterion.ratio for criterion in search_criteria(SEARCHED)]

    # The best of the search was lucky: measured again it is 980.
    assert ratios == pytest.approx([0.98, 1.0, 0.99, 0.9, 40 / 420])
    assert [criterion.holds for criterion in search_criteria(SEARCHED)] == [
        False,
        True,
        False,
        False,
        True,
    ]


def test_a_search_that_was_cut_short_says_so() -> None:
    whole, cut = search_criteria(SEARCHED), search_criteria(replace(SEARCHED, planned=3375))

    assert whole[-1].detail == "40.0 s of 420 s"
    assert cut[-1].detail == "40.0 s of 472500 s, at the pace of those that were tried"
    assert cut[0].detail.endswith("best of 3 of 3375 shapes in 420 s")
