"""The volume under a folder: file system, free space and medium."""

import os
from pathlib import Path

from bench.evidence.codec import replace
from bench.evidence.container.file_names import spelled
from bench.evidence.inventory import Storage
from bench.planning.guarantee import Volume
from storage_bench.media import classify, mounts
from storage_bench.media.classes import Media


def storage(directory: Path) -> Storage:
    """The folder that storage would be tested in, and what lies under it."""
    place = directory
    while not place.exists() and place != place.parent:
        place = place.parent
    free = os.statvfs(place)
    return Storage(
        path=spelled(place.resolve()),
        filesystem=classify.filesystem(place),
        free_bytes=free.f_bavail * free.f_frsize,
        media=_spelled(classify.classify(place)),
    )


def _spelled(media: Media) -> Media:
    """Mount points and upper folders are names of files too."""
    leaves = (
        replace(leaf, name=spelled(leaf.name), reason=spelled(leaf.reason)) for leaf in media.leaves
    )
    return replace(media, reason=spelled(media.reason), leaves=tuple(leaves))


def volume(directory: Path) -> Volume:
    """Size of the file system under a folder, its mount point, and the machine's memory."""
    place = directory.resolve()
    status = os.statvfs(place)
    mount = mounts.mount_of(place, Path("/"))
    return Volume(
        directory=str(place),
        size_bytes=status.f_blocks * status.f_frsize,
        memory_bytes=os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"),
        mount_point=None if mount is None else mount.point,
    )
