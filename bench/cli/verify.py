"""`capbench verify`: whether a bundle is whole and its figures follow from its samples."""

from pathlib import Path

import click

from bench.cli.output import json_option, print_json


@click.command()
@click.argument("folder", type=click.Path(path_type=Path), metavar="EVIDENCE")
@json_option
def verify(folder: Path, as_json: bool) -> None:
    """Check every byte of EVIDENCE and compute every figure again. Exits 4 where it fails."""
    from reports.verify import verify as verify_bundle

    evidence = verify_bundle(folder)
    if as_json:
        print_json(
            {
                "valid": True,
                "run_id": evidence.run_id,
                "estimates": evidence.estimates,
                "judgements": evidence.judgements,
            }
        )
        return
    click.echo(
        f"valid: {len(evidence.outcomes)} outcomes and {len(evidence.estimates)} estimates of "
        f"{evidence.inventory.host.hostname}, measured {evidence.started_at} "
        f"by capbench {evidence.tool.version}"
    )
    for judged in evidence.judgements:
        found = judged.judgement
        standing = "certifying" if found.certifies else "indicative"
        said = f"{found.guarantee}, tier {found.tier}: {found.verdict}"
        click.echo(f"{said} ({standing}), computed again from the replicates")
    if evidence.inventory.simulated:
        click.echo("SIMULATED: no figure in it was measured on hardware")
    if evidence.interrupted:
        click.echo(f"incomplete: {evidence.interrupted}")
