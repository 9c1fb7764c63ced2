"""One machine that is counted twice."""

from collections.abc import Callable

import pytest

from bench.errors import InvalidEvidence
from bench.evidence import Evidence
from bench.evidence.codec import replace
from bench.evidence.inventory import Accelerator, Device, Host
from bench.evidence.outcome import Measured, Samples
from reports.performance.subject import Subject
from reports.report.testing import analysed, report_on
from reports.verification.audit import audit
from reports.verification.audit.machines import counted_twice

GPU = Device("cuda", 0, "GPU-1", "GPU X", "cuda:0", 80 << 30, "1", Accelerator(serial="1234"))


def renamed(evidence: Evidence, host: Callable[[Host], Host] = lambda h: h) -> Evidence:
    """The same bundle under another name and with another run's number."""
    changed = host(replace(evidence.inventory.host, hostname="another"))
    inventory = replace(evidence.inventory, host=changed)
    return replace(evidence, run_id="22222222-2222", inventory=inventory)


def rebooted(host: Host) -> Host:
    return replace(host, boot_id="another")


def later(evidence: Evidence) -> Evidence:
    """The same with other samples."""
    return replace(
        evidence,
        outcomes=tuple(
            replace(o, samples=Samples.of(replace(s, start_s=s.start_s + 1e-6) for s in o.samples))
            if isinstance(o, Measured)
            else o
            for o in evidence.outcomes
        ),
    )


def on(evidence: Evidence, device: Device) -> Evidence:
    inventory = evidence.inventory
    return replace(evidence, inventory=replace(inventory, devices=(*inventory.devices, device)))


def test_a_copy_with_a_changed_host_name_is_one_machine(honest: Evidence) -> None:
    copy = replace(honest, inventory=replace(honest.inventory, host=renamed(honest).inventory.host))

    (found,) = counted_twice(analysed((honest, copy)))

    assert (found.rule, found.because) == ("IDN-002", "they share one run")
    assert found.where == "honest (run run of h) and another (run run of h)"


def test_two_runs_on_one_system_are_one_machine(honest: Evidence) -> None:
    (found,) = counted_twice(analysed((honest, later(renamed(honest)))))

    assert found.because == "they share the boot of one system"


def test_samples_that_were_copied_are_one_machine(honest: Evidence) -> None:
    (found,) = counted_twice(analysed((honest, renamed(honest, rebooted))))

    assert found.because.endswith("to the last digit")


@pytest.mark.parametrize(
    ("second", "shared"),
    [
        (GPU, "they share the device GPU-1"),
        (replace(GPU, uuid="GPU-2"), "they share the board 1234"),
    ],
)
def test_a_device_in_two_machines_is_one_device(
    honest: Evidence, second: Device, shared: str
) -> None:
    other = on(later(renamed(honest, rebooted)), second)

    (found,) = counted_twice(analysed((on(honest, GPU), other)))

    assert found.because == shared


def test_two_machines_are_two(honest: Evidence) -> None:
    nameless = replace(GPU, uuid="GPU-2", accelerator=Accelerator(serial="N/A"))
    first = on(honest, replace(nameless, uuid="GPU-1"))

    assert counted_twice(analysed((first, on(later(renamed(honest, rebooted)), nameless)))) == ()


def test_a_report_on_one_machine_twice_is_refused(honest: Evidence) -> None:
    with pytest.raises(InvalidEvidence, match=r"are one machine: they share one run \[IDN-002\]"):
        report_on((honest, replace(honest, inventory=renamed(honest).inventory)))


@pytest.mark.parametrize("field", ["uuid", "index"])
def test_a_device_that_is_listed_twice_is_noticed(honest: Evidence, field: str) -> None:
    other = replace(GPU, uuid="GPU-2", index=1)
    twin = replace(other, **{field: getattr(GPU, field)})

    found = audit(Subject(on(on(honest, GPU), twin)))

    assert [f.rule for f in found] == ["IDN-001"]
