"""`capbench verify`: whether a bundle is whole and its figures follow from its samples."""

from pathlib import Path

import click

from bench.cli.output import json_option, print_json


@click.command()
@click.argument("folder", type=click.Path(path_type=Path), metavar="EVIDENCE")
@json_option
@click.pass_context
def verify(context: click.Context, folder: Path, as_json: bool) -> None:
    """Check every byte of EVIDENCE, compute every figure again, and look for contradictions.

    Exits 4 where one of them fails; minor findings are for an auditor to look at.
    """
    from bench.errors import InvalidEvidence
    from reports.render.text import printable
    from reports.verification import examine
    from reports.verification.audit import grave

    verified = examine(folder)
    evidence, findings = verified.evidence, verified.findings
    valid = not grave(findings)
    if as_json:
        print_json(
            {
                "valid": valid,
                "run_id": evidence.run_id,
                "findings": findings,
                "estimates": evidence.estimates,
                "judgements": evidence.judgements,
            }
        )
    else:
        for finding in findings:
            click.echo(printable(str(finding)))
        said = (
            f"{'valid' if valid else 'NOT VALID'}: {len(evidence.outcomes)} outcomes and "
            f"{len(evidence.estimates)} estimates of {evidence.inventory.host.hostname}, measured "
            f"{evidence.started_at} by capbench {evidence.tool.version}"
        )
        click.echo(printable(said))
        for judged in evidence.judgements:
            found = judged.judgement
            standing = "certifying" if found.certifies else "indicative"
            told = f"{found.guarantee}, tier {found.tier}: {found.verdict} ({standing})"
            click.echo(printable(f"{told}, computed again from the replicates"))
        if evidence.inventory.simulated:
            click.echo("SIMULATED: no figure in it was measured on hardware")
        if evidence.interrupted:
            click.echo(printable(f"incomplete: {evidence.interrupted}"))
    context.exit(0 if valid else InvalidEvidence.exit_code)
