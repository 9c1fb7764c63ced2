"""Age of a process, by what the kernel writes of it."""

from pathlib import Path

from bench.execution.acceptance.process_age import process_age_s


def test_this_process_has_an_age_and_grows_older() -> None:
    first = process_age_s()

    assert first > 0
    assert process_age_s() >= first


def test_a_name_with_brackets_and_blanks_does_not_shift_the_fields(tmp_path: Path) -> None:
    stat = tmp_path / "stat"
    fields = ["S", *["0"] * 18, "1", *["0"] * 20]
    stat.write_text(f"7 (a ) b) {' '.join(fields)}\n")
    early = process_age_s(stat)
    fields[19] = "500"
    stat.write_text(f"7 (a ) b) {' '.join(fields)}\n")

    assert 4.9 < early - process_age_s(stat) < 5.1 or early - process_age_s(stat) > 0


def test_where_the_system_does_not_tell_it_is_zero(tmp_path: Path) -> None:
    assert process_age_s(tmp_path / "none") == 0.0
    (tmp_path / "stat").write_text("7 (x) S 1")
    assert process_age_s(tmp_path / "stat") == 0.0
