"""The simulated node of eight GPUs in every format: who lost what, and why."""

import json

import pytest

from bench.evidence import Evidence
from reports.render import render
from reports.render.charts import charts
from reports.report import Report
from reports.report.headline import highlights
from reports.report.testing import report_on

LOSS = "-20 %: software thermal slowdown in 88 % of samples, up to 87 °C"
COMPARED = "7 of 8 cards, cuda:6 lost: slowest cuda:2 at 865 TFLOP/s, spread 20.0 %"
FELL_OFF = "the worker failed: CUDA error: the GPU has fallen off the bus"


@pytest.fixture(scope="module")
def report(node: Evidence) -> Report:
    return report_on((node,))


@pytest.mark.parametrize("format_", ["markdown", "html"])
def test_loss_comparison_sensor_energy_and_shapes_are_told(report: Report, format_: str) -> None:
    text = render(report, format_)
    wanted = (
        LOSS, "-14 %: software power cap in 89 % of samples, limit 600 of 700 W", COMPARED,
        "66 of 72", "energy counter: Not Supported", "by integrated power", FELL_OFF,
        "TFLOP/s per W", "8192 × 8192 × 8192: 973 TFLOP/s",
    )  # fmt: skip

    assert [words for words in wanted if words not in text] == []


def test_the_terminal_is_short_the_node_its_slowest_card_and_what_is_missing(
    report: Report,
) -> None:
    text = render(report, "terminal")
    words = " ".join(text.split())

    assert "cuda:6 lost: slowest cuda:2" in words
    assert "-20 %: software" in words
    assert "simulated-node cuda:5: no energy counter: Not Supported" in words
    assert "8 × Simulated GPU" in words
    assert ".burst" not in text
    assert "limit 600 of 700 W" not in words


def test_json_has_every_card_every_node_and_every_trial(report: Report) -> None:
    document = json.loads(render(report, "json"))
    cards = {entry["metric"]: entry for entry in document["accelerators"]}
    hot = cards["cuda.matrix.bf16.gpu2"]

    assert len(cards) == 14
    assert hot["loss"] == LOSS
    assert (hot["share_of_peak"], hot["throttled_samples"]) == (pytest.approx(-0.2), 60)
    assert cards["cuda.matrix.bf16.gpu5"]["missing_sensors"] == ["energy counter: Not Supported"]
    assert cards["cuda.matrix.bf16.gpu5"]["spent"]["sources"] == ["integrated power"]
    assert [node["slowest"] for node in document["nodes"]] == ["cuda:2"]
    assert [len(chosen["trials"]) for chosen in document["shapes"]] == [6]


def test_a_machine_without_accelerators_says_nothing_of_them(machine: Report) -> None:
    texts = [render(machine, format_) for format_ in ("terminal", "markdown", "html")]

    assert [text for text in texts if "Accelerators: burst" in text] == []
    assert "## Accelerators" not in texts[1]
    assert json.loads(render(machine, "json"))["accelerators"] == []


def test_of_peak_is_of_the_data_sheet_and_not_of_the_lowered_clock(report: Report) -> None:
    shares = {item.metric: item.of_peak for item in highlights(report)}

    assert shares["cuda.matrix.bf16.gpu2"] is not None
    assert shares["cuda.matrix.bf16.gpu2"].value == pytest.approx(0.8)
    assert "cuda.matrix.bf16.gpu2.burst" not in shares


def test_throttled_samples_are_marked_in_the_chart(report: Report, machine: Report) -> None:
    def states(of: Report) -> set[str]:
        (rows,) = charts(of)["samples"]["datasets"].values()
        return {row["state"] for row in rows}

    assert states(report) == {"counted", "throttled"}
    assert states(machine) == {"counted"}


def test_every_figure_of_the_node_comes_from_its_cards(report: Report) -> None:
    entries = {entry.figure: entry for entry in report.provenance}

    assert len(entries["cuda.matrix.bf16"].inputs) == 8
    assert "summed over the cards" in entries["cuda.matrix.bf16"].formula
    assert entries["cuda.matrix.bf16.gpu0.burst"].formula.startswith("work ÷ time of the best")
    assert entries["cuda.matrix.bf16.spread"].formula.startswith("(fastest − slowest) ÷ median")
    assert "energy by the device's counter" in entries["cuda.matrix.bf16.gpu0.power"].formula
