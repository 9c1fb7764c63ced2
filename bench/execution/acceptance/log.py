"""The log of an acceptance, beside its evidence: every line that was said, and every traceback."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from bench.execution.session import now


@dataclass(frozen=True, slots=True)
class Log:
    """A file that is only added to."""

    path: Path
    tell: Callable[[str], None] = lambda text: None
    """Who reads along."""

    def say(self, text: str) -> None:
        """A line for the terminal and the file."""
        self.tell(text)
        self.add(text)

    def add(self, text: str) -> None:
        """What is too long for the terminal. A disk that is full costs the log, not the run."""
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with open(self.path, "a") as file:
                file.write(f"{now()} {text.rstrip()}\n")
        except OSError as error:
            self.tell(f"{self.path} cannot be written: {error.strerror}")
