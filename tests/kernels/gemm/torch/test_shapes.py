"""Shapes worth trying: the published ones of a card, and those that fill its multiprocessors."""

import pytest

from kernels.gemm.torch.shapes import candidate_shapes, whole_waves

NARROW = ["bf16", "fp16", "fp8", "int8"]


@pytest.mark.parametrize(
    ("name", "precision", "first"),
    [
        ("NVIDIA H100 80GB HBM3", "bf16", (2048, 2048, 13312)),
        ("NVIDIA H100 80GB HBM3", "fp16", (2048, 2048, 13312)),
        ("NVIDIA H100 80GB HBM3", "fp8", (1024, 9216, 14336)),
        ("NVIDIA H200", "fp8", (1280, 4096, 12032)),
        ("NVIDIA GH200 480GB", "bf16", (1024, 15360, 4096)),
        ("NVIDIA GB200", "bf16", (4096, 9728, 2048)),
        ("NVIDIA B200", "bf16", (1792, 16128, 3072)),
        ("NVIDIA A100-SXM4-80GB", "bf16", (1024, 10240, 5120)),
        ("NVIDIA A100 80GB PCIe", "bf16", (2048, 5120, 6144)),
        ("AMD Instinct MI300X", "bf16", (10240, 15360, 8192)),
        ("Ascend910B3", "bf16", (8192, 8192, 8192)),
        ("NVIDIA H100 80GB HBM3", "fp32", (4096, 4096, 4096)),
    ],
)
def test_the_first_shape_to_try_is_the_published_best_of_the_card(
    name: str, precision: str, first: tuple[int, ...]
) -> None:
    shapes = candidate_shapes(name, precision)

    assert shapes[0] == first
    assert len(set(shapes)) == len(shapes) <= 5


@pytest.mark.parametrize("precision", ["fp64", "fp32", "tf32", *NARROW])
def test_every_shape_to_try_is_one_that_the_libraries_have(precision: str) -> None:
    from kernels.gemm.torch.refusal import _misshapen

    cards = ("NVIDIA H100 80GB HBM3", "NVIDIA H200", "NVIDIA B200", "AMD Instinct MI300X", "?")
    units = (132, 132, 148, 304, 78)
    shapes = [
        shape
        for card, count in zip(cards, units, strict=True)
        for shape in candidate_shapes(card, precision, count)
    ]

    assert [_misshapen(precision, shape) for shape in shapes] == [None] * len(shapes)


@pytest.mark.parametrize("multiprocessors", [78, 108, 114, 132, 148, 304])
def test_whole_waves_of_tiles_leave_no_multiprocessor_idle(multiprocessors: int) -> None:
    blocks = [m // 128 * (n // 256) for m, n, _ in whole_waves(multiprocessors)]

    assert blocks == [multiprocessors, 2 * multiprocessors, 4 * multiprocessors]
    assert all(m % 128 == n % 256 == k % 128 == 0 for m, n, k in whole_waves(multiprocessors))


def test_wide_formats_and_unknown_cards_have_no_waves_to_fit() -> None:
    fitted = set(whole_waves(132))

    assert fitted <= set(candidate_shapes("NVIDIA H100 80GB HBM3", "bf16", 132))
    assert not fitted & set(candidate_shapes("NVIDIA H100 80GB HBM3", "fp32", 132))
    assert not fitted & set(candidate_shapes("NVIDIA H100 80GB HBM3", "bf16"))
