"""`capbench storage`: what lies under a path, what it holds out, and what there is of it."""

from __future__ import annotations

import click

from bench.cli.output import json_option, print_json, talk
from bench.cli.storage.classify import classify
from bench.cli.storage.cleanup import cleanup
from bench.cli.storage.guarantee import guarantee
from bench.cli.storage.ledger import ledger
from bench.cli.storage.media_probe import media_probe
from bench.cli.storage.sweep import sweep


@click.group()
def storage() -> None:
    """Look at storage, test it, and add it up."""


for command in (classify, cleanup, guarantee, ledger, media_probe, sweep):
    storage.add_command(command)


@storage.command()
@click.argument("device")
@click.option("--serial", required=True, help="The drive's serial number, typed by you.")
@click.option("--wipe-signature", help="Kind of signature that may be destroyed.")
@click.option("--confirm", "plan", help="The plan that the first call printed.")
@json_option
def device(
    device: str, serial: str, wipe_signature: str | None, plan: str | None, as_json: bool
) -> None:
    """Say what stands against writing to a raw DEVICE (/dev/disk/by-id/...). Touches nothing."""
    from storage_bench.workspace.raw_device import Consent, refusals

    found = refusals(Consent(device, serial, wipe_signature, plan))
    if as_json:
        print_json(found)
    for reason in () if as_json else found:
        click.echo(f"refused: {reason}")
    if not found:
        talk("nothing stands against it; no command of capbench writes to raw devices yet")
    raise SystemExit(2 if found else 0)
