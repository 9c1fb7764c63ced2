"""The page, in a real browser."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from reports.render import render
from reports.report import Report

CHARTS = ["chart-plan", "chart-peaks", "chart-samples", "chart-estimates"]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    path = shutil.which("chromium")
    if path is None:
        pytest.skip("no chromium on PATH")
    with sync_playwright() as playwright:
        made = playwright.chromium.launch(
            executable_path=path, args=["--no-sandbox", "--disable-gpu"]
        )
        yield made
        made.close()


def opened(
    browser: Browser, report: Report, folder: Path, **options: str
) -> tuple[Page, list[str]]:
    """The page after its charts are drawn, and everything that it complained of or asked for."""
    path = folder / "report.html"
    path.write_text(render(report, "html"), encoding="utf-8")
    page = browser.new_context(offline=True, **options).new_page()  # type: ignore[arg-type]
    faults: list[str] = []
    page.on("console", lambda m: faults.append(m.text) if m.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("dialog", lambda dialog: faults.append(dialog.message))
    page.on("request", lambda r: None if r.url.startswith("file:") else faults.append(r.url))
    page.goto(path.as_uri())
    page.wait_for_selector("#chart-estimates-svg")
    return page, faults


def test_it_opens_from_disk_without_a_fault_and_draws_every_chart(
    browser: Browser, city: Report, tmp_path: Path
) -> None:
    page, faults = opened(browser, city, tmp_path)

    drawn = page.evaluate("[...document.querySelectorAll('.chart > svg')].map(svg => svg.id)")
    assert drawn == [f"{chart}-svg" for chart in CHARTS]
    assert page.locator("#chart-plan-svg .mark-rect.role-mark path").count() == 12
    assert page.locator("#chart-peaks-svg .mark-rect.role-mark path").count() == 2
    assert page.locator("#chart-samples-svg .role-mark path").count() == len(city.series)
    assert faults == []


def test_the_table_shows_all_indicators_and_their_verdicts(
    browser: Browser, city: Report, tmp_path: Path
) -> None:
    page, _ = opened(browser, city, tmp_path)

    ids = page.evaluate("[...document.querySelectorAll('#plan tbody tr')].map(row => row.id)")
    assert ids == [finding.id for finding in city.indicators]
    assert "✗ not met" in page.inner_text("#compute_scale")
    assert "4.17 EFLOP/s" in page.inner_text("#compute_scale")
    assert "399999 of 400000 nodes not measured" in page.inner_text("#ai_compute_share")


def test_a_pass_that_hangs_on_the_policy_says_so(
    browser: Browser, measured_city: Report, tmp_path: Path
) -> None:
    page, _ = opened(browser, measured_city, tmp_path)

    assert "pass-policy-dependent" in page.inner_text("#ai_compute_share")


def test_dark_and_light_differ_and_the_charts_follow_a_change(
    browser: Browser, machine: Report, tmp_path: Path
) -> None:
    page, faults = opened(browser, machine, tmp_path, color_scheme="light")
    paper = "getComputedStyle(document.body).backgroundColor"
    ink = "document.querySelector('#chart-plan-svg .role-axis-label text').getAttribute('fill')"
    light = (page.evaluate(paper), page.evaluate(ink))

    page.emulate_media(color_scheme="dark")
    page.wait_for_selector("#chart-plan-svg .role-axis-label text[fill='#d7dde5']")

    dark = (page.evaluate(paper), page.evaluate(ink))
    assert light == ("rgb(255, 255, 255)", "#2b323b")
    assert dark == ("rgb(20, 24, 29)", "#d7dde5")
    assert faults == []


def test_nothing_that_the_evidence_says_runs_or_becomes_markup(
    browser: Browser, hostile: Report, tmp_path: Path
) -> None:
    page, faults = opened(browser, hostile, tmp_path)

    assert page.locator("img").count() == 0
    assert page.locator("script").count() == 2 + page.locator(".chart").count()
    assert "<script>alert(1)</script>" in page.inner_text("h1")
    assert faults == []


def test_a_script_that_got_in_nevertheless_would_not_run(
    browser: Browser, machine: Report, tmp_path: Path
) -> None:
    text = render(machine, "html")
    path = tmp_path / "report.html"
    path.write_text(text.replace("</main>", "<script>document.title = 'run'</script></main>"))
    page = browser.new_context(offline=True).new_page()

    page.goto(path.as_uri())
    page.wait_for_selector("#chart-estimates-svg")

    assert page.title() != "run"


def test_the_page_names_no_address_to_fetch_from(machine: Report) -> None:
    page = render(machine, "html")
    own = "\n".join(line for line in page.splitlines() if len(line) < 20_000)

    assert "src=" not in own
    assert "href=" not in own
    assert "@import" not in own
