"""The part of `capbench storage ledger` that rests on collected evidence of media."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, cast

import click

from bench.cli.output import translate_errors
from bench.evidence.codec import replace

if TYPE_CHECKING:
    from collections.abc import Sequence
    from fractions import Fraction

    from reports.declarations.facility import Medium
    from reports.declarations.storage_inventory import StorageInventory
    from reports.judgement.guarantees import Certificate
    from reports.storage_ledger import Ledger
    from reports.storage_ledger.media_evidence import Level

media_evidence_option = click.option(
    "--media-evidence", "media_files", multiple=True, metavar="FILE",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="What `media-probe` collected on a host: shows what rests on it alone. Repeatable.",
)  # fmt: skip


def evidenced(
    inventory: StorageInventory,
    files: Sequence[Path],
    wanted: Fraction,
    shown: Sequence[Certificate] = (),
) -> Ledger | None:
    """The ledger with every medium as these files prove it; None without files.

    `shown` is what sealed tests say of the guarantee on its pools.
    """
    from reports import storage_ledger
    from reports.storage_ledger.media_evidence import EvidencedDrive, rest_on
    from storage_bench.media.evidence import collection, join

    if not files:
        return None
    with translate_errors():
        known, unread = join.read([collection.load(file) for file in files])
    seen = [
        EvidencedDrive(
            one.names,
            cast("Medium", str(one.claim.media)),
            cast("Level", one.claim.level.name.lower()),
            one.claim.reason,
        )
        for one in known
    ]
    resting, remarks = rest_on(inventory, seen)
    found = storage_ledger.ledger(resting, storage_ledger.definitions(), wanted, shown)
    return replace(found, remarks=tuple(dict.fromkeys((*remarks, *unread, *found.remarks))))
