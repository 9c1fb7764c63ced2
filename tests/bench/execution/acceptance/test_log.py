"""The log: only added to, and no reason to end a run."""

from pathlib import Path

from bench.execution.acceptance.log import Log


def test_what_is_said_is_told_and_kept_and_a_traceback_is_only_kept(tmp_path: Path) -> None:
    told: list[str] = []
    log = Log(tmp_path / "new" / "accept.log", told.append)
    log.say("phase 1")
    log.add("Traceback\n  line")

    assert told == ["phase 1"]
    kept = log.path.read_text()
    assert kept.index("phase 1") < kept.index("Traceback\n  line")


def test_a_log_that_cannot_be_written_is_told_once_a_line_and_raises_nothing(
    tmp_path: Path,
) -> None:
    (tmp_path / "file").write_text("")
    told: list[str] = []
    Log(tmp_path / "file" / "accept.log", told.append).say("phase 1")

    assert told[0] == "phase 1"
    assert "cannot be written" in told[1]
