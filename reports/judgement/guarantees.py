"""The IOPS guarantee by sealed evidence, volume by volume and system by system. Pure.

A certificate is what one bundle says of one volume; it is a system's only where a facility file
says which volume bears the system.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from bench.analysis.guarantee import definition
from bench.evidence.plan import GuaranteeCase
from reports.declarations.facility import BusinessSystem, Facility
from reports.judgement.verdict import Verdict
from reports.performance.machine import MachineAnalysis
from storage_bench.guarantee.judging import verdict as found_by

_SEVERITY = (
    found_by.CheckResult.FAIL,
    found_by.CheckResult.INCONCLUSIVE,
    found_by.CheckResult.NOT_MEASURED,
    found_by.CheckResult.PASS,
)
_OF_A_PLAN = {
    found_by.CheckResult.PASS: Verdict.MET,
    found_by.CheckResult.FAIL: Verdict.NOT_MET,
    found_by.CheckResult.INCONCLUSIVE: Verdict.UNDECIDED,
    found_by.CheckResult.NOT_MEASURED: Verdict.NOT_MEASURED,
}
MAX_REASONS = 3


@dataclass(frozen=True, slots=True)
class Certificate:
    """One guarantee, tested on one volume in one run."""

    host: str
    run_id: str
    finished_at: str
    mount_point: str | None
    directory: str
    guarantee: str
    title: str
    tier: str
    certifies: bool
    """Whether the tier is one that can prove the guarantee, on a machine that is real."""
    simulated: bool
    verdict: found_by.CheckResult
    threshold_iops: float
    seconds: int
    misses: int
    demonstrated: bool
    replicates: str
    """Measured of planned: `3 of 3`."""
    engine: str
    resumed: bool
    """Whether the run was cut off and taken up again between two replicates."""
    reasons: tuple[str, ...]
    """Everything that stands between the verdict and PASS."""
    beside: tuple[str, ...]
    """What was looked at beside the load, and is no part of the verdict."""

    @property
    def volume(self) -> str:
        return f"{self.host}:{self.mount_point or self.directory}"


@dataclass(frozen=True, slots=True)
class SystemFinding:
    """What is known of the guarantee on one business system."""

    system: str
    volume: str
    verdict: Verdict
    reason: str
    run_ids: tuple[str, ...]
    """Bundles that it rests on."""


def certificates(evidences: Sequence[MachineAnalysis]) -> tuple[Certificate, ...]:
    """One for each guarantee that was tested, in the order of the bundles."""
    return tuple(
        _certificate(evidence, case, judged.judgement)
        for evidence in evidences
        for judged in evidence.judgements
        for case in evidence.plan.cases
        if isinstance(case, GuaranteeCase) and case.id == judged.case_id
    )


def systems(
    facility: Facility, found: Sequence[Certificate], target_iops: float
) -> tuple[SystemFinding, ...]:
    """Every business system of the facility; without evidence it is not measured."""
    return tuple(
        _system(system, facility, found, target_iops) for system in facility.business_systems
    )


def proof_of(
    host: str | None, mount_point: str | None, found: Sequence[Certificate]
) -> Certificate | None:
    """What certifies on this volume, the worst of several; None where nothing does."""
    own = [c for c in found if c.certifies and (c.host, c.mount_point) == (host, mount_point)]
    return min(own, key=lambda c: _SEVERITY.index(c.verdict), default=None)


def notes(facility: Facility, found: Sequence[Certificate]) -> tuple[str, ...]:
    """Volumes that were tested and bear no system of the facility: a name may be mistyped."""
    borne = {system.volume for system in facility.business_systems}
    strays = dict.fromkeys(one.volume for one in found if one.volume not in borne)
    if facility.scope == "machine":
        return ()
    return tuple(
        f"{volume} was tested and bears no business system of {facility.name}: not counted"
        for volume in strays
    )


def joint(verdicts: Sequence[Verdict]) -> Verdict:
    """Met only where all are; otherwise what is worst, and what is missing before what is open."""
    for worst in (Verdict.NOT_MET, Verdict.NOT_MEASURED, Verdict.UNDECIDED):
        if worst in verdicts:
            return worst
    return Verdict.MET if verdicts else Verdict.NOT_MEASURED


def _system(
    system: BusinessSystem, facility: Facility, found: Sequence[Certificate], target_iops: float
) -> SystemFinding:
    of_volume = [c for c in found if (c.host, c.mount_point) == (system.host, system.mount_point)]
    own = [c for c in of_volume if system.run_id in (None, c.run_id)]

    def finding(verdict: Verdict, reason: str, *rests_on: Certificate) -> SystemFinding:
        runs = tuple(c.run_id for c in rests_on)
        return SystemFinding(system.name, system.volume, verdict, reason, runs)

    if not own:
        which = "" if system.run_id is None else f" of run {system.run_id}"
        return finding(Verdict.NOT_MEASURED, f"there is no evidence{which} of {system.volume}")
    counts = proof_of(system.host, system.mount_point, own)
    if counts is None:
        said = ", ".join(f"{c.verdict} by {_standing(c)}" for c in own)
        return finding(Verdict.NOT_MEASURED, f"{said}: that never certifies", *own)
    proving = [c for c in own if c.certifies]
    if counts.verdict is not found_by.CheckResult.PASS:
        return finding(_OF_A_PLAN[counts.verdict], _why(counts), counts)
    if counts.threshold_iops < target_iops:
        why = f"held to {counts.threshold_iops:.0f} IOPS, as a volume that is capped at the target"
        return finding(Verdict.UNDECIDED, why, *proving)
    if sum(other.volume == system.volume for other in facility.business_systems) > 1:
        why = f"{system.volume} bears other systems too, and was tested for one"
        return finding(Verdict.UNDECIDED, why, *proving)
    return finding(Verdict.MET, _why(counts), *proving)


def _why(certificate: Certificate) -> str:
    if certificate.verdict is found_by.CheckResult.PASS:
        held = f"{certificate.seconds - certificate.misses} of {certificate.seconds} seconds held"
        return held if certificate.demonstrated else f"{held}: observed, not demonstrated"
    more = len(certificate.reasons) - MAX_REASONS
    shown = [*certificate.reasons[:MAX_REASONS], *([f"{more} more"] if more > 0 else [])]
    return " | ".join(shown)


def _standing(certificate: Certificate) -> str:
    return "a simulated machine" if certificate.simulated else f"tier {certificate.tier}"


def _certificate(
    evidence: MachineAnalysis, case: GuaranteeCase, judgement: found_by.Judgement
) -> Certificate:
    own = next(each for each in evidence.replicates if each.case_id == case.id)
    simulated = evidence.inventory.simulated
    return Certificate(
        host=evidence.host,
        run_id=evidence.run_id,
        finished_at=evidence.finished_at,
        mount_point=case.mount_point,
        directory=case.directory,
        guarantee=case.guarantee,
        title=definition(case).title,
        tier=case.tier,
        certifies=judgement.certifies and not simulated,
        simulated=simulated,
        verdict=judgement.verdict,
        threshold_iops=judgement.threshold_iops,
        seconds=judgement.seconds,
        misses=judgement.misses,
        demonstrated=judgement.demonstrated,
        replicates=f"{own.measured} of {case.repeats}",
        engine=case.implementation,
        resumed=own.resumed,
        reasons=judgement.reasons,
        beside=tuple(f"{c.name} {c.verdict}: {c.because}" for c in judgement.beside),
    )
