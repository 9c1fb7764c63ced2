"""A report as a whole: what is judged, what is shown, and what it rests on."""

import pytest

from bench.errors import UsageError
from bench.evidence import Evidence
from bench.evidence.codec import replace
from bench.evidence.inventory import Storage
from bench.testing.machine import simulated_evidence
from reports.declarations.capacity_plan import load as load_plan
from reports.declarations.facility import Facility
from reports.declarations.policy import load as load_policy
from reports.judgement.verdict import PlanFinding, Robustness, Verdict
from reports.quantities import Basis, Interval, exact
from reports.report import Report
from reports.report.testing import report_on

GPU = {"cpu.vector.fp32": 2e12, "cuda.vector.fp32": 60e12, "cuda.matrix.bf16": 800e12}


def of(report: Report, id: str) -> PlanFinding:
    return next(f for f in (*report.indicators, *report.thresholds) if f.id == id)


def certain(evidence: Evidence) -> Evidence:
    """The same without any width of its intervals."""
    estimates = tuple(replace(e, low=e.value, high=e.value) for e in evidence.estimates)
    return replace(evidence, estimates=estimates)


def test_one_machine_shows_what_it_contributes_and_is_not_judged(  # type: ignore[no-untyped-def]
    make_evidence, flash: Storage
) -> None:
    report = report_on((make_evidence("a", storage=flash),))

    assert {f.verdict for f in report.indicators} == {Verdict.NOT_MEASURED}
    assert {f.amount for f in report.indicators} == {None}
    assert of(report, "compute_scale").contribution == Interval(0.99e12, 1e12, 1.01e12)
    assert of(report, "compute_scale").basis is Basis.MEASURED
    assert of(report, "storage_total").contribution == exact(3e12)
    assert of(report, "flash_share").contribution == exact(1)
    assert of(report, "edge_coverage").contribution is None
    assert all(f.reason.startswith("one machine is not a city") for f in report.indicators)
    assert (report.exit_code(), report.exit_code(strict=True)) == (0, 1)


def test_a_facility_is_not_a_city_either_and_its_scale_contributes(  # type: ignore[no-untyped-def]
    make_evidence, make_facility
) -> None:
    place = make_facility(
        'name = "F"\nscope = "facility"\n[[groups]]\nname = "g"\nnodes = 500\n'
        'compute_class = "intelligent"\ndevice = "GPU X"\n'
    )

    report = report_on((make_evidence("a", GPU, accelerator="GPU X"),), place)

    assert {f.verdict for f in report.indicators} == {Verdict.NOT_MEASURED}
    assert of(report, "large_ai_centres").contribution == Interval(0, 1, 1)
    centre = of(report, "large_ai_centre")
    assert (centre.verdict, centre.basis) == (Verdict.NOT_MEASURED, Basis.MIXED)
    assert centre.amount is not None
    assert centre.amount.value == 500 * 400e12
    assert centre.reason == "g: 499 of 500 nodes not measured"
    assert (report.exit_code(), report.exit_code(strict=True)) == (0, 1)


def test_what_the_measured_nodes_reach_by_themselves_is_met_whatever_else_is_there(  # type: ignore[no-untyped-def]
    make_evidence, make_facility
) -> None:
    rates = {"cpu.vector.fp32": 2e12, "cuda.vector.fp32": 100.5e15, "cuda.matrix.bf16": 1e15}
    place = make_facility(
        'name = "F"\nscope = "facility"\n[[groups]]\nname = "g"\nnodes = 500\n'
        'compute_class = "intelligent"\ndevice = "GPU X"\n'
    )

    report = report_on((make_evidence("a", rates, accelerator="GPU X"),), place)

    assert of(report, "large_ai_centre").verdict is Verdict.NOT_MEASURED
    report = report_on((certain(make_evidence("a", rates, accelerator="GPU X")),), place)
    assert of(report, "large_ai_centre").verdict is Verdict.MET


def test_leaving_out_evidence_never_passes_a_target(make_evidence, make_facility) -> None:  # type: ignore[no-untyped-def]
    place = make_facility(
        'name = "C"\nscope = "city"\n'
        '[[groups]]\nname = "ai"\nnodes = 2\ncompute_class = "intelligent"\ndevice = "GPU X"\n'
        '[[groups]]\nname = "cpus"\nnodes = 2\ncompute_class = "general"\n'
        'device = "Example CPU"\n[[groups.declared]]\ndevice = "cpu"\npipe = "vector"\n'
        'precision = "fp32"\nflop_per_s = 1.0\nsource = "a claim that flatters the share"\n'
    )
    cards = {"cpu.vector.fp32": 1.0, "cuda.vector.fp32": 12e18, "cuda.matrix.fp16": 1.0}
    evidences = (
        make_evidence("fast", cards, accelerator="GPU X"),
        make_evidence("slow", {**cards, "cuda.vector.fp32": 1e12}, accelerator="GPU X"),
        make_evidence("c1", {"cpu.vector.fp32": 20e18}),
        make_evidence("c2", {"cpu.vector.fp32": 1.0}),
    )

    def met(chosen: tuple[Evidence, ...]) -> set[str]:
        report = report_on(chosen, place)
        return {f.id for f in report.indicators if f.verdict is Verdict.MET}

    whole = met(evidences)
    parts = {
        kept: met(tuple(e for i, e in enumerate(evidences) if kept >> i & 1))
        for kept in range(1 << len(evidences))
    }

    assert whole == {"compute_scale"}
    assert {kept: ids - whole for kept, ids in parts.items() if ids - whole} == {}


def test_a_city_is_judged_and_missing_a_target_is_exit_code_1(example_city: Facility) -> None:
    report = report_on((), example_city)

    verdicts = {f.id: f.verdict.value for f in report.indicators}
    assert verdicts == {
        "compute_scale": "not met", "large_ai_centres": "not met",
        "ai_compute_share": "not measured",
        "edge_coverage": "met", "optical_nodes": "met", "srv6_share": "met",
        "otn_coverage": "not met", "osu_share": "met", "low_latency_rate": "met",
        "storage_total": "met", "flash_share": "not met", "applications": "met",
    }  # fmt: skip
    assert {f.basis for f in report.indicators} == {Basis.DECLARED}
    assert of(report, "disaster_recovery").verdict is Verdict.MET
    assert report.exit_code() == 1


def test_leaving_out_what_was_declared_passes_nothing(example_city: Facility) -> None:
    whole = report_on((), example_city)
    emptied = {
        name: report_on((), replace(example_city, **{name: empty}))
        for name, empty in {
            "groups": (), "pools": (), "links": (), "edge_coverage": None, "optical_nodes": None,
            "srv6_share": None, "otn_coverage": None, "osu_share": None, "applications": None,
        }.items()
    }  # fmt: skip

    passed = {f.id for f in whole.indicators if f.verdict is Verdict.MET}
    newly = {
        (name, f.id)
        for name, report in emptied.items()
        for f in report.indicators
        if f.verdict is Verdict.MET and f.id not in passed
    }
    lost = {name for name, r in emptied.items() if {f.id for f in r.indicators
            if f.verdict is Verdict.MET} == passed}  # fmt: skip
    assert newly == set()
    assert lost == {"otn_coverage", "groups"}, "what claims alone say of compute passes nothing"


@pytest.mark.parametrize(
    ("operator", "share", "verdict"),
    [("other", 0.42, "met"), ("telecom", 0.42, "not met"), ("telecom", 0.46, "met")],
)
def test_a_telecom_operator_is_judged_by_its_own_column(  # type: ignore[no-untyped-def]
    operator: str, share: float, verdict: str, make_evidence, make_facility
) -> None:
    place = make_facility(
        f'name = "C"\nscope = "city"\noperator = "{operator}"\n[[groups]]\nname = "g"\nnodes = 1\n'
        'compute_class = "intelligent"\ndevice = "GPU X"\n'
    )
    rates = {"cpu.vector.fp32": (1 - share) * 1e15, "cuda.vector.fp32": share * 1e15,
             "cuda.matrix.bf16": 1.0}  # fmt: skip
    evidence = certain(make_evidence("a", rates, accelerator="GPU X"))

    assert of(report_on((evidence,), place), "ai_compute_share").verdict.value == verdict


@pytest.mark.parametrize(
    ("nodes", "year", "verdict"),
    [(1000, 2025, "not met"), (1001, 2025, "met"), (800, 2024, "met"), (600, 2023, "met"),
     (599, 2023, "not met")],
)  # fmt: skip
def test_at_equality_the_operator_of_the_year_decides(  # type: ignore[no-untyped-def]
    nodes: int, year: int, verdict: str, make_evidence, make_facility
) -> None:
    place = make_facility(
        'name = "C"\nscope = "city"\n[[groups]]\nname = "g"\nnodes = 1\n'
        'compute_class = "general"\ndevice = "Example CPU"\n'
    )
    evidence = certain(make_evidence("a", {"cpu.vector.fp32": nodes * 1e16}))

    assert of(report_on((evidence,), place, year=year), "compute_scale").verdict.value == verdict


def test_a_verdict_is_shown_under_every_other_policy(example_city: Facility) -> None:
    share = of(report_on((), example_city), "ai_compute_share")

    assert share.policy == "fp32-bitwidth@1"
    assert [(a.policy, a.certifiable, a.verdict.value) for a in share.alternatives] == [
        ("fp16-national@2025", False, "not measured"),
        ("fp32-matrix@1", True, "not measured"),
        ("fp32-native-vector@1", True, "not measured"),
    ]
    assert share.robustness is Robustness.NOT_COMPUTABLE


def test_another_policy_can_be_chosen_and_is_carried_everywhere(example_city: Facility) -> None:
    report = report_on((), example_city, policy="fp32-native-vector@1")

    assert of(report, "compute_scale").policy == "fp32-native-vector@1"
    assert report.capacities[0].policy == "fp32-native-vector@1"
    assert "fp32-bitwidth@1" in {a.policy for a in of(report, "compute_scale").alternatives}


def test_nodes_of_a_group_with_several_kinds_of_devices_count_once(  # type: ignore[no-untyped-def]
    make_evidence,
) -> None:
    report = report_on((make_evidence("a", GPU, accelerator="GPU X"), make_evidence("b")))

    rows = [c for c in report.capacities if c.policy == "fp32-bitwidth@1"]
    assert [(c.metric, c.measured_nodes, c.declared_nodes) for c in rows] == [
        ("compute.general", 2, 2),
        ("compute.intelligent", 1, 1),
        ("compute.total", 2, 2),
    ]


def test_every_figure_says_where_it_comes_from(make_evidence) -> None:  # type: ignore[no-untyped-def]
    evidence = make_evidence("a")
    report = report_on((evidence,))

    entries = {entry.figure: entry for entry in report.provenance}
    estimate = entries["cpu.vector.fp32"]
    assert estimate.origin == "a, run run-a"
    assert estimate.inputs == (evidence.plan.cases[0].id,)
    assert estimate.formula.startswith("operations × launches ÷ time of all counted samples")
    assert entries["compute.general of a"].origin == "fp32-bitwidth@1"
    assert "footnote 1" in entries["large_ai_centres"].origin
    assert set(entries) >= {f.id for f in report.indicators}
    assert [e for e in report.provenance if not (e.formula and e.origin)] == []


def test_a_simulated_or_interrupted_machine_is_told_first(make_evidence) -> None:  # type: ignore[no-untyped-def]
    cut = replace(make_evidence("b"), interrupted="interrupted by the user")

    report = report_on((simulated_evidence(), cut))

    assert report.warnings == (
        "SIMULATED: simulated has a simulated device; this certifies nothing",
        "b: the run did not come to its end (interrupted by the user)",
    )


def test_a_business_load_is_shown_and_guarantees_nothing(make_evidence) -> None:  # type: ignore[no-untyped-def]
    evidence = make_evidence("a", {"storage.mixed70.8k": 9000.0}, unit="IO/s")

    iops = of(report_on((evidence,)), "business_iops")

    assert iops.verdict is Verdict.NOT_MEASURED
    assert iops.contribution == Interval(9000 * 0.99, 9000, 9000 * 1.01)
    assert iops.target == 10_000


def test_what_does_not_fit_together_is_refused(make_evidence) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(UsageError, match="no targets for 2022"):
        report_on((make_evidence("a"),), year=2022)
    with pytest.raises(UsageError, match="neither evidence nor a facility"):
        report_on(())


def test_a_policy_and_a_plan_of_ones_own_are_told(make_evidence) -> None:  # type: ignore[no-untyped-def]
    own = replace(load_policy("fp32-bitwidth@1"), version="mine")
    plan = replace(load_plan("chongqing-2023-2025"), id="ours")

    assert report_on((make_evidence("a"),), policy=own, plan=plan).warnings == (
        "policy fp32-bitwidth@mine is none that comes with capbench: read it first",
        "plan ours is none that comes with capbench: read it first",
    )
