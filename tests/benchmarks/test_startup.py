"""How fast the program answers, as ratios of one alternating run; nothing about time is asserted.

`python -m pytest tests/benchmarks/test_startup.py --benchmark-enable -s`
"""

import statistics
import subprocess
import sys
import time
from pathlib import Path

from pytest_benchmark.fixture import BenchmarkFixture

ROOT = Path(__file__).parents[2]
ROUNDS = 21


def seconds(*arguments: str) -> float:
    start_s = time.perf_counter()
    subprocess.run([sys.executable, *arguments], cwd=ROOT, check=True, capture_output=True)
    return time.perf_counter() - start_s


def test_help_against_importing_click(benchmark: BenchmarkFixture) -> None:
    """The time of `capbench --help` over that of `python -c "import click"`."""
    pairs = [
        (seconds("-m", "bench", "--help"), seconds("-c", "import click"))
        for _ in range(ROUNDS if benchmark.enabled else 1)
    ]
    ratio = statistics.median(ours / theirs for ours, theirs in pairs)
    benchmark.extra_info["ratio"] = ratio
    benchmark.pedantic(seconds, args=("-m", "bench", "--help"), rounds=3)
    sys.stdout.write(f"\ncapbench --help / import click: {ratio:.2f}\n")
