"""Two builds of capbench on one machine: this one, and the one before evidence format 2."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
BEFORE = "e26dd42"


@dataclass(frozen=True)
class Build:
    """A checkout of capbench, and the interpreter that has its dependencies."""

    folder: Path
    python: Path
    verify: str
    """What brings `verify` in."""
    names: str
    """Expression for a figure's full name, of an estimate `e`."""

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


@pytest.fixture(scope="session")
def now() -> Build:
    return Build(ROOT, Path(sys.executable), "from reports.verification import verify", "e.name")


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
        yield Build(folder, python, "from reports.verify import verify", "e.metric")
    finally:
        subprocess.run(["git", "worktree", "remove", "--force", folder], cwd=ROOT, check=True)


def _site(python: Path) -> Path:
    code = "import sysconfig; print(sysconfig.get_path('purelib'))"
    done = subprocess.run([python, "-c", code], capture_output=True, text=True, check=True)
    return Path(done.stdout.strip())


MINUTES = ("test_verify.py", "test_facility.py", "test_same_figures.py")
"""Files that measure two builds, or ten thousand nodes: only on demand."""


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what takes minutes, unless benchmarks are asked for."""
    if config.getoption("benchmark_enable"):
        return
    long = [
        item
        for item in items
        if item.path.parent == Path(__file__).parent and item.path.name in MINUTES
    ]
    config.hook.pytest_deselected(items=long)
    items[:] = [item for item in items if item not in long]
