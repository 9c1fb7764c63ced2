"""Figures above what the silicon can do, whatever made them so."""

from collections.abc import Iterator

from bench.evidence import Evidence
from reports.performance.accelerators.peaks import accelerator_peaks
from reports.performance.processor.peaks import peaks
from reports.verification.audit.rule import Objection, Rule, Severity

MOST_PER_CYCLE = {"fp32": 64.0, "fp64": 32.0}
"""Two fused multiply-adds of 512 bits a cycle: no core that is sold does more on vectors."""
WITHIN = 1.03


def _above_the_sheet(evidence: Evidence) -> Iterator[Objection]:
    for peak in (*peaks(evidence), *accelerator_peaks(evidence)):
        if peak.impossible:
            yield peak.metric, f"it lies above its theoretical peak ({peak.how})"


def _above_any_core(evidence: Evidence) -> Iterator[Objection]:
    """Of processors that no sheet fits: an unknown name is no way around it."""
    for estimate in evidence.estimates:
        for precision, most in MOST_PER_CYCLE.items():
            vector = estimate.metric.startswith(f"cpu.vector.{precision}.")
            per_cycle = vector and estimate.metric.endswith(".per_cycle")
            if per_cycle and estimate.low > WITHIN * most:
                found = f"{estimate.low:.0f} FLOP a cycle"
                yield estimate.metric, f"{found}; no core does more than {most:g}"


RULES = (
    Rule("SPF-001", Severity.MAJOR, "No rate lies above its peak", _above_the_sheet),
    Rule("SPF-011", Severity.MAJOR, "No core does more than any core", _above_any_core),
)
