"""`capbench storage sweep`: one job over a range of depths, block sizes or mixes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from bench.cli.options import directory_option, engine_option
from bench.cli.output import json_option, print_json, status, translate_errors
from bench.cli.storage.engine import choose_engine
from bench.errors import UsageError

if TYPE_CHECKING:
    from storage_bench.engines.choose import Engine


@click.command()
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
    from bench.cli.storage.display import show_sweep
    from storage_bench import sweep as sweeps
    from storage_bench.guarantee import proven_job
    from storage_bench.job import Job
    from storage_bench.workspace.guard import fill, workspace

    with translate_errors():
        try:
            job = Job(
                "sweep", "randrw", block_bytes, read_share, depth, 1, size_bytes, 0.5, seconds, 1
            )
        except ValueError as error:
            raise UsageError(
                f"No such job: {error}.", "See `capbench storage sweep -h`."
            ) from error
        over = {"depth": sweeps.depths, "block": sweeps.block_sizes, "mix": sweeps.mixes}[swept]
        chosen = choose_engine() if engine is None else engine
        with workspace(directory, size_bytes) as space:
            status(f"writing {size_bytes / 1e9:.1f} GB of random data")
            fill(space.data_file, size_bytes, seed=1)
            points = over(lambda job: proven_job.run(chosen, job, space.data_file)[0], job)
    knee = sweeps.knee(points, p99_ms / 1e3) if swept == "depth" else None
    if as_json:
        print_json({"points": points, "knee": knee})
    else:
        show_sweep(points, knee, p99_ms)
