"""Conversion of a device's rates to the policy's FLOP/s."""

from collections.abc import Callable
from dataclasses import dataclass

from reports.declarations.policy import (
    ComputeClass,
    ConversionRule,
    DeviceKind,
    Pipe,
    Policy,
    Rated,
)
from reports.quantities import Interval, Unknown


@dataclass(frozen=True, slots=True)
class ConvertibleRate:
    """One dense rate of a device."""

    flop_per_s: Interval
    origin: str
    """Where it comes from: the metric of an estimate, or who declared it."""


@dataclass(frozen=True, slots=True)
class Converted:
    """A rate in the policy's own FLOP/s, and how it came about."""

    flop_per_s: Interval
    how: str


def convert(
    policy: Policy,
    device: DeviceKind,
    compute_class: ComputeClass,
    rate_of: Callable[[Pipe, Rated], ConvertibleRate | None],
) -> Converted | Unknown:
    """What one device counts under a policy: the largest of its dense rates, each times its factor.

    The maximum is taken bound by bound, so that leaving a rate out can never raise a bound.
    """
    if compute_class not in policy.counts:
        return Unknown(f"{policy.name} counts {', '.join(policy.counts)} compute only")
    rules = [r for r in policy.rules if r.device == device and compute_class in r.classes]
    found = _rated(rules, rate_of, last_resort=False) or _rated(rules, rate_of, last_resort=True)
    if not found:
        wanted = " or ".join(f"{rule.pipe} {rule.precision}" for rule in rules) or "no rate at all"
        return Unknown(f"{policy.name} wants {wanted} of the {device}; none is known")
    best, origin = found[0]
    for amount, _ in found[1:]:
        best = best.at_least(amount)
    for amount, named in found:
        if amount.value == best.value:
            origin = named
            break
    return Converted(best, origin if len(found) == 1 else f"{origin}, the largest of {len(found)}")


def _rated(
    rules: list[ConversionRule],
    rate_of: Callable[[Pipe, Rated], ConvertibleRate | None],
    last_resort: bool,
) -> list[tuple[Interval, str]]:
    found = []
    for rule in rules:
        if rule.last_resort is last_resort and (rate := rate_of(rule.pipe, rule.precision)):
            times = "" if rule.factor == 1 else f" × {rule.factor:g}"
            flag = " (flagged: last resort)" if last_resort else ""
            found.append((rate.flop_per_s.times(rule.factor), f"{rate.origin}{times}{flag}"))
    return found
