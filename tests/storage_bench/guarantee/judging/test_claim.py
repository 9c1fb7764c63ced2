from dataclasses import replace

import pytest

from storage_bench.guarantee.definition import load
from storage_bench.guarantee.judging.claim import StatedLatency, StatedResult, claim

GUARANTEE = load()
FAST = StatedLatency({0.99: 1e-3, 0.999: 5e-3}, 0.1)
GOOD = StatedResult(
    4_620_000, 1_980_000, 6_600_000 * 8192, 600.0, True, True, 16, {"read": FAST, "write": FAST}
)


def test_a_good_summary_is_no_contradiction_and_never_a_pass():
    found = claim(GUARANTEE, GOOD)
    assert found.verdict == "does not contradict"
    assert "proves no guarantee" in found.because[0]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"duration_s": 700.0}, "9429 IOPS in the mean, wanted 10000"),
        ({"latencies": {"read": StatedLatency({0.99: 3e-3}, 0.1)}}, "p99 of reads 3 ms"),
        ({"latencies": {"write": StatedLatency({}, 2.0)}}, "max of writes 2e+03 ms"),
    ],
)
def test_what_a_guarantee_excludes_contradicts_it(change, said):
    found = claim(GUARANTEE, replace(GOOD, **change))
    assert found.verdict == "contradicts"
    assert said in found.because[0]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"io_bytes": 6_600_000 * 4096}, "blocks of 4096 B"),
        ({"reads": 6_600_000, "writes": 0}, "100% reads"),
        ({"direct": False}, "page cache"),
        ({"direct": None}, "whether direct"),
        ({"random": False}, "not random"),
        ({"random": None}, "whether random"),
        ({"duration_s": 10.0}, "10 s, wanted 60"),
        ({"reads": 0, "writes": 0}, "neither reads nor writes"),
    ],
)
def test_another_load_says_nothing_of_it(change, said):
    found = claim(GUARANTEE, replace(GOOD, **change))
    assert found.verdict == "says nothing of"
    assert said in found.because[0]


def test_latencies_of_a_longer_queue_contradict_nothing():
    slow = {"read": StatedLatency({0.99: 3e-3}, 0.1)}
    assert claim(GUARANTEE, replace(GOOD, latencies=slow, in_flight=64)).verdict == (
        "does not contradict"
    )
