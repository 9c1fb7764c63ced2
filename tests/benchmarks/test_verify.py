"""How fast a bundle is verified, against the build before evidence format 2.

`python -m pytest tests/benchmarks/test_verify.py --benchmark-enable -s`

Each build verifies a bundle of its own, really measured by it on this machine under the same
profile, in turn with the other. The older build lies in a git worktree with an environment of its
own. Prints both rates a core and their ratio. The first use measures for about five minutes.
"""

import json
import os
import shutil
import statistics
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

ROOT = Path(__file__).parents[2]
BEFORE = "e26dd42"
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


@dataclass(frozen=True)
class Build:
    """A checkout of capbench, and the interpreter that has its dependencies."""

    folder: Path
    python: Path
    imports: str
    """What brings `verify` in."""

    def environment(self) -> dict[str, str]:
        return os.environ | {"PYTHONPATH": str(self.folder)}

    def bundle(self, profile: str, folder: Path) -> Path:
        """Measure this machine; without an accelerator or storage the same holds of both."""
        subprocess.run(
            [self.python, "-m", "bench", "run", "--profile", profile, "--output", folder],
            cwd=self.folder, env=self.environment(), check=False, capture_output=True,
        )  # fmt: skip
        assert (folder / "evidence" / "manifest.json").exists(), f"{self.folder} measured nothing"
        return folder / "evidence"

    def verifier(self, bundle: Path) -> subprocess.Popen[str]:
        """A process that verifies on demand."""
        return subprocess.Popen(
            [self.python, "-c", LOOP.format(imports=self.imports), bundle],
            cwd=self.folder, env=self.environment(), text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )  # fmt: skip


@pytest.fixture(scope="session")
def now() -> Build:
    return Build(ROOT, Path(sys.executable), "from reports.verification import verify")


@pytest.fixture(scope="session")
def before(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Build]:
    """The older build in a worktree, with an environment that has what it needs."""
    known = subprocess.run(
        ["git", "cat-file", "-e", f"{BEFORE}^{{commit}}"], cwd=ROOT, capture_output=True
    )
    if shutil.which("git") is None or known.returncode != 0:
        pytest.skip(f"the history up to {BEFORE} is not here")
    home = tmp_path_factory.mktemp("before")
    folder = home / "checkout"
    subprocess.run(["git", "worktree", "add", "--detach", folder, BEFORE], cwd=ROOT, check=True)
    try:
        # Its dependencies are among ours: they are shown to it, and nothing is fetched.
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", home / "env"], check=True)
        python = home / "env" / "bin" / "python"
        own = _site(python)
        (own / "shared.pth").write_text(f"{_site(Path(sys.executable))}\n")
        yield Build(folder, python, "from reports.verify import verify")
    finally:
        subprocess.run(["git", "worktree", "remove", "--force", folder], cwd=ROOT, check=True)


def _site(python: Path) -> Path:
    code = "import sysconfig; print(sysconfig.get_path('purelib'))"
    done = subprocess.run([python, "-c", code], capture_output=True, text=True, check=True)
    return Path(done.stdout.strip())


@pytest.mark.parametrize("profile", WANTED)
def test_verifying_is_so_many_times_as_fast(
    benchmark: BenchmarkFixture,
    profile: str,
    request: pytest.FixtureRequest,
    tmp_path: Path,
) -> None:
    if not benchmark.enabled:
        pytest.skip("measures for minutes; --benchmark-enable asks for it")
    builds: dict[str, Build] = {name: request.getfixturevalue(name) for name in ("before", "now")}
    bundles = {name: build.bundle(profile, tmp_path / name) for name, build in builds.items()}
    rates: dict[str, list[float]] = {name: [] for name in builds}
    verifiers = {name: build.verifier(bundles[name]) for name, build in builds.items()}
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
        f"\n{profile}: {BEFORE} {old:.2f} bundles a second and core, now {new:.1f}: "
        f"{ratio:.1f} times ({min(ratios):.1f} to {max(ratios):.1f}), wanted {WANTED[profile]:g}\n"
    )
    benchmark.extra_info.update({"before": old, "now": new, "ratio": ratio})
    benchmark.pedantic(lambda: None, rounds=1)
    assert ratio >= WANTED[profile]


def asked(process: subprocess.Popen[str], seconds: float) -> float:
    """Bundles a second of one core."""
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(f"{seconds}\n")
    process.stdin.flush()
    rate: float = json.loads(process.stdout.readline())
    return rate
