"""The program on machines as people have them: none of these ends in a traceback."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

pytestmark = [pytest.mark.system, pytest.mark.slow]

ROOT = Path(__file__).parents[2]
RUN = ("run", "--profile", "ci", "--only", "cpu.vector.fp32.one_core")
AS_ROOT = pytest.mark.skipif(
    os.geteuid() != 0 or os.system("unshare -m true 2>/dev/null") != 0,
    reason="a name space of mounts of its own needs root",
)


def capbench(
    *arguments: str | Path, cwd: Path = ROOT, before: str = "", **environment: str
) -> subprocess.CompletedProcess[str]:
    """The program, after a shell line in a mount name space of its own where there is one."""
    command = [sys.executable, "-m", "bench", *map(str, arguments)]
    if before:
        command = ["unshare", "-m", "sh", "-c", f'{before} && exec "$@"', "sh", *command]
    return subprocess.run(
        command,
        cwd=cwd,
        env=os.environ | {"PYTHONPATH": str(ROOT)} | environment,
        capture_output=True,
        text=True,
        errors="replace",
    )


def test_a_folder_whose_name_is_no_utf8(tmp_path: Path) -> None:
    folder = tmp_path / os.fsdecode(b"\xb2\xe2\xca\xd4")
    folder.mkdir()

    done = capbench(*RUN, "--output", "o", cwd=folder)

    assert done.returncode == 0, done.stderr
    assert (folder / "o/report.json").exists()


def test_storage_whose_name_is_no_utf8_is_refused_before_it_is_loaded(tmp_path: Path) -> None:
    folder = tmp_path / os.fsdecode(b"\xb2\xe2")
    folder.mkdir()

    done = capbench("run", "--directory", folder, "--output", tmp_path / "o")

    assert done.returncode == 2
    assert "evidence is UTF-8" in done.stderr
    assert not (tmp_path / "o").exists()


def test_a_library_of_the_page_that_does_not_load_costs_the_page_alone(tmp_path: Path) -> None:
    done = capbench(*RUN, "--output", tmp_path / "o", PYTHONOPTIMIZE="2")

    assert done.returncode == 0, done.stderr
    assert {path.name for path in (tmp_path / "o").iterdir()} == {
        "evidence", "report.md", "report.json", "report.csv",
    }  # fmt: skip
    assert "report.html is not written" in done.stderr


def test_a_session_that_breaks_off_is_sealed_and_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "s").mkdir()
    process = subprocess.Popen(
        [sys.executable, "-m", "bench", "run", "--profile", "ci", "--only", "storage.*",
         "--directory", tmp_path / "s", "--output", tmp_path / "o"],
        cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    while not list((tmp_path / "s").iterdir()):
        assert process.poll() is None
        time.sleep(0.05)
    process.send_signal(signal.SIGHUP)

    assert process.wait() == 5
    assert list((tmp_path / "s").iterdir()) == []
    assert (tmp_path / "o/evidence/manifest.json").exists()


@AS_ROOT
def test_a_root_that_is_read_only_with_one_volume(tmp_path: Path) -> None:
    volume = tmp_path / "v"
    volume.mkdir()
    before = f"mount --bind {volume} /mnt"
    for folder in ("/tmp", "/var/tmp", "/dev/shm"):
        before += f" && mount --bind {folder} {folder} && mount -o remount,ro,bind {folder}"

    done = capbench(*RUN, "--output", "/mnt/o", before=before, XDG_CACHE_HOME="/mnt/c")

    assert done.returncode == 0, done.stderr
    assert (volume / "o/report.md").exists()


@AS_ROOT
def test_a_system_without_sys_says_what_it_took_for_its_caches(tmp_path: Path) -> None:
    done = capbench(
        "run", "--profile", "ci", "--only", "memory.copy", "--output", tmp_path / "o",
        before="mount -t tmpfs tmpfs /sys",
    )  # fmt: skip

    assert "the caches are unknown" in done.stderr
    assert "the caches are unknown" in (tmp_path / "o/report.md").read_text()


@AS_ROOT
def test_a_sandbox_without_a_boot_id_measures_storage(tmp_path: Path) -> None:
    (tmp_path / "s").mkdir()
    done = capbench(
        "run", "--profile", "ci", "--only", "storage.randread.4k", "--directory", tmp_path / "s",
        "--output", tmp_path / "o", before="mount -t tmpfs tmpfs /proc/sys",
    )  # fmt: skip

    assert done.returncode == 0, done.stderr


@AS_ROOT
def test_an_overlay_in_memory_gives_no_figure_of_storage(tmp_path: Path) -> None:
    m, r = tmp_path / "m", tmp_path / "r"
    m.mkdir()
    r.mkdir()
    before = (
        f"mount -t tmpfs -o size=3g tmpfs {m} && mkdir {m}/lo {m}/up {m}/wk {m}/mg && "
        f"mount -t overlay overlay -o lowerdir={m}/lo,upperdir={m}/up,workdir={m}/wk {m}/mg && "
        f"mount --bind {m}/mg {r} && mount -t tmpfs -o size=1m tmpfs {m}"
    )

    done = capbench(
        "run", "--profile", "ci", "--only", "storage.randread.4k", "--directory", r,
        "--output", tmp_path / "o", before=before,
    )  # fmt: skip

    assert done.returncode == 3, done.stderr
    assert "Memory answered and no drive" in (tmp_path / "o/report.md").read_text()
