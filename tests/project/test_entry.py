"""The command sees that the packages that Python finds are its own, before it imports one."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
# An installed command finds ours behind whatever PYTHONPATH names.
LAUNCH = ROOT / "bench" / "launch"
INSTALLED = (
    f"import sys; sys.path.append({str(ROOT)!r}); sys.path.append({str(LAUNCH)!r}); "
    "from capbench import start; start()"
)


def capbench(path: str, cwd: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    # -S: neither an installed nor an editable capbench is found; -P: nor the current folder.
    code = INSTALLED.replace("sys.path.append", "sys.path.extend(SITE); sys.path.append")
    code = f"SITE = {[p for p in sys.path if 'site-packages' in p]!r}; {code}"
    return subprocess.run(
        [sys.executable, "-S", "-P", "-c", code, *arguments],
        cwd=cwd,
        env=os.environ | {"PYTHONPATH": path},
        capture_output=True,
        text=True,
    )


@pytest.mark.parametrize("command", ["doctor", "run"])
@pytest.mark.parametrize("package", ["bench", "kernels", "reports", "storage_bench"])
def test_a_package_of_our_name_on_the_path_is_named(
    package: str, command: str, tmp_path: Path
) -> None:
    (tmp_path / package).mkdir()
    (tmp_path / package / "__init__.py").write_text("raise RuntimeError('imported')\n")

    done = capbench(str(tmp_path), ROOT.parent, command)

    assert done.returncode == 2
    (line,) = done.stderr.splitlines()
    assert f"{tmp_path / package / '__init__.py'}, which is not ours: it collides" in line


def test_an_empty_element_of_the_path_is_the_current_folder(tmp_path: Path) -> None:
    (tmp_path / "kernels").mkdir()
    (tmp_path / "kernels" / "__init__.py").write_text("")

    assert capbench(f"{os.pathsep}/nowhere", tmp_path, "doctor").returncode == 2


def test_a_folder_of_our_name_that_is_no_package_harms_nobody(tmp_path: Path) -> None:
    (tmp_path / "reports").mkdir()

    done = capbench(str(tmp_path), tmp_path, "--version")

    assert (done.returncode, done.stderr) == (0, "")


def test_a_library_that_does_not_load_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "click.py").write_text("raise ImportError('built for another Python')\n")

    done = capbench(str(tmp_path), tmp_path, "--version")

    assert done.returncode == 2
    (line,) = done.stderr.splitlines()
    assert "built for another Python" in line


def test_a_checkout_runs_where_nothing_of_ours_is_installed() -> None:
    libraries = os.pathsep.join(p for p in sys.path if "site-packages" in p)
    # -S: of these folders no .pth file is read, so that an editable capbench is not found.
    done = subprocess.run(
        [sys.executable, "-S", "-m", "bench", "--version"],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": libraries},
        capture_output=True,
        text=True,
    )

    assert (done.returncode, done.stderr) == (0, "")
