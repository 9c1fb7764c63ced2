"""Accelerators that torch drives, whoever made them."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from bench.evidence.inventory import Absent, Accelerator, Device
from bench.machine.devices import BACKENDS
from bench.machine.devices.accelerator import OTHERS, Maker, TorchBackend, claimant, narrowed
from bench.machine.devices.ascend import HUAWEI
from bench.machine.devices.events import EventWatch
from bench.machine.devices.rocm import AMD


def torch(kind: str, hip: str | None = None, count: int = 2, available: bool = True) -> Any:
    """torch with one kind of accelerator."""
    module = SimpleNamespace(
        get_device_properties=lambda ordinal: SimpleNamespace(
            name=f"Example {ordinal}", total_memory=64 << 30, multi_processor_count=24
        )
    )
    return SimpleNamespace(
        __version__="2.11.0",
        version=SimpleNamespace(hip=hip),
        accelerator=SimpleNamespace(
            is_available=lambda: available,
            current_accelerator=lambda: SimpleNamespace(type=kind),
            device_count=lambda: count,
        ),
        **{kind: module},
    )


def machine(root: Path, *nodes: str) -> Path:
    (root / "dev").mkdir()
    for node in nodes:
        (root / "dev" / node).touch()
    return root


def never() -> None:
    raise AssertionError("torch was loaded for nothing")


@pytest.mark.parametrize("maker", [AMD, HUAWEI, OTHERS])
def test_without_a_device_file_torch_is_not_even_loaded(maker: Maker, tmp_path: Path) -> None:
    found = TorchBackend(maker, torch=never, root=machine(tmp_path)).discover()

    assert found == Absent(maker.backend, f"no {maker.title} here")


def test_a_device_without_torch_says_how_to_get_it(tmp_path: Path) -> None:
    found = TorchBackend(HUAWEI, torch=lambda: None, root=machine(tmp_path, "davinci0")).discover()

    assert isinstance(found, Absent)
    assert found.reason.startswith("a Huawei NPU is here, and torch is not installed; pip install")


def test_a_device_that_torch_does_not_drive_is_absent_with_the_version(tmp_path: Path) -> None:
    found = TorchBackend(
        OTHERS,
        torch=lambda: torch("mlu", available=False),
        root=machine(tmp_path, "cambricon_dev0"),
    ).discover()

    assert isinstance(found, Absent)
    assert found.reason.endswith("is here, and torch 2.11.0 finds none")


def test_devices_are_described_by_torch(tmp_path: Path) -> None:
    tested = TorchBackend(
        HUAWEI, torch=lambda: torch("npu"), root=machine(tmp_path, "davinci0", "davinci1")
    )
    found = tested.discover()

    assert found == tuple(
        Device("ascend", i, f"ascend-{i}", f"Example {i}", "npu:0", 64 << 30, None,
               Accelerator(multiprocessors=24))
        for i in range(2)
    )  # fmt: skip


def test_a_kind_whose_devices_cannot_be_hidden_keeps_its_numbers(tmp_path: Path) -> None:
    tested = TorchBackend(
        OTHERS, torch=lambda: torch("novel"), root=machine(tmp_path, "cambricon_dev0")
    )
    found = tested.discover()

    assert not isinstance(found, Absent)
    assert [device.torch_device for device in found] == ["novel:0", "novel:1"]
    assert tested.environment(found[1], ()) == {}


@pytest.mark.parametrize(
    ("kind", "hip", "nvidia", "owner"),
    [
        ("cuda", False, True, "cuda"),
        ("cuda", True, False, "rocm"),
        ("cuda", False, False, "accelerator"),  # a maker that imitates CUDA
        ("npu", False, False, "ascend"),
        ("mlu", False, False, "accelerator"),
        ("musa", False, False, "accelerator"),
        ("npu", False, True, "ascend"),
    ],
)
def test_every_kind_of_device_has_exactly_one_backend(
    kind: str, hip: bool, nvidia: bool, owner: str
) -> None:
    assert claimant(kind, hip, nvidia) == owner
    assert [backend.name for backend in BACKENDS].count(owner) == 1


def test_a_backend_leaves_to_others_what_is_theirs(tmp_path: Path) -> None:
    root = machine(tmp_path, "kfd", "cambricon_dev0", "nvidiactl")
    nvidia = torch("cuda")

    found = [
        TorchBackend(maker, torch=lambda: nvidia, root=root).discover() for maker in (AMD, OTHERS)
    ]

    assert found == [
        Absent("rocm", "torch drives cuda devices here, which are cuda's"),
        Absent("accelerator", "torch drives cuda devices here, which are cuda's"),
    ]


@pytest.mark.parametrize(
    ("shown", "ordinal", "narrow"),
    [
        ({}, 3, "3"),
        ({"V": ""}, 0, "0"),
        ({"V": "4, 6"}, 1, "6"),
        ({"V": "GPU-a,GPU-b"}, 0, "GPU-a"),
    ],
)
def test_a_worker_is_shown_one_of_those_that_are_shown_to_us(
    shown: dict[str, str], ordinal: int, narrow: str
) -> None:
    assert narrowed("V", (ordinal,), shown) == {"V": narrow}


def test_peers_are_shown_after_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASCEND_RT_VISIBLE_DEVICES", "4,6")
    tested = TorchBackend(
        HUAWEI, torch=lambda: torch("npu"), root=machine(tmp_path, "davinci4", "davinci6")
    )
    first, second = tested.discover()  # type: ignore[misc]

    assert tested.environment(second, (first,)) == {"ASCEND_RT_VISIBLE_DEVICES": "6,4"}


def test_a_device_without_a_reader_of_its_sensors_says_so(tmp_path: Path) -> None:
    tested = TorchBackend(OTHERS, torch=lambda: torch("musa"), root=machine(tmp_path, "mtgpu.0"))
    device, _ = tested.discover()  # type: ignore[misc]
    watch = tested.watch(device, (0,))

    assert isinstance(watch, EventWatch)
    assert watch.missing_sensors() == ("sensors: no reader for accelerator",)
    assert watch.reads_beside_load


def test_this_machine_answers_for_every_backend() -> None:
    for backend in BACKENDS:
        found = backend.discover()
        assert isinstance(found, Absent) or all(d.backend == backend.name for d in found)
