"""From sealed tests of the guarantee to a verdict on the plan's task 8."""

import pytest

from bench.errors import UsageError
from bench.evidence import Evidence
from bench.evidence.codec import replace
from bench.testing.guarantee import simulated_case, simulated_guarantee
from bench.testing.machine import simulated_inventory
from reports.capacity.matching import assign, of_machines
from reports.declarations.facility import BusinessSystem, Facility
from reports.judgement.guarantees import certificates, joint
from reports.judgement.verdict import PlanFinding, Verdict
from reports.render import render
from reports.report import Report
from reports.report.testing import analysed, report_on

MET, NOT_MET = Verdict.MET, Verdict.NOT_MET
UNDECIDED, NOT_MEASURED = Verdict.UNDECIDED, Verdict.NOT_MEASURED
FULL, QUICK = simulated_case("full"), simulated_case("minute")
REAL = replace(simulated_inventory("db1"), simulated=False)


def measured(case=FULL, host="db1", run_id="run-1", **how) -> Evidence:  # type: ignore[no-untyped-def]
    inventory = replace(simulated_inventory(host), simulated=False)
    return simulated_guarantee(case, inventory=inventory, run_id=run_id, **how)


def city(*systems: BusinessSystem) -> Facility:
    return Facility("City", "city", business_systems=systems)


def system(name="bank", host="db1", mount_point="/data", run_id=None) -> BusinessSystem:  # type: ignore[no-untyped-def]
    return BusinessSystem(name, host, mount_point, "register", run_id)


def iops(report: Report) -> PlanFinding:
    return next(f for f in report.thresholds if f.id == "business_iops")


@pytest.mark.parametrize(
    ("case", "how", "verdict", "said"),
    [
        (FULL, {}, MET, "10800 of 10800 seconds held"),
        (FULL, {"iops": {0: 20e3, 1: 9.9e3, 2: 20e3}}, NOT_MET, "replicate 2, seconds: 3600 of"),
        (FULL, {"failures": {2: "it was cut off"}}, UNDECIDED, "replicate 3, load: it was cut"),
        (FULL, {"failures": dict.fromkeys(range(3), "cut")}, NOT_MEASURED, "load: cut"),
        (QUICK, {}, NOT_MEASURED, "PASS by tier minute: that never certifies"),
        (QUICK, {"iops": 9.9e3}, NOT_MEASURED, "FAIL by tier minute: that never certifies"),
        (replace(FULL, capped=True), {"iops": 9.95e3}, UNDECIDED, "held to 9800 IOPS"),
        (simulated_case(mount_point="/other"), {}, NOT_MEASURED, "there is no evidence of db1:"),
    ],
)
def test_a_system_is_judged_by_what_was_sealed_of_its_volume(case, how, verdict, said) -> None:  # type: ignore[no-untyped-def]
    report = report_on((measured(case, **how),), city(system()))

    (found,) = report.systems
    assert (found.verdict, iops(report).verdict) == (verdict, verdict)
    assert said in found.reason
    assert iops(report).said == f"{int(verdict is MET)} of 1 system"
    assert report.exit_code() == (1 if verdict is NOT_MET else 0)


def test_a_system_without_evidence_is_not_measured_and_never_a_pass() -> None:
    report = report_on((measured(),), city(system(), system("tax", "db2")))

    assert [found.verdict for found in report.systems] == [MET, NOT_MEASURED]
    assert iops(report).verdict is NOT_MEASURED
    assert iops(report).said == "1 of 2 systems"
    assert iops(report).reason == (
        "tax (db2:/data) not measured: there is no evidence of db2:/data"
    )


def test_evidence_of_a_simulated_machine_certifies_nothing() -> None:
    evidence = simulated_guarantee(inventory=simulated_inventory("db1"))

    (found,) = report_on((evidence,), city(system())).systems

    assert found.verdict is NOT_MEASURED
    assert found.reason == "PASS by a simulated machine: that never certifies"


def test_of_several_bundles_the_worst_counts_unless_one_is_named() -> None:
    bad = measured(iops=9.9e3, run_id="bad")
    good = measured(run_id="good")
    quick = measured(QUICK, iops=9.9e3, run_id="quick")

    def verdict(*evidences: Evidence, run_id: str | None = None) -> Verdict:
        return report_on(evidences, city(system(run_id=run_id))).systems[0].verdict

    assert verdict(good, bad) is verdict(bad, good) is NOT_MET
    assert verdict(good, quick) is MET
    assert verdict(good, bad, run_id="good") is MET
    assert verdict(bad, run_id="good") is NOT_MEASURED


def test_one_test_of_a_volume_is_not_one_for_each_system_on_it() -> None:
    shared = city(system(), system("tax"))

    assert [s.verdict for s in report_on((measured(),), shared).systems] == [UNDECIDED] * 2
    assert [s.verdict for s in report_on((measured(iops=9e3),), shared).systems] == [NOT_MET] * 2


@pytest.mark.parametrize(
    ("verdicts", "wanted"),
    [
        ((MET, MET), MET),
        ((MET, UNDECIDED), UNDECIDED),
        ((UNDECIDED, NOT_MEASURED, MET), NOT_MEASURED),
        ((NOT_MEASURED, NOT_MET), NOT_MET),
        ((), NOT_MEASURED),
    ],
)
def test_all_systems_together_are_as_good_as_the_worst(verdicts, wanted) -> None:  # type: ignore[no-untyped-def]
    assert joint(verdicts) is wanted


def test_without_a_facility_a_certificate_is_shown_and_judges_nothing() -> None:
    report = report_on((measured(),))

    assert iops(report).verdict is NOT_MEASURED
    assert "no facility file says which business system" in iops(report).reason
    assert [c.volume for c in report.certificates] == ["db1:/data"]
    assert (report.capacities, report.facility.pools, report.systems) == ((), (), ())


def test_a_bundle_of_a_volume_stands_beside_that_of_its_node(make_evidence) -> None:  # type: ignore[no-untyped-def]
    node = make_evidence("db1")
    place = of_machines(analysed((node, measured())))
    assigned, notes = assign(analysed((node, measured())), place)

    assert place.name == "db1"
    assert [len(each.evidences) for each in assigned] == [1]
    assert notes == ()
    with pytest.raises(UsageError, match="run run-1 is given twice"):
        assign(analysed((measured(), measured())), place)


def test_a_volume_that_bears_no_system_is_told_for_its_name_may_be_mistyped() -> None:
    report = report_on((measured(),), city(system(mount_point="/dat")))

    assert report.warnings == (
        "db1:/data was tested and bears no business system of City: not counted",
    )
    assert (
        report_on((measured(),), city(system())).warnings == report_on((measured(),)).warnings == ()
    )


def test_a_certificate_says_by_what_it_was_made() -> None:
    (found,) = certificates(analysed((measured(failures={0: "it was cut off"}),)))

    assert (found.replicates, found.tier, found.certifies) == ("2 of 3", "full", True)
    assert found.engine == "native-simulated"
    assert found.reasons[0] == "replicate 1, load: it was cut off"


@pytest.mark.parametrize("format_", ["terminal", "markdown", "html", "json", "csv"])
def test_every_format_shows_the_verdict_on_each_system_and_why(format_: str) -> None:
    report = report_on((measured(iops=9.9e3),), city(system("bank <x>"), system("tax", "db2")))

    text = render(report, format_)

    assert "0 of 2 systems" in text or format_ == "csv"
    assert "there is no evidence of db2:/data" in " ".join(text.split())
    assert "3600 of 3600 below 10000 IOPS" in " ".join(text.split())
    assert "<x>" not in text or format_ != "html"
