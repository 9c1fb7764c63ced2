"""Clock of a card while its rate was taken: the sensor's mean of the same time. Pure."""

import statistics

from bench.analysis.steady_state import SteadyState
from bench.evidence.outcome import Measured


def settled_clock_hz(outcome: Measured, state: SteadyState) -> float | None:
    """Over the steady stretch, or the last third where there is none; None without a sensor.

    The rate is of that time too: the first seconds of a card clock higher than it can hold. All
    readings count where none was taken then.
    """
    base_s = outcome.began_at_s or 0.0
    from_s = base_s + outcome.samples.end_s * 2 / 3
    from_s = from_s if state.steady_from_s is None else state.steady_from_s
    told = [
        (base_s + at_s, clock_hz)
        for at_s, clock_hz in zip(outcome.readings.at_s, outcome.readings.clock_hz, strict=True)
        if clock_hz  # 0 is what a sensor says that does not know: this card computed
    ]
    clocks = [hz for at_s, hz in told if at_s >= from_s] or [hz for _, hz in told]
    return statistics.fmean(clocks) if clocks else None
