"""The figures of this build beside those of the one before the move: they must not have moved.

`python -m pytest tests/benchmarks/test_same_figures.py --benchmark-enable -s`

Both builds measure this machine in turn, each run begun by the other build than the last. Prints
every figure's ratio of medians with the spread of either build. A rate is the machine's as much
as the build's, and is only printed; operations a cycle are held to 2 % by the best run of either
build, because a neighbour on the same core can lower them and nothing can raise them.
CAPBENCH_TURNS says how many runs each build gets (3), CAPBENCH_PROFILE by which profile (ci).
"""

import json
import os
import statistics
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

WITHIN = 0.02
FIGURES = """
import json, sys
from pathlib import Path
{verify}
found = verify(Path(sys.argv[1]))
evidence = getattr(found, "evidence", found)
print(json.dumps({{{name}: e.value for e in evidence.estimates}}))
"""


def test_no_figure_has_moved(
    benchmark: BenchmarkFixture, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    turns = int(os.environ.get("CAPBENCH_TURNS", "3"))
    profile = os.environ.get("CAPBENCH_PROFILE", "ci")
    builds: dict[str, Any] = {name: request.getfixturevalue(name) for name in ("before", "now")}
    seen: dict[str, list[dict[str, float]]] = {name: [] for name in builds}
    for turn in range(turns):
        for name in list(builds)[:: -1 if turn % 2 else 1]:
            bundle = builds[name].bundle(profile, tmp_path / f"{name}{turn}")
            seen[name].append(figures(builds[name], bundle))
    benchmark.pedantic(lambda: None, rounds=1)
    moved = {}
    for figure in sorted(set.intersection(*(set(run) for runs in seen.values() for run in runs))):
        before, now = ([run[figure] for run in seen[name]] for name in ("before", "now"))
        ratio = statistics.median(now) / statistics.median(before)
        sys.stdout.write(
            f"\n{figure:<44} {ratio:.4f}  spread before {spread(before):.1%}, now {spread(now):.1%}"
        )
        best = max(now) / max(before)
        if figure.endswith(".per_cycle") and abs(best - 1) > WITHIN:
            moved[figure] = best
    sys.stdout.write("\n")
    assert moved == {}


def spread(values: list[float]) -> float:
    return (max(values) - min(values)) / statistics.median(values)


def figures(build: Any, bundle: Path) -> dict[str, float]:
    """Every figure of a bundle by its full name."""
    done = subprocess.run(
        [build.python, "-c", FIGURES.format(verify=build.verify, name=build.names), bundle],
        cwd=build.folder, env=build.environment(), capture_output=True, text=True, check=True,
    )  # fmt: skip
    found: dict[str, float] = json.loads(done.stdout)
    return found
