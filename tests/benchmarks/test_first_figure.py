"""How soon a user sees a figure, from a warm cache, on a real terminal.

`python -m pytest tests/benchmarks/test_first_figure.py --benchmark-enable -s`
"""

import os
import pty
import re
import shutil
import statistics
import sys
import time
from pathlib import Path

from pytest_benchmark.fixture import BenchmarkFixture

ROOT = Path(__file__).parents[2]
FIGURE = re.compile(rb"\d [GT]FLOP/s")


def until_first_figure_s(folder: Path) -> float:
    """Seconds from the start of `capbench run` on a pseudo-terminal to the first rate on it."""
    shutil.rmtree(folder, ignore_errors=True)
    began_s = time.perf_counter()
    pid, terminal = pty.fork()
    if pid == 0:
        os.chdir(ROOT)
        arguments = ["run", "--only", "cpu.vector.*", "--output", str(folder)]
        os.execv(sys.executable, [sys.executable, "-m", "bench", *arguments])
    seen = b""
    while not FIGURE.search(seen):
        seen += os.read(terminal, 65536)
    spent_s = time.perf_counter() - began_s
    os.kill(pid, 2)
    with open(terminal, "rb", buffering=0) as rest:
        try:
            while rest.read(65536):
                pass
        except OSError:  # the terminal is gone with the process
            pass
    os.waitpid(pid, 0)
    return spent_s


def test_the_first_figure_on_the_screen(benchmark: BenchmarkFixture, tmp_path: Path) -> None:
    until_first_figure_s(tmp_path / "warm")  # compiles where nothing is on disk yet
    rounds = 7 if benchmark.enabled else 1
    found = [until_first_figure_s(tmp_path / "out") for _ in range(rounds)]
    benchmark.extra_info["median_s"] = statistics.median(found)
    sys.stdout.write(
        f"\nfirst figure after {statistics.median(found):.2f} s (median of {rounds})\n"
    )
    benchmark.pedantic(until_first_figure_s, args=(tmp_path / "out",), rounds=1)
