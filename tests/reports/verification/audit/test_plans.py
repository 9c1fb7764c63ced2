"""Plans that were shrunk, and figures that are called what they are not."""

from collections.abc import Callable

import pytest

from bench.evidence import Evidence
from bench.evidence.codec import replace
from bench.evidence.plan import Case
from reports.performance.subject import Subject
from reports.verification.audit import audit


def plan_of(honest: Evidence, **fields: object) -> object:
    return replace(honest.plan, **fields)  # type: ignore[arg-type]


def test_a_plan_that_was_shrunk_to_what_went_well_is_noticed(
    forge: Callable[..., Evidence], honest: Evidence
) -> None:
    kept = tuple(case for case in honest.plan.cases if case.metric != "memory.triad")
    names = {case.id for case in kept}
    forged = replace(
        forge(plan=plan_of(honest, cases=kept)),
        outcomes=tuple(o for o in honest.outcomes if o.case_id in names),
    )

    (found,) = audit(Subject(forged))

    assert (found.rule, found.where) == ("PLN-002", "plan.json")
    assert found.because == "profile ci plans memory.triad otherwise than it stands there"


def test_a_run_that_was_narrowed_openly_is_whole(
    forge: Callable[..., Evidence], honest: Evidence
) -> None:
    kept = tuple(case for case in honest.plan.cases if case.metric.startswith("cpu.vector."))
    names = {case.id for case in kept}
    narrowed = replace(
        forge(plan=plan_of(honest, cases=kept, only=("cpu.vector.*",))),
        outcomes=tuple(o for o in honest.outcomes if o.case_id in names),
    )

    assert audit(Subject(narrowed)) == ()


def test_fewer_repeats_than_the_released_profile_has_are_noticed(
    forge: Callable[..., Evidence],
) -> None:
    forged = forge("cpu.vector.fp64", case=lambda c: replace(c, repeats=1))
    kept = tuple(o for o in forged.outcomes if "fp64-numba" not in o.case_id or o.repeat == 0)

    assert {f.rule for f in audit(Subject(replace(forged, outcomes=kept)))} == {"PLN-002"}


@pytest.mark.parametrize(
    ("profile", "digest"), [("mine", "0" * 64), ("ci", "0" * 64), ("quick", None)]
)
def test_a_profile_of_somebodys_own_is_told(
    forge: Callable[..., Evidence], honest: Evidence, profile: str, digest: str | None
) -> None:
    plan = plan_of(honest, profile=profile, profile_sha256=digest or honest.plan.profile_sha256)

    (found,) = audit(Subject(forge(plan=plan)))

    assert found.rule == "PLN-003"
    assert found.because.startswith(f'profile "{profile}" is none that comes with this capbench')


@pytest.mark.parametrize(
    ("metric", "case", "said"),
    [
        pytest.param(
            "cpu.vector.fp64",
            lambda c: replace(c, metric="cpu.vector.fp32.one_core"),
            "fma in fp64 on 4 CPUs, in FLOP/s, is not that; it is planned as cpu.vector.fp64",
            id="another precision",
        ),
        pytest.param(
            "memory.copy",
            lambda c: replace(c, unit="FLOP/s"),
            "stream.copy in fp64 on 4 CPUs, in FLOP/s, is not that",
            id="another unit",
        ),
        pytest.param(
            "cpu.vector.fp32",
            lambda c: replace(c, cpus=tuple(range(8))),
            "fma in fp32 on 8 CPUs",
            id="more processors than there are",
        ),
        pytest.param(
            "cpu.matrix.fp32",
            lambda c: replace(c, device="GPU-1"),
            "device GPU-1 is not in inventory.json",
            id="a device that is not there",
        ),
        pytest.param(
            "cpu.matrix.fp32",
            lambda c: replace(c, kernel="magic"),
            'wants a kernel "magic", which is not known',
            id="an unknown kernel",
        ),
        pytest.param(
            "storage.mixed70.8k",
            lambda c: replace(c, job=replace(c.job, block_bytes=512)),
            "randrw of 512 B with 70% reads is not the load of that name",
            id="a smaller block",
        ),
        pytest.param(
            "storage.randread.4k",
            lambda c: replace(c, metric="storage.mixed70.8k"),
            "its job is called randread.4k",
            id="an easier load",
        ),
    ],
)
def test_a_figure_that_is_not_what_its_name_says_is_noticed(
    forge: Callable[..., Evidence],
    honest: Evidence,
    metric: str,
    case: Callable[[Case], Case],
    said: str,
) -> None:
    forged = forge(metric, case=case)
    own = replace(forged, plan=replace(forged.plan, profile="mine"))

    found = [f for f in audit(Subject(own)) if f.rule == "PLN-001"]

    assert [f.where for f in found] == ["plan.json"]
    assert said in found[0].because


def test_a_plan_of_another_version_is_not_compared_and_that_is_told(
    forge: Callable[..., Evidence], honest: Evidence
) -> None:
    forged = forge(
        "cpu.matrix.fp32",
        case=lambda c: replace(c, seed=1),
        tool=replace(honest.tool, version="0.0.9"),
    )

    (found,) = audit(Subject(forged))

    assert found.rule == "PLN-003"
    assert found.because.startswith("planned by capbench 0.0.9, and this is ")
