"""Cases and their order."""

from bench.evidence.codec import replace
from bench.evidence.plan import Plan, full_name, wanted


def test_equal_cases_have_equal_ids_and_any_change_makes_another(plan: Plan) -> None:
    case = plan.cases[0]

    assert case.id == replace(case).id
    assert case.id != replace(case, seed=8).id
    assert case.id.startswith("cpu.vector.fp32-script-")


def test_each_round_starts_one_case_further_on(plan: Plan) -> None:
    first, second = plan.cases

    assert plan.scheduled_cases() == (
        (first, 0), (second, 0),
        (second, 1), (first, 1),
        (first, 2), (second, 2),
    )  # fmt: skip


def test_cases_with_fewer_repeats_sit_the_last_rounds_out(plan: Plan) -> None:
    first, second = plan.cases
    short = replace(plan, cases=(first, replace(second, repeats=1)))

    assert len(short.scheduled_cases()) == 4


def test_a_glob_matches_the_metric_or_the_full_name(plan: Plan) -> None:
    case = plan.cases[0]

    assert wanted(case, ())
    assert wanted(case, ("memory.*", "cpu.vector.*"))
    assert wanted(case, (full_name(case),))
    assert not wanted(case, ("cpu.matrix.*",))
