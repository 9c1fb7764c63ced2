"""Adapters and switches, from files as the kernel writes them."""

from pathlib import Path

import pytest

from bench.evidence.inventory import FabricPart
from bench.machine.fabric import fabric


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def test_an_adapter_tells_its_model_board_and_firmware(tmp_path: Path) -> None:
    folder = tmp_path / "sys/class/infiniband/mlx5_0"
    write(folder / "hca_type", "MT4129\n")
    write(folder / "board_id", "MT_0000000838\n")
    write(folder / "fw_ver", "28.39.1002\n")

    assert fabric(tmp_path) == (
        FabricPart("hca", "mlx5_0", "MT4129", "MT_0000000838", "28.39.1002"),
    )


def test_what_a_driver_does_not_tell_is_unknown(tmp_path: Path) -> None:
    folder = tmp_path / "sys/class/infiniband/rocep1s0"
    write(folder / "fw_ver", "\n")

    assert fabric(tmp_path) == (FabricPart("hca", "rocep1s0"),)


@pytest.mark.parametrize(
    ("text", "firmware"),
    [
        ("BIOS Version: 96.10.57.00.01\n", "96.10.57.00.01"),
        ("BIOS Version: N/A\n", None),
        ("rubbish\n", None),
    ],
)
def test_a_switch_tells_its_firmware_or_nothing(
    tmp_path: Path, text: str, firmware: str | None
) -> None:
    write(tmp_path / "proc/driver/nvidia-nvswitch/devices/0000:07:00.0/information", text)

    assert fabric(tmp_path) == (FabricPart("nvswitch", "0000:07:00.0", firmware=firmware),)


def test_without_a_fabric_there_is_none(tmp_path: Path) -> None:
    assert fabric(tmp_path) == ()
