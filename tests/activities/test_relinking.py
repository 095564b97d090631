"""Deals whose invoice no record knows are linked with it again, from what CRM and billing system hold."""

from datetime import timedelta

import pytest
from temporalio.testing import ActivityEnvironment

from activities.service.relinking import Relinked, Relinking, Shown
from raccord.connectors.errors import ConnectorError, NotFound, RateLimited, Transient
from raccord.domain.values.deal import DealRef, WonDeal
from raccord.domain.values.invoice import Invoice, InvoiceReference, InvoiceState, Part
from raccord.domain.values.listed import CustomerPage
from raccord.domain.values.parties import Customer
from raccord.records.records import Records
from tests.domain import samples
from tests.fakes.billing import FakeBilling


class Account(FakeBilling):
    """Issued invoices by the id of the deal that shows each; one can be read differently."""

    def __init__(self, **deals: Invoice) -> None:
        super().__init__()
        self.invoices |= {invoice.id: invoice for invoice in deals.values()}
        self.deals = tuple(WonDeal(id=deal[1:], invoice_id=each.id) for deal, each in deals.items())
        self.errors: dict[str, ConnectorError] = {}

    async def read_invoice(self, invoice_id: str) -> Invoice:
        if error := self.errors.get(invoice_id):
            raise error
        return await super().read_invoice(invoice_id)


def of(deal: str, *, part: Part = Part.WHOLE, **changes: object) -> Invoice:
    reference = InvoiceReference(deal=DealRef(connection="hubspot", id=deal), part=part)
    return samples.invoice(id=f"in_{deal}", number=f"F-{deal}", reference=reference).model_copy(
        update=changes
    )


async def relinked(account: Account, records: Records, *, dry: bool = False) -> Relinked:
    shown = Shown(crm="hubspot", deals=(*account.deals, WonDeal(id="99")), dry=dry)
    return await ActivityEnvironment().run(Relinking(account, records.links, "stripe").relink, shown)


async def test_what_the_records_lost_is_back_and_no_invoice_is_sent_again(records: Records) -> None:
    account = Account(d1=of("1"), d2=of("2", part=Part.DEPOSIT), d3=of("3", reference=None))
    assert await relinked(account, records) == Relinked(linked=3)
    whole, deposit, theirs = [
        await records.links.deal(DealRef(connection="hubspot", id=id_), "stripe") for id_ in ("1", "2", "3")
    ]
    assert (whole.invoice_id, whole.number, whole.delivered, whole.adopted) == ("in_1", "F-1", True, False)
    assert whole.customer_id == account.invoices["in_1"].customer_id
    assert (whole.deposit_id, deposit.deposit_id, deposit.deposit_number) == (None, "in_2", "F-2")
    assert theirs.adopted, "a person said so once, and the deal shows it still"
    assert await relinked(account, records) == Relinked(known=3)


async def test_a_dry_run_counts_and_remembers_nothing(records: Records) -> None:
    account = Account(d1=of("1"))
    assert await relinked(account, records, dry=True) == Relinked(linked=1)
    assert await records.links.invoiced_deals("hubspot") == frozenset()


async def test_what_is_not_there_or_was_never_issued_is_counted_and_not_linked(records: Records) -> None:
    account = Account(d1=of("1"), d2=of("2", state=InvoiceState.DRAFT))
    account.errors["in_1"] = NotFound("There is no such invoice.")
    assert await relinked(account, records) == Relinked(missing=2)


async def test_a_vendor_that_is_away_leaves_what_was_linked_and_the_next_goes_on(records: Records) -> None:
    account = Account(d1=of("1"), d2=of("2"))
    account.errors["in_2"] = Transient("Stripe cannot be reached.")
    found = await relinked(account, records)
    assert (found.linked, found.refused) == (1, "Stripe cannot be reached.")
    assert "Stripe cannot be reached." in found.remark
    account.errors.clear()
    assert await relinked(account, records) == Relinked(linked=1, known=1)


async def test_a_vendor_that_asks_for_patience_is_asked_again_by_the_same_step(records: Records) -> None:
    account = Account(d1=of("1"))
    account.errors["in_1"] = RateLimited("Too many requests.", retry_after=timedelta(seconds=3))
    with pytest.raises(RateLimited):
        await relinked(account, records)


async def test_customers_are_linked_by_the_references_that_they_carry(records: Records) -> None:
    class Listing(FakeBilling):
        async def list_customers(self, *, after: str) -> CustomerPage:
            marked = Customer(id="cus_1", reference="siren-1", crm_company="hubspot:7")
            if not after:
                return CustomerPage(customers=(marked, Customer(id="cus_0")), after="next")
            return CustomerPage(customers=(marked.model_copy(update={"id": "cus_2"}),))

    relinking = Relinking(Listing(), records.links, "stripe")
    assert await ActivityEnvironment().run(relinking.relink_customers, None) == 1
    assert await records.links.customer("siren-1", "stripe") == "cus_1"
    assert await records.links.companies_of("cus_1", "stripe") == ("hubspot:7",)
