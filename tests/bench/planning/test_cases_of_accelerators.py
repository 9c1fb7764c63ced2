"""Cases for accelerators: only where there are some, together and alone."""

import pytest

from bench.evidence.codec import replace
from bench.evidence.inventory import Accelerator, Core, Device, Inventory
from bench.evidence.plan import KernelCase, Plan
from bench.planning import plan
from bench.planning.cases import StorageWay, feeding_cpus
from bench.planning.feasibility import infeasible_reason
from bench.planning.profile import KernelEntry, Profile, load
from bench.planning.time_budget import longest_s, search_s, total_s
from bench.testing.machine import simulated_inventory

WAY = StorageWay("fio", "fio-io_uring", "/data")


def node(count: int, backend: str = "cuda", nodes: tuple[int | None, ...] = (None,)) -> Inventory:
    """A machine of sixteen cores on two memory nodes, with so many accelerators."""
    found = simulated_inventory(cores=16)
    cores = tuple(Core((cpu,), 0, cpu // 8, None) for cpu in range(16))
    accelerators = tuple(
        Device(backend, i, f"GPU-{i}", "NVIDIA H100", f"{backend}:0", 80 << 30, None,
               Accelerator(numa_node=nodes[i % len(nodes)]))
        for i in range(count)
    )  # fmt: skip
    return replace(
        found,
        host=replace(found.host, processor=replace(found.host.processor, cores=cores)),
        devices=found.devices + accelerators,
        software={"torch": "2.11.0"},
    )


def profile(*entries: KernelEntry) -> Profile:
    return replace(load("quick")[0], kernels=entries, storage=None)


GEMM = KernelEntry("gemm", ("bf16",), ("torch",), 2, device="accelerator",
                   cards=("together", "alone"))  # fmt: skip


def kernel_cases(planned: Plan) -> list[KernelCase]:
    return [case for case in planned.cases if isinstance(case, KernelCase)]


@pytest.mark.parametrize("name", ["quick", "full", "ci"])
def test_without_an_accelerator_every_case_is_the_cpus(name: str) -> None:
    cases = plan(simulated_inventory(), load(name)[0], "", WAY).cases

    assert {case.device for case in cases if isinstance(case, KernelCase)} == {"cpu"}


@pytest.mark.parametrize("name", ["quick", "full"])
@pytest.mark.parametrize(("backend", "count"), [("cuda", 1), ("cuda", 8), ("ascend", 8)])
def test_every_shipped_entry_can_be_planned_with_accelerators(
    name: str, backend: str, count: int
) -> None:
    cases = kernel_cases(plan(node(count, backend), load(name)[0], "", WAY))
    ids = [case.id for case in cases]
    figures = {case.group or case.metric for case in cases}

    assert len(set(ids)) == len(ids)
    assert {f"{backend}.matrix.{p}" for p in ("fp32", "tf32", "bf16", "fp16", "fp8")} <= figures
    assert {f"{backend}.memory.copy", f"{backend}.transfer.both"} <= figures
    assert ("cuda.vector.fp32" in figures) is (backend == "cuda")


@pytest.mark.parametrize("name", ["quick", "full"])
@pytest.mark.parametrize(
    ("architecture", "ways"),
    [
        ("9.0", ["numba-cuda"]),
        ("10.0", ["numba-cuda", "numba-cuda-f32x2"]),
        ("12.0", ["numba-cuda"]),
        (None, ["numba-cuda", "numba-cuda-f32x2"]),
    ],
)
def test_pairs_of_fp32_are_planned_only_where_one_instruction_takes_them(
    name: str, architecture: str | None, ways: list[str]
) -> None:
    found = node(2)
    facts = Accelerator(architecture=architecture)
    cards = tuple(replace(device, accelerator=facts) for device in found.devices[1:])
    inventory = replace(found, devices=(found.devices[0], *cards))
    cases = kernel_cases(plan(inventory, load(name)[0], "", WAY))

    for card in ("gpu0", "gpu1"):
        metric = f"cuda.vector.fp32.{card}"
        assert [case.implementation for case in cases if case.metric == metric] == ways
    assert {c.implementation for c in cases if c.metric.startswith("cuda.vector.fp64")} == {
        "numba-cuda"
    }


def test_several_cards_run_together_and_alone() -> None:
    planned = plan(node(2), profile(GEMM), "", None)

    assert [[case.metric for case in cases] for cases in planned.concurrent_groups()] == [
        ["cuda.matrix.bf16.gpu0", "cuda.matrix.bf16.gpu1"],
        ["cuda.matrix.bf16.gpu0.alone"],
        ["cuda.matrix.bf16.gpu1.alone"],
    ]
    assert [case.group for case in kernel_cases(planned)] == ["cuda.matrix.bf16", None] * 2


def test_one_card_is_planned_once() -> None:
    alone = replace(GEMM, cards=("alone",))

    assert [
        case.metric for case in kernel_cases(plan(node(1), profile(GEMM, alone), "", None))
    ] == ["cuda.matrix.bf16"]


def test_an_npu_is_called_one() -> None:
    planned = plan(node(2, "ascend"), profile(GEMM), "", None)

    assert kernel_cases(planned)[0].metric == "ascend.matrix.bf16.npu0"


def test_a_group_is_chosen_by_the_name_of_its_sum() -> None:
    planned = plan(node(2), profile(GEMM), "", None, ("cuda.matrix.bf16",))

    assert len(planned.cases) == 2


def test_what_runs_at_the_same_time_takes_the_time_of_one() -> None:
    inventory = node(8)
    planned = plan(inventory, profile(replace(GEMM, cards=("together",))), "", None)

    assert len(planned.cases) == 8
    (search,) = planned.searches
    assert total_s(planned, inventory) == search_s(search) + longest_s(planned.cases[0])


def test_a_matrix_has_the_best_published_shape_of_its_card() -> None:
    (case,) = kernel_cases(plan(node(1), profile(GEMM), "", None))

    assert case.shape == (2048, 2048, 13312)


def test_each_worker_has_cpus_of_its_own_next_to_its_card() -> None:
    inventory = node(4, nodes=(0, 0, 1, 1))
    shares = [feeding_cpus(inventory, device) for device in inventory.devices[1:]]

    assert shares == [(0, 1, 2, 3), (4, 5, 6, 7), (8, 9, 10, 11), (12, 13, 14, 15)]


def test_more_cards_than_cores_share_them() -> None:
    inventory = node(17)

    assert feeding_cpus(inventory, inventory.devices[3]) == tuple(range(16))


def test_arrays_have_to_fit_the_card_and_not_the_host() -> None:
    inventory = node(1)
    small = replace(
        inventory,
        devices=(inventory.devices[0], replace(inventory.devices[1], memory_bytes=2 << 30)),
    )
    entry = KernelEntry("stream.copy", ("fp64",), ("torch",), 2, device="accelerator")
    (case,) = plan(inventory, profile(entry), "", None).cases

    assert infeasible_reason(case, inventory) is None
    assert infeasible_reason(case, small) == (
        "2 arrays of 1 GiB need 2.1 GB; 1.5 GB of this device's memory may be used"
    )


def test_without_torch_nothing_times_an_accelerator() -> None:
    inventory = replace(node(1), software={})
    (case,) = plan(inventory, profile(GEMM), "", None).cases

    assert (
        infeasible_reason(case, inventory)
        == "torch is not installed, whose events time an accelerator"
    )
