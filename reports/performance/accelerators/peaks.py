"""Measured rates of accelerators against their data sheets, and against the clock they ran at."""

import statistics
from collections.abc import Iterator

from bench.evidence.codec import replace
from bench.evidence.conclusions import Estimate, Statistic
from bench.evidence.inventory import Accelerator, Device
from bench.evidence.plan import KernelCase
from reports.catalogue.accelerators import Pipe, silicon_of
from reports.catalogue.lookup import ObservedDevice, Resolved, UnknownCard, find, resolve
from reports.performance.accelerators.settled_clock import settled_clock_hz
from reports.performance.peak import Peak
from reports.performance.subject import Subject
from reports.quantities import Interval, exact

_PIPES: dict[str, Pipe] = {"fma": "vector", "gemm": "matrix"}


def accelerator_peaks(subject: Subject) -> tuple[Peak, ...]:
    """Every rate and bandwidth of every accelerator, beside the peak of that device.

    A rate has two peaks: that of the data sheet, and, where both clocks are known, the same at
    the mean clock of the time that the rate is of. Above the second is an error in any case.
    """
    devices = {device.uuid: device for device in subject.evidence.inventory.devices}
    found: list[Peak] = []
    for case in subject.evidence.plan.cases:
        device = devices.get(case.device) if isinstance(case, KernelCase) else None
        if not isinstance(case, KernelCase) or device is None or device.backend == "cpu":
            continue
        own = subject.figure(case.metric, Statistic.VALUE, case.implementation)
        estimate = own or subject.figure(case.metric)
        if estimate is not None:
            found += _of_case(subject, case, device, estimate)
        for way in (case.implementation, None):
            cycles = subject.figure(case.metric, Statistic.PER_CYCLE, way)
            if cycles is not None:
                found += _of_cycles(subject, case, device, cycles)
    return tuple(found)


def _of_case(
    subject: Subject, case: KernelCase, device: Device, estimate: Estimate
) -> Iterator[Peak]:
    host = subject.host
    partition = device.accelerator.partition if device.accelerator is not None else None
    if partition is not None and not partition.startswith("whole"):
        reason = f"{partition}: the peaks are those of whole cards"
        yield _peak(host, estimate, device, None, None, reason)
        return
    if case.kernel.startswith("stream."):
        yield _bandwidth(host, estimate, device)
    elif case.kernel in _PIPES:
        resolved = _resolved(device, case)
        if resolved is None:
            reason = "no data sheet and no formula fit this device"
            yield _peak(host, estimate, device, None, None, reason)
            return
        how = f"{resolved.how}: {resolved.source}"
        yield _peak(host, estimate, device, resolved.per_s, resolved.confidence, how)
        clock_hz = _mean_clock_hz(subject, case)
        scaled = None if clock_hz is None else resolved.at(clock_hz)
        if scaled is not None and clock_hz is not None and resolved.clock_hz is not None:
            clocks = f"{clock_hz / 1e9:.3f} GHz, not {resolved.clock_hz / 1e9:.3f} GHz"
            how = f"the same at the measured {clocks}"
            found = _peak(host, estimate, device, scaled, resolved.confidence, how)
            yield replace(found, at_measured_clock=True)


def _of_cycles(
    subject: Subject, case: KernelCase, device: Device, estimate: Estimate
) -> Iterator[Peak]:
    """FLOP per cycle of one multiprocessor, by its own counter: no clock sensor takes part."""
    host = subject.host
    architecture = device.accelerator.architecture if device.accelerator is not None else None
    silicon = silicon_of(architecture, device.name)
    flop = None if silicon is None else silicon.flop(case.precision, _PIPES[case.kernel])
    if silicon is not None and flop is not None and not _capped(device.name):
        how = f"{flop} FLOP a cycle and multiprocessor ({silicon.kind})"
        yield _peak(host, estimate, device, exact(flop), silicon.confidence, how)


def _capped(name: str) -> bool:
    try:
        return find(name).capped is not None
    except UnknownCard:
        return False


def _bandwidth(host: str, estimate: Estimate, device: Device) -> Peak:
    try:
        card = find(device.name)
    except UnknownCard:
        return _peak(host, estimate, device, None, None, "no data sheet fits this device")
    low, high = (bound * 1e9 / card.dies for bound in card.bandwidth_gb_s)
    top = Interval(low, low if low == high else None, high)
    return _peak(host, estimate, device, top, card.confidence, "catalogue: memory bandwidth")


def _resolved(device: Device, case: KernelCase) -> Resolved | None:
    facts = device.accelerator or Accelerator()
    seen = ObservedDevice(facts.architecture, facts.multiprocessors, facts.max_clock_hz)
    exactly = resolve(device.name, case.precision, _PIPES[case.kernel], seen)
    if exactly is not None or case.kernel != "gemm":
        return exactly
    # A format without a matrix unit is multiplied by the vector units.
    return resolve(device.name, case.precision, "vector", seen)


def _mean_clock_hz(subject: Subject, case: KernelCase) -> float | None:
    clocks = [
        clock_hz
        for outcome in subject.derived.valid(case)
        if (state := subject.derived.steady_state(case, outcome)) is not None
        and (clock_hz := settled_clock_hz(outcome, state)) is not None
    ]
    return statistics.fmean(clocks) if clocks else None


def _peak(
    host: str,
    estimate: Estimate,
    device: Device,
    theoretical: Interval | None,
    confidence: str | None,
    how: str,
) -> Peak:
    measured = Interval(estimate.low, estimate.value, estimate.high)
    return Peak(
        host=host,
        metric=estimate.name,
        unit=estimate.unit,
        measured=measured,
        theoretical=theoretical,
        ratio=None if theoretical is None else measured.over(theoretical),
        microarchitecture=device.name,
        confidence=confidence,
        how=how,
    )
