"""`raccord invoices --month`: which invoices and credit notes were made, with their totals."""

import asyncio
from dataclasses import replace
from pathlib import Path

import click

from raccord.connectors.billing import BillingReader
from raccord.connectors.connection import Kind
from raccord.connectors.crm import CrmReader
from raccord.connectors.errors import ConnectorError
from raccord.domain.values.message import message
from raccord.sealing import KeyRing
from raccord.settings.configuration import Configuration
from starters.cli.common import bold, fail, warn
from starters.cli.display import opened, print_json, shown
from starters.cli.dunning.books import now
from starters.cli.invoices.document import document
from starters.cli.invoices.made import Credited, Made, Month
from starters.cli.invoices.page import Page
from starters.cli.invoices.reading import credit_notes_of, invoices_of, with_names
from starters.cli.language import language_of
from workers.connections import opened as connections_of


def month_of(typed: str, configuration: Configuration) -> Month:
    """Return the month that was typed, by default the one that is under way where the company is."""
    today = configuration.settings.clock.date_of(now())
    try:
        return Month.parse(typed) if typed else Month.of(today)
    except ValueError:
        fail(message("invoices.no_month", typed=shown(typed)))


async def show(
    configuration: Configuration, keys: KeyRing, month: Month, csv: Path | None, *, as_json: bool
) -> int:
    """Print a month's invoices and credit notes, from the billing system itself, whoever issued them.

    Returns 1 where some of them cannot be read.
    """
    async with connections_of(configuration) as connections, opened(configuration, keys) as records:
        billing: BillingReader = connections.of(Kind.BILLING)
        crm: CrmReader = connections.of(Kind.CRM)
        try:
            made, unread = await invoices_of(month, billing, configuration.billing.name, records)
        except ConnectorError as error:
            fail(str(error), status=1)
        credited: tuple[Credited, ...] | None = None
        try:
            credited, unread_notes = await credit_notes_of(
                month, billing, configuration.billing.name, records
            )
            unread += unread_notes
        except ConnectorError as error:
            warn(message("invoices.without_notes", why=str(error)))
        try:
            made, credited = await _named(made, credited, month, crm)
        except ConnectorError as error:
            warn(message("invoices.without_deals", why=str(error)))
    if unread:
        warn(message("invoices.unread", ids=", ".join(map(shown, unread))))
    page = Page(month, made, credited, language_of(configuration))
    status = int(bool(unread) or credited is None)
    if csv:
        await asyncio.to_thread(csv.write_bytes, page.csv())
    if as_json:
        print_json(document(month, made, credited, unread))
        return status
    for line in page.lines():
        click.echo(line)
    if csv:
        click.echo(f"\n→ {bold(str(csv))}")
    return status


async def _named(
    made: tuple[Made, ...], credited: tuple[Credited, ...] | None, month: Month, crm: CrmReader
) -> tuple[tuple[Made, ...], tuple[Credited, ...] | None]:
    notes = credited or ()
    named = await with_names((*made, *(each.of for each in notes)), month, crm)
    of = zip(notes, named[len(made) :], strict=True)
    return named[: len(made)], credited and tuple(replace(each, of=its) for each, its in of)
