"""Rules on peaks: figures above what the silicon can do."""

from collections.abc import Iterator

from bench.evidence.conclusions import Statistic
from bench.evidence.plan import CPU, KernelCase
from reports.performance.accelerators.peaks import accelerator_peaks
from reports.performance.processor.peaks import peaks
from reports.performance.subject import Subject
from reports.verification.audit.rule import Objection, Rule, Severity

MAX_PER_CYCLE = {"fp32": 64.0, "fp64": 32.0}
"""Two fused multiply-adds of 512 bits a cycle: no core that is sold does more on vectors."""
WITHIN = 1.03


def _above_the_sheet(subject: Subject) -> Iterator[Objection]:
    for peak in (*subject.once(peaks), *subject.once(accelerator_peaks)):
        if peak.impossible:
            yield peak.metric, f"it lies above its theoretical peak ({peak.how})"


def _above_any_core(subject: Subject) -> Iterator[Objection]:
    """Of processors that no sheet fits: an unknown name is no way around it."""
    vectors = {
        case.metric: case.precision
        for case in subject.evidence.plan.cases
        if isinstance(case, KernelCase) and case.kernel == "fma" and case.device == CPU
    }
    for estimate in subject.evidence.estimates:
        most = MAX_PER_CYCLE.get(vectors.get(estimate.metric, ""))
        per_cycle = estimate.statistic is Statistic.PER_CYCLE
        if per_cycle and most is not None and estimate.low > WITHIN * most:
            found = f"{estimate.low:.0f} FLOP a cycle"
            yield estimate.name, f"{found}; no core does more than {most:g}"


RULES = (
    Rule("SPF-001", Severity.MAJOR, "No rate lies above its peak", _above_the_sheet),
    Rule("SPF-011", Severity.MAJOR, "No core does more than any core", _above_any_core),
)
