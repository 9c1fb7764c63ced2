"""The report as Markdown, for an issue, a merge request or a job summary."""

from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined

from reports.render import text as wording
from reports.report import Report
from reports.report.headline import highlights

_SPECIAL = str.maketrans(
    {c: f"\\{c}" for c in "\\`*_[]|~#"} | {"<": "&lt;", ">": "&gt;", "&": "&amp;"}
)


def text(report: Report) -> str:
    """GitHub-flavoured Markdown with tables."""
    template = _environment().get_template("report.md.j2")
    return template.render(report=report, wording=wording, highlights=highlights(report))


@cache
def _environment() -> Environment:
    made = Environment(
        loader=PackageLoader("reports.render", "templates"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        finalize=_literal,
    )
    return made


def _literal(value: object) -> object:
    """Every printed value as plain text: neither Markdown nor HTML of the evidence takes effect."""
    return wording.printable(value).translate(_SPECIAL) if isinstance(value, str) else value
