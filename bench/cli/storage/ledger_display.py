"""How a ledger is shown on a terminal: sizes for people, equal shares folded into one line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import click

from bench.units import format_bytes

if TYPE_CHECKING:
    from reports.declarations.capacity_plan import StorageTargets
    from reports.storage_ledger import Ledger
    from reports.storage_ledger.shares import Share


def show_ledger(found: Ledger, wanted: StorageTargets) -> None:
    """What there is, how far it reaches, the share under each reading, and the remarks."""
    from reports.render.text import printable

    click.echo(printable(found.name))
    usable = 0
    for amount in found.amounts:
        usable = amount.known_bytes if amount.basis == "usable" else usable
        missing = f"not stated: {printable(', '.join(amount.missing))}" if amount.missing else ""
        known = format_bytes(amount.known_bytes) if amount.known_bytes or not missing else ""
        click.echo(f"  {amount.basis:<10} {'; '.join(filter(None, (known, missing)))}")
    click.echo(
        f"  usable, of the {wanted.total_bytes / 1e18:g} EB of {wanted.plan} for {wanted.year}: "
        f"{usable / wanted.total_bytes:.4%}"
    )
    click.echo(f"advanced share; wanted {float(wanted.share):.0%} or more at the lower bound")
    show_shares(found)


def show_evidenced(found: Ledger) -> None:
    """The shares once more, on evidence alone."""
    click.echo("the same on evidence of media alone; what has none may be anything")
    show_shares(found)


def show_shares(found: Ledger) -> None:
    """Each share once, with the definitions that agree on it, and the remarks."""
    from reports.render.text import printable

    for line in folded(found.shares):
        click.echo(f"  {line}")
    for remark in found.remarks:
        click.echo(f"  remark: {printable(remark)}")


def folded(shares: Sequence[Share]) -> Iterator[str]:
    """One line for all shares of a basis that have the same bounds and the same verdict."""
    groups: dict[tuple[object, ...], list[Share]] = {}
    for share in shares:
        key = (share.basis, share.low, share.high, share.verdict)
        groups.setdefault(key, []).append(share)
    for same in groups.values():
        first = same[0]
        bounds = f"{first.low:.2%}"
        if first.high != first.low:
            bounds = f"{first.low:.2%} to {first.high:.2%}"
        yield (
            f"{first.basis:<7} {bounds:<18} {first.verdict or '':<13} by "
            f"{', '.join(_definitions(same))}"
        )


def _definitions(shares: Sequence[Share]) -> Iterator[str]:
    """The definitions; with how a hybrid pool counts where that made a difference."""
    ways: dict[str, list[str]] = {}
    for share in shares:
        ways.setdefault(share.definition, []).append(share.hybrid)
    for definition, hybrids in ways.items():
        yield definition if len(hybrids) > 1 else f"{definition} (hybrid: {hybrids[0]})"
