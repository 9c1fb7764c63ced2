"""Rules on the plan: against the names of its figures and the profile that it claims to be."""

from collections.abc import Iterator
from functools import cache
from typing import assert_never

from bench import __version__
from bench.errors import UsageError
from bench.evidence import Evidence
from bench.evidence.codec import replace
from bench.evidence.inventory import Device
from bench.evidence.plan import CPU, Case, GuaranteeCase, KernelCase, Plan, StorageCase
from bench.evidence.stopping import StoppingRule
from bench.planning import plan
from bench.planning import profile as profiles
from bench.planning.cases import SUFFIX, StorageWay, kernel_cases
from bench.planning.profile import KernelEntry, Profile, StorageEntry
from reports.performance.subject import Subject
from reports.verification.audit.rule import Objection, Rule, Severity

ANY = StoppingRule(2, 1.0, 1.0, 1.0)
"""How long a case takes is no part of its name."""


def _named_for_what_it_does(subject: Subject) -> Iterator[Objection]:
    evidence = subject.evidence
    devices = {device.uuid: device for device in evidence.inventory.devices}
    loads = _released_loads()
    for case in evidence.plan.cases:
        match case:
            case StorageCase():
                reason = _storage_name(case, loads)
            case GuaranteeCase():
                reason = _guarantee_name(case)
            case KernelCase():
                reason = _kernel_name(evidence, case, devices)
            case _:
                assert_never(case)
        if reason is not None:
            yield "plan.json", f"{case.metric}: {reason}"


def _kernel_name(evidence: Evidence, case: KernelCase, devices: dict[str, Device]) -> str | None:
    device = devices.get(case.device)
    if device is None:
        return f"device {case.device} is not in inventory.json"
    entries = tuple(
        KernelEntry(
            case.kernel, (case.precision,), (case.implementation,), 2,
            cores=("all", "one"), cards=("together", "alone"), shape=case.shape, purpose=purpose,
        )
        for purpose in SUFFIX
    )  # fmt: skip
    profile = Profile("", "", 0, ANY, entries)
    try:
        named = [
            each
            for entry in entries
            for each in kernel_cases(evidence.inventory, device, entry, profile)
        ]
    except UsageError as error:
        return error.message
    found = replace(case, seed=0, stopping=ANY, repeats=2)
    if found not in named:
        names = " or ".join(dict.fromkeys(each.metric for each in named)) or "nothing"
        return (
            f"{case.kernel} in {case.precision} on {len(case.cpus)} CPUs, in {case.unit}, "
            f"is not that; it is planned as {names} of this machine"
        )
    return None


def _storage_name(case: StorageCase, loads: dict[str, StorageEntry]) -> str | None:
    job = case.job
    if case.metric != f"storage.{job.name}":
        return f"its job is called {job.name}"
    if case.unit != ("B/s" if job.pattern in ("read", "write") else "IO/s"):
        return f"a {job.pattern} is not counted in {case.unit}"
    if not case.implementation.startswith(case.engine):
        return f"{case.implementation} is not the engine {case.engine}"
    load = loads.get(job.name)
    found = (job.pattern, job.block_bytes, job.read_share)
    if load is not None and found != (load.pattern, load.block_bytes, load.read_share):
        return (
            f"{job.pattern} of {job.block_bytes} B with {job.read_share:.0%} reads is not the "
            "load of that name"
        )
    return None


def _guarantee_name(case: GuaranteeCase) -> str | None:
    if (case.metric, case.unit) != (f"storage.guarantee.{case.tier}", "IO/s"):
        return f"tier {case.tier} of a guarantee has another name, and is counted in IO/s"
    if not case.implementation.startswith(case.engine):
        return f"{case.implementation} is not the engine {case.engine}"
    return None


@cache
def _released_loads() -> dict[str, StorageEntry]:
    """What the names of storage figures stand for in the profiles that come with capbench."""
    sections = [profiles.load(name)[0].storage for name in profiles.names()]
    return {job.name: job for section in sections if section is not None for job in section.jobs}


def _profile_as_released(subject: Subject) -> Iterator[Objection]:
    evidence = subject.evidence
    released = _released(evidence)
    if released is None:
        return
    wanted = _planned_again(evidence, released)
    if isinstance(wanted, str):
        yield "plan.json", wanted
        return
    found = _comparable(evidence.plan)
    if wanted == found:
        return
    missing = [case for case in wanted if case not in found]
    surplus = [case for case in found if case not in wanted]
    name = f"profile {evidence.plan.profile}"
    if missing:
        yield "plan.json", f"{name} plans {missing[0].metric} otherwise than it stands there"
    elif surplus:
        yield "plan.json", f"{name} does not plan {surplus[0].metric} on this machine"
    else:
        yield "plan.json", f"{name} plans its cases in another order"


def _planned_again(evidence: Evidence, profile: Profile) -> list[Case] | str:
    """The cases that the profile has on this machine, but for shapes that trials decide."""
    asked = evidence.plan
    way = next(
        (
            StorageWay(case.engine, case.implementation, case.directory)
            for case in asked.cases
            if isinstance(case, StorageCase)
        ),
        StorageWay("native", "not planned", ""),
    )
    try:
        again = plan(evidence.inventory, profile, asked.profile_sha256, way, asked.only)
    except UsageError as error:
        return error.message
    ours = [search for search in asked.searches if search.decides]
    tried = [(s.kernel, s.implementation, s.precision, s.devices) for s in ours]
    if tried != [(s.kernel, s.implementation, s.precision, s.devices) for s in again.searches]:
        return f"profile {asked.profile} searches other shapes"
    for found, wanted in zip(ours, again.searches, strict=True):
        if [trial.shape for trial in found.trials] != [trial.shape for trial in wanted.trials]:
            return f"profile {asked.profile} tries other shapes of {found.kernel}"
    return _comparable(again)


def _comparable(asked: Plan) -> list[Case]:
    searched = {(s.kernel, s.precision, uuid) for s in asked.searches for uuid in s.devices}
    return [
        replace(case, shape=())
        if isinstance(case, KernelCase)
        and case.device != CPU
        and (case.kernel, case.precision, case.device) in searched
        else case
        for case in asked.cases
    ]


def _own_profile(subject: Subject) -> Iterator[Objection]:
    evidence = subject.evidence
    # A guarantee is asked for by its definition, which verify holds to the one that is released.
    of_guarantees = all(isinstance(case, GuaranteeCase) for case in evidence.plan.cases)
    if evidence.tool.version != __version__:
        yield (
            "plan.json",
            f"planned by capbench {evidence.tool.version}, and this is {__version__}: "
            "what it leaves out does not show",
        )
    elif _released(evidence) is None and not of_guarantees:
        yield (
            "plan.json",
            f'profile "{evidence.plan.profile}" is none that comes with this capbench: '
            "what it leaves out does not show",
        )


def _released(evidence: Evidence) -> Profile | None:
    """The profile of that digest, if it comes with this capbench and was planned by it."""
    if evidence.tool.version != __version__:
        return None
    return _profiles().get((evidence.plan.profile, evidence.plan.profile_sha256))


@cache
def _profiles() -> dict[tuple[str, str], Profile]:
    """Those that come with this capbench, by name and digest."""
    loaded = (profiles.load(name) for name in profiles.names())
    return {(profile.name, digest): profile for profile, digest in loaded}


RULES = (
    Rule("PLN-001", Severity.CRITICAL, "A figure is what its name says", _named_for_what_it_does),
    Rule("PLN-002", Severity.CRITICAL, "A released profile is planned whole", _profile_as_released),
    Rule("PLN-003", Severity.MINOR, "The profile is a released one", _own_profile),
)
