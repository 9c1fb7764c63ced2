"""Settings of libraries that a run found in its environment, as a reader is told of them. Pure."""

from collections.abc import Iterable, Iterator

from bench.evidence.inventory import Setting
from reports.performance.subject import Subject


def about_settings(subject: Subject) -> tuple[str, ...]:
    """What was taken away from what measures, what it got instead, and what it runs under."""
    found = subject.evidence.inventory.settings
    return tuple(f"{subject.host}: {text}" for text in _told(found))


def _told(found: tuple[Setting, ...]) -> Iterator[str]:
    if removed := [each for each in found if each.given is None]:
        verb, is_ = _verbs(removed)
        yield f"{_named(removed)} {verb} set and {is_} not handed on to what measures"
    for each in found:
        if each.given not in (None, each.value):
            yield f"{_named([each])} was set; what measures gets {each.given} instead"
    if kept := [each for each in found if each.given == each.value]:
        verb, is_ = _verbs(kept)
        yield f"{_named(kept)} {verb} set and {is_} handed on: every figure here is one under it"


def _named(settings: Iterable[Setting]) -> str:
    return ", ".join(f"{each.name}={each.value}" for each in settings)


def _verbs(settings: list[Setting]) -> tuple[str, str]:
    return ("was", "is") if len(settings) == 1 else ("were", "are")
