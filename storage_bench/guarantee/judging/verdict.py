"""What can be said of a guarantee, and of each thing that was checked for it."""

from dataclasses import dataclass
from enum import StrEnum


class CheckResult(StrEnum):
    """Never a bare yes or no."""

    PASS = "PASS"
    FAIL = "FAIL"
    INCONCLUSIVE = "INCONCLUSIVE"
    """Measured, and not to be trusted either way."""
    NOT_MEASURED = "NOT-MEASURED"


@dataclass(frozen=True, slots=True)
class Check:
    """One demand of the definition, and what was found."""

    name: str
    verdict: CheckResult
    because: str
    excuses: bool = False
    """Whether what is wrong here may have made the storage look worse than it is: then a failure
    elsewhere proves nothing. A cache, on the other hand, only helps."""
    inexcusable: bool = False
    """Whether a failure here counts whatever else was wrong: lost data has no excuse."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """The verdict on all replicates, and everything that it rests on."""

    guarantee: str
    tier: str
    certifies: bool
    """False for a quick tier: its verdict is indicative, whatever it is."""
    verdict: CheckResult
    threshold_iops: float
    seconds: int
    """Whole seconds that were judged, over all replicates."""
    misses: int
    """Of those, the ones below the threshold."""
    episodes: int
    """Rows of misses without a good second between them: misses come in clusters."""
    demonstrated: bool
    """Whether so few misses prove the share with the wanted confidence; else it was observed."""
    checks: tuple[Check, ...]
    beside: tuple[Check, ...] = ()
    """What was looked at beside the load, and is no part of the verdict."""

    @property
    def reasons(self) -> tuple[str, ...]:
        """Everything that stands between this verdict and PASS."""
        return tuple(
            f"{check.name}: {check.because}"
            for check in self.checks
            if check.verdict is not CheckResult.PASS
        )


def overall(checks: tuple[Check, ...]) -> CheckResult:
    """A failure counts unless the measurement itself may have caused it; nothing missing passes."""
    found = {check.verdict for check in checks}
    if any(check.inexcusable and check.verdict is CheckResult.FAIL for check in checks):
        return CheckResult.FAIL
    if any(check.excuses and check.verdict is not CheckResult.PASS for check in checks):
        return CheckResult.INCONCLUSIVE
    if CheckResult.FAIL in found:
        return CheckResult.FAIL
    if found == {CheckResult.PASS}:
        return CheckResult.PASS
    return CheckResult.INCONCLUSIVE if found else CheckResult.NOT_MEASURED
