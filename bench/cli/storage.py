"""`capbench storage`: what lies under a path, what it holds out, and what there is of it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from bench.cli.guarantee import guarantee
from bench.cli.media import classify, media_probe
from bench.cli.media_ledger import evidenced, media_evidence_option, show_evidenced
from bench.cli.options import FOLDER, directory_option, engine_option, plan_option, year_option
from bench.cli.output import json_option, print_json, talk, told
from bench.errors import UsageError

if TYPE_CHECKING:
    from storage_bench.engine import Engine


@click.group()
def storage() -> None:
    """Look at storage, test it, and add it up."""


storage.add_command(classify)
storage.add_command(guarantee)
storage.add_command(media_probe)


@storage.command()
@click.argument("directory", type=FOLDER, default=".")
@json_option
def cleanup(directory: Path, as_json: bool) -> None:
    """Remove from DIRECTORY what killed runs left there, and nothing else."""
    from storage_bench import guard

    with told():
        found = guard.find_leftovers(directory)
        for path in found:
            guard.remove(path)
    if as_json:
        print_json([str(path) for path in found])
    else:
        for path in found:
            click.echo(f"removed {path}")
        talk(f"{len(found)} folders of killed runs in {directory}")


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
    from storage_bench.raw_device import Consent, refusals

    found = refusals(Consent(device, serial, wipe_signature, plan))
    if as_json:
        print_json(found)
    for reason in () if as_json else found:
        click.echo(f"refused: {reason}")
    if not found:
        talk("nothing stands against it; no command of capbench writes to raw devices yet")
    raise SystemExit(2 if found else 0)


@storage.command()
@directory_option
@click.option(
    "--of", "swept", type=click.Choice(["depth", "block", "mix"]), default="depth",
    show_default=True,
)  # fmt: skip
@click.option("--block-bytes", type=int, default=8192, show_default=True)
@click.option("--depth", type=int, default=32, show_default=True, help="For --of block and mix.")
@click.option("--read-share", type=float, default=1.0, show_default=True)
@click.option("--size-bytes", type=int, default=2**30, show_default=True)
@click.option("--seconds", type=float, default=5.0, show_default=True, help="For each point.")
@click.option("--p99-ms", type=float, default=2.0, show_default=True, help="Bound for the knee.")
@engine_option
@json_option
def sweep(
    directory: Path,
    swept: str,
    block_bytes: int,
    depth: int,
    read_share: float,
    size_bytes: int,
    seconds: float,
    p99_ms: float,
    engine: Engine | None,
    as_json: bool,
) -> None:
    """Run one job over a range of depths, block sizes or mixes, and find the knee."""
    from bench.cli.verdict import show_sweep
    from storage_bench import engine as engines
    from storage_bench import sweep as sweeps
    from storage_bench.guard import fill, workspace
    from storage_bench.job import Job

    with told():
        try:
            job = Job(
                "sweep", "randrw", block_bytes, read_share, depth, 1, size_bytes, 0.5, seconds, 1
            )
        except ValueError as error:
            raise UsageError(
                f"No such job: {error}.", "See `capbench storage sweep -h`."
            ) from error
        over = {"depth": sweeps.depths, "block": sweeps.block_sizes, "mix": sweeps.mixes}[swept]
        chosen = engines.choose()[0] if engine is None else engine
        with workspace(directory, size_bytes) as space:
            talk(f"writing {size_bytes / 1e9:.1f} GB of random data")
            fill(space.data_file, size_bytes, seed=1)
            points = over(lambda job: engines.run(chosen, job, space.data_file), job)
    knee = sweeps.knee(points, p99_ms / 1e3) if swept == "depth" else None
    if as_json:
        print_json({"points": points, "knee": knee})
    else:
        show_sweep(points, knee, p99_ms)


@storage.command()
@click.argument("file", required=False, type=click.Path(path_type=Path))
@click.option("--facility", type=click.Path(path_type=Path), help="Take the pools of a facility.")
@click.option(
    "--evidence", "bundles", multiple=True, type=click.Path(path_type=Path), metavar="BUNDLE",
    help="Sealed test of a guarantee, which then counts and not what is declared. Repeatable.",
)  # fmt: skip
@media_evidence_option
@plan_option
@year_option
@json_option
def ledger(
    file: Path | None,
    facility: Path | None,
    bundles: tuple[Path, ...],
    media_files: tuple[Path, ...],
    plan_id: str | None,
    year: int | None,
    as_json: bool,
) -> None:
    """Add up an inventory (TOML or CSV): raw, usable, effective, and the advanced share."""
    from bench.cli.verdict import show_ledger
    from reports import facility as facilities
    from reports import ledger as ledgers
    from reports import ledger_file
    from reports.guarantees import certificates
    from reports.ledger_targets import targets
    from reports.verify import verify

    if (file is None) == (facility is None):
        raise UsageError("Wanted one inventory.", "Give FILE, or --facility FILE.")
    if file is not None:
        inventory = ledger_file.load(file)
    else:
        assert facility is not None
        inventory = ledgers.of_facility(facilities.load(facility))
    wanted = targets(plan_id, year)
    shown = certificates([verify(bundle) for bundle in bundles])
    found = ledgers.ledger(inventory, ledgers.definitions(), wanted.share, shown)
    proven = evidenced(inventory, media_files, wanted.share, shown)
    if as_json:
        told = {"ledger": found, "definitions": ledgers.definitions(), "plan": wanted.said}
        print_json(told | ({"evidenced": proven} if proven else {}))
    else:
        show_ledger(found, wanted)
    if proven and not as_json:
        show_evidenced(proven)
