"""The charts of a report, as Vega-Lite specifications made by altair."""

from reports.performance.processor.caches import is_step
from reports.render.charts import caches as cache_charts
from reports.render.charts.estimates import estimates
from reports.render.charts.peaks import peaks
from reports.render.charts.plan import plan
from reports.render.charts.samples import samples
from reports.render.charts.specification import Specification
from reports.report import Report


def charts(report: Report) -> dict[str, Specification]:
    """The charts that the report has data for, by a name that never changes."""
    found = {"plan": plan(report)}
    if any(peak.ratio is not None for peak in report.peaks):
        found["peaks"] = peaks(report)
    if report.steps:
        found["caches"] = cache_charts.caches(report)
    if report.rooflines:
        found["roofline"] = cache_charts.roofline(report)
    if report.series:
        found["samples"] = samples(report)
    if any(not is_step(item.estimate) for item in report.estimates):
        found["estimates"] = estimates(report)
    return found
