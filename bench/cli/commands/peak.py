"""`capbench peak`: the published dense peaks of a card, for ratios and plausibility."""

from typing import TYPE_CHECKING

import click

from bench.cli.output import json_option, print_json
from bench.units import format_si

if TYPE_CHECKING:
    from reports.catalogue.accelerators import AcceleratorModel, Rate


@click.command()
@click.argument("name", metavar="CARD")
@json_option
def peak(name: str, as_json: bool) -> None:
    """Show what CARD can do at the most, dense, by precision. Exits 1 for an unknown card.

    CARD is a name as a driver prints it, such as "NVIDIA H20". A name that several cards are sold
    under is answered with intervals over all of them, and exits 1 too.
    """
    from reports.catalogue.lookup import AmbiguousCard, find

    try:
        _show(find(name), as_json)
    except AmbiguousCard as ambiguous:
        _show(ambiguous.span, as_json)
        raise


def _show(card: "AcceleratorModel", as_json: bool) -> None:
    from reports.catalogue.accelerators import source_text

    if as_json:
        print_json(_as_data(card))
        return
    click.echo(card.name + (f" ({card.dies} devices to the driver)" if card.dies > 1 else ""))
    for key, rate in card.keyed_rates():
        confidence = rate.confidence or card.confidence
        clock = f"at {rate.clock_ghz:g} GHz" if rate.clock_ghz is not None else ""
        click.echo(f"  {key:<22} {rate.pipe:<7} {rate.text():<32} {confidence}  {clock}".rstrip())
    low, high = (format_si(bound * 1e9, "B/s") for bound in card.bandwidth_gb_s)
    click.echo(f"  memory bandwidth       {low if low == high else f'{low} to {high}'}")
    if card.die_mm2 is not None:
        click.echo(
            f"  logic dies             {' to '.join(f'{a:g}' for a in _once(card.die_mm2))} mm2"
        )
    for label, text in (("capped", card.capped), ("note", card.note)):
        if text is not None:
            click.echo(f"  {label}: {text}")
    click.echo(f"  source: {source_text(card.sources)}")


def _once(bounds: tuple[float, float]) -> tuple[float, ...]:
    return bounds[:1] if bounds[0] == bounds[1] else bounds


def _as_data(card: "AcceleratorModel") -> dict[str, object]:
    return {
        "name": card.name,
        "vendor": card.vendor,
        "capped": card.capped is not None,
        "capped_because": card.capped,
        "dies": card.dies,
        "units": card.units,
        "memory_bytes": [bound * 1e9 for bound in card.memory_gb],
        "bandwidth_bytes_per_s": [bound * 1e9 for bound in card.bandwidth_gb_s],
        "power_w": card.power_w,
        "die_mm2": card.die_mm2,
        "note": card.note,
        "rates": {key: _rate_data(card, rate) for key, rate in card.keyed_rates()},
    }


def _rate_data(card: "AcceleratorModel", rate: "Rate") -> dict[str, object]:
    from reports.catalogue.accelerators import source_text

    return {
        "dense": rate.per_s.value,
        "low": rate.per_s.low,
        "high": rate.per_s.high,
        "sparse": None if rate.sparse_tera is None else rate.sparse_tera * 1e12,
        "unit": rate.unit,
        "pipe": rate.pipe,
        "clock_hz": None if rate.clock_ghz is None else rate.clock_ghz * 1e9,
        "source": source_text(rate.sources or card.sources),
        "confidence": rate.confidence or card.confidence,
    }
