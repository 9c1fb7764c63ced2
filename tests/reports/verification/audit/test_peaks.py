"""Rates that no silicon reaches."""

from collections.abc import Callable

import pytest

from bench.evidence import Evidence
from bench.evidence.codec import replace
from bench.evidence.outcome import Measured, Samples, WorkerTicks
from reports.performance.subject import Subject
from reports.verification.audit import audit


def faster(o: Measured) -> Measured:
    """A tenth of the time, on a counter of ten times the rate: everything else still fits."""
    samples = Samples.of(
        replace(s, start_s=s.start_s / 10, duration_s=s.duration_s / 10, launches=1)
        for s in o.samples
    )
    return replace(o, samples=samples, counter_hz=10 * o.counter_hz)


def test_a_faster_clock_is_none_that_a_processor_has(forge: Callable[..., Evidence]) -> None:
    forged = forge("cpu.vector.fp32", outcome=faster)

    assert {"TIM-007", "OBS-003"} <= {f.rule for f in audit(Subject(forged))}


@pytest.mark.parametrize(("isa", "rule"), [(("avx2", "fma"), "SPF-001"), (("novel",), "SPF-011")])
def test_a_core_that_does_too_much_in_a_cycle_is_noticed_whatever_it_is_called(
    forge: Callable[..., Evidence], honest: Evidence, isa: tuple[str, ...], rule: str
) -> None:
    def quicker(o: Measured) -> Measured:
        def third(w: WorkerTicks) -> WorkerTicks:
            return replace(
                w,
                work=replace(w.work, ticks=tuple(t // 3 for t in w.work.ticks)),
                cycles=replace(w.cycles, ticks=tuple(t // 3 for t in w.cycles.ticks)),
            )

        return replace(o, ticks=tuple(map(third, o.ticks)))

    host = honest.inventory.host
    inventory = replace(
        honest.inventory, host=replace(host, processor=replace(host.processor, isa=isa))
    )
    found = audit(Subject(forge("cpu.vector.fp32", outcome=quicker, inventory=inventory)))

    assert rule in {f.rule for f in found}
