"""What the README says is there."""

import re
import subprocess
import sys
from pathlib import Path

import click
import pytest

from bench.cli import main
from bench.planning.profile import names
from reports.declarations import policy
from reports.verification.audit import RULES

PACKAGES = ("bench", "kernels", "storage_bench", "reports")
ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text()
READMES = [
    *(ROOT / folder / "README.md" for folder in (".", *PACKAGES)),
    ROOT / ".github" / "CONTRIBUTING.md",
]
COMMANDS = sorted(
    set(re.findall(r"^\| `capbench ([a-z]+(?: [a-z][a-z-]*)?)", README, re.MULTILINE))
)
MAX_LINES = 130


def known(words: str) -> click.Command | None:
    """The command of that name, of a group or not; arguments after it are none of its name."""
    first, _, second = words.partition(" ")
    command = main.commands.get(first)
    if isinstance(command, click.Group):
        return command.commands.get(second)
    return command


def options_of(words: str) -> set[str]:
    command = known(words)
    assert command is not None
    return {name for p in command.params for name in (*p.opts, *p.secondary_opts)}


def unknown_options(text: str) -> set[tuple[str, str]]:
    """Options of the table that a command named beside them does not have."""
    rows = re.findall(r"^\| (`--[^|]*) \| ([^|]*) \|", text, re.MULTILINE)
    return {
        (words, option)
        for options, commands in rows
        for option in re.findall(r"--[a-z-]+", options)
        for words in re.findall(r"`([a-z -]+)`", commands)
        if option not in options_of(words)
    }


def missing_paths(text: str) -> set[str]:
    """Paths of this repository that are named and not there."""
    named = re.findall(
        r"`((?:bench|kernels|reports|storage_bench|tests|\.github)/[\w./@-]*)`", text
    )
    return {path for path in named if not (ROOT / path).exists()}


def rules_of(text: str) -> set[tuple[str, str, str]]:
    return set(re.findall(r"^\| ([A-Z]{3}-\d{3}) \| (\w+) \| (.*) \|$", text, re.MULTILINE))


def test_the_readme_is_read_in_one_go() -> None:
    assert len(README.splitlines()) <= MAX_LINES


def test_every_option_of_the_table_is_one_of_its_commands() -> None:
    assert unknown_options(README) == set()
    assert unknown_options("| `--planted` | `run` | x |") == {("run", "--planted")}


@pytest.mark.parametrize("path", READMES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_path_that_is_named_is_there(path: Path) -> None:
    assert missing_paths(path.read_text()) == set()
    assert missing_paths("`bench/planted.py`") == {"bench/planted.py"}


def test_every_audit_rule_is_listed_as_it_is() -> None:
    listed = rules_of((ROOT / "reports" / "README.md").read_text())

    assert listed == {(rule.id, rule.severity.value, rule.title) for rule in RULES}
    assert rules_of("| PLT-001 | minor | Planted |") == {("PLT-001", "minor", "Planted")}


def test_every_policy_is_listed() -> None:
    text = (ROOT / "reports" / "README.md").read_text()

    assert [
        name for name in policy.names() if f"| `{name}` | {policy.load(name).title} |" in text
    ] == (list(policy.names()))


def test_every_sub_command_is_in_the_readme() -> None:
    storage = main.commands["storage"]
    assert isinstance(storage, click.Group)
    seconds = {words.split()[1] for words in COMMANDS if words.startswith("storage ")}

    assert seconds == set(storage.commands)


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
