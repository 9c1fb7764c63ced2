"""The manifest of a bundle: every file with its digest, and a digest of the manifest itself.

A digest shows that nothing changed by accident or by a careless hand. Who vouches for it is a
signature's business: a signature covers the bytes of the manifest, which name all the others.
"""

from collections.abc import Mapping
from hashlib import sha256

from bench.errors import InvalidEvidence
from bench.evidence.codec import DecodeError, NotCanonical, Record, read, replace, written_again

NAME = "manifest.json"


class Entry(Record):
    """One file of the bundle."""

    path: str
    size_bytes: int
    sha256: str


class Manifest(Record):
    """All files but itself. `digest` is the SHA-256 of the canonical manifest with an empty one."""

    format: int
    files: tuple[Entry, ...]
    digest: str


def seal(format: int, files: Mapping[str, bytes]) -> bytes:
    """The bytes of the manifest over these files."""
    entries = tuple(
        Entry(path, len(data), sha256(data).hexdigest()) for path, data in sorted(files.items())
    )
    return written_again(_with_digest(Manifest(format, entries, "")))


def check(data: bytes, files: Mapping[str, bytes]) -> Manifest:
    """The manifest, if it is one, whole, and true of these files. Raises InvalidEvidence."""
    try:
        manifest = read(Manifest, data, NAME)
    except NotCanonical as error:
        raise _invalid(f"{NAME} is {error}: its bytes were changed.") from error
    except DecodeError as error:
        raise _invalid(f"{NAME} is not a manifest: {error}.") from error
    if _with_digest(manifest).digest != manifest.digest:
        raise _invalid(f"{NAME} does not match its own digest: it was changed.")
    listed = {entry.path: entry for entry in manifest.files}
    if missing := sorted(set(listed) - set(files)):
        raise _invalid(f"{missing[0]} is listed in {NAME} and not there.")
    if unlisted := sorted(set(files) - set(listed)):
        raise _invalid(f"{unlisted[0]} is there and not listed in {NAME}.")
    for path, entry in listed.items():
        found = sha256(files[path]).hexdigest()
        if found != entry.sha256 or len(files[path]) != entry.size_bytes:
            raise _invalid(
                f"{path} was changed: SHA-256 {found[:12]}…, sealed as {entry.sha256[:12]}…."
            )
    return manifest


def _with_digest(manifest: Manifest) -> Manifest:
    empty = replace(manifest, digest="")
    return replace(empty, digest=sha256(written_again(empty)).hexdigest())


def _invalid(message: str) -> InvalidEvidence:
    return InvalidEvidence(message, "Get the bundle again from where it was measured.")
