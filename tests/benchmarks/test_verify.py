"""How fast a bundle is verified, against the build before evidence format 2.

`python -m pytest tests/benchmarks/test_verify.py --benchmark-enable -s`

Each build verifies a bundle of its own, really measured by it on this machine under the same
profile, in turn with the other. The older build lies in a git worktree with an environment of its
own. Prints both rates a core and their ratio. The first use measures for about five minutes.
"""

import json
import statistics
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

WANTED = {"quick": 40.0, "ci": 20.0}
"""So many times as fast at least."""
TURNS = 5
LOOP = """
import json, sys, time
from pathlib import Path
{imports}
folder = Path(sys.argv[1])
verify(folder)
for line in sys.stdin:
    begun_s, count = time.process_time(), 0
    while count == 0 or time.process_time() - begun_s < float(line):
        verify(folder)
        count += 1
    print(json.dumps(count / (time.process_time() - begun_s)), flush=True)
"""
"""Verify for so many seconds of a core, each time a line says so; answer with the rate."""


@pytest.mark.parametrize("profile", WANTED)
def test_verifying_is_so_many_times_as_fast(
    benchmark: BenchmarkFixture,
    profile: str,
    request: pytest.FixtureRequest,
    tmp_path: Path,
) -> None:
    builds: dict[str, Any] = {name: request.getfixturevalue(name) for name in ("before", "now")}
    bundles = {name: build.bundle(profile, tmp_path / name) for name, build in builds.items()}
    rates: dict[str, list[float]] = {name: [] for name in builds}
    verifiers = {name: verifier(build, bundles[name]) for name, build in builds.items()}
    try:
        for turn in range(TURNS):
            for name in list(builds)[:: -1 if turn % 2 else 1]:
                rates[name].append(asked(verifiers[name], 2.0))
    finally:
        for process in verifiers.values():
            process.communicate()
    ratios = [new / old for new, old in zip(rates["now"], rates["before"], strict=True)]
    ratio = statistics.median(ratios)
    old, new = (statistics.median(rates[name]) for name in ("before", "now"))
    sys.stdout.write(
        f"\n{profile}: before {old:.2f} bundles a second and core, now {new:.1f}: "
        f"{ratio:.1f} times ({min(ratios):.1f} to {max(ratios):.1f}), wanted {WANTED[profile]:g}\n"
    )
    benchmark.extra_info.update({"before": old, "now": new, "ratio": ratio})
    benchmark.pedantic(lambda: None, rounds=1)
    assert ratio >= WANTED[profile]


def verifier(build: Any, bundle: Path) -> subprocess.Popen[str]:
    """A process that verifies on demand."""
    return subprocess.Popen(
        [build.python, "-c", LOOP.format(imports=build.verify), bundle],
        cwd=build.folder, env=build.environment(), text=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip


def asked(process: subprocess.Popen[str], seconds: float) -> float:
    """Bundles a second of one core."""
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(f"{seconds}\n")
    process.stdin.flush()
    rate: float = json.loads(process.stdout.readline())
    return rate
