"""Lines about what was set for libraries."""

from bench.evidence.codec import replace
from bench.evidence.inventory import Setting
from bench.testing.complete_run import simulated_run
from reports.performance.settings import about_settings
from reports.performance.subject import Subject
from reports.report.testing import report_on

RUN = simulated_run("n1")


def told(*settings: Setting) -> tuple[str, ...]:
    return about_settings(
        Subject(replace(RUN, inventory=replace(RUN.inventory, settings=settings)))
    )


def test_what_was_taken_away_is_told_in_one_line() -> None:
    one, two = Setting("NUMBA_OPT", "0", None), Setting("MKL_CBWR", "AVX2", None)

    assert told(one) == ("n1: NUMBA_OPT=0 was set and is not handed on to what measures",)
    assert told(two, one) == (
        "n1: MKL_CBWR=AVX2, NUMBA_OPT=0 were set and are not handed on to what measures",
    )


def test_what_was_replaced_is_told_with_what_took_its_place() -> None:
    name = "CUBLAS_EMULATE_SINGLE_PRECISION"

    assert told(Setting(name, "1", "0")) == (f"n1: {name}=1 was set; what measures gets 0 instead",)


def test_what_was_handed_on_stands_over_every_figure() -> None:
    assert told(Setting("LD_PRELOAD", "/x.so", "/x.so")) == (
        "n1: LD_PRELOAD=/x.so was set and is handed on: every figure here is one under it",
    )


def test_a_clean_environment_is_no_line() -> None:
    assert told() == ()


def test_the_report_warns_of_it() -> None:
    settings = (Setting("NUMBA_OPT", "0", None),)
    report = report_on((replace(RUN, inventory=replace(RUN.inventory, settings=settings)),))

    assert any("NUMBA_OPT=0 was set" in warning for warning in report.first_warnings)
