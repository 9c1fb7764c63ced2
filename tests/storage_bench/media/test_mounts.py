from pathlib import Path

import pytest

from storage_bench.media.mounts import Mount, mount_of, parse

TABLE = r"""22 27 0:21 / /proc rw - proc proc rw
27 1 254:0 / / rw,relatime - ext4 /dev/vda rw,discard
30 27 8:1 / /data rw shared:1 master:2 - xfs /dev/sda1 rw
31 27 8:2 / /data\040two rw - xfs /dev/sdb2 rw
32 30 0:40 / /data/deep rw - overlay overlay rw,lowerdir=/l,upperdir=/u
33 30 8:9 / /data/deep rw - ext4 /dev/sdc9 rw
not a mount line
"""


@pytest.fixture
def root(tmp_path):
    (tmp_path / "proc/self").mkdir(parents=True)
    (tmp_path / "proc/self/mountinfo").write_text(TABLE)
    return tmp_path


@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("/", "/dev/vda"),
        ("/home/x", "/dev/vda"),
        ("/data", "/dev/sda1"),
        ("/data/x", "/dev/sda1"),
        ("/database", "/dev/vda"),
        ("/data two/x", "/dev/sdb2"),
        ("/data/deep/x", "/dev/sdc9"),
    ],
)
def test_the_deepest_and_latest_mount_holds_a_path(root, path, source):
    assert mount_of(Path(path), root).source == source


def test_options_of_the_file_system_are_kept():
    overlay = parse(TABLE)[4]
    assert overlay == Mount(
        "/data/deep", "0:40", "overlay", "overlay", ("rw", "lowerdir=/l", "upperdir=/u")
    )
    assert (overlay.option("upperdir"), overlay.option("workdir")) == ("/u", None)


def test_without_a_mount_table_no_mount_is_known(tmp_path):
    assert mount_of(Path("/data"), tmp_path) is None


def test_lines_of_another_shape_are_left_out():
    assert len(parse(TABLE)) == 6
