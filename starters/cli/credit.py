"""`raccord credit DEAL`: what a credit note would come to, for a person to issue."""

from collections.abc import Iterator
from typing import Any

import click

from raccord.connectors.billing import BillingReader
from raccord.connectors.connection import Kind, in_its_words
from raccord.connectors.crm import CrmReader
from raccord.connectors.errors import ConnectorError
from raccord.domain.values.deal import DealRef
from raccord.domain.values.invoice import CreditPreview, Invoice, live_invoices
from raccord.domain.values.message import Message, Param, Percent, message
from raccord.records.links import DealLink
from raccord.sealing import KeyRing
from raccord.settings.configuration import Configuration
from raccord.texts import say, say_param
from starters.cli.common import bold, fail
from starters.cli.display import fold, opened, print_json, shown
from starters.cli.language import language_of
from starters.cli.story.meant import deal_of
from workers.connections import opened as connected


async def prepare(configuration: Configuration, keys: KeyRing, typed: str, *, as_json: bool) -> int:
    """Print the credit note of a deal's whole invoice, and where it is issued. Reads only."""
    async with connected(configuration) as connections:
        reader: CrmReader = connections.of(Kind.CRM)
        async with opened(configuration, keys) as records:
            deal = await deal_of(configuration, typed, reader, records)
            link = await records.links.deal(deal, configuration.billing.name)
        try:
            billing: BillingReader = connections.of(Kind.BILLING)
            invoice = await _invoice(billing, deal, link)
            preview = await billing.preview_credit(invoice)
        except ConnectorError as error:
            fail(in_its_words(error), status=1)
    if as_json:
        print_json(_document(deal, invoice, preview))
        return 0
    for line in text(deal, invoice, preview, configuration.live_or_test, language_of(configuration)):
        click.echo(line)
    return 0


async def _invoice(billing: BillingReader, deal: DealRef, link: DealLink) -> Invoice:
    found = await billing.invoices_of(deal, customer_id=link.customer_id, invoice_id=link.invoice_id)
    if link.adopted and link.invoice_id and link.invoice_id not in {each.id for each in found}:
        found = (*found, await billing.read_invoice(link.invoice_id))
    issued = [each for each in found if each.finalised]
    match [each for each in live_invoices(found) if each.finalised]:
        case [invoice]:
            return invoice
        case []:
            before = tuple(each.number or each.id for each in issued)
            if before:
                fail(message("credit.none_left", deal=deal.id, numbers=before, count=len(before)), status=1)
            fail(message("credit.none", deal=deal.id), status=1)
        case several:
            numbers = tuple(each.number or each.id for each in several)
            fail(message("credit.several", deal=deal.id, numbers=numbers), status=1)


def text(deal: DealRef, invoice: Invoice, preview: CreditPreview, stage: str, language: str) -> Iterator[str]:
    """Yield what a credit note would come to, and where it is issued; `stage` is TEST or LIVE."""
    number = invoice.number or invoice.id
    title = say(message("credit.title", number=number, deal=deal.id, stage=stage), language)
    yield from map(bold, fold(shown(title)))
    yield ""
    yield from _amounts(invoice, preview, language)
    yield ""
    yield from fold(say(message("credit.yours"), language))
    if preview.page:
        yield ""
        yield bold(say(message("credit.page"), language))
        yield f"  {preview.page}"
    if preview.request:
        yield ""
        yield from map(bold, fold(say(message("credit.request"), language)))
        yield f"  {preview.request}"
    yield ""
    yield from fold(say(message("credit.next"), language))


def _amounts(invoice: Invoice, preview: CreditPreview, language: str) -> Iterator[str]:
    rows = [
        (say(label, language), shown(say_param(value, language))) for label, value in _rows(invoice, preview)
    ]
    width = max(len(name) for name, _ in rows)
    yield from (f"  {name:<{width}}  {value}" for name, value in rows)
    if preview.remark:
        why = message("check.in_its_words", said=preview.remark)
        yield from fold(f"  {shown(say(message('credit.not_computed', why=why), language))}", indent="  ")
    elif preview.totals is None:
        yield from fold(f"  {say(message('credit.not_split'), language)}", indent="  ")


def _rows(invoice: Invoice, preview: CreditPreview) -> Iterator[tuple[Message, Param]]:
    if invoice.buyer and invoice.buyer.name:
        yield message("credit.customer"), invoice.buyer.name
    yield message("credit.invoice"), invoice.totals.gross
    if invoice.credited.amount:
        notes = tuple(note.number for note in invoice.credit_notes)
        before = message("credit.before_by", amount=invoice.credited, notes=notes)
        yield message("credit.before"), before if notes else invoice.credited
    if totals := preview.totals:
        yield message("credit.net"), totals.net
        for each in totals.vat:
            yield message("credit.vat", rate=Percent(percent=each.rate)), each.vat
    yield message("credit.gross"), preview.credited


def _document(deal: DealRef, invoice: Invoice, preview: CreditPreview) -> dict[str, Any]:
    said = preview.model_dump(mode="json")
    return {"deal": deal.id, "invoice": invoice.id, "number": invoice.number, "issued": False, **said}
