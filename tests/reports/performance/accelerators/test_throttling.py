"""Why a card is below its peak."""

import pytest

from bench.evidence.outcome import (
    AcceleratorReading,
    Disturbance,
    Reading,
    Readings,
    Sample,
    Samples,
)
from bench.evidence.throttle_reasons import REASONS
from reports.performance.accelerators.throttling import during, loss, reasons

CAP, THERMAL, BRAKE, IDLE = REASONS[0x4], REASONS[0x20], REASONS[0x80], REASONS[0x1]


def readings(
    *throttle: tuple[str, ...] | None,
    clock_hz: float | None = 1.98e9,
    power_w: float | None = 690,
    limit_w: float | None = 700,
    temperature_c: float | None = 65,
    utilisation: float | None = 1.0,
) -> list[Reading]:
    return [
        Reading(
            i / 10, None, clock_hz, temperature_c, power_w,
            AcceleratorReading(power_limit_w=limit_w, default_power_limit_w=700,
                               utilisation=utilisation, throttle=names),
        )
        for i, names in enumerate(throttle)
    ]  # fmt: skip


def test_the_sentence_says_how_much_why_how_often_and_by_which_limit() -> None:
    seen = readings(*[(CAP,)] * 23, (), (), limit_w=600)

    assert str(loss(860, 1000, seen)) == (
        "-14 %: software power cap in 92 % of samples, limit 600 of 700 W"
    )


def test_bits_that_are_set_at_once_are_all_named_the_commonest_first() -> None:
    seen = readings((CAP, THERMAL), (CAP,), temperature_c=88)

    assert str(loss(700, 1000, seen)) == (
        "-30 %: software power cap in 100 % of samples, "
        "software thermal slowdown in 50 % of samples, limit 700 W, up to 88 °C"
    )


def test_a_reason_that_hardly_ever_shows_explains_nothing() -> None:
    assert reasons(readings((BRAKE,), *[()] * 30)) == ()


def test_idle_is_no_reason() -> None:
    assert reasons(readings((IDLE,), (IDLE,))) == ()


def test_a_lowered_limit_is_named_although_no_bit_is_set() -> None:
    assert str(loss(990, 1000, readings((), limit_w=500))) == "-1 %: limit 500 of 700 W"


def test_a_flat_power_and_a_low_clock_without_a_reason_are_a_hidden_limit() -> None:
    seen = readings((), (), clock_hz=1.4e9, power_w=498)

    assert str(loss(700, 1000, seen, max_clock_hz=1.98e9)) == (
        "-30 %: clock 1.40 of 1.98 GHz, power flat at 498 W: a limit that the driver hides"
    )


def test_a_low_clock_without_anything_else_is_said_to_have_no_reason() -> None:
    seen = readings(None, None, clock_hz=1.4e9, power_w=None, limit_w=None)

    assert loss(700, 1000, seen, max_clock_hz=1.98e9).causes == (
        "clock 1.40 of 1.98 GHz", "the driver names no reason"
    )  # fmt: skip


def test_a_card_that_waits_for_work_is_named() -> None:
    assert loss(400, 1000, readings((), utilisation=0.4)).causes == (
        "in use for 40 % of the time only",
    )


def test_nothing_seen_is_said() -> None:
    assert str(loss(950, 1000, [])) == "-5 %: no cause shows in the readings"


@pytest.mark.parametrize("peak", [0.0, -1.0, float("nan")])
def test_there_is_no_loss_from_a_peak_that_is_none(peak: float) -> None:
    with pytest.raises(ValueError, match="wanted above 0"):
        loss(1, peak, [])


def test_a_sample_is_labelled_by_what_was_read_while_it_ran() -> None:
    seen = readings((), (CAP, IDLE), (CAP, THERMAL), (BRAKE,))

    long, early, between = (Sample(at, s, 1, Disturbance()) for at, s in
                            ((0.05, 0.2), (0.0, 0.05), (0.32, 0.05)))  # fmt: skip

    assert during(Samples.of((long, early, between)), Readings.of(seen)) == (
        (CAP, THERMAL),
        (),
        (BRAKE,),
    )
    assert during(Samples.of((long,)), Readings()) == ((),)
