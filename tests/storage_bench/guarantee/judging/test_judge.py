from dataclasses import replace
from functools import cache

import pytest

from storage_bench.guarantee import definition as guarantees
from storage_bench.guarantee.judging.judge import demonstrated, judge
from storage_bench.guarantee.judging.verdict import Check, CheckResult, overall
from storage_bench.job import Latency
from storage_bench.observations import (
    PROOF,
    Appends,
    Counters,
    DataSample,
    Integrity,
    Part,
    Proof,
    Replicate,
)
from storage_bench.testing import SimulatedDevice

GUARANTEE = guarantees.load("critical-business@1.0")
MINUTE = GUARANTEE.tiers["minute"]
SIZE = MINUTE.least_bytes

SOUND = Integrity(131_072, 1000, 60_000, 70_072, 0, 0, ())
PROVEN = Proof(tuple(Part(name, True, "it holds") for name in PROOF))


@cache
def measured(iops: float, stalls: tuple[tuple[float, float], ...] = ()):
    return SimulatedDevice(iops, stalls=stalls).run(GUARANTEE.job(MINUTE, SIZE, seed=1))


def trial(result=None, **changes) -> Replicate:
    result = result or measured(10_100)
    whole = Replicate(
        size_bytes=SIZE,
        result=result,
        seen=Counters(result.read.ios, result.read.io_bytes, result.write.ios, 0),
        bypass=PROVEN,
        data=DataSample(1000, 1.0, 0),
        integrity=SOUND,
    )
    return replace(whole, **changes)


def verdict(*trials: Replicate, needed_bytes: int = SIZE, capped: bool = False):
    return judge(GUARANTEE, "minute", trials or (trial(),), needed_bytes, capped)


def reason(judgement, name: str) -> str:
    return next(check.because for check in judgement.checks if check.name == name)


def test_10100_iops_pass_for_a_minute_and_the_share_is_only_observed():
    found = verdict()
    assert (found.verdict, found.reasons) == (CheckResult.PASS, ())
    assert (found.seconds, found.misses, found.episodes) == (62, 0, 0)
    assert (found.certifies, found.demonstrated) == (False, False)


def test_9900_iops_fail_in_every_second():
    found = verdict(trial(measured(9_900)))
    assert found.verdict is CheckResult.FAIL
    assert (found.misses, found.episodes) == (62, 1)
    assert "62 of 62 below 10000 IOPS: seconds 0-61; 9899 in second 0" in reason(found, "seconds")
    assert reason(found, "long windows").endswith("9900 IOPS in seconds 0 to 59")


def test_one_stalled_second_fails_and_is_named():
    found = verdict(trial(measured(20_000, ((37.0, 1.0),))))
    assert (found.verdict, found.misses) == (CheckResult.FAIL, 1)
    assert reason(found, "seconds") == "1 of 62 below 10000 IOPS: seconds 37; 0 in second 37"
    assert "max 1000." in reason(found, "read latency")
    assert next(c.verdict for c in found.checks if c.name == "stalls") is CheckResult.PASS


def test_two_stalled_seconds_in_a_row_are_named_too():
    found = verdict(trial(measured(20_000, ((20.5, 2.6),))))
    assert "seconds 21-22 in a row" in reason(found, "stalls")


def test_a_volume_capped_at_the_target_is_held_to_a_share_of_it():
    assert verdict(trial(measured(9_900)), capped=True).threshold_iops == 9_800
    assert verdict(trial(measured(9_900)), capped=True).verdict is CheckResult.PASS


def test_slow_writes_fail_though_reads_and_the_rate_are_good():
    good = measured(10_100)
    slow = replace(good.write.latency, bins_ns=tuple(3 * b for b in good.write.latency.bins_ns))
    slow = replace(slow, max_ns=3 * slow.max_ns)
    found = verdict(trial(replace(good, write=replace(good.write, latency=slow))))
    assert found.verdict is CheckResult.FAIL
    assert [reason.partition(":")[0] for reason in found.reasons] == ["write latency"]


def test_one_slow_minute_fails_though_the_whole_time_is_good():
    good = measured(10_100)
    slow = [
        replace(w, read_latency=replace(w.read_latency, bins_ns=(5_000_000,), counts=(1,),
                                        max_ns=5_000_000))
        for w in good.windows
    ]  # fmt: skip
    found = verdict(trial(replace(good, windows=tuple(slow))))
    assert found.verdict is CheckResult.FAIL
    assert "5 ms in seconds 0 to 59" in reason(found, "read latency in long windows")


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"bypass": None}, "cache bypass: there is no proof"),
        (
            {"bypass": Proof((Part("residency", False, "90 of 256 pages"),))},
            "cache bypass: residency: 90 of 256 pages",
        ),
        (
            {"bypass": Proof(PROVEN.parts[1:])},
            "cache bypass: alignment: was left out",
        ),
        ({"seen": None}, "device counters: no device counts"),
        ({"seen": Counters(9, 9, 0, 0)}, "something before it answered"),
        ({"data": None}, "data: no block was read back"),
        ({"data": DataSample(1000, 0.98, 0)}, "data: 1000 blocks read back: 0.980"),
        ({"data": DataSample(1000, 1.0, 1)}, "1 of them twice"),
        ({"integrity": None}, "integrity: the file was not read back"),
        ({"integrity": replace(SOUND, blocks=131_073)}, "integrity: 131072 of 131073 blocks"),
        ({"size_bytes": SIZE - 1}, "working set: "),
    ],
)
def test_a_good_rate_without_its_proof_is_inconclusive(changes, expected):
    found = verdict(trial(**changes))
    assert found.verdict is CheckResult.INCONCLUSIVE
    assert expected in found.reasons[0]


def test_a_bad_rate_from_a_cache_still_fails():
    proof = Proof((Part("residency", False, "all pages"),))
    assert verdict(trial(measured(9_900), bypass=proof)).verdict is CheckResult.FAIL


def test_a_bad_rate_beside_others_io_or_a_busy_machine_proves_nothing():
    result = measured(9_900)
    crowded = trial(result, seen=Counters(result.ios * 2, 0, 0, 0))
    busy = trial(replace(result, cpu_share=0.97))
    unknown = trial(replace(result, cpu_share=None))
    found = [verdict(one) for one in (crowded, busy, unknown)]
    assert [one.verdict for one in found] == [CheckResult.INCONCLUSIVE] * 3
    assert "others used it" in reason(found[0], "device counters")
    assert "at work for 97%" in reason(found[1], "offered load")


def test_nothing_measured_is_never_a_pass():
    assert judge(GUARANTEE, "minute", (), SIZE).verdict is CheckResult.NOT_MEASURED
    failed = Replicate(SIZE, None, "fio was killed (Killed).")
    found = verdict(failed)
    assert found.verdict is CheckResult.NOT_MEASURED
    assert "load: fio was killed (Killed)." in found.reasons


def test_taking_windows_away_cannot_improve_a_verdict():
    bad = measured(20_000, ((37.0, 1.0),))
    cut = replace(bad, windows=bad.windows[:37] + bad.windows[38:])
    found = verdict(trial(cut))
    assert found.verdict is not CheckResult.PASS
    assert verdict(trial(replace(bad, windows=bad.windows[:30]))).verdict is not CheckResult.PASS
    assert verdict(trial(replace(bad, windows=()))).verdict is not CheckResult.PASS


def test_replicates_must_all_be_there_agree_and_be_of_one_engine():
    def judged(*trials: Replicate):
        tiers = {"minute": replace(MINUTE, replicates=2)}
        return judge(replace(GUARANTEE, tiers=tiers), "minute", trials, SIZE)

    fast, other = measured(10_100), replace(measured(10_100), engine="fio")
    assert judged(trial(), trial()).verdict is CheckResult.PASS
    assert "1 of 2 were measured" in reason(judged(trial()), "replicates")
    assert "never mixed" in reason(judged(trial(), trial(other)), "replicates")
    double = replace(fast, read=replace(fast.read, ios=fast.read.ios * 2))
    assert "apart" in judged(trial(), trial(double)).reasons[-1]


def test_a_failure_of_one_replicate_is_a_failure_and_says_which():
    tiers = {"minute": replace(MINUTE, replicates=2)}
    both = (trial(), trial(measured(9_900)))
    found = judge(replace(GUARANTEE, tiers=tiers), "minute", both, SIZE)
    assert found.verdict is CheckResult.FAIL
    assert found.reasons[0].startswith("replicate 2, seconds: 62 of 62")


def test_steady_state_is_wanted_where_the_time_allows_it():
    tiers = {"minute": replace(MINUTE, round_s=10)}
    steady = judge(replace(GUARANTEE, tiers=tiers), "minute", (trial(),), SIZE)
    good = measured(10_100)
    rising = tuple(
        replace(window, reads=window.reads + 200 * i) for i, window in enumerate(good.windows)
    )
    drifting = trial(replace(good, windows=rising))
    found = judge(replace(GUARANTEE, tiers=tiers), "minute", (drifting,), SIZE)
    assert (steady.verdict, found.verdict) == (CheckResult.PASS, CheckResult.INCONCLUSIVE)
    assert reason(found, "steady state") == "not within 6 rounds of 10 s"


# Exact binomial, 95 % one-sided, for a share of 99.9 %: the least number of seconds for 0 to 3
# misses (scipy.stats.binom.cdf(k, n, 0.001) <= 0.05 gives the same).
@pytest.mark.parametrize(("misses", "least"), [(0, 2995), (1, 4742), (2, 6294), (3, 7752)])
def test_so_many_seconds_demonstrate_the_share(misses, least):
    assert demonstrated(misses, least, 0.999, 0.95)
    assert not demonstrated(misses, least - 1, 0.999, 0.95)


# The same arithmetic finds the published queries of MLPerf's early stopping and Wilks' 59.
@pytest.mark.parametrize(
    ("misses", "least", "share", "confidence"),
    [(0, 459, 0.99, 0.99), (0, 44, 0.9, 0.99), (0, 59, 0.95, 0.95), (1, 93, 0.95, 0.95),
     (2, 124, 0.95, 0.95), (0, 299, 0.99, 0.95)],
)  # fmt: skip
def test_published_sample_sizes_come_out(misses, least, share, confidence):
    assert demonstrated(misses, least, share, confidence)
    assert not demonstrated(misses, least - 1, share, confidence)


def test_no_second_demonstrates_nothing():
    assert not demonstrated(0, 0, 0.999, 0.95)


def test_what_only_helps_the_storage_excuses_no_failure():
    failed = Check("a", CheckResult.FAIL, "slow")
    cache_ = Check("b", CheckResult.INCONCLUSIVE, "cached")
    assert overall((failed, cache_)) is CheckResult.FAIL
    assert overall((failed, replace(cache_, excuses=True))) is CheckResult.INCONCLUSIVE
    assert overall(()) is CheckResult.NOT_MEASURED


def test_slow_appends_are_told_and_are_no_part_of_the_verdict():
    slow = Latency((50_000_000,), (10_000,), 50_000_000, 90_000_000)
    quick = replace(slow, bins_ns=(9_000_000,), min_ns=9_000_000)
    found = [
        verdict(trial(appends=Appends("fio 3.33", 2300, 10_000, latency)))
        for latency in (slow, quick)
    ]
    assert [one.verdict for one in found] == [CheckResult.PASS] * 2
    assert [one.beside[0].verdict for one in found] == [CheckResult.FAIL, CheckResult.PASS]
    assert "p99 of fdatasync 50 ms (at most 10), max 90 ms" in found[0].beside[0].because
    assert verdict().beside[0].verdict is CheckResult.NOT_MEASURED


def test_a_byte_that_came_back_as_another_fails_with_its_place_and_has_no_excuse():
    broken = replace(SOUND, by_load=70_071, broken=1, broken_at=(8192 * 7,))
    crowded = Counters(10**9, 0, 0, 0)
    for changes in ({}, {"seen": crowded}, {"bypass": None}):
        found = verdict(trial(integrity=broken, **changes))
        assert found.verdict is CheckResult.FAIL
        assert "1 of 131072 blocks hold other than what was written, at byte 57344" in reason(
            found, "integrity"
        )


def test_blocks_without_a_mark_are_told_and_are_no_failure():
    unmarked = replace(SOUND, by_load=0, untold=70_072)
    found = verdict(trial(integrity=unmarked))
    assert found.verdict is CheckResult.PASS
    assert "61000 of 131072 blocks are as written" in reason(found, "integrity")
    assert "70072 by an engine that leaves no mark" in reason(found, "integrity")
    nothing = replace(unmarked, anew=0, as_filled=0, untold=131_072)
    assert verdict(trial(integrity=nothing)).verdict is CheckResult.INCONCLUSIVE
