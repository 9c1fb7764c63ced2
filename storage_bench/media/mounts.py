"""Which mount a path lies on, as the kernel's mount table says."""

import re
from dataclasses import dataclass
from pathlib import Path, PurePosixPath


@dataclass(frozen=True, slots=True)
class Mount:
    """One line of `/proc/self/mountinfo` (proc_pid_mountinfo(5))."""

    point: str
    device: str
    """`major:minor`; the major number 0 means that no block device stands behind it directly."""
    filesystem: str
    source: str
    options: tuple[str, ...]
    """Options of the file system itself, such as `upperdir=/var/lib/x`."""

    def option(self, name: str) -> str | None:
        prefix = name + "="
        return next((o[len(prefix) :] for o in self.options if o.startswith(prefix)), None)


def mount_of(path: Path, root: Path) -> Mount | None:
    """The mount that holds `path`, or None where the table is missing or does not cover it.

    `root` is where `/proc` is looked for, so that a recorded tree can be read.
    """
    try:
        text = (root / "proc/self/mountinfo").read_text(errors="surrogateescape")
    except OSError:
        return None
    inside = [mount for mount in parse(text) if PurePosixPath(path).is_relative_to(mount.point)]
    # A later mount on the same point hides the earlier one, and max() would keep the first.
    return max(
        reversed(inside), key=lambda mount: len(PurePosixPath(mount.point).parts), default=None
    )


def parse(text: str) -> tuple[Mount, ...]:
    """Every well-formed line, in the kernel's order; others are left out."""
    mounts = []
    for line in text.splitlines():
        before, separator, after = line.partition(" - ")
        left, right = before.split(" "), after.split(" ")
        if separator and len(left) >= 6 and len(right) >= 3:
            mounts.append(
                Mount(
                    point=_unescape(left[4]),
                    device=left[2],
                    filesystem=right[0],
                    source=_unescape(right[1]),
                    options=tuple(map(_unescape, right[2].split(","))),
                )
            )
    return tuple(mounts)


def _unescape(field: str) -> str:
    """The kernel writes space, tab, newline and backslash as three octal digits."""
    return re.sub(r"\\([0-7]{3})", lambda match: chr(int(match[1], 8)), field)
