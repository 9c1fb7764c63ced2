"""`capbench verify`: whether bundles are whole and their figures follow from their samples."""

from pathlib import Path

import click

from bench.cli.evidence_arguments import bundles_of, evidence_arguments, examined
from bench.cli.output import json_option, print_json


@click.command()
@evidence_arguments
@json_option
@click.pass_context
def verify(
    context: click.Context,
    paths: tuple[Path, ...],
    lists: tuple[Path, ...],
    cache: bool,
    as_json: bool,
) -> None:
    """Check every byte of EVIDENCE, compute every figure again, and look for contradictions.

    EVIDENCE is a bundle (a folder or a .zip file), a folder that holds bundles at any depth, or a
    glob. Exits 4 where one of them fails; minor findings are for an auditor to look at.
    """
    bundles = bundles_of(paths, lists)
    context.exit(one(bundles[0], as_json) if len(bundles) == 1 else many(bundles, cache, as_json))


def many(bundles: tuple[Path, ...], cache: bool, as_json: bool) -> int:
    """Say of each bundle that fails why, and how many there are. Return the exit code."""
    from bench.errors import InvalidEvidence
    from reports.render.text import printable
    from reports.verification.audit import grave

    rows = []
    for each in examined(bundles, condensed=True, cache=cache):
        machine = each.machine
        findings = () if machine is None else machine.findings
        rows.append(
            {
                "bundle": str(each.bundle),
                "valid": machine is not None and not grave(findings),
                "host": None if machine is None else machine.host,
                "run_id": None if machine is None else machine.run_id,
                "reason": each.reason,
                "findings": findings,
            }
        )
        if not as_json:
            for finding in findings:
                click.echo(printable(f"{each.bundle}: {finding}"))
    failed = sum(not row["valid"] for row in rows)
    if as_json:
        print_json({"valid": failed == 0, "bundles": rows})
    else:
        click.echo(f"{len(rows)} bundles: {len(rows) - failed} valid, {failed} NOT VALID")
    return InvalidEvidence.exit_code if failed else 0


def one(bundle: Path, as_json: bool) -> int:
    """Say everything of a single bundle. Return the exit code."""
    from bench.errors import InvalidEvidence
    from reports.render.text import printable
    from reports.verification import examine
    from reports.verification.audit import grave

    verified = examine(bundle)
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
    return 0 if valid else InvalidEvidence.exit_code
