"""Formats of a report: one module each, loaded when it is asked for."""

from importlib import import_module
from typing import cast

from bench.errors import CapbenchError, UsageError
from reports.report import Report

FORMATS = ("terminal", "markdown", "html", "json", "csv")
_LIBRARIES = {
    "altair": "altair",
    "jinja2": "jinja2",
    "pandas": "pandas",
    "rich": "rich",
    "vl_convert": "vl-convert-python",
}
"""Imported name and distribution of what a format may lack."""


class OutputUnavailable(UsageError):
    """A format whose library is missing or does not load: that output is lost, and no more."""


def render(report: Report, format: str) -> str:
    """The report as text in one of FORMATS, the same for the same report.

    Raises OutputUnavailable naming the library that is missing or what it raised, and UsageError
    for a format that is not known.
    """
    if format not in FORMATS:
        raise UsageError(f'There is no format "{format}".', f"Give one of {', '.join(FORMATS)}.")
    try:
        return cast(str, import_module(f"reports.render.{format}").text(report))
    except (CapbenchError, KeyboardInterrupt):
        raise
    except ModuleNotFoundError as error:
        missing = (error.name or "").partition(".")[0]
        if missing not in _LIBRARIES:
            raise _broken(format, error) from error
        raise OutputUnavailable(
            f"The {format} report needs {_LIBRARIES[missing]}, which is not installed.",
            f"pip install {_LIBRARIES[missing]}",
        ) from error
    except BaseException as error:  # a library may raise anything: a panic, also SystemExit
        raise _broken(format, error) from error


def _broken(format: str, error: BaseException) -> OutputUnavailable:
    said = f"{type(error).__name__}: {error}".partition("\n")[0]
    return OutputUnavailable(
        f"The {format} report cannot be made: {said}.",
        "Install capbench into an environment of its own.",
    )
