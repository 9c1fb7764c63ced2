"""Each indicator against a worked example."""

import pytest

from reports.capacity import normalise
from reports.capacity.matching import assign
from reports.declarations.capacity_plan import CapacityPlan
from reports.declarations.facility import Facility
from reports.declarations.policy import load
from reports.judgement.indicators import METRICS
from reports.judgement.indicators.facts import Facts
from reports.quantities import Basis, Interval, Quantity, Unknown, exact
from reports.report.testing import analysed

HEAD = 'name = "F"\nscope = "city"\n'


def found(
    id: str, place: Facility, plan: CapacityPlan, policy: str = "fp32-bitwidth@1"
) -> Quantity | Unknown:
    assigned, _ = assign(analysed(()), place)
    return METRICS[id](Facts(place, normalise(assigned, place, load(policy)), plan))


def amount(figure: Quantity | Unknown) -> Interval:
    assert isinstance(figure, Quantity), figure
    return figure.amount


def group(site: str, kind: str, cpu: float | None = None, fp16: float | None = None) -> str:
    text = (
        f'[[groups]]\nname = "{site}-{kind}"\nsite = "{site}"\nnodes = 10\n'
        f'compute_class = "{kind}"\ndevice = "D"\n'
    )
    for device, pipe, precision, rate in (
        ("cpu", "vector", "fp32", cpu),
        ("accelerator", "matrix", "fp16", fp16),
    ):
        if rate is not None:
            text += (
                f'[[groups.declared]]\ndevice = "{device}"\npipe = "{pipe}"\n'
                f'precision = "{precision}"\nflop_per_s = {rate}\nsource = "s"\n'
            )
    return text


def test_every_indicator_of_the_plan_has_a_formula(plan: CapacityPlan) -> None:
    assert [i.id for i in plan.indicators if i.id not in METRICS] == []
    assert [name for name, metric in METRICS.items() if not metric.__doc__] == []


@pytest.mark.parametrize(
    ("id", "wanted"),
    [
        ("compute_scale", 400_000 * 12e12 + 2000 * (2e15 + 12e12)),
        ("large_ai_centres", 1),
        ("ai_compute_share", 4e18 / (4e18 + 4.824e18)),
        ("edge_coverage", 1.0),
        ("optical_nodes", 41 / 50),
        ("srv6_share", 0.8),
        ("otn_coverage", 0.99),
        ("osu_share", 0.75),
        ("low_latency_rate", 1.0),
        ("storage_total", 57e18),
        ("flash_share", 16.2 / 57),
        ("applications", 61),
        ("disaster_recovery", 1.0),
    ],
)
def test_the_example_city_by_hand(
    id: str, wanted: float, example_city: Facility, plan: CapacityPlan
) -> None:
    figure = found(id, example_city, plan)

    assert amount(figure).value == pytest.approx(wanted, rel=1e-12)
    assert isinstance(figure, Quantity)
    if id in ("compute_scale", "large_ai_centres", "ai_compute_share"):
        # Compute can be measured, and none of it was: a claim is no lower bound.
        assert amount(figure).low == 0
        assert figure.gaps != ()
    else:
        assert amount(figure).low == amount(figure).high == amount(figure).value
    assert figure.basis is Basis.DECLARED


@pytest.mark.parametrize("id", list(METRICS))
def test_nothing_declared_is_unknown_with_a_reason_and_never_0(id: str, plan: CapacityPlan) -> None:
    figure = found(id, Facility("F", "city"), plan)

    assert isinstance(figure, Unknown)
    assert figure.reason != ""


def test_a_centre_is_a_site_at_100_petaflops_exactly_and_not_below(  # type: ignore[no-untyped-def]
    make_facility, plan: CapacityPlan
) -> None:
    text = (
        group("at", "intelligent", 1e9, 20e15)
        + group("below", "intelligent", 1e9, 19.9e15)
        + group("cpus", "general", 900e15)
    )

    centres = found("large_ai_centres", make_facility(HEAD + text), plan)

    assert amount(centres) == Interval(0, 1, 1)


def test_groups_of_one_site_are_one_centre(make_facility, plan: CapacityPlan) -> None:  # type: ignore[no-untyped-def]
    half = group("s", "intelligent", 1e9, 10e15)

    centres = found(
        "large_ai_centres", make_facility(HEAD + half + half.replace('"s-int', '"t-int')), plan
    )

    assert amount(centres) == Interval(0, 1, 1)


def test_a_site_that_nobody_knows_may_be_a_centre(make_facility, plan: CapacityPlan) -> None:  # type: ignore[no-untyped-def]
    text = group("known", "intelligent", 1e9, 30e15) + group("dark", "intelligent", 1e9)

    centres = found("large_ai_centres", make_facility(HEAD + text), plan)

    assert amount(centres) == Interval(0, None, 2)


def test_the_share_uses_one_policy_in_all_terms(make_facility, plan: CapacityPlan) -> None:  # type: ignore[no-untyped-def]
    text = group("a", "general", 6e12) + group("b", "hpc", 2e12, 4e12)
    place = make_facility(HEAD + text + group("c", "intelligent", 2e12, 24e12))

    share = found("ai_compute_share", place, plan)

    # 12 / (6 + 2 general, 12 intelligent, 2 + 2 hpc), in units of 10 TFLOP/s
    assert amount(share).value == pytest.approx(12 / 24)


def test_host_cpus_that_nobody_declared_keep_the_share_from_being_known(  # type: ignore[no-untyped-def]
    make_facility, plan: CapacityPlan
) -> None:
    text = group("a", "general", 1e12) + group("b", "intelligent", None, 2e15)

    share = found("ai_compute_share", make_facility(HEAD + text), plan)

    assert amount(share).low == 0
    assert amount(share).value is None
    assert isinstance(share, Quantity)
    assert share.gaps == (
        "b-intelligent: fp32-bitwidth@1 wants vector fp32 of the cpu; none is known",
        "a-general: declared, and none of 10 nodes was measured",
        "b-intelligent: declared, and none of 10 nodes was measured",
    )


@pytest.mark.parametrize(
    ("area", "latency", "wanted"),
    [("main_urban", "0.001", 1.0), ("main_urban", "0.0010001", 0.0), ("city", "0.003", 1.0),
     ("city", "0.0030001", 0.0)],
)  # fmt: skip
def test_a_link_at_its_limit_passes_and_one_above_does_not(  # type: ignore[no-untyped-def]
    area: str, latency: str, wanted: float, make_facility, plan: CapacityPlan
) -> None:
    text = (
        f'[[links]]\nname = "l"\narea = "{area}"\nlatency_s = {latency}\nmethod = "one-way"\n'
        'source = "s"\n'
    )

    assert amount(found("low_latency_rate", make_facility(HEAD + text), plan)) == exact(wanted)


def test_a_link_without_a_latency_counts_and_does_not_pass(plan: CapacityPlan) -> None:
    from reports.declarations.facility import Link

    links = (
        Link("a", "city", 0.001, "one-way", "s"),
        Link("b", "city", None, "one-way", "s"),
        Link("c", "city", 0.1, "one-way", "s"),
        Link("d", "city", 0.001, "one-way", "s"),
    )

    rate = found("low_latency_rate", Facility("F", "city", links=links), plan)

    assert amount(rate) == Interval(0.5, None, 0.75)


def pool(name: str, media: str, usable: int | None, more: str = "") -> str:
    size = "" if usable is None else f"usable_bytes = {usable}\n"
    return f'[[pools]]\nname = "{name}"\nmedia = "{media}"\nsource = "s"\n{size}{more}'


@pytest.mark.parametrize(
    ("text", "total", "share"),
    [
        (pool("a", "flash", 30) + pool("b", "disk", 70), exact(100), exact(0.3)),
        (pool("a", "flash", 30) + pool("b", "flash", 70, "shared = false\n"), exact(30), exact(1)),
        (pool("a", "flash", 30) + pool("b", "unknown", 70), exact(100), Interval(0.3, None, 1)),
        (pool("a", "hybrid", 50, "flash_usable_bytes = 10\n") + pool("b", "disk", 50),
         exact(100), exact(0.1)),
        (pool("a", "hybrid", 50) + pool("b", "disk", 50), exact(100), Interval(0, None, 0.5)),
        (pool("a", "flash", 30) + pool("b", "disk", None), Interval(30, None, None),
         Interval(0, None, 1)),
    ],
)  # fmt: skip
def test_storage_is_what_is_shared_and_flash_what_is_known_to_be(  # type: ignore[no-untyped-def]
    text: str, total: Interval, share: Interval, make_facility, plan: CapacityPlan
) -> None:
    place = make_facility(HEAD + text)

    assert amount(found("storage_total", place, plan)) == total
    assert amount(found("flash_share", place, plan)) == share


def test_the_facilitys_basis_holds_for_both_storage_indicators(  # type: ignore[no-untyped-def]
    make_facility, plan: CapacityPlan
) -> None:
    place = make_facility(
        HEAD + 'storage_basis = "raw"\n' + pool("a", "flash", 30, "raw_bytes = 40\n")
        + pool("b", "disk", 70, "raw_bytes = 160\n")
    )  # fmt: skip

    assert amount(found("storage_total", place, plan)) == exact(200)
    assert amount(found("flash_share", place, plan)) == exact(0.2)
