"""Search for evidence bundles, folders and .zip files: in folders, by globs, in lists of paths."""

import glob
import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from bench.errors import UsageError
from bench.evidence.container import is_zip
from bench.evidence.manifest import NAME

PLAN = "plan.json"
"""Written first: a folder with it and without a manifest is of a run that never came to its end."""
MAX_BUNDLES = 1_000_000
"""No facility has as many nodes; a search that finds more has lost its way."""
MAX_LIST_BYTES = 256 << 20


def find_bundles(paths: Iterable[Path]) -> tuple[Path, ...]:
    """Every bundle that these paths name, in their order and each once.

    A path is a bundle, a folder that holds bundles at any depth, or a glob. In a folder every .zip
    file counts as one, and an unsealed bundle is found too, so that it is named and not passed
    over. A path that is none of these stands for itself, so that whoever reads it says what is
    wrong with it. Symbolic links inside a folder are not followed. Raises UsageError for a glob
    that matches nothing.
    """
    found: dict[Path, None] = {}
    for path in paths:
        for place in _matching(path):
            here = [place] if os.path.exists(place / NAME) else list(_below(place))
            for bundle in here or [place]:
                found.setdefault(bundle)
                if len(found) > MAX_BUNDLES:
                    raise UsageError(
                        f"More than {MAX_BUNDLES} bundles lie below {place}.",
                        "Give a folder that holds one facility.",
                    )
    return tuple(found)


def listed(path: Path) -> tuple[Path, ...]:
    """Paths of a list file: one a line, relative ones from the list's own folder.

    Empty lines and lines that begin with # are passed over. Raises UsageError.
    """
    try:
        if path.stat().st_size > MAX_LIST_BYTES:
            raise UsageError(f"{path} is no list of bundles: too large.", "Give one path a line.")
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise UsageError(
            f"{path}: wanted a list of bundles, found {error.strerror}.", "Give one path a line."
        ) from error
    except ValueError as error:
        raise UsageError(f"{path} is no text.", "Give one path a line, in UTF-8.") from error
    names = (line.strip() for line in lines)
    return tuple(path.parent / name for name in names if name and not name.startswith("#"))


def _matching(path: Path) -> Iterator[Path]:
    if os.path.lexists(path) or not glob.has_magic(str(path)):
        yield path
        return
    matches = sorted(glob.glob(str(path), recursive=True))
    if not matches:
        raise UsageError(f"{path} matches nothing.", "Give a folder or a file that is there.")
    yield from map(Path, matches)


def _below(folder: Path) -> Iterator[Path]:
    """Bundles inside a folder; what cannot be listed is passed over, as `find` does."""
    waiting = [(str(folder), False)]
    while waiting:
        current, is_file = waiting.pop()
        if is_file:
            yield Path(current)
            continue
        try:
            with os.scandir(current) as entries:
                inside = sorted((e for e in entries), key=lambda entry: entry.name)
        except OSError:
            continue
        if current != str(folder) and any(entry.name in (NAME, PLAN) for entry in inside):
            yield Path(current)
            continue
        for entry in reversed(inside):
            if entry.is_dir(follow_symlinks=False):
                waiting.append((entry.path, False))
            elif is_zip(entry.name) and entry.is_file(follow_symlinks=False):
                waiting.append((entry.path, True))
