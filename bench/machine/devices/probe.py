"""Ask a driver for one fact after another: what it cannot tell is None, and is named once."""

from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


class Probe:
    """Collects what could not be told, by the name of the sensor."""

    def __init__(self, *refusals: type[Exception]) -> None:
        """`refusals` are the exceptions that a driver's library answers with.

        A library that is older than a question lacks its function (AttributeError); an answer may
        be no text and no number at all (ValueError, of which a UnicodeDecodeError is one).
        """
        unanswered = (AttributeError, ValueError, TypeError)
        self._refusals: tuple[type[Exception], ...] = (*refusals, *unanswered)
        self._missing: dict[str, str] = {}

    def ask(self, name: str, question: Callable[[], T]) -> T | None:
        """The answer, or None where the driver refuses one."""
        try:
            return question()
        except self._refusals as refusal:
            self._missing.setdefault(name, str(refusal))
            return None

    def quantity(
        self, name: str, question: Callable[[], float], times: float = 1, per: float = 1
    ) -> float | None:
        """The answer in our unit: `times` for a driver's mega, `per` for its milli."""
        answer = self.ask(name, question)
        return None if answer is None else float(answer * times / per)

    def missing(self) -> tuple[str, ...]:
        """`energy counter: Not Supported`, one line a sensor, in the order of their first fault."""
        return tuple(f"{name}: {answer}" for name, answer in self._missing.items())
