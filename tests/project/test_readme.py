"""What the README says is there."""

import re
import subprocess
import sys
from pathlib import Path

import click
import pytest

from bench.cli import main
from bench.planning.profile import names

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text()
COMMANDS = sorted(
    set(re.findall(r"^\| `capbench ([a-z]+(?: [a-z][a-z-]*)?)", README, re.MULTILINE))
)


def known(words: str) -> click.Command | None:
    """The command of that name, of a group or not; arguments after it are none of its name."""
    first, _, second = words.partition(" ")
    command = main.commands.get(first)
    if isinstance(command, click.Group):
        return command.commands.get(second)
    return command


@pytest.mark.parametrize("words", COMMANDS)
def test_every_command_in_the_readme_exists(words: str) -> None:
    assert known(words) is not None


def test_every_command_is_in_the_readme() -> None:
    firsts = {words.split()[0] for words in COMMANDS}

    assert firsts == set(main.commands)


@pytest.mark.parametrize("name", sorted(set(main.commands) - {"completion", "storage"}))
def test_every_command_speaks_json_and_answers_to_both_forms_of_help(name: str) -> None:
    options = {option for p in main.commands[name].params for option in p.opts}
    said = [
        subprocess.run(
            [sys.executable, "-m", "bench", name, form], cwd=ROOT, capture_output=True, text=True
        )
        for form in ("-h", "--help")
    ]

    assert "--json" in options
    assert [done.returncode for done in said] == [0, 0]
    assert said[0].stdout == said[1].stdout


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_is_a_script_of_the_shell(shell: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "bench", "completion", shell],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )

    assert done.returncode == 0
    assert "_CAPBENCH_COMPLETE" in done.stdout


def test_both_commands_of_the_readme_set_everything_up_themselves() -> None:
    blocks = re.findall(r"<!-- (run|tests) -->\n```sh\n(.*?)\n```", README, re.DOTALL)

    assert [name for name, _ in blocks] == ["run", "tests"]
    assert all(command.startswith("python3 -m venv .venv && ") for _, command in blocks)
    assert all("\n" not in command for _, command in blocks)


def test_the_profiles_and_exit_codes_are_told() -> None:
    assert all(f"`{name}`" in README for name in names())
    assert re.findall(r"^\| (\d) \|", README, re.MULTILINE) == list("012345")
