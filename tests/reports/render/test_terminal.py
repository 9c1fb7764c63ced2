"""The terminal: figures first, 80 columns, no colour needed."""

from io import StringIO

from rich.cells import cell_len
from rich.console import Console

from reports.render import render
from reports.render.terminal import print_report
from reports.report import Report


def test_nothing_is_wider_than_80_columns_counting_chinese_as_two(
    machine: Report, city: Report, hostile: Report
) -> None:
    lines = [line for r in (machine, city, hostile) for line in render(r, "terminal").splitlines()]

    assert [line for line in lines if cell_len(line) > 80] == []


def test_the_figures_come_first_then_the_plan(machine: Report) -> None:
    text = render(machine, "terminal")

    assert text.index("cpu.vector.fp32") < text.index("算力规模") < text.index("fp32-native-vector")


def test_the_columns_of_the_plan_stay_aligned_beside_chinese(machine: Report) -> None:
    lines = render(machine, "terminal").splitlines()

    starts = {cell_len(line[: line.index("– not")]) for line in lines if "– not" in line}

    assert len(starts) == 1


def test_words_tell_a_verdict_and_colour_only_helps(city: Report) -> None:
    text = render(city, "terminal")

    assert "\x1b" not in text
    assert text.count("✓ met") == 8
    assert text.count("✗ not met") == 4


def test_a_robust_and_a_dependent_pass_are_told_apart(measured_city: Report) -> None:
    flat = "".join(render(measured_city, "terminal").split())

    assert "together" in flat
    assert "pass-policy-depen" in flat


def test_the_evidence_cannot_steer_the_terminal_or_its_markup(hostile: Report) -> None:
    assert "\x1b" not in render(hostile, "terminal")


def test_it_prints_on_the_console_that_it_is_given(machine: Report) -> None:
    console = Console(file=StringIO(), width=120, color_system=None)

    print_report(machine, console)

    assert isinstance(console.file, StringIO)
    assert "not measured" in console.file.getvalue()
