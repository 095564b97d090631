"""What the billing system knows of a paid deal, read before each step."""

from datetime import date

from temporalio import activity

from raccord.connectors.billing import BillingReader
from raccord.domain.onboarding.money import NotPaid, not_paid
from raccord.domain.payment.status import sums
from raccord.domain.values.base import Value
from raccord.domain.values.invoice import Invoice, InvoiceState
from raccord.domain.values.money import Money

_EVER = date(2000, 1, 1)


class PaidQuery(Value):
    """The invoices of one deal."""

    invoices: tuple[str, ...]


class Paid(Value):
    """What they come to, and why they do not count as paid; None when they do."""

    why_not: NotPaid | None = None
    amounts: tuple[Money, ...] = ()
    """Gross, one for each currency."""
    numbers: tuple[str, ...] = ()
    customer_id: str = ""


class KnownQuery(Value):
    """A customer, and the invoices of the deal that it has just paid."""

    customer_id: str
    invoices: tuple[str, ...]
    today: date


class OnboardingMoney:
    def __init__(self, billing: BillingReader) -> None:
        self._billing = billing

    @activity.defn(name="onboarding.paid")
    async def paid(self, query: PaidQuery) -> Paid:
        """Read what a deal's invoices brought. Fails with `NotFound` when one is gone."""
        read = tuple([await self._billing.read_money(id) for id in query.invoices])
        return Paid(
            why_not=not_paid(read),
            amounts=sums(money.invoice.totals.gross for money in read),
            numbers=tuple(money.invoice.number for money in read if money.invoice.number),
            customer_id=next((money.invoice.customer_id for money in read), ""),
        )

    @activity.defn(name="onboarding.known")
    async def known(self, query: KnownQuery) -> bool:
        """Whether the customer paid for something that was invoiced before this deal.

        Invoices of one day stand in the order of their ids, so that of two first deals paid at once one is.
        """
        theirs = await self._billing.invoices_of_customer(query.customer_id, since=_EVER, until=query.today)
        ours = [_age(invoice) for invoice in theirs if invoice.id in query.invoices]
        first = min(ours, default=None)
        return any(_counts(each) and first and _age(each) < first for each in theirs)


def _counts(invoice: Invoice) -> bool:
    return invoice.state is InvoiceState.PAID and invoice.live and invoice.totals.gross.amount > 0


def _age(invoice: Invoice) -> tuple[date, str]:
    return invoice.issued_on or date.max, invoice.id
