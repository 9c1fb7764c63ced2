"""Every format, its determinism, and what happens without its library."""

import sys

import pytest

from bench.errors import UsageError
from reports.render import FORMATS, OutputUnavailable, render
from reports.report import Report


@pytest.mark.parametrize("format_", FORMATS)
def test_the_same_report_is_written_to_the_same_bytes(format_: str, city: Report) -> None:
    assert render(city, format_) == render(city, format_)


@pytest.mark.parametrize("format_", FORMATS)
def test_every_format_shows_all_twelve_indicators(format_: str, machine: Report) -> None:
    text = "".join(render(machine, format_).split())
    shown = "name_zh" if format_ != "csv" else "id"

    missing = [
        f.id for f in machine.indicators if getattr(machine.plan.entry(f.id), shown)[:4] not in text
    ]

    assert missing == []
    assert text.count("measured") >= 12


@pytest.mark.parametrize(
    ("format_", "module", "distribution"),
    [
        ("markdown", "jinja2", "jinja2"),
        ("html", "jinja2", "jinja2"),
        ("html", "altair", "altair"),
        ("html", "vl_convert", "vl-convert-python"),
        ("terminal", "rich", "rich"),
    ],
)
def test_a_missing_library_costs_its_output_and_one_line(
    format_: str, module: str, distribution: str, machine: Report, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in list(sys.modules):
        if name.startswith(("reports.render.", "reports.render.charts", "reports.render.frames")):
            monkeypatch.delitem(sys.modules, name)
    for name in [n for n in sys.modules if n == module or n.startswith(f"{module}.")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, module, None)

    with pytest.raises(OutputUnavailable) as caught:
        render(machine, format_)

    assert str(caught.value) == (
        f"The {format_} report needs {distribution}, which is not installed. "
        f"pip install {distribution}"
    )


@pytest.mark.parametrize(
    "raised",
    [ImportError("built for another Python"), AttributeError("no doc"), SystemExit(3),
     OSError("libz.so"), RuntimeError("no home"), type("Panic", (BaseException,), {})("rust")],
)  # fmt: skip
def test_a_library_that_is_there_and_does_not_load_costs_its_output_whatever_it_raises(
    raised: BaseException, machine: Report, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Broken:
        def find_spec(self, name: str, *_: object) -> None:
            if name == "altair":
                raise raised

    for name in list(sys.modules):
        if name.startswith(("reports.render.html", "reports.render.charts", "altair")):
            monkeypatch.delitem(sys.modules, name)
    monkeypatch.setattr(sys, "meta_path", [Broken(), *sys.meta_path])

    with pytest.raises(OutputUnavailable, match=f"html report cannot be made.*{raised}"):
        render(machine, "html")


def test_a_format_that_is_not_known_is_refused(machine: Report) -> None:
    with pytest.raises(UsageError, match='There is no format "pdf"'):
        render(machine, "pdf")
