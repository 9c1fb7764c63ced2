"""The analysis of one machine: every figure of it derived once, in one order. Pure."""

from bench.evidence.outcome import MeasuredReplicate
from bench.evidence.plan import GuaranteeCase
from reports.performance.accelerators.chosen_shapes import chosen_shapes
from reports.performance.accelerators.conditions import remarks
from reports.performance.accelerators.nodes import node_runs
from reports.performance.accelerators.peaks import accelerator_peaks
from reports.performance.accelerators.runs import accelerator_runs
from reports.performance.identity import identities
from reports.performance.machine import MachineAnalysis, MeasuredReplicates
from reports.performance.omissions import omissions
from reports.performance.processor.caches import cache_levels, steps
from reports.performance.processor.interference import disturbances
from reports.performance.processor.library_findings import library_findings
from reports.performance.processor.peaks import peaks
from reports.performance.processor.roofline import rooflines
from reports.performance.samples import series
from reports.performance.settings import about_settings
from reports.performance.subject import Subject
from reports.performance.verified import VerifiedEvidence


def analyse(verified: VerifiedEvidence) -> MachineAnalysis:
    """Everything that a report shows of one machine; the samples may be forgotten afterwards."""
    evidence, subject = verified.evidence, verified.subject
    return MachineAnalysis(
        tool=evidence.tool,
        run_id=evidence.run_id,
        started_at=evidence.started_at,
        finished_at=evidence.finished_at,
        interrupted=evidence.interrupted,
        inventory=evidence.inventory,
        plan=evidence.plan,
        estimates=evidence.estimates,
        judgements=evidence.judgements,
        findings=verified.findings,
        identities=identities(subject),
        peaks=(*subject.once(peaks), *subject.once(accelerator_peaks)),
        remarks=(*about_settings(subject), *library_findings(subject), *remarks(subject)),
        accelerators=accelerator_runs(subject),
        nodes=node_runs(subject),
        shapes=chosen_shapes(subject),
        caches=subject.once(cache_levels),
        steps=subject.once(steps),
        rooflines=rooflines(subject),
        disturbances=disturbances(subject),
        omissions=omissions(subject),
        series=series(subject),
        replicates=_replicates(subject),
    )


def _replicates(subject: Subject) -> tuple[MeasuredReplicates, ...]:
    found = []
    for case in subject.evidence.plan.cases:
        if isinstance(case, GuaranteeCase):
            outcomes = subject.derived.outcomes_of(case)
            measured = [o for o in outcomes if isinstance(o, MeasuredReplicate)]
            resumed = any(outcome.resumed_at is not None for outcome in measured)
            found.append(MeasuredReplicates(case.id, len(measured), resumed))
    return tuple(found)
