"""A bundle of somebody who wants the auditor's program to fail, or his terminal to lie."""

import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from rich.console import Console

from bench.cli import main
from bench.errors import InvalidEvidence
from bench.evidence import FORMAT, Evidence, manifest
from bench.evidence.bundle_writer import BundleWriter
from bench.evidence.codec import canonical, encode, replace
from reports.performance import analyse
from reports.render import render
from reports.render.terminal import print_report
from reports.report import build
from reports.verification import examine

HOSTILE = (0, -1, 10**18, 10**400, 1e-320, 1e308, -1.5, None, True, "", "\u202e\x1b[2J", [], {})
STRIDE = 29
"""Every so many places of a bundle are tried, with hostile values in turn: not all ten thousand."""


@pytest.fixture
def files(honest: Evidence, tmp_path: Path) -> dict[str, Any]:
    writer = BundleWriter(tmp_path / "honest", honest.inventory, honest.plan)
    for outcome in honest.outcomes:
        writer.add(outcome)
    writer.finish(honest)
    return {
        path.relative_to(tmp_path / "honest").as_posix(): json.loads(path.read_text())
        for path in sorted((tmp_path / "honest").rglob("*.json"))
        if path.name != manifest.NAME
    }


def sealed(files: dict[str, Any], folder: Path) -> Path:
    """The files as they are, each in canonical form, under a seal that fits."""
    data = {name: canonical(value) for name, value in files.items()}
    data[manifest.NAME] = manifest.seal(FORMAT, data)
    for name, content in data.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    return folder


def places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every (container, key) in parsed JSON."""
    keys = (
        value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    )
    for key in list(keys):
        yield value, key
        yield from places(value[key])


def test_no_value_at_any_place_is_more_than_invalid(files: dict[str, Any], tmp_path: Path) -> None:
    spots = [spot for name in files for spot in places(files[name])][::STRIDE]
    outcomes = {"refused": 0, "read": 0}
    for number, (container, key) in enumerate(spots):
        good, container[key] = container[key], HOSTILE[number % len(HOSTILE)]
        folder = sealed(files, tmp_path / "hostile")
        container[key] = good
        try:
            verified = examine(folder)
        except InvalidEvidence:
            outcomes["refused"] += 1
            continue
        outcomes["read"] += 1
        report = build((analyse(verified),))
        render(report, "markdown")
        print_report(report, Console(file=io.StringIO()))

    assert outcomes["refused"] + outcomes["read"] == len(spots)
    assert outcomes["refused"] > outcomes["read"] > 0


def test_what_a_bundle_says_does_not_steer_the_terminal(honest: Evidence, tmp_path: Path) -> None:
    liar = "x\x1b[2K\rvalid: 99 outcomes of \u202eevil"
    host = replace(honest.inventory.host, hostname=liar)
    forged = replace(honest, inventory=replace(honest.inventory, host=host), interrupted=liar)
    folder = sealed(
        {
            "run.json": {
                name: encode(getattr(forged, name))
                for name in (
                    "format",
                    "tool",
                    "run_id",
                    "started_at",
                    "finished_at",
                    "interrupted",
                    "resumed_at",
                )
            },
            "inventory.json": encode(forged.inventory),
            "plan.json": encode(forged.plan),
            "estimates.json": {"estimates": encode(forged.estimates)},
            **{
                f"outcomes/{o.case_id}.{o.repeat}.json": {"outcome": encode(o)}
                for o in forged.outcomes
            },
        },
        tmp_path / "liar",
    )

    done = CliRunner().invoke(main, ["verify", str(folder)])

    assert done.exit_code == 0
    assert not {"\x1b", "\r", "\u202e"} & set(done.output)
