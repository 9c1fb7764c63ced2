from bench.evidence.codec import replace
from bench.evidence.plan import KernelCase
from bench.evidence.shape_search import NOT_TRIED
from bench.evidence.stopping import StoppingRule
from bench.planning.shape_candidates import searches
from bench.testing.gpu_node import SimulatedNode
from kernels.gemm.torch.shapes import candidate_shapes

CASE = KernelCase(
    "cuda.matrix.bf16", "FLOP/s", "gemm", "torch", "bf16", (1, 1, 1), "GPU-0", (0,), 7,
    StoppingRule(2, 1.0, 2.0, 0.01), 2,
)  # fmt: skip


def test_equal_cards_share_one_search_a_precision() -> None:
    inventory = SimulatedNode().discovered()
    uuids = [device.uuid for device in inventory.devices]
    cases = [replace(CASE, device=u, precision=p) for p in ("bf16", "fp8") for u in uuids]

    found = searches(cases, inventory)

    assert [(each.precision, each.devices) for each in found] == [
        ("bf16", tuple(uuids)), ("fp8", tuple(uuids)),
    ]  # fmt: skip
    assert {trial.reason for each in found for trial in each.trials} == {NOT_TRIED}


def test_another_model_has_a_search_and_candidates_of_its_own() -> None:
    inventory = SimulatedNode().discovered()
    first, *others = inventory.devices
    mixed = replace(inventory, devices=(replace(first, name="NVIDIA H100 PCIe"), *others[:1]))
    cases = [replace(CASE, device=device.uuid) for device in mixed.devices]

    shapes = [tuple(t.shape for t in each.trials) for each in searches(cases, mixed)]

    assert shapes == [
        candidate_shapes("NVIDIA H100 PCIe", "bf16", 132),
        candidate_shapes(others[0].name, "bf16", 132),
    ]  # fmt: skip
    assert shapes[0] != shapes[1]


def test_a_card_of_the_same_name_with_fewer_multiprocessors_is_another_one() -> None:
    inventory = SimulatedNode().discovered()
    first, second, *_ = inventory.devices
    assert second.accelerator is not None
    cut = replace(second, accelerator=replace(second.accelerator, multiprocessors=114))
    cases = [replace(CASE, device=first.uuid), replace(CASE, device=cut.uuid)]

    found = searches(cases, replace(inventory, devices=(first, cut)))

    assert [each.devices for each in found] == [(first.uuid,), (cut.uuid,)]


def test_the_cpu_and_other_kernels_have_nothing_to_choose() -> None:
    inventory = SimulatedNode().discovered()
    uuid = inventory.devices[0].uuid

    assert searches([replace(CASE, device="cpu")], inventory) == ()
    assert searches([replace(CASE, device=uuid, kernel="fma")], inventory) == ()
