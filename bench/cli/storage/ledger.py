"""`capbench storage ledger`: an inventory added up."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from bench.cli.options import plan_option, year_option
from bench.cli.output import json_option, print_json
from bench.cli.storage.media_evidence import evidenced, media_evidence_option
from bench.errors import UsageError


@click.command()
@click.argument("file", required=False, type=click.Path(path_type=Path))
@click.option("--facility", type=click.Path(path_type=Path), help="Take the pools of a facility.")
@click.option(
    "--bundle", "bundles", multiple=True, type=click.Path(path_type=Path), metavar="BUNDLE",
    help="Sealed test of a guarantee, which then counts and not what is declared. Repeatable.",
)  # fmt: skip
@click.option(
    "--columns", multiple=True, metavar="KEY=HEADING",
    help="Which column of a CSV or XLSX means what; or one TOML file. Repeatable.",
)  # fmt: skip
@click.option(
    "--template", type=click.Choice(["csv", "xlsx"]), help="Write an empty form and do no more."
)
@media_evidence_option
@plan_option
@year_option
@json_option
def ledger(
    file: Path | None,
    facility: Path | None,
    bundles: tuple[Path, ...],
    columns: tuple[str, ...],
    template: str | None,
    media_files: tuple[Path, ...],
    plan_id: str | None,
    year: int | None,
    as_json: bool,
) -> None:
    """Add up an inventory (TOML, CSV or XLSX): raw, usable, effective, and the advanced share."""
    from bench.cli.storage.ledger_display import show_evidenced, show_ledger
    from reports import storage_ledger as ledgers
    from reports.declarations import facility as facilities
    from reports.declarations import storage_inventory
    from reports.declarations.capacity_plan import storage_targets
    from reports.declarations.inventory_tables.columns import column_map
    from reports.judgement.guarantees import certificates
    from reports.performance import analyse
    from reports.verification import verify

    if template is not None:
        write_template(template)
        return
    if (file is None) == (facility is None):
        raise UsageError("Wanted one inventory.", "Give FILE, or --facility FILE.")
    if file is not None:
        inventory = storage_inventory.load_inventory(file, column_map(columns) if columns else None)
    else:
        assert facility is not None
        inventory = ledgers.of_facility(facilities.load(facility))
    wanted = storage_targets(plan_id, year)
    shown = certificates([analyse(verify(bundle)) for bundle in bundles])
    found = ledgers.ledger(inventory, ledgers.definitions(), wanted.share, shown)
    proven = evidenced(inventory, media_files, wanted.share, shown)
    if as_json:
        told = {"ledger": found, "definitions": ledgers.definitions(), "plan": wanted.said}
        print_json(told | ({"evidenced": proven} if proven else {}))
    else:
        show_ledger(found, wanted)
    if proven and not as_json:
        show_evidenced(proven)


def write_template(form: str) -> None:
    """The form on standard output, to be sent to a file."""
    from reports.declarations.inventory_tables import templates

    if form == "csv":
        click.echo(templates.csv_template(), nl=False)
        return
    if sys.stdout.isatty():
        raise UsageError("An Excel file is nothing for a terminal.", "Add > inventory.xlsx.")
    try:
        sys.stdout.buffer.write(templates.xlsx_template())
    except ImportError as error:
        raise UsageError("openpyxl is not installed.", "pip install openpyxl.") from error
