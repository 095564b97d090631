"""`raccord credit DEAL`: what a credit note would come to, for a person to issue."""

from typing import Any

import click

from raccord.connectors.billing import BillingReader
from raccord.connectors.connection import Kind
from raccord.connectors.crm import CrmReader
from raccord.connectors.errors import ConnectorError
from raccord.domain.values.deal import DealRef
from raccord.domain.values.invoice import CreditPreview, Invoice, live_invoices
from raccord.records.links import DealLink
from raccord.sealing import KeyRing
from raccord.settings.configuration import Configuration
from starters.cli.common import bold, fail
from starters.cli.display import opened, print_json, shown
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
            fail(str(error), status=1)
    if as_json:
        print_json(_document(deal, invoice, preview))
        return 0
    click.echo(_text(deal, invoice, preview, configuration.live_or_test))
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
            before = ", ".join(each.number or each.id for each in issued)
            fail(
                f"deal {deal.id} has no invoice that could be credited: {before} is void or credited in full."
                if issued
                else f"deal {deal.id} has no issued invoice.",
                status=1,
            )
        case several:
            numbers = ", ".join(each.number or each.id for each in several)
            fail(f"deal {deal.id} has several invoices ({numbers}): credit them in billing.", status=1)


def _text(deal: DealRef, invoice: Invoice, preview: CreditPreview, stage: str) -> str:
    buyer = f" to {invoice.buyer.name}" if invoice.buyer and invoice.buyer.name else ""
    title = f"Credit note on invoice {invoice.number} of deal {deal.id}{shown(buyer)} ({stage})"
    parts = [f"{bold(title)}: a preview. Nothing has been issued.", "", *_amounts(invoice, preview), ""]
    parts.append(
        "The billing system keeps no drafts of credit notes: one that is created is issued, with its number, "
        "at once. So it is left to you, who may also credit a part of it."
    )
    if preview.page:
        parts += ["", bold("In its pages"), f"  {preview.page}"]
    if preview.request:
        parts += ["", bold("Or by this request") + ", with a key of your own that may write credit notes"]
        parts.append(f"  {preview.request}")
    parts += ["", "The next sweep, or `raccord reconcile --once`, then shows it on the deal."]
    return "\n".join(parts)


def _amounts(invoice: Invoice, preview: CreditPreview) -> list[str]:
    totals = preview.totals
    rows = [("invoice, gross", str(invoice.totals.gross))]
    if invoice.credited.amount:
        numbers = ", ".join(note.number for note in invoice.credit_notes)
        rows.append(("credited so far", f"{invoice.credited}" + (f" ({numbers})" if numbers else "")))
    if totals:
        rows.append(("credit, net", str(totals.net)))
        rows += [(f"credit, VAT {each.rate.normalize():f} %", str(each.vat)) for each in totals.vat]
    rows.append(("credit, gross", str(preview.credited)))
    width = max(len(name) for name, _ in rows)
    lines = [f"  {name:<{width}}  {value}" for name, value in rows]
    if preview.remark:
        lines.append(f"  not computed by the billing system: {preview.remark}")
    elif totals is None:
        lines.append("  VAT is not split off a sum: credit the lines in the billing system's pages instead.")
    return lines


def _document(deal: DealRef, invoice: Invoice, preview: CreditPreview) -> dict[str, Any]:
    said = preview.model_dump(mode="json")
    return {"deal": deal.id, "invoice": invoice.id, "number": invoice.number, "issued": False, **said}
