"""Messages between the session and its workers."""

from typing import IO

from bench.evidence.codec import Record, canonical
from bench.evidence.inventory import Device
from bench.evidence.outcome import Outcome, Sample
from bench.evidence.plan import Case
from bench.evidence.shape_search import ShapeTrial


class Assignment(Record):
    """What the parent asks of a worker."""

    case: Case
    repeat: int
    device: Device | None
    """None for storage."""
    data_file: str | None
    """The file inside the marked folder, filled but for a guarantee; None for a kernel."""
    waits: bool = False
    """Whether the end of standard input says when to begin: others begin at the same moment."""
    peers: tuple[Device, ...] = ()
    """Other devices that a transfer may go to, the next one first."""
    shapes: tuple[tuple[int, ...], ...] = ()
    """Shapes to try, each shortly, instead of measuring the case."""
    try_s: float = 0.5
    """So long each shape warms up, and so long it is timed; more would rank them alike."""
    one_by_one: bool = False
    """Whether products are timed one by one instead, as the exhaustive search does."""


class Message(Record):
    """One line that a worker prints: a sample as it is taken, a note, or the outcome."""

    sample: Sample | None = None
    ops: int = 0
    """Operations in one launch of the sample."""
    bytes_moved: int = 0
    """Bytes in one launch of the sample."""
    ready: bool = False
    """Everything is prepared, and the worker waits to be told to begin."""
    note: str | None = None
    """What it does now, for people."""
    outcome: Outcome | None = None
    trial: ShapeTrial | None = None
    """What a shape reached, where shapes were to be tried; there is no outcome then."""


def send(answers: IO[bytes], message: Message) -> None:
    answers.write(canonical(message))
