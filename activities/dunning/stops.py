"""Counting the reminders that were due and did not leave."""

from datetime import datetime
from decimal import Decimal

from raccord.connectors.billing import BillingReader
from raccord.connectors.errors import NotFound
from raccord.domain.dunning.plan import Due
from raccord.domain.dunning.silence import Silence
from raccord.domain.dunning.stopped import Stop
from raccord.domain.values.account import OwedInvoice
from raccord.records.records import Records


class Stops:
    def __init__(self, billing: BillingReader, records: Records) -> None:
        self._billing = billing
        self._records = records

    async def count(self, customer: str, due: Due, at: datetime, why: Silence | Stop) -> None:
        """Count a reminder that was stopped at an aware instant, a payment apart from a credit note."""
        if why is Silence.NOTHING_OPEN and await self._paid(due):
            why = Stop.PAID
        await self._records.dunning.stopped(customer, due.key, at, why.value)

    async def _paid(self, due: Due) -> bool:
        return any([await self._brought_money(each) for each in due.invoices])

    async def _brought_money(self, invoice: OwedInvoice) -> bool:
        """Whether payments come to more than what was settled of it when its reminder was planned."""
        try:
            money = await self._billing.read_money(invoice.id)
        except NotFound:
            return False
        paid = sum((each.amount.amount for each in money.payments), Decimal(0))
        return paid > invoice.total.amount - invoice.due.amount
