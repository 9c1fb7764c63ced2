"""The main job on real hardware, and a simulated machine through the whole pipeline to the byte."""

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from bench.evidence.bundle_writer import BundleWriter
from bench.testing.machine import simulated_evidence
from reports.declarations import capacity_plan, policy
from reports.performance import analyse
from reports.render import render
from reports.report import build
from reports.verification import verify

ROOT = Path(__file__).parents[2]
INDICATORS = [
    "compute_scale", "large_ai_centres", "ai_compute_share", "edge_coverage", "optical_nodes",
    "srv6_share", "otn_coverage", "osu_share", "low_latency_rate", "storage_total",
    "flash_share", "applications",
]  # fmt: skip


def capbench(*arguments: str | Path, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "bench", *map(str, arguments)],
        cwd=cwd,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
    )


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The real main job with profile `ci`, and what it printed."""
    folder = tmp_path_factory.mktemp("run") / "out"
    done = capbench("run", "--profile", "ci", "--output", folder)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder, done.stdout


def test_the_main_job_leaves_a_bundle_that_verifies(run: tuple[Path, str]) -> None:
    folder, _ = run

    done = capbench("verify", folder / "evidence", "--json")

    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["valid"] is True


def test_the_figures_that_scripts_rely_on_are_there_with_intervals(run: tuple[Path, str]) -> None:
    report = json.loads((run[0] / "report.json").read_text())
    estimates = {e["figure"]: e for e in report["estimates"]}

    assert estimates.keys() >= {
        "cpu.vector.fp32", "cpu.vector.fp64", "cpu.vector.fp32.one_core", "cpu.matrix.fp32",
        "memory.copy", "memory.triad", "storage.randread.4k",
    }  # fmt: skip
    assert all(0 < e["low"] <= e["value"] <= e["high"] for e in estimates.values())
    assert all(e["n"] >= 2 and 0 < e["confidence"] < 1 for e in estimates.values())
    assert estimates["cpu.vector.fp32"]["unit"] == "FLOP/s"


def test_one_machine_is_not_a_city_so_every_indicator_is_shown_and_none_is_judged(
    run: tuple[Path, str],
) -> None:
    report = json.loads((run[0] / "report.json").read_text())
    indicators = report["plan"]["indicators"]

    assert [i["id"] for i in indicators] == INDICATORS
    assert [i["number"] for i in indicators] == list(range(1, 13))
    assert {i["verdict"] for i in indicators} == {"not measured"}
    assert {i["value"] for i in indicators} == {None}
    assert {i["year"] for i in indicators} == {2025}


def test_the_terminal_shows_the_figures_and_the_plan(run: tuple[Path, str]) -> None:
    _, printed = run

    assert "cpu.vector.fp32" in printed
    assert "算力规模" in printed
    assert "not measured" in printed


def test_the_page_opens_in_a_browser_without_a_fault_and_draws_its_charts(
    run: tuple[Path, str],
) -> None:
    from playwright.sync_api import sync_playwright

    browser_path = shutil.which("chromium")
    if browser_path is None:
        pytest.skip("no chromium on PATH")
    faults: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=browser_path, args=["--no-sandbox", "--disable-gpu"]
        )
        context = browser.new_context(offline=True)
        page = context.new_page()
        page.on("console", lambda m: faults.append(m.text) if m.type == "error" else None)
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("request", lambda r: None if r.url.startswith("file:") else faults.append(r.url))
        page.goto((run[0] / "report.html").as_uri())
        page.wait_for_selector(".chart svg.marks")
        drawn = page.locator(".chart svg.marks").count()
        charts = page.locator(".chart").count()
        browser.close()

    assert faults == []
    assert drawn == charts >= 3


def test_the_same_evidence_reports_the_same_again(run: tuple[Path, str]) -> None:
    folder, _ = run

    done = capbench("report", folder / "evidence", "--format", "json")

    assert done.stdout == (folder / "report.json").read_text()


def test_nothing_is_left_behind_where_storage_was_tested(run: tuple[Path, str]) -> None:
    folder, _ = run

    assert sorted(p.name for p in folder.parent.iterdir()) == ["out"]
    assert sorted(p.name for p in folder.iterdir()) == [
        "evidence", "report.csv", "report.html", "report.json", "report.md",
    ]  # fmt: skip


def test_any_flipped_byte_makes_verify_exit_4_and_name_the_file(
    run: tuple[Path, str], tmp_path: Path
) -> None:
    folder = tmp_path / "evidence"
    shutil.copytree(run[0] / "evidence", folder)
    answers = {}
    for path in (folder / "manifest.json", folder / "plan.json",
                 sorted((folder / "outcomes").iterdir())[0]):  # fmt: skip
        good = path.read_bytes()
        path.write_bytes(good[:100] + bytes([good[100] ^ 4]) + good[101:])
        answers[path.name] = capbench("verify", folder)
        path.write_bytes(good)

    assert {done.returncode for done in answers.values()} == {4}
    assert [name for name, done in answers.items() if name not in done.stderr] == []
    assert {len(done.stderr.splitlines()) for done in answers.values()} == {1}


def test_ctrl_c_seals_what_was_measured_and_removes_what_was_written(tmp_path: Path) -> None:
    folder = tmp_path / "out"
    with subprocess.Popen(
        [sys.executable, "-m", "bench", "run", "--profile", "ci", "--output", folder],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stderr is not None
        told = iter(process.stderr.readline, "")
        first_outcome = next(line for line in told if line.startswith("cpu."))
        process.send_signal(signal.SIGINT)
        printed, _ = process.communicate(timeout=60)

    assert "FLOP/s" in first_outcome
    assert process.returncode == 5
    assert "interrupted" in printed
    assert verify(folder / "evidence").evidence.interrupted == "interrupted by the user"
    assert [p.name for p in tmp_path.iterdir()] == ["out"]


@pytest.mark.parametrize("format_", ["terminal", "markdown", "json", "csv", "html"])
def test_a_simulated_machine_is_reported_to_the_byte(  # type: ignore[no-untyped-def]
    format_: str, tmp_path: Path, golden
) -> None:
    evidence = simulated_evidence()
    writer = BundleWriter(tmp_path / "evidence", evidence.inventory, evidence.plan)
    for outcome in evidence.outcomes:
        writer.add(outcome)
    writer.finish(evidence)
    report = build(
        (analyse(verify(tmp_path / "evidence")),),
        None,
        policy.load(policy.DEFAULT),
        capacity_plan.load(capacity_plan.DEFAULT),
        2025,
    )

    text = render(report, format_)
    if format_ == "html":
        # The inlined chart library is its package's, and as large as everything else together.
        text = "\n".join(line for line in text.splitlines() if len(line) < 20_000)

    golden(f"simulated/report.{format_}", text.encode())


def test_a_simulated_bundle_is_the_same_to_the_byte(tmp_path: Path, golden) -> None:  # type: ignore[no-untyped-def]
    evidence = simulated_evidence()
    writer = BundleWriter(tmp_path / "evidence", evidence.inventory, evidence.plan)
    for outcome in evidence.outcomes:
        writer.add(outcome)
    writer.finish(evidence)

    golden("simulated/manifest.json", (tmp_path / "evidence" / "manifest.json").read_bytes())
