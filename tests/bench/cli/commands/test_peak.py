"""`capbench peak` as a user runs it."""

import json

import pytest
from click.testing import CliRunner

from bench.cli import main


def test_a_known_card_is_answered_in_json() -> None:
    done = CliRunner().invoke(main, ["peak", "NVIDIA H20", "--json"])
    answer = json.loads(done.output)

    assert done.exit_code == 0
    assert (answer["name"], answer["capped"]) == ("NVIDIA H20", True)
    assert set(answer["rates"]) == {"fp64", "fp32", "tf32", "bf16", "fp16", "fp8", "int8"}
    bf16 = answer["rates"]["bf16"]
    assert (bf16["low"], bf16["dense"], bf16["high"]) == (148e12, 148e12, 148e12)
    assert (bf16["unit"], bf16["confidence"]) == ("FLOP/s", "M")
    assert "gpu_database.yaml" in bf16["source"]
    assert answer["rates"]["int8"]["unit"] == "OP/s"
    fp32 = answer["rates"]["fp32"]
    assert (fp32["low"], fp32["high"], fp32["confidence"]) == (39.5e12, 44e12, "L")


def test_an_unknown_card_exits_1_with_the_nearest_names() -> None:
    done = CliRunner().invoke(main, ["peak", "NVIDIA H20-3e"])

    assert done.exit_code == 1
    assert done.stdout == ""
    assert done.stderr.startswith('capbench: There is no data sheet of "NVIDIA H20-3e".')
    assert "NVIDIA H20," in done.stderr


@pytest.mark.parametrize(
    ("card", "line"),
    [
        ("NVIDIA H100 80GB HBM3", "bf16 matrix 989 TFLOP/s H at 1.83 GHz"),
        ("NVIDIA H100 80GB HBM3", "fp64.matrix matrix 66.9 TFLOP/s H at 1.98 GHz"),
        ("NVIDIA B200", "fp32 vector 75.0 TFLOP/s to 80.0 TFLOP/s M"),
        ("AMD Instinct MI250X", "AMD Instinct MI250X (2 devices to the driver)"),
    ],
)
def test_people_see_the_rate_its_confidence_and_its_clock(card: str, line: str) -> None:
    done = CliRunner().invoke(main, ["peak", card])

    assert line in [" ".join(row.split()) for row in done.output.splitlines()]


def test_a_name_of_several_cards_is_answered_with_intervals_and_exits_1() -> None:
    done = CliRunner().invoke(main, ["peak", "Ascend 910B"])
    rows = [" ".join(row.split()) for row in done.stdout.splitlines()]

    assert done.exit_code == 1
    assert rows[0] == "Huawei Ascend 910B"
    assert "fp16 matrix 280 TFLOP/s to 414 TFLOP/s L" in rows
    assert "decided by the digit after 910B" in done.stderr


def test_programs_get_the_intervals_of_several_cards_too() -> None:
    done = CliRunner().invoke(main, ["peak", "Ascend 910B", "--json"])
    fp16 = json.loads(done.stdout)["rates"]["fp16"]

    assert done.exit_code == 1
    assert (fp16["low"], fp16["dense"], fp16["high"]) == (280e12, None, 414e12)


def test_a_sparse_figure_that_is_not_twice_the_dense_one_is_told() -> None:
    rates = json.loads(CliRunner().invoke(main, ["peak", "GB300", "--json"]).stdout)["rates"]

    assert (rates["fp4"]["dense"], rates["fp4"]["sparse"]) == (15e15, 20e15)
    assert rates["fp8"]["sparse"] is None


def test_the_area_of_the_dies_is_told_where_it_is_published() -> None:
    shown = [
        CliRunner().invoke(main, ["peak", card]).output for card in ("RTX 5090", "A100 SXM 80GB")
    ]

    assert "750 to 761.6 mm2" in shown[0]
    assert "826 mm2" in shown[1]
    assert "mm2" not in CliRunner().invoke(main, ["peak", "NVIDIA H20"]).output
