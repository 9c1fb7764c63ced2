"""The table of an acceptance, and its text."""

from pathlib import Path

import pytest

from bench.evidence import Evidence
from bench.testing.acceptance import simulated_acceptance
from bench.testing.gpu_node import SimulatedNode
from bench.testing.simulated_nvml import SimulatedGpu
from reports.judgement.acceptance.criteria import judged, load
from reports.judgement.acceptance.table import checked, checks, rows
from reports.performance.subject import Subject
from reports.render.acceptance import text


def accepted(folder: Path, *, budget_s: float = 240.0, **faults: object) -> Evidence:
    node = SimulatedNode((SimulatedGpu(0, **faults),))  # type: ignore[arg-type]
    return simulated_acceptance(node, folder, budget_s).run()


@pytest.fixture(scope="module")
def slow(tmp_path_factory: pytest.TempPathFactory) -> Subject:
    """A card at half its clock, by a cap on its power."""
    return Subject(accepted(tmp_path_factory.mktemp("slow"), speed=0.5, reasons=0x4))


def test_every_figure_has_its_row_and_a_check_has_none(slow: Subject) -> None:
    found = rows(slow, ())
    metrics = [row.metric for row in found]

    assert metrics.count("cuda.memory.copy") == 2
    assert {"cuda.matrix.bf16", "cuda.matrix.bf16.short", "cuda.vector.fp64"} <= set(metrics)
    assert not any(metric.endswith(".check") for metric in metrics)
    assert (checked(slow), checks(slow)) == (15, ())


def test_a_clock_that_is_held_down_is_told_apart_from_what_is_lost_at_it(slow: Subject) -> None:
    bf16 = {row.metric: row for row in rows(slow, ())}["cuda.matrix.bf16"]

    assert bf16.sustained
    assert bf16.of_clock == pytest.approx(1.0, abs=0.02)
    assert bf16.of_sheet is not None
    assert bf16.of_sheet == pytest.approx(0.547, abs=0.01)
    assert "software power cap" in bf16.cause
    assert "at the clock that it had" not in bf16.cause


def test_criteria_stand_beside_their_figure_and_again_as_a_line(slow: Subject) -> None:
    found = judged(slow, load("h100-sxm@1"))
    table = rows(slow, found)
    said = text(table, found)

    (bf16,) = (row for row in table if row.metric == "cuda.matrix.bf16")
    assert [criterion.verdict for criterion in bf16.criteria] == ["DOES NOT HOLD", "holds"]
    (line,) = (line for line in said.splitlines() if line.startswith("cuda.matrix.bf16 ("))
    assert "0.7406 ≥ 1" in line
    assert all(str(criterion) in said for criterion in found)


def test_what_was_not_measured_says_why_and_shows_no_number(tmp_path: Path) -> None:
    subject = Subject(accepted(tmp_path, budget_s=100.0, result_error=1.0))
    table = rows(subject, ())
    by_name = {row.metric: row for row in table}

    assert by_name["cuda.matrix.fp8"].cause == "the budget leaves this phase out"
    assert by_name["cuda.vector.fp32"].cause.startswith("wrong result: error 1")
    assert {row.value for row in table} == {None}
    assert len(checks(subject)) == 15
    assert "—" in text(table, ())


def test_text_of_evidence_does_not_steer_the_terminal(slow: Subject) -> None:
    said = text(rows(slow, judged(slow, load("data-sheet@1"))), ())

    assert "\x1b" not in said
