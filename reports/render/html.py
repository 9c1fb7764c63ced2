"""The report as one HTML file that opens from disk: nothing is fetched, nothing of it can be run.

Evidence is untrusted. The template escapes what it prints, and the page's own policy lets the
browser run exactly two scripts, by their digests, and fetch nothing at all.
"""

import json
from base64 import b64encode
from functools import cache
from hashlib import sha256
from importlib.metadata import version
from importlib.resources import files

import vl_convert
from jinja2 import Environment, PackageLoader, StrictUndefined

from reports.judgement.verdict import Verdict
from reports.render import text as wording
from reports.render.charts import charts
from reports.render.charts.samples import SAMPLES_A_PROCESS
from reports.render.charts.specification import Specification
from reports.report import Report
from reports.report.headline import highlights
from reports.user_cache import cache_folder, put

_END = "\n// end of the bundle\n"
"""By this a file that was cut off shows."""
_TITLES = {
    "plan": "The plan's indicators as a share of their targets",
    "peaks": "Measured against theoretical peak",
    "caches": "Latency and bandwidth by working set",
    "roofline": "Attainable rate by operations a byte",
    "samples": "Samples over time",
    "estimates": "Where the figures come from: processes and intervals",
}


def text(report: Report) -> str:
    """The whole page."""
    draw = (files("reports.render") / "templates/draw.js").read_text(encoding="utf-8")
    library = _library()
    return (
        _environment()
        .get_template("report.html.j2")
        .render(
            report=report,
            wording=wording,
            Verdict=Verdict,
            highlights=highlights(report),
            charts={name: (_TITLES[name], _embedded(c)) for name, c in charts(report).items()},
            samples_a_process=SAMPLES_A_PROCESS,
            style=(files("reports.render") / "templates/report.css").read_text(encoding="utf-8"),
            library=library,
            draw=draw,
            script_digests=[_digest(library), _digest(draw)],
        )
    )


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("reports.render", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


@cache
def _library() -> str:
    """Vega, Vega-Lite and vega-embed in one script, as vl-convert carries them.

    Bundling takes seconds, and gives the same for one version: it is kept in the user's cache.
    """
    folder = cache_folder("javascript")
    kept = None if folder is None else folder / f"vega-{version('vl-convert-python')}.js"
    if kept is not None and kept.is_file():
        script = kept.read_text(encoding="utf-8", errors="replace")
        if script.endswith(_END):
            return script
    script = vl_convert.javascript_bundle("window.vegaEmbed = vegaEmbed;") + _END
    if kept is not None:
        put(kept, script.encode())
    return script


def _embedded(specification: Specification) -> str:
    """JSON that cannot end the script element it stands in."""
    written = json.dumps(
        specification, sort_keys=True, ensure_ascii=False, allow_nan=False, separators=(",", ":")
    )
    return written.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _digest(script: str) -> str:
    """What a content security policy knows a script by."""
    return "sha256-" + b64encode(sha256(script.encode()).digest()).decode()
