"""Common parts of all charts: size, colours, the step to a specification."""

from typing import Any

import altair as alt

BLUE = "#3b7dd8"
ROW_PX = 22

Specification = dict[str, Any]


def as_wide_as_the_page(chart: alt.LayerChart | alt.FacetChart, lines: int) -> Specification:
    fit = alt.AutoSizeParams(type="fit-x", contains="padding")
    height = ROW_PX * lines
    return specification(chart.properties(width="container", height=height, autosize=fit))


def specification(chart: alt.TopLevelMixin) -> Specification:
    return chart.to_dict(validate=True)
