"""The indicators of a plan, by their names."""

from collections.abc import Callable

from reports.judgement.indicators.compute import (
    ai_compute_share,
    compute_scale,
    large_ai_centre,
    large_ai_centres,
)
from reports.judgement.indicators.facts import Facts
from reports.judgement.indicators.network import (
    edge_coverage,
    low_latency_rate,
    optical_nodes,
    osu_share,
    otn_coverage,
    srv6_share,
)
from reports.judgement.indicators.services import applications, disaster_recovery
from reports.judgement.indicators.storage import business_iops, flash_share, storage_total
from reports.judgement.verdict import Ruling
from reports.quantities import Quantity, Unknown

Metric = Callable[[Facts], Quantity | Ruling | Unknown]


METRICS: dict[str, Metric] = {
    metric.__name__: metric
    for metric in (
        compute_scale,
        large_ai_centres,
        ai_compute_share,
        edge_coverage,
        optical_nodes,
        srv6_share,
        otn_coverage,
        osu_share,
        low_latency_rate,
        storage_total,
        flash_share,
        applications,
        disaster_recovery,
        large_ai_centre,
        business_iops,
    )
}
