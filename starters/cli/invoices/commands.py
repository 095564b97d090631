"""The commands about invoices that were issued."""

from pathlib import Path

import click

from starters.cli.common import as_json, config_file, configuration, end, key_ring, run


@click.command()
@click.option("--month", default="", metavar="MONTH", help="As 2026-10 [default: the one under way]")
@click.option(
    "--csv", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE", help="Write all columns there."
)
@config_file
@as_json
def invoices(month: str, csv: Path | None, config: Path | None, as_json: bool) -> None:
    """List the invoices and credit notes of a month, with customer, deal and salesperson, and their totals.

    What was credited until today stands beside its invoice; the month's credit notes follow by themselves, on
    whatever invoice.
    """
    from starters.cli.invoices.command import month_of, show

    loaded = configuration(config)
    end(run(show(loaded, key_ring(loaded), month_of(month, loaded), csv, as_json=as_json)))


@click.command()
@click.argument("deal")
@config_file
@as_json
def credit(deal: str, config: Path | None, as_json: bool) -> None:
    """Show what a credit note on a deal's invoice comes to, and where a person issues it. Issues nothing."""
    from starters.cli.credit import prepare

    loaded = configuration(config)
    end(run(prepare(loaded, key_ring(loaded), deal, as_json=as_json)))
