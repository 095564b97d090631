"""`raccord payments link`: say whose an invoice is that names no deal."""

from datetime import UTC, date, datetime
from functools import partial
from urllib.parse import urlsplit

import click

from raccord.connectors.billing import BillingReader
from raccord.connectors.capabilities import IdShape
from raccord.connectors.connection import Kind, in_its_words
from raccord.connectors.crm import Crm
from raccord.connectors.errors import ConnectorError, NotFound
from raccord.domain.values.clock import a_year_before
from raccord.domain.values.deal import DealRef
from raccord.domain.values.message import message
from raccord.domain.values.subject import Subject, SubjectKind
from raccord.records.records import Records
from raccord.sealing import KeyRing
from raccord.settings.configuration import Configuration
from raccord.temporal.flows import PAYMENT_RECEIVED, Changed, wake
from raccord.texts import say
from starters.cli.common import bold, fail
from starters.cli.display import fold, shown
from starters.cli.dunning.books import patiently
from starters.cli.language import spoken
from starters.cli.server import WITHIN, connected
from workers.connections import opened


async def link(configuration: Configuration, keys: KeyRing, typed: str, deal_id: str) -> int:
    """Remember that an invoice is a deal's, in place of what was known, and have the deal show its money.

    It is named by its number, its id in the billing system, or the address of its page there.
    """
    if not typed.strip():
        fail(message("payments.name_invoice"))
    since = a_year_before(configuration.settings.clock.date_of(datetime.now(UTC)))
    async with opened(configuration) as connections:
        crm: Crm = connections.of(Kind.CRM)
        _refuse_what_is_no_id(deal_id, crm.capabilities.deal_id)
        try:
            invoice_id = await issued_invoice(connections.of(Kind.BILLING), typed, since)
        except ConnectorError as error:
            fail(in_its_words(error), status=1)
    billing = configuration.billing.name
    deal = DealRef(connection=configuration.crm.name, id=deal_id)
    client = await connected(configuration, keys)
    records = Records.open(configuration.settings.records_url, keys)
    try:
        await records.migrate()
        await records.payments.belongs(invoice_id, billing, deal)
    finally:
        await records.close()
    subject = Subject(kind=SubjectKind.INVOICE, connection=billing, id=invoice_id)
    why = Changed(key="command line", thorough=True)
    handle = await wake(client, PAYMENT_RECEIVED, subject, why, within=WITHIN)
    said = message(
        "payments.linked", number=bold(shown(typed.strip())), deal=bold(deal_id), flow=bold(handle.id)
    )
    for line in fold(say(said, spoken())):
        click.echo(line)
    return 0


def _refuse_what_is_no_id(typed: str, shape: IdShape) -> None:
    """End the command where no deal can have this id; nobody would ever look at its flow."""
    if shape.fits(typed):
        return
    if not typed.strip():
        fail(message("payments.name_deal", shape=shape.said))
    *_, last = typed.strip().rstrip("/").split("/")
    if shape.fits(last):
        fail(message("payments.no_deal_but", typed=shown(typed), shape=shape.said, meant=last))
    fail(message("payments.no_deal", typed=shown(typed), shape=shape.said))


async def issued_invoice(billing: BillingReader, typed: str, since: date) -> str:
    """Return the id of the issued invoice that is meant, or end the command where there is none.

    A number is looked for among what is to be paid, and what was issued since a business date.
    """
    *_, last = urlsplit(typed.strip()).path.rstrip("/").split("/")
    try:
        invoice = await patiently(lambda: billing.read_invoice(last))
    except NotFound:
        return await _of_number(billing, typed.strip(), since)
    if not invoice.finalised:
        fail(message("payments.draft", typed=shown(last)))
    return invoice.id


async def _of_number(billing: BillingReader, typed: str, since: date) -> str:
    number = typed.casefold()
    unpaid = await patiently(lambda: billing.unpaid_invoices(customer_id=None))
    found = {each.id for each in unpaid if each.number.casefold() == number}
    after = ""
    while not found:
        page = await patiently(partial(billing.list_invoices, since=since, after=after))
        found = {
            each.invoice.id for each in page.invoices if (each.invoice.number or "").casefold() == number
        }
        if not (after := page.after):
            break
    match sorted(found):
        case [one]:
            return one
        case []:
            fail(message("payments.unknown", typed=shown(typed), day=since))
        case several:
            fail(message("payments.several", typed=shown(typed), ids=tuple(several)))
