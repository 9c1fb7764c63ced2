"""From evidence and declarations to capacity."""

import pytest

from bench.evidence import Evidence
from bench.evidence.codec import replace
from bench.evidence.conclusions import Estimate
from reports.capacity import Capacity, normalise, total
from reports.capacity.matching import assign, of_machines
from reports.declarations.facility import Facility
from reports.declarations.policy import Policy, load
from reports.quantities import Basis, Interval, Quantity, Unknown, exact
from reports.report.testing import analysed

GPU = {"cpu.vector.fp32": 2e12, "cuda.vector.fp32": 60e12, "cuda.matrix.bf16": 800e12}
HEAD = 'name = "F"\nscope = "facility"\n'


def capacities(
    evidences: tuple[Evidence, ...], place: Facility, policy: Policy
) -> tuple[Capacity, ...]:
    assigned, _ = assign(analysed(evidences), place)
    return normalise(assigned, place, policy)


def group(nodes: int, kind: str = "general", device: str = "Example CPU", rest: str = "") -> str:
    return (
        f'[[groups]]\nname = "g{nodes}"\nnodes = {nodes}\ncompute_class = "{kind}"\n'
        f'device = "{device}"\n{rest}'
    )


def claim(device: str, precision: str, rate: float, pipe: str = "vector", more: str = "") -> str:
    return (
        f'[[groups.declared]]\ndevice = "{device}"\npipe = "{pipe}"\nprecision = "{precision}"\n'
        f'flop_per_s = {rate}\nsource = "register"\n{more}'
    )


def test_a_machine_by_itself_is_a_facility_of_one_node_measured(  # type: ignore[no-untyped-def]
    make_evidence, policy: Policy
) -> None:
    evidence = make_evidence("a")

    (found,) = capacities((evidence,), of_machines(analysed((evidence,))), policy)

    assert found.amount == Interval(0.99e12, 1e12, 1.01e12)
    assert (found.metric, found.policy) == ("compute.general", "fp32-bitwidth@1")
    assert (found.measured_nodes, found.declared_nodes, found.basis) == (1, 1, Basis.MEASURED)
    assert found.how == "cpu.vector.fp32, measured on 1 of 1 nodes"


def test_the_cpus_of_an_accelerator_node_are_general_and_each_device_counts_once(  # type: ignore[no-untyped-def]
    make_evidence, policy: Policy
) -> None:
    evidence = make_evidence("a", GPU, accelerator="GPU X")

    found = capacities((evidence,), of_machines(analysed((evidence,))), policy)

    assert {c.compute_class: c.amount and c.amount.value for c in found} == {
        "intelligent": 400e12,
        "general": 2e12,
    }
    whole = total(found)
    assert isinstance(whole, Quantity)
    assert whole.amount.value == 402e12


def test_one_measured_node_stands_for_sixteen_and_says_so(  # type: ignore[no-untyped-def]
    make_evidence, make_facility, policy: Policy
) -> None:
    place = make_facility(HEAD + group(16))

    (found,) = capacities((make_evidence("a"),), place, policy)

    assert found.amount is not None
    assert found.amount.value == 16e12
    assert found.amount.low == 0.99e12, "nothing but what was measured"
    assert found.amount.high == pytest.approx(16 * 1.01e12)
    assert found.gap == "15 of 16 nodes not measured"
    assert (found.measured_nodes, found.declared_nodes, found.basis) == (1, 16, Basis.MIXED)
    assert found.how == ("cpu.vector.fp32, measured on 1 of 16 nodes, the other 15 taken from it")


def test_nodes_that_differ_widen_the_extrapolation(make_evidence, make_facility, policy) -> None:  # type: ignore[no-untyped-def]
    place = make_facility(HEAD + group(4))
    fast = make_evidence("a", {"cpu.vector.fp32": 3e12})
    slow = make_evidence("b", {"cpu.vector.fp32": 1e12})

    (found,) = capacities((fast, slow), place, policy)

    assert found.amount is not None
    assert found.amount.value == 8e12
    assert found.amount.low == pytest.approx((2.97 + 0.99) * 1e12)
    assert found.amount.high == pytest.approx((3.03 + 1.01 + 2 * 3.03) * 1e12)


def test_what_is_measured_counts_before_what_is_declared(  # type: ignore[no-untyped-def]
    make_evidence, make_facility, policy: Policy
) -> None:
    place = make_facility(HEAD + group(2, rest=claim("cpu", "fp32", 9e12)))

    (measured,) = capacities((make_evidence("a"),), place, policy)
    (declared,) = capacities((), place, policy)

    assert measured.amount is not None
    assert measured.amount.value == 2e12
    assert declared.amount == Interval(0, 18e12, 18e12)
    assert declared.gap == "declared, and none of 2 nodes was measured"
    assert (declared.measured_nodes, declared.basis) == (0, Basis.DECLARED)
    assert declared.how == "2 × cpu vector fp32 declared (register)"


@pytest.mark.parametrize(
    ("rest", "reason"),
    [
        ("", "fp32-bitwidth@1 wants vector fp32 of the cpu; none is known"),
        (claim("cpu", "unstated", 1e12), "declared without its precision"),
        (claim("cpu", "fp32", 1e12, more="dense = false\n"), "structured sparsity only"),
        (claim("cpu", "int8", 1e12), "none is known"),
    ],
)
def test_a_claim_that_converts_to_nothing_is_missing_and_never_0(  # type: ignore[no-untyped-def]
    rest: str, reason: str, make_facility, policy: Policy
) -> None:
    (found,) = capacities((), make_facility(HEAD + group(2, rest=rest)), policy)

    assert found.amount is None
    assert found.basis is None
    assert reason in found.how


def test_claims_that_differ_are_an_interval_and_not_an_average(make_facility, policy) -> None:  # type: ignore[no-untyped-def]
    rest = claim("cpu", "fp32", 1e12) + claim("cpu", "fp32", 2e12)

    (found,) = capacities((), make_facility(HEAD + group(2, rest=rest)), policy)

    assert found.amount == Interval(0, None, 4e12)


@pytest.mark.parametrize(("n", "low", "gap"), [
    (2, 0.99e12, None), (1, 0.0, "cpu.vector.fp32: 1 of 2 repeats"),
])  # fmt: skip
def test_a_repeat_that_failed_leaves_no_lower_bound(  # type: ignore[no-untyped-def]
    make_evidence, policy: Policy, n: int, low: float, gap: str | None
) -> None:
    evidence = make_evidence("a")
    estimates = tuple(replace(e, n=n) for e in evidence.estimates)

    (found,) = capacities(
        (replace(evidence, estimates=estimates),), of_machines(analysed((evidence,))), policy
    )

    assert found.amount == Interval(low, 1e12, 1.01e12)
    assert found.gap == gap


@pytest.mark.parametrize(("beyond", "high", "gap"), [
    (0, 1.01e12, None), (4, None, "cpu.vector.fp32: on 4 of 8 CPUs"),
])  # fmt: skip
def test_some_of_the_cpus_bound_the_node_from_below_only(  # type: ignore[no-untyped-def]
    make_evidence, policy: Policy, beyond: int, high: float | None, gap: str | None
) -> None:
    evidence = make_evidence("a")
    host = evidence.inventory.host
    given = sum(len(core.cpus) for core in host.processor.cores)
    processor = replace(host.processor, online_cpus=given + beyond)
    inventory = replace(evidence.inventory, host=replace(host, processor=processor))

    (found,) = capacities(
        (replace(evidence, inventory=inventory),), of_machines(analysed((evidence,))), policy
    )

    assert found.amount == Interval(0.99e12, 1e12, high)
    assert found.gap == gap


def test_what_is_missing_leaves_a_sum_open_and_named(  # type: ignore[no-untyped-def]
    make_evidence, make_facility, policy: Policy
) -> None:
    place = make_facility(HEAD + group(1) + group(2, "intelligent", "NPU"))

    found = total(capacities((make_evidence("a"),), place, policy))

    assert isinstance(found, Quantity)
    assert found.amount == Interval(0.99e12, None, None)
    assert [gap.split(":")[0] for gap in found.gaps] == ["g2", "g2"]


def test_a_sum_of_nothing_known_is_unknown_and_a_class_that_is_not_there_is_0(  # type: ignore[no-untyped-def]
    make_facility, policy: Policy
) -> None:
    found = capacities((), make_facility(HEAD + group(2)), policy)

    none = total(found, "intelligent")
    assert isinstance(total(found), Unknown)
    assert isinstance(none, Quantity)
    assert (none.amount, none.basis) == (exact(0.0), None)


def test_an_accelerator_that_was_found_and_not_measured_is_missing(  # type: ignore[no-untyped-def]
    make_evidence, policy: Policy
) -> None:
    evidence = make_evidence("a", {"cpu.vector.fp32": 1e12}, accelerator="GPU X")

    found = capacities((evidence,), of_machines(analysed((evidence,))), policy)

    intelligent = total(found, "intelligent")
    assert isinstance(intelligent, Unknown)
    assert "of the accelerator; none is known" in intelligent.reason


def test_the_burst_of_an_accelerator_is_no_capacity(  # type: ignore[no-untyped-def]
    make_evidence, policy: Policy
) -> None:
    rates = {"cuda.vector.fp32": 60e12, "cuda.matrix.bf16": 900e12}
    steady = make_evidence("a", rates, accelerator="GPU X")

    def found(*held: str) -> Capacity:
        lost = {f"{metric}.sustained" for metric in rates if metric not in held}
        kept = tuple(e for e in steady.estimates if e.name not in lost)
        evidence = replace(steady, estimates=kept)
        return capacities((evidence,), of_machines(analysed((evidence,))), policy)[0]

    assert found().amount is None
    assert found().how == (
        "cuda.vector.fp32, cuda.matrix.bf16: never seen steady, and a burst is no capacity"
    )
    assert found("cuda.vector.fp32").amount == Interval(0.99 * 60e12, 60e12, 1.01 * 60e12)


def test_all_of_a_supercomputer_is_hpc(make_evidence, make_facility, policy: Policy) -> None:  # type: ignore[no-untyped-def]
    place = make_facility(HEAD + group(1, "hpc", "GPU X"))

    found = capacities((make_evidence("a", GPU, accelerator="GPU X"),), place, policy)

    assert {c.compute_class for c in found} == {"hpc"}
    assert [c.amount and c.amount.value for c in found] == [400e12, 2e12]


@pytest.mark.parametrize(
    ("switches", "isa", "wanted"),
    [
        ("[]", ("amx_bf16", "amx_tile"), ("general", 2e12)),
        ('["amx"]', ("amx_bf16", "amx_tile"), ("intelligent", 50e12)),
        ('["amx"]', ("avx512f",), ("general", 2e12)),
    ],
)
def test_amx_counts_only_where_it_is_switched_on_and_there(  # type: ignore[no-untyped-def]
    switches: str, isa: tuple[str, ...], wanted: tuple[str, float], make_evidence, make_facility,
    policy: Policy,
) -> None:  # fmt: skip
    place = make_facility(f"{HEAD}switches = {switches}\n{group(1)}")
    rates = {"cpu.vector.fp32": 2e12, "cpu.matrix.bf16": 100e12}

    (found,) = capacities((make_evidence("a", rates, isa=isa),), place, policy)

    assert found.amount is not None
    assert (found.compute_class, found.amount.value) == wanted


def test_a_rate_in_another_unit_is_no_rate(make_evidence, policy: Policy) -> None:  # type: ignore[no-untyped-def]
    evidence = make_evidence("a", unit="OP/s")

    (found,) = capacities((evidence,), of_machines(analysed((evidence,))), policy)

    assert found.amount is None


def test_every_capacity_carries_the_policy_it_was_converted_by(make_evidence) -> None:  # type: ignore[no-untyped-def]
    evidence = make_evidence("a", GPU, accelerator="GPU X")
    place = of_machines(analysed((evidence,)))

    vector = capacities((evidence,), place, load("fp32-native-vector@1"))
    national = capacities((evidence,), place, load("fp16-national@2025"))

    assert {c.policy for c in vector} == {"fp32-native-vector@1"}
    assert [c.amount and c.amount.value for c in vector] == [60e12, 2e12]
    assert [c.amount and c.amount.value for c in national] == [800e12, None]


def test_the_best_of_several_ways_is_held_to_its_own_repeats(make_evidence) -> None:  # type: ignore[no-untyped-def]
    evidence = make_evidence("a", {"cpu.matrix.fp32": 2e12})
    own = replace(evidence.estimates[0], implementation="numba")
    evidence = replace(evidence, estimates=(*evidence.estimates, own))
    case = next(c for c in evidence.plan.cases if c.metric == "cpu.matrix.fp32")
    numpy, numba = replace(case, repeats=6), replace(case, implementation="numba", repeats=3)
    evidence = replace(evidence, plan=replace(evidence.plan, cases=(numpy, numba)))

    def gap(n: int) -> str | None:
        estimates = tuple(replace(e, n=n) for e in evidence.estimates)
        counted = replace(evidence, estimates=estimates)
        (found,) = capacities((counted,), of_machines(analysed((counted,))), load("fp32-matrix@1"))
        return found.gap

    assert (gap(3), gap(2)) == (None, "cpu.matrix.fp32: 2 of 3 repeats")


def test_of_two_ways_on_an_accelerator_the_faster_one_s_sustained_rate_is_capacity(  # type: ignore[no-untyped-def]
    make_evidence, policy: Policy
) -> None:
    """Each way has its own sustained rate; only the plain value carries the metric's name."""
    evidence = make_evidence("a", {"cuda.vector.fp32": 60e12}, accelerator="GPU X")
    value, held = evidence.estimates
    ways = tuple(
        replace(held, implementation=way, value=rate, low=rate, high=rate)
        for way, rate in (("numba-cuda", 30e12), ("numba-cuda-f32x2", 59e12))
    )
    template = evidence.plan.cases[0]
    cases = tuple(
        replace(template, metric=value.metric, implementation=each.implementation, repeats=3)
        for each in ways
    )
    evidence = replace(evidence, plan=replace(evidence.plan, cases=cases))

    def capacity(*estimates: Estimate) -> Capacity:
        counted = replace(evidence, estimates=estimates)
        found = capacities((counted,), of_machines(analysed((counted,))), policy)
        (accelerators,) = (each for each in found if each.compute_class == "intelligent")
        return accelerators

    both = capacity(value, *ways)
    assert both.amount == exact(59e12)
    assert both.gap is None
    assert capacity(value, ways[0]).amount == exact(30e12)
    short = capacity(value, ways[0], replace(ways[1], n=2))
    assert short.gap == "cuda.vector.fp32.numba-cuda-f32x2.sustained: 2 of 3 repeats"
    assert capacity(value).amount is None  # a burst of either is none
