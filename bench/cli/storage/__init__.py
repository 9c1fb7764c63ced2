"""`capbench storage`: what lies under a path, what it holds out, and what there is of it."""

from __future__ import annotations

import click

from bench.cli.storage.classify import classify
from bench.cli.storage.cleanup import cleanup
from bench.cli.storage.guarantee import guarantee
from bench.cli.storage.ledger import ledger
from bench.cli.storage.media_probe import media_probe
from bench.cli.storage.read import read
from bench.cli.storage.sweep import sweep


@click.group()
def storage() -> None:
    """Look at storage, test it, and add it up."""


for command in (classify, cleanup, guarantee, ledger, media_probe, read, sweep):
    storage.add_command(command)
