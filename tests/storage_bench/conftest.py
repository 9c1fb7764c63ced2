import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from storage_bench.media.classes import Media, MediaClass
from storage_bench.media.classify import classify
from storage_bench.workspace.guard import fill, workspace

SIZE_BYTES = 4 * 2**20


@pytest.fixture
def data_file(tmp_path: Path) -> Iterator[Path]:
    """A file of 4 MiB of random data in a marked folder."""
    with workspace(tmp_path, SIZE_BYTES, allow_memory=True) as space:
        fill(space.data_file, SIZE_BYTES, seed=1)
        yield space.data_file


@pytest.fixture
def drive_file(tmp_path: Path) -> Iterator[Path]:
    """The same on a drive, because memory has neither direct I/O nor a page cache."""
    places = [tmp_path, Path("/var/tmp"), Path.cwd()]
    found = next((p for p in places if classify(p).media is not MediaClass.MEMORY), None)
    if found is None:
        pytest.skip("no folder on a drive")
    with workspace(found, SIZE_BYTES) as space:
        fill(space.data_file, SIZE_BYTES, seed=1)
        yield space.data_file


DISK = "pci0000:00/0000:00:17.0/ata1/host0/target0:0:0/0:0:0:0/block/sda"
SSD = "pci0000:00/0000:00:17.0/ata2/host1/target1:0:0/1:0:0:0/block/sdb"
NVME = "pci0000:00/0000:01:00.0/nvme/nvme0/nvme0n1"


class Machine:
    """A made-up machine: the files of `/proc`, `/sys`, `/dev` and `/run` that we read."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._mounts: list[str] = []

    def write(self, path: str, text: str) -> None:
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text + "\n")

    def link(self, path: str, target: str) -> None:
        """A link to a path of this machine, relative as sysfs writes it."""
        link = self.root / path
        link.parent.mkdir(parents=True, exist_ok=True)
        link.symlink_to(os.path.relpath(self.root / target, link.parent))

    def mount(self, point: str, device: str, kind: str, source: str, options: str = "rw") -> None:
        self._mounts.append(f"1 1 {device} / {point} rw - {kind} {source} {options}")
        self.write("proc/self/mountinfo", "\n".join(self._mounts))

    def device(self, place: str, number: str, slaves: tuple[str, ...] = (), **files: str) -> str:
        """A block device at `sys/devices/<place>`; files are named with `__` for a slash."""
        folder = f"sys/devices/{place}"
        name = folder.rsplit("/", 1)[1]
        self.write(f"{folder}/size", files.pop("size", "2048"))
        self.write(f"{folder}/dev", number)
        for file, text in files.items():
            self.write(f"{folder}/{file.replace('__', '/')}", text)
        for slave in slaves:
            self.link(f"{folder}/slaves/{slave.rsplit('/', 1)[1]}", slave)
            self.link(f"{slave}/holders/{name}", folder)
        self.link(f"sys/dev/block/{number}", folder)
        self.link(f"sys/class/block/{name}", folder)
        return folder

    def disk(self, place: str = DISK, number: str = "8:0", **files: str) -> str:
        known = {"queue__rotational": "1", "device__model": "WDC WD40", "device__vendor": "ATA"}
        return self.device(place, number, **(known | files))

    def ssd(self, place: str = SSD, number: str = "8:16", **files: str) -> str:
        known = {"queue__rotational": "0", "device__model": "CT500MX", "device__wwid": "naa.5001"}
        return self.device(place, number, **(known | files))

    def nvme(self, place: str = NVME, number: str = "259:0", **files: str) -> str:
        known = {
            "queue__rotational": "0",
            "device__model": "MZQL23T8",
            "device__transport": "pcie",
            "wwid": "eui.0025",
        }
        return self.device(place, number, **(known | files))

    def seen(self, path: str = "/data/x") -> Media:
        return classify(Path(path), self.root)

    def stacked(self, number: str) -> Media:
        """What stands below an ext4 on the device with this number."""
        self.mount("/data", number, "ext4", "/dev/whatever")
        return self.seen()

    @staticmethod
    def names(media: Media) -> list[str]:
        return [leaf.name for leaf in media.leaves]


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)
