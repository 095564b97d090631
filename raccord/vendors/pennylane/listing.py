"""Invoices as lists show them: a customer's, those that are owed, all of the account."""

from collections import defaultdict
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from raccord.connectors.errors import Poison
from raccord.connectors.http.together import together
from raccord.domain.values.account import Account, OwedInvoice
from raccord.domain.values.clock import BusinessClock
from raccord.domain.values.invoice import Buyer, Invoice, InvoiceState
from raccord.domain.values.listed import (
    CreditNotePage,
    CustomerPage,
    InvoicePage,
    ListedCreditNote,
    ListedInvoice,
)
from raccord.domain.values.payment import UnpaidInvoice
from raccord.vendors.pennylane.api import INVOICES, Filter, PennylaneApi
from raccord.vendors.pennylane.customers import COMPANY, Customers, address_of, as_customer, language_of
from raccord.vendors.pennylane.invoices import PATH, Invoices
from raccord.vendors.pennylane.paid import Paid, left_of, rest_unknown, under_way
from raccord.vendors.pennylane.standing import (
    CANCELLED,
    CREDIT_NOTES,
    ISSUED,
    REAL,
    is_invoice,
    money,
    of_customer,
    state_of,
)
from raccord.vendors.pennylane.wire import InvoiceList, PennylaneInvoice

MOST_UNPAID = 500
HORIZON = timedelta(days=548)
"""How old what is unpaid may be to be found: neither status nor due date can be asked for (section 3)."""
_AT_ONCE = 8
_ASKING = 6
"""Seconds of a step for asking about debits: half of what it may take (`timing.step_timeout`)."""
_REFUSED = frozenset(("in_dispute", "refused", "rejected"))
"""On the platform for electronic invoices: nobody is chased until somebody acted (France page, section 9)."""

Names = Mapping[int, str]


class Listing:
    def __init__(
        self, api: PennylaneApi, invoices: Invoices, customers: Customers, paid: Paid, clock: BusinessClock
    ) -> None:
        self._api = api
        self._invoices = invoices
        self._customers = customers
        self._paid = paid
        self._clock = clock

    async def of_customer(self, customer_id: str, since: date, until: date) -> tuple[Invoice, ...]:
        """Return the customer's invoices dated between two business dates, drafts included, without VAT."""
        if not customer_id.isdecimal():
            return ()
        filters = [of_customer(customer_id), _from(since), ("date", "lteq", until.isoformat())]
        listed = self._invoices.each(f"list the invoices of customer {customer_id}", filters)
        return tuple([self._invoices.glimpse(each) async for each in listed if is_invoice(each)])

    async def owing(self, due_before: date) -> tuple[str, ...]:
        """Return the ids of those who owe something due before a business date, the oldest invoice first."""
        late = [each async for each in self._owed() if each.deadline and each.deadline < due_before]
        late.reverse()
        return tuple(dict.fromkeys(str(each.customer.id) for each in late if each.customer))

    async def issued_since(self, day: date) -> tuple[str, ...]:
        listed = self._invoices.each("list the invoices", [*REAL, _from(day)])
        stand = (InvoiceState.OPEN, InvoiceState.PAID)
        found = [each async for each in listed if is_invoice(each) and each.status != CANCELLED]
        return tuple([str(each.id) for each in found if state_of(each) in stand])

    async def unpaid(self, customer_id: str | None) -> tuple[UnpaidInvoice, ...]:
        found: list[PennylaneInvoice] = []
        async for each in self._owed(customer_id):
            if each.customer is None:
                continue
            found.append(each)
            if len(found) == MOST_UNPAID:
                break
        names = await self.names(found)
        return tuple(
            UnpaidInvoice(
                id=str(each.id),
                number=each.invoice_number or "",
                customer_id=str(each.customer.id),
                customer=names.get(each.customer.id, ""),
                due=money(left_of(each), each),
                issued_on=each.date,
                due_on=each.deadline,
            )
            for each in found
            if each.customer
        )

    async def account(self, customer_id: str) -> Account:
        """Read a customer with what it owes, and of what is late whether a debit is under way.

        That takes a request for each invoice: in small groups, so that others have their turns, and of those
        due last as many as leave within a step's time. A debit is under way for days, not for months.
        """
        if (found := await self._customers.read(customer_id)) is None:
            return Account(customer_id=customer_id, gone=True)
        owed = [each async for each in self._owed(customer_id) if each.deadline]
        under_way = await self._under_way(owed)
        customer = as_customer(found)
        return Account(
            customer_id=customer.id,
            name=customer.name,
            email=customer.email,
            language=language_of(found),
            address=address_of(found),
            siren=customer.siren or "",
            business=found.customer_type == COMPANY,
            invoices=tuple(
                sorted(
                    (self._invoice(each, processing=each.id in under_way) for each in owed),
                    key=lambda each: (each.due_on, each.number),
                )
            ),
        )

    async def invoices(self, since: date, after: str) -> InvoicePage:
        """Return a page of the issued invoices, the oldest first, so that a new one moves no other."""
        page = await self._api.page(
            "list the invoices",
            INVOICES,
            PATH,
            InvoiceList,
            filters=[*REAL, _from(since)],
            sort="date",
            cursor=after or None,
        )
        found, unreadable = [], []
        names, credited = await self.names(page.items), await self._credited(page.items)
        for each in page.items:
            try:
                found += [self.listed(each, names, credited)] if is_invoice(each) else []
            except Poison:
                unreadable.append(str(each.id))
        return InvoicePage(invoices=tuple(found), unreadable=tuple(unreadable), after=page.following or "")

    async def credit_notes(self, since: date, after: str) -> CreditNotePage:
        """Return a page of the credit notes, the oldest first, and read the invoice of each.

        One that nobody linked to an invoice (pennylane page, section 1.3) is told as unreadable.
        """
        filters = [*ISSUED, CREDIT_NOTES, _from(since)]
        page = await self._api.page(
            "list the credit notes",
            INVOICES,
            PATH,
            InvoiceList,
            filters=filters,
            sort="date",
            cursor=after or None,
        )
        found, unreadable = [], []
        names = await self.names(page.items)
        for each in page.items:
            try:
                found.append(await self._credit_note(each, names))
            except Poison:
                unreadable.append(str(each.id))
        return CreditNotePage(notes=tuple(found), unreadable=tuple(unreadable), after=page.following or "")

    async def customers(self, after: str) -> CustomerPage:
        items, onward = await self._customers.page(after)
        return CustomerPage(customers=tuple(as_customer(each) for each in items), after=onward)

    async def names(self, found: Iterable[PennylaneInvoice]) -> Names:
        """Return what the customers of invoices are called, by their ids; an invoice itself does not say."""
        return await self._customers.names(each.customer.id for each in found if each.customer)

    def listed(self, found: PennylaneInvoice, names: Names, credited: Mapping[int, Decimal]) -> ListedInvoice:
        """Return an invoice as lists show it; `credited`: what was taken off some.

        Raises `Poison`, also when nobody knows how much is left.
        """
        if rest_unknown(found):
            raise Poison(
                f"Pennylane does not say in which currency what is left of the invoice {found.id} is."
            )
        owed = (
            left_of(found)
            if state_of(found) in (InvoiceState.OPEN, InvoiceState.UNCOLLECTIBLE)
            else Decimal(0)
        )
        invoice = self._named(found, names)
        if taken := credited.get(found.id):
            invoice = invoice.model_copy(update={"credited": money(taken, found)})
        return ListedInvoice(invoice=invoice, due=money(owed, found))

    async def _credited(self, found: Iterable[PennylaneInvoice]) -> Mapping[int, Decimal]:
        """Return what credit notes took off some of these: they name their invoice, and it none of them.

        Of what was cancelled all is known to be, and of what is whole nothing.
        """
        less = [each for each in found if each.status != CANCELLED and left_of(each) < each.currency_amount]
        customers = sorted({each.customer.id for each in less if each.customer})
        if not customers:
            return {}
        theirs: Filter = ("customer_id", "in", [str(each) for each in customers])
        filters = [*ISSUED, CREDIT_NOTES, theirs]
        if oldest := min((each.date for each in less if each.date), default=None):
            filters.append(_from(oldest))
        credited: dict[int, Decimal] = defaultdict(Decimal)
        async for note in self._invoices.each("list the credit notes", filters):
            if note.credited_invoice:
                credited[note.credited_invoice.id] += abs(note.currency_amount)
        wanted = {each.id for each in less}
        return {id: taken for id, taken in credited.items() if id in wanted}

    def _named(self, found: PennylaneInvoice, names: Names) -> Invoice:
        name = names.get(found.customer.id, "") if found.customer else ""
        return self._invoices.glimpse(found).model_copy(update={"buyer": Buyer(name=name) if name else None})

    async def _owed(self, customer_id: str | None = None) -> AsyncIterator[PennylaneInvoice]:
        """Yield the open invoices, the newest first; of one customer however old they are."""
        if customer_id and not customer_id.isdecimal():
            return
        today = self._clock.date_of(datetime.now(UTC))
        narrowed: Filter = of_customer(customer_id) if customer_id else _from(today - HORIZON)
        async for each in self._invoices.each("list the unpaid invoices", [*REAL, narrowed]):
            if not is_invoice(each) or state_of(each) is not InvoiceState.OPEN or rest_unknown(each):
                continue
            if left_of(each) > 0:
                yield each

    async def _credit_note(self, note: PennylaneInvoice, names: Names) -> ListedCreditNote:
        if note.credited_invoice is None or note.date is None:
            raise Poison(f"The Pennylane credit note {note.id} names no invoice.")
        invoice = await self._invoices.retrieve(str(note.credited_invoice.id))
        return ListedCreditNote(
            id=str(note.id),
            number=note.invoice_number or "",
            issued_on=note.date,
            net=money(abs(note.currency_amount_before_tax), note),
            gross=money(abs(note.currency_amount), note),
            invoice=self._named(invoice, names),
        )

    async def _under_way(self, owed: Sequence[PennylaneInvoice]) -> set[int]:
        """Return the ids of the late ones that a debit is under way for."""
        today = self._clock.date_of(datetime.now(UTC))
        late = sorted(
            (each for each in owed if each.deadline and each.deadline < today),
            key=lambda each: (each.deadline, each.id),
            reverse=True,
        )[: int(self._api.requests_per_second * _ASKING)]
        found: set[int] = set()
        for first in range(0, len(late), _AT_ONCE):
            some = late[first : first + _AT_ONCE]
            async with together() as group:
                tasks = {each.id: group.create_task(self._paid.collected(each.id)) for each in some}
            found |= {id for id, task in tasks.items() if under_way(task.result())}
        return found

    def _invoice(self, found: PennylaneInvoice, *, processing: bool) -> OwedInvoice:
        glimpsed = self._invoices.glimpse(found)
        assert found.deadline is not None  # noqa: S101 - only those that have one are asked for
        return OwedInvoice(
            id=glimpsed.id,
            number=glimpsed.number or "",
            due=money(left_of(found), found),
            total=glimpsed.totals.gross,
            issued_on=found.date or found.deadline,
            due_on=found.deadline,
            deal=glimpsed.reference.deal if glimpsed.reference else None,
            disputed=found.e_invoicing is not None and found.e_invoicing.status in _REFUSED,
            processing=processing,
        )


def _from(day: date) -> Filter:
    return ("date", "gteq", day.isoformat())
