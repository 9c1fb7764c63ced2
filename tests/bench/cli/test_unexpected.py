"""An error that nobody foresaw: one line, a log, exit code 70."""

import re
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from bench.cli import Capbench, unexpected


def failing(error: BaseException) -> click.Group:
    @click.group(cls=Capbench)
    def program() -> None:
        pass

    @program.command()
    def fail() -> None:
        raise error

    return program


@pytest.mark.parametrize(
    "error",
    [KeyError("x"), UnicodeDecodeError("utf-8", b"\xff", 0, 1, "no"), RecursionError("deep"),
              type("PanicException", (BaseException,), {})("rust")],
)  # fmt: skip
def test_it_has_its_own_exit_code_one_line_and_a_log(
    error: BaseException, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))

    done = CliRunner().invoke(failing(error), ["fail"])

    assert done.exit_code == unexpected.EXIT_CODE == 70
    (line,) = done.output.splitlines()
    log = re.search(r"the rest is in (\S+)\.$", line)
    assert log is not None
    text = Path(log[1]).read_text()
    assert "Traceback (most recent call last)" in text
    assert type(error).__name__ in text
    assert type(error).__name__ in line


def test_where_no_log_can_be_written_it_is_still_one_line(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(unexpected, "candidates", lambda: (Path("/proc/no/such/folder"),))

    done = CliRunner().invoke(failing(KeyError("x")), ["fail"])

    assert done.exit_code == 70
    assert done.output == (
        "capbench: Unexpected KeyError: 'x'; no folder can be written to for a log.\n"
    )


def test_a_mistake_of_the_user_stays_a_mistake_of_the_user() -> None:
    done = CliRunner().invoke(failing(click.UsageError("no")), ["fail"])

    assert done.exit_code == 2
