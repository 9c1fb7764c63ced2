"""What a report says that cards and fabric are made of."""

from bench.evidence import Evidence
from bench.evidence.codec import replace
from bench.evidence.inventory import FabricPart, Inventory
from bench.testing.simulated_nvml import SimulatedGpu
from reports.performance.identity import boards

OLD = "Simulated GPU: board SIMULATED, VBIOS 00.00.00.00.01, firmware simulated, "
IDS = "PCI 10de:0001, subsystem 10de:0002"


def with_boards(inventory: Inventory, told: bool) -> Inventory:
    """The same with or without what its cards tell of their boards."""
    return replace(
        inventory,
        devices=tuple(
            device
            if told or device.accelerator is None
            else replace(device, accelerator=replace(device.accelerator, board=None))
            for device in inventory.devices
        ),
    )


def test_a_card_with_another_firmware_stands_by_itself(simulate) -> None:  # type: ignore[no-untyped-def]
    evidence: Evidence = simulate(
        SimulatedGpu(0), SimulatedGpu(1), SimulatedGpu(2, vbios="00.00.00.00.02")
    )

    assert boards(evidence.inventory) == (
        f"2 × {OLD}{IDS}",
        f"Simulated GPU: board SIMULATED, VBIOS 00.00.00.00.02, firmware simulated, {IDS}",
    )


def test_the_fabric_is_named_with_its_firmware(simulate) -> None:  # type: ignore[no-untyped-def]
    inventory: Inventory = simulate(SimulatedGpu(0)).inventory
    fabric = (
        FabricPart("hca", "mlx5_0", "MT4129", "MT_0000000838", "28.39.1002"),
        FabricPart("hca", "mlx5_1", "MT4129", "MT_0000000838", "28.39.1002"),
        FabricPart("nvswitch", "0000:07:00.0"),
    )

    assert boards(replace(inventory, host=replace(inventory.host, fabric=fabric))) == (
        OLD + IDS,
        "2 × hca, MT4129, MT_0000000838, 28.39.1002",
        "nvswitch",
    )


def test_cards_that_tell_nothing_have_their_name_alone(simulate) -> None:  # type: ignore[no-untyped-def]
    inventory: Inventory = simulate(SimulatedGpu(0)).inventory

    assert boards(with_boards(inventory, told=False)) == ("Simulated GPU",)
