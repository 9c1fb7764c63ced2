"""What is installed is what was meant."""

import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

import bench

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", folder, ROOT],
        check=True,
    )
    (file,) = folder.glob("*.whl")
    assert file.name.startswith(f"capbench-{bench.__version__}-")
    return set(zipfile.ZipFile(file).namelist())


def test_the_wheel_holds_the_four_packages_and_no_tests(wheel: set[str]) -> None:
    tops = {name.split("/")[0] for name in wheel if ".dist-info" not in name}

    assert tops == {"bench", "kernels", "storage_bench", "reports", "capbench.py"}


def test_every_source_and_data_file_is_in_the_wheel(wheel: set[str]) -> None:
    files = {
        path.relative_to(ROOT).as_posix().removeprefix("bench/launch/")
        for package in ("bench", "kernels", "storage_bench", "reports")
        for path in (ROOT / package).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }

    assert files - wheel == set()
    assert {
        "bench/planning/profiles/quick.toml",
        "reports/declarations/plans/chongqing-2023-2025.toml",
    } <= files


def test_torch_is_never_needed_to_install() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]

    assert not any(name.startswith("torch") for name in project["dependencies"])
