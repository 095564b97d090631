"""Reading what a customer owes, with the deal of each invoice."""

from temporalio import activity

from raccord.connectors.billing import BillingReader
from raccord.domain.values.account import Account, OwedInvoice
from raccord.domain.values.deal import DealRef
from raccord.records.records import Records
from raccord.records.work import together


class AccountReads:
    """`connection`: the billing system's; `crm`: whose deals count."""

    def __init__(self, billing: BillingReader, records: Records, connection: str, crm: str) -> None:
        self._billing = billing
        self._links = records.links
        self._payments = records.payments
        self._connection = connection
        self._crm = crm

    @activity.defn(name="dunning.account")
    async def read(self, customer_id: str) -> Account:
        """Read what a customer owes now. Fails with `NotFound` where there never was such a customer."""
        account = await self._billing.read_account(customer_id)
        invoices = tuple([await self._of_its_deal(each) for each in account.invoices])
        return account.model_copy(update={"invoices": invoices})

    async def _of_its_deal(self, invoice: OwedInvoice) -> OwedInvoice:
        """Name the deal: a person's word goes before what the records linked, and that before its marking."""
        known, linked = await together(
            self._payments.known(invoice.id, self._connection),
            self._links.deal_of_invoice(invoice.id, self._connection),
        )
        named = (known.deal, linked, invoice.deal)
        deal: DealRef | None = next((each for each in named if each and each.connection == self._crm), None)
        return invoice.model_copy(update={"deal": None if known.of_no_deal else deal})
