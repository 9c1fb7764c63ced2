"""`capbench storage guarantee`: hold storage to an IOPS guarantee and seal what came of it."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bench.cli.options import FOLDER, TESTED, engine_option
from bench.cli.output import json_option, new_folder, print_json, status, translate_errors
from bench.cli.storage.engine import choose_engine
from bench.errors import Incomplete, UsageError

if TYPE_CHECKING:
    from storage_bench.engines.choose import Engine

EXIT_CODES = {"PASS": 0, "FAIL": 1, "NOT-MEASURED": 3, "INCONCLUSIVE": 5}


@click.command()
@click.option("--directory", type=TESTED, help="Folder on the storage to test.")
@click.option("--definition", help="Default: critical-business@1.0.")
@click.option("--tier", default="quick", show_default=True, help="Only full certifies.")
@click.option("--capped", is_flag=True, help="The volume is provisioned at exactly the target.")
@click.option("--array-cache-bytes", type=int, default=0, help="Memory of the array, declared.")
@click.option("--seed", type=int, default=1, show_default=True)
@engine_option
@click.option(
    "--output",
    type=click.Path(path_type=Path),
    help="Folder to make for the evidence; default: a new one, whose name is printed.",
)
@click.option(
    "--resume", type=FOLDER, metavar="FOLDER",
    help="Go on with the run that a kill or Ctrl-C left there; instead of all other options.",
)  # fmt: skip
@json_option
@click.pass_context
def guarantee(
    context: click.Context,
    directory: Path | None,
    definition: str | None,
    tier: str,
    capped: bool,
    array_cache_bytes: int,
    seed: int,
    engine: Engine | None,
    output: Path | None,
    resume: Path | None,
    as_json: bool,
) -> None:
    """Test whether storage keeps an IOPS guarantee, and seal the evidence: PASS 0, FAIL 1,
    NOT-MEASURED 3, INCONCLUSIVE 5."""
    from bench.analysis.guarantee import definition as definition_of
    from bench.analysis.guarantee import trials
    from bench.cli.storage.display import show
    from bench.evidence.container import is_zip
    from bench.execution.guarantee_session import begin, exclusive_lock, run_guarantee, take_up
    from bench.machine.volume import volume
    from bench.planning.guarantee import guarantee_case
    from storage_bench.engines import choose as engines

    if (directory is None) == (resume is None):
        raise UsageError("Wanted one place.", "Give --directory DIR, or --resume FOLDER.")
    with translate_errors(), ExitStack() as held:
        if resume is not None:
            if others := sorted(given_options(context) - {"resume", "as_json"}):
                raise UsageError(
                    f"--resume goes on as it was begun, without --{others[0].replace('_', '-')}.",
                    "Leave it out.",
                )
            held.enter_context(exclusive_lock(resume / "evidence"))
            work = take_up(resume)
        else:
            assert directory is not None
            if output is not None and is_zip(output):
                raise UsageError(
                    "A guarantee is kept in a folder, where --resume can go on with it.",
                    "Give a folder with --output; a .zip file of it can be verified too.",
                )
            folder = held.enter_context(new_folder(output))
            chosen = choose_engine() if engine is None else engine
            implementation = engines.label(chosen, timed=True)
            case = guarantee_case(
                volume(directory), chosen, implementation, definition, tier, capped,
                array_cache_bytes, seed,
            )  # fmt: skip
            work = begin(case, directory, folder)
        evidence = run_guarantee(work, status)
    demanded, judged = definition_of(work.case), evidence.judgements[0].judgement
    if as_json:
        print_json(
            {
                "definition": demanded,
                "judgement": judged,
                "trials": trials(work.case, evidence.outcomes),
                "evidence": str(work.folder),
            }
        )
    else:
        show(demanded, judged, evidence.outcomes)
    status(f"evidence: {work.folder}   check it: capbench verify {work.folder}")
    if evidence.interrupted is not None:
        kept = sum(o.kind == "measured-replicate" for o in evidence.outcomes)
        raise Incomplete(
            f"Interrupted with {kept} of {work.case.repeats} replicates measured.",
            f"Go on with: capbench storage guarantee --resume {work.folder.parent}",
        )
    context.exit(EXIT_CODES[judged.verdict])


def given_options(context: click.Context) -> set[str]:
    """Names of the options that somebody gave."""
    default = click.core.ParameterSource.DEFAULT
    return {name for name in context.params if context.get_parameter_source(name) is not default}
