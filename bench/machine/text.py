"""Text of kernel, firmware, drivers: whatever bytes stand there, it is text or it is nothing."""

from pathlib import Path


def read(path: Path) -> str | None:
    """What a file of the system says, without the space around it; None where it cannot be read."""
    try:
        return decoded(path.read_bytes())
    except OSError:
        return None


def decoded(data: bytes) -> str:
    """Bytes as text: what is no UTF-8 is marked as such, and only that.

    >>> decoded(b"Tesla \\xff V100\\0")
    'Tesla � V100'
    """
    return data.decode(errors="replace").replace("\0", "").strip()


def name(text: str | None) -> str | None:
    """A name that somebody wrote there; None where no character of it can be read.

    >>> name(decoded(b"\\xff\\xff\\xff")) is None
    True
    """
    readable = text is not None and any(c.isalnum() and c.isprintable() for c in text)
    return text if readable else None
