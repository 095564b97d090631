"""Reading a month's invoices and credit notes: from the billing system all, from the CRM whose they are."""

from collections.abc import Mapping
from dataclasses import replace

from raccord.connectors.billing import BillingReader
from raccord.connectors.crm import CrmReader
from raccord.domain.values.listed import (
    CreditNotePage,
    DealPage,
    InvoicePage,
    ListedCreditNote,
    ListedDeal,
    ListedInvoice,
)
from raccord.records.records import Records
from starters.cli.dunning.books import patiently
from starters.cli.invoices.made import Credited, Made, Month, credited_in, made_in


async def invoices_of(
    month: Month, billing: BillingReader, name: str, records: Records
) -> tuple[tuple[Made, ...], tuple[str, ...]]:
    """Return every invoice of a month, and the ids of those since it began that cannot be read.

    Each has its deal's id where our reference or records know it.
    """
    listed: list[ListedInvoice] = []
    unread: list[str] = []
    after = ""
    while True:
        page = await _invoice_page(billing, month, after)
        listed += page.invoices
        unread += page.unreadable
        if not (after := page.after):
            break
    made = [await _with_deal(each, name, records) for each in made_in(month, listed)]
    return tuple(made), tuple(unread)


async def credit_notes_of(
    month: Month, billing: BillingReader, name: str, records: Records
) -> tuple[tuple[Credited, ...], tuple[str, ...]]:
    """Return every credit note of a month, and the ids of those since it began that cannot be read."""
    listed: list[ListedCreditNote] = []
    unread: list[str] = []
    after = ""
    while True:
        page = await _credit_note_page(billing, month, after)
        listed += page.notes
        unread += page.unreadable
        if not (after := page.after):
            break
    found = credited_in(month, listed)
    return tuple([replace(each, of=await _with_deal(each.of, name, records)) for each in found]), tuple(
        unread
    )


async def _credit_note_page(billing: BillingReader, month: Month, after: str) -> CreditNotePage:
    return await patiently(lambda: billing.list_credit_notes(since=month.first, after=after))


async def _invoice_page(billing: BillingReader, month: Month, after: str) -> InvoicePage:
    return await patiently(lambda: billing.list_invoices(since=month.first, after=after))


async def _deal_page(crm: CrmReader, month: Month, after: str) -> DealPage:
    return await patiently(lambda: crm.list_deals(won_from=month.first, after=after))


async def _with_deal(made: Made, billing: str, records: Records) -> Made:
    if made.invoice.reference:
        return replace(made, deal_id=made.invoice.reference.deal.id)
    linked = await records.links.deal_of_invoice(made.invoice.id, billing)
    known = linked or (await records.payments.known(made.invoice.id, billing)).deal
    return replace(made, deal_id=known.id) if known else made


async def with_names(made: tuple[Made, ...], month: Month, crm: CrmReader) -> tuple[Made, ...]:
    """Add what deals and salespeople are called. Raises connector errors."""
    wanted = {each.deal_id for each in made if each.deal_id}
    if not wanted:
        return made
    deals = await _deals(wanted, month, crm)
    owners = sorted({each.owner_id for each in deals.values() if each.owner_id})
    names = await crm.name_owners(owners) if owners else {}
    return tuple(_named(each, deals.get(each.deal_id), names) for each in made)


async def _deals(wanted: set[str], month: Month, crm: CrmReader) -> dict[str, ListedDeal]:
    """List deals until all that are wanted are there: those that show an invoice are listed whenever won."""
    found: dict[str, ListedDeal] = {}
    after = ""
    while True:
        page = await _deal_page(crm, month, after)
        found |= {each.id: each for each in page.deals if each.id in wanted}
        if not (after := page.after) or wanted <= found.keys():
            return found


def _named(made: Made, deal: ListedDeal | None, names: Mapping[str, str]) -> Made:
    if deal is None:
        return made
    salesperson = names.get(deal.owner_id, deal.owner_id)
    return replace(made, deal=deal.name, deal_url=deal.url, salesperson=salesperson)
