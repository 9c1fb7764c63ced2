"""Figures and judgements that are concluded from the outcomes and sealed beside them."""

from dataclasses import dataclass

from storage_bench.guarantee.judging.verdict import Judgement


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure, never without an interval and the confidence that belongs to it."""

    metric: str
    value: float
    """Median over processes."""
    low: float
    high: float
    unit: str
    confidence: float
    """Probability that the interval covers the median, whatever the distribution."""
    n: int
    """Processes that the interval is taken over."""


@dataclass(frozen=True, slots=True)
class CaseJudgement:
    """The judgement on one guarantee of a plan."""

    case_id: str
    judgement: Judgement
