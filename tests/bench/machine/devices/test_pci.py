"""Addresses on the PCI bus."""

from pathlib import Path

import pytest

from bench.machine.devices.pci import address, numa_node


@pytest.mark.parametrize("text", ["00000000:3B:00.0", "0000:3B:00.0", "0000:3b:00.0"])
def test_one_address_has_one_spelling(text: str) -> None:
    assert address(text) == "0000:3b:00.0"


def test_a_domain_beyond_four_digits_is_kept() -> None:
    assert address("00010000:3B:00.0") == "10000:3b:00.0"


@pytest.mark.parametrize(("text", "node"), [("1\n", 1), ("-1\n", None), (None, None)])
def test_a_device_has_a_memory_node_where_the_kernel_names_one(
    tmp_path: Path, text: str | None, node: int | None
) -> None:
    folder = tmp_path / "sys/bus/pci/devices/0000:3b:00.0"
    folder.mkdir(parents=True)
    if text is not None:
        (folder / "numa_node").write_text(text)

    assert numa_node("0000:3b:00.0", tmp_path) == node
