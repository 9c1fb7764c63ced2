"""From what is there and what is wanted to the cases of a run."""

import pytest

from bench.errors import UsageError
from bench.evidence.codec import replace
from bench.evidence.inventory import Inventory
from bench.evidence.plan import KernelCase
from bench.planning import plan
from bench.planning.cases import StorageWay
from bench.planning.feasibility import assumption, infeasible_reason
from bench.planning.profile import KernelEntry, Profile, load
from bench.planning.time_budget import longest_s
from bench.testing.machine import simulated_inventory

WAY = StorageWay("fio", "fio-io_uring", "/data")


@pytest.fixture
def inventory() -> Inventory:
    return simulated_inventory()


@pytest.fixture
def quick() -> Profile:
    return load("quick")[0]


def test_the_default_profile_measures_every_figure_that_scripts_rely_on(
    inventory: Inventory, quick: Profile
) -> None:
    metrics = {case.metric for case in plan(inventory, quick, "", WAY).cases}

    assert metrics >= {
        "cpu.vector.fp32", "cpu.vector.fp64", "cpu.vector.fp32.one_core",
        "cpu.vector.fp64.one_core", "cpu.matrix.fp32", "cpu.matrix.fp64",
        "cpu.matrix.bf16", "cpu.matrix.fp16", "memory.copy", "memory.triad",
        "storage.randread.4k", "storage.randread.8k", "storage.mixed70.8k",
        "storage.seqread.128k",
    }  # fmt: skip


def test_arrays_are_four_times_the_last_level_cache(inventory: Inventory, quick: Profile) -> None:
    triad = only_kernel(plan(inventory, quick, "", WAY, ("memory.triad",)).cases)

    assert triad.shape[0] * 8 >= 4 * (8 << 20)


def test_what_is_taken_for_a_cache_that_nothing_tells_is_said(
    inventory: Inventory, quick: Profile
) -> None:
    processor = replace(inventory.host.processor, caches=())
    untold = replace(inventory, host=replace(inventory.host, processor=processor))
    planned = plan(untold, quick, "", WAY).cases

    assert assumption(untold, planned) == (
        "the caches are unknown, the system tells none: arrays of 512 MiB were taken for memory "
        "bandwidth, 4 times an assumed last-level cache of 128 MiB; with a larger one the figure "
        "is too high"
    )
    assert assumption(inventory, planned) is None
    assert assumption(untold, plan(untold, quick, "", WAY, ("cpu.vector.fp32*",)).cases) is None


def test_one_core_is_one_core_and_all_are_all(inventory: Inventory, quick: Profile) -> None:
    cases = plan(inventory, quick, "", WAY, ("cpu.vector.fp32*",)).cases

    assert {case.metric: case.cpus for case in cases if isinstance(case, KernelCase)} == {
        "cpu.vector.fp32": (0, 1, 2, 3),
        "cpu.vector.fp32.one_core": (0,),
    }


def test_working_sets_go_to_what_is_asked_for_or_beyond_the_claimed_caches(
    inventory: Inventory,
) -> None:
    stopping = load("quick")[0].stopping
    entries = [
        KernelEntry("chase", ("uint64",), ("numba",), 2, cores=("one",), largest_bytes=9000),
        KernelEntry("ladder", ("fp64",), ("numba",), 2, cores=("one", "all")),
    ]
    profile = Profile("mine", "", 1, stopping, tuple(entries))
    cases = plan(inventory, profile, "", None).cases
    chase, one, every = (only_kernel([case]) for case in cases)

    assert (chase.metric, chase.unit) == ("cpu.cache.latency.one_core", "load/s")
    assert chase.shape == (4096, 5120, 6144, 7168, 8192)
    assert [(c.metric, c.unit, len(c.cpus)) for c in (one, every)] == [
        ("cpu.cache.read.one_core", "B/s", 1), ("cpu.cache.read", "B/s", 4),
    ]  # fmt: skip
    # The simulated machine claims 8 MiB: twice that is below the least, 64 MiB.
    assert (one.shape[0], one.shape[-1]) == (4096, 64 << 20)


def test_working_sets_that_do_not_fit_the_memory_are_refused_with_the_numbers(
    inventory: Inventory,
) -> None:
    entry = KernelEntry("ladder", ("fp64",), ("numba",), 2, largest_bytes=4 << 30)
    profile = Profile("mine", "", 1, load("quick")[0].stopping, (entry,))
    (case,) = plan(inventory, profile, "", None).cases

    assert infeasible_reason(case, inventory) == (
        "working sets up to 17.2 GB together are more than the "
        "12.0 GB of this machine's memory that may be used"
    )


def test_arrays_that_do_not_fit_the_memory_are_refused_with_the_numbers(
    inventory: Inventory, quick: Profile
) -> None:
    small = replace(inventory, host=replace(inventory.host, memory_bytes=128 << 20))
    triad = only_kernel(plan(small, quick, "", WAY, ("memory.triad",)).cases)

    assert infeasible_reason(triad, small) == (
        "3 arrays of 4 last-level caches need 0.2 GB; 0.1 GB of this machine's memory may be used"
    )
    assert infeasible_reason(triad, inventory) is None


def test_nothing_left_by_only_lists_the_metrics(inventory: Inventory, quick: Profile) -> None:
    with pytest.raises(UsageError, match=r"cpu\.vector\.fp32"):
        plan(inventory, quick, "", WAY, ("gpu.*",))


@pytest.mark.parametrize(
    ("entry", "fault"),
    [
        (KernelEntry("fft", ("fp32",), ("numba",), 2), 'a kernel "fft", which is not known'),
        (KernelEntry("gemm", ("fp32",), ("cublas",), 2), "gemm has no cublas in fp32"),
        (KernelEntry("gemm", ("fp12",), ("numpy",), 2), "gemm has no numpy in fp12"),
    ],
)
def test_what_no_kernel_can_do_is_refused_with_what_it_can(
    inventory: Inventory, quick: Profile, entry: KernelEntry, fault: str
) -> None:
    with pytest.raises(UsageError, match=fault):
        plan(inventory, replace(quick, kernels=(entry,)), "", WAY)


def test_without_a_place_for_storage_the_rest_is_planned(
    inventory: Inventory, quick: Profile
) -> None:
    cases = plan(inventory, quick, "", None).cases

    assert {case.kind for case in cases} == {"kernel"}


def test_the_ci_profile_is_planned_for_a_minute_at_the_most_on_two_cores() -> None:
    cases = plan(simulated_inventory(cores=2), load("ci")[0], "", WAY).cases

    assert sum(longest_s(case) for case in cases) <= 60


def only_kernel(cases):  # type: ignore[no-untyped-def]
    (case,) = cases
    assert isinstance(case, KernelCase)
    return case
