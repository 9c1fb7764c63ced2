"""`capbench storage media-probe`: collected answers of drives and controllers."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from bench.cli.output import json_option, print_json, status, translate_errors
from bench.errors import NothingMeasured

if TYPE_CHECKING:
    from storage_bench.media.evidence.join import Known
from bench.cli.storage.classify import FILE, show_remarks


@click.command("media-probe")
@click.option(
    "--output", type=click.Path(path_type=Path), required=True, help="New file for the evidence."
)
@click.option("--redfish", type=FILE, multiple=True, help="JSON of Redfish drives and volumes.")
@click.option("--storcli", type=FILE, multiple=True, help="JSON of storcli64 or perccli64.")
@click.option("--ceph", type=FILE, multiple=True, help="JSON of `ceph osd metadata`.")
@json_option
def media_probe(
    output: Path,
    redfish: tuple[Path, ...],
    storcli: tuple[Path, ...],
    ceph: tuple[Path, ...],
    as_json: bool,
) -> None:
    """Collect what drives and controllers say of themselves, once and as root, into one file.

    Asks lsblk, smartctl and nvme; other tools' JSON is taken from files. Nothing is written to a
    drive, and nothing else of capbench then needs root.
    """
    from storage_bench.media.evidence import collect, collection, join

    passed = {"redfish": redfish, "storcli": storcli, "ceph": ceph}
    with translate_errors():
        found = collect.collect((source, file) for source in passed for file in passed[source])
        if not found.answers:
            raise NothingMeasured("No tool answered.", "Install smartmontools and util-linux.")
        collection.write(output, found)
        known, remarks = join.read([found])
    if not found.as_root:
        remarks = (*remarks, "not run as root: most drives did not answer")
    show_remarks(remarks)
    if as_json:
        print_json([_told(one) for one in known])
    for one in () if as_json else known:
        claim = one.claim
        click.echo(f"{claim.media} by {claim.level.name.lower()}: {', '.join(sorted(one.names))}")
        click.echo(f"  {claim.reason}")
    status(f"{len(found.answers)} answers about {len(known)} drives in {output}")


def _told(one: Known) -> dict[str, object]:
    claim = one.claim
    return {
        "names": sorted(one.names),
        "media": claim.media,
        "level": claim.level.name.lower(),
        "reason": claim.reason,
    }
