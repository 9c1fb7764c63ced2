"""What a bundle may hold, in whichever container it comes."""

import re

from bench.errors import InvalidEvidence

MAX_FILES = 20_000
MAX_FILE_BYTES = 256 << 20
MAX_BYTES = 1 << 30
"""Of all files of a bundle together."""
PATH = re.compile(r"[a-z0-9][A-Za-z0-9._-]*(/[a-z0-9][A-Za-z0-9._-]*)*")
"""A file of a bundle, from the bundle's own folder."""
PARTIAL = ".partial"
"""End of the name of what is still being written."""
NEXT_STEP = "Give the evidence/ folder of a run, or its .zip file."


def past_limits(name: str) -> InvalidEvidence:
    """The error for a file that is too large, or one too many."""
    return InvalidEvidence(f"{name} is past the limits of a bundle.", NEXT_STEP)
