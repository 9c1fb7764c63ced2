"""What holds for all tests."""

import os
import signal
from collections.abc import Generator
from pathlib import Path

import pytest

GOLDEN = Path(__file__).parent / "golden"


def pytest_configure() -> None:
    """Take Ctrl-C and hangups as a terminal gives them: in the background a shell ignores both."""
    for number, handler in (
        (signal.SIGINT, signal.default_int_handler),
        (signal.SIGHUP, signal.SIG_DFL),
    ):
        if signal.getsignal(number) is signal.SIG_IGN:
            signal.signal(number, handler)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-golden",
        action="store_true",
        help="Write the golden files anew; whoever does this reads the difference.",
    )


SLOW = (
    "benchmarks", "kernels", "storage_bench/engines", "storage_bench/guarantee/test_replicate.py",
    "bench/cli/storage", "bench/execution", "reports/render/test_html.py",
    "project/test_packaging.py", "project/test_style.py",
)  # fmt: skip
"""What compiles, measures, or opens a browser."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark tests by where they lie."""
    here = Path(__file__).parent
    for item in items:
        place = item.path.relative_to(here).as_posix()
        if place.startswith("system/"):
            item.add_marker("system")
        elif place.startswith(SLOW):
            item.add_marker("slow")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """In CI a skipped test is a failed one, except where a GPU is what is missing."""
    report = yield
    if report.skipped and os.environ.get("CI") == "true" and not item.get_closest_marker("cuda"):
        report.outcome = "failed"
        report.longrepr = f"skipped in CI: {report.longrepr}"
    return report


@pytest.fixture
def golden(request: pytest.FixtureRequest):  # type: ignore[no-untyped-def]
    """Compare bytes with a file under tests/golden, or write it with --update-golden."""

    def compare(name: str, data: bytes) -> None:
        path = GOLDEN / name
        if request.config.getoption("--update-golden"):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        assert path.read_bytes() == data

    return compare
