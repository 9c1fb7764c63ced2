"""The inventory as people read it."""

from bench.cli.commands.discover import lines
from bench.evidence.codec import replace
from bench.evidence.inventory import FabricPart
from bench.testing.machine import simulated_inventory


def test_adapters_and_switches_are_named_with_their_firmware() -> None:
    inventory = simulated_inventory()
    fabric = (
        FabricPart("hca", "mlx5_0", "MT4129", "MT_0000000838", "28.39.1002"),
        FabricPart("nvswitch", "0000:07:00.0"),
    )
    shown = lines(replace(inventory, host=replace(inventory.host, fabric=fabric)))

    assert [line for line in shown if line.startswith("fabric")] == [
        "fabric      hca mlx5_0: MT4129, MT_0000000838, firmware 28.39.1002",
        "fabric      nvswitch 0000:07:00.0: —",
    ]


def test_a_machine_without_a_fabric_has_no_line_of_it() -> None:
    assert not any(line.startswith("fabric") for line in lines(simulated_inventory()))
