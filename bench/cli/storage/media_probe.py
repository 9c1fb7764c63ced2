"""`capbench storage media-probe`: collected answers of drives and controllers."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bench.cli.output import json_option, print_json, status, translate_errors
from bench.cli.storage.classify import FILE, show_remarks
from bench.errors import NothingMeasured

if TYPE_CHECKING:
    from storage_bench.media.evidence.join import Known

Command = Callable[..., object]
PATH = click.Path(path_type=Path, exists=True)


def passed(source: str, told: str, kind: click.Path = FILE) -> Callable[[Command], Command]:
    """An option for the answers of one source."""
    return click.option(f"--{source}", type=kind, multiple=True, metavar="FILE", help=told)


@click.command("media-probe")
@click.option(
    "--output", type=click.Path(path_type=Path), required=True, help="New file for the evidence."
)
@passed("redfish", "JSON of Redfish drives and volumes, or a folder of them (a mock-up).", PATH)
@passed("smartctl", "JSON of `smartctl -x`, from any host.")
@passed("nvme", "JSON of `nvme id-ctrl` and its like.")
@passed("storcli", "JSON of storcli64, storcli2 or perccli64.")
@passed("ceph", "JSON of `ceph osd metadata`, `device ls`, `osd df`.")
@passed("zpool", "JSON of `zpool status -j`.")
@passed("lvm", "JSON of `lvs -o +devices --reportformat json`.")
@passed("mdadm", "Text of `mdadm --detail` or /proc/mdstat.")
@json_option
def media_probe(output: Path, as_json: bool, **passed: tuple[Path, ...]) -> None:
    """Collect what drives and controllers say of themselves, once and as root, into one file.

    Asks lsblk, smartctl and nvme; what was collected elsewhere is taken from files (UTF-8 or
    UTF-16, several documents in one file too). Nothing is written to a drive, and nothing else of
    capbench then needs root.
    """
    from storage_bench.media.evidence import collect, collection, join

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
