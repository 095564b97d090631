"""A billing system in memory, as `raccord.connectors.billing` describes one, with idempotency keys."""

from collections.abc import Awaitable, Callable, Collection
from datetime import date, datetime
from decimal import Decimal
from typing import Any, TypeVar

from raccord.connectors.capabilities import BillingCapabilities, InvoiceLimits, Uniqueness
from raccord.connectors.connection import Check, Registration
from raccord.connectors.errors import DUE_DATE_PAST, NotFound, Permanent
from raccord.domain.values.account import Account, OwedInvoice
from raccord.domain.values.correction import Corrected, CorrectedInvoices
from raccord.domain.values.deal import DealRef
from raccord.domain.values.described import BillingAccount
from raccord.domain.values.invoice import CreditPreview, Invoice, InvoicedLine, InvoiceOrder, InvoiceState
from raccord.domain.values.listed import CreditNotePage, CustomerPage, InvoicePage
from raccord.domain.values.money import Money
from raccord.domain.values.movement import InvoiceMovements, MovementPage
from raccord.domain.values.parties import Customer, CustomerProfile
from raccord.domain.values.payment import (
    ChangedMoney,
    DisputeState,
    InvoiceMoney,
    Payment,
    ReceivedPayment,
    UnpaidInvoice,
)
from raccord.domain.values.totals import Totals, VatRounding, compute_totals
from tests.fakes.details import KeptInStep

T = TypeVar("T")
ROUNDING = VatRounding.PER_LINE


class FakeBilling(KeptInStep):
    """Customers, VAT rates and invoices by id, and every e-mail that left. A person edits them directly."""

    capabilities = BillingCapabilities(
        uniqueness=Uniqueness.IDEMPOTENCY_KEY,
        requests_per_second=1000,
        requests_per_activity=1,
        vat_rounding=ROUNDING,
        vat_country="FR",
        texts=InvoiceLimits(line=500, field=140, memo=500, footer=5000, customer_name=256, phone=20),
        max_lines=250,
    )

    def __init__(self) -> None:
        super().__init__()
        self.customers: dict[str, Customer] = {}
        self.rates: set[Decimal] = set()
        self.invoices: dict[str, Invoice] = {}
        self.mails: list[str] = []
        """The id of the invoice of each e-mail."""
        self.miscalculates = False
        """Whether its totals are one minor unit too high."""
        self.today: Callable[[], Awaitable[date]] | None = None
        """Its day; without one, no due date is in its past."""
        self.refused_dates: list[date] = []
        """Due dates that it refused because they were past."""
        self.orders: dict[str, InvoiceOrder] = {}
        self.money: dict[str, InvoiceMoney] = {}
        """What invoices brought, by their ids; of one that is not here, nothing."""
        self.accounts: dict[str, Account] = {}
        """Customers as a person keeps them; `invoices` are those that the account itself knows of."""
        self.payments: dict[str, ReceivedPayment] = {}
        self.aliases: dict[str, str] = {}
        """Other ids of payments, such as their charges'."""
        self.allocations: list[tuple[str, str]] = []
        """Payment and invoice of each allocation that was made."""
        self.long_list: list[ChangedMoney] = []
        """What changed, part after part; where it is empty, everything did."""
        self.moved: list[MovementPage] = []
        """What moved, part after part."""
        self._answers: dict[str, Any] = {}
        self._made = 0

    @property
    def issued(self) -> list[Invoice]:
        return [invoice for invoice in self.invoices.values() if invoice.finalised]

    async def find_customers(
        self, profile: CustomerProfile, *, linked_id: str | None
    ) -> tuple[Customer, ...]:
        await self._call("find_customers")
        if linked_id in self.customers:
            return (self.customers[linked_id],)
        return tuple(c for c in self.customers.values() if _may_be(c, profile))

    async def find_vat_rate(self, rate: Decimal) -> str | None:
        await self._call("find_vat_rate")
        return f"rate-{rate.normalize():f}" if rate in self.rates else None

    async def invoices_of(
        self, deal: DealRef, *, customer_id: str | None, invoice_id: str | None
    ) -> tuple[Invoice, ...]:
        await self._call("invoices_of")
        return tuple(i for i in self.invoices.values() if i.is_of(deal))

    async def read_invoice(self, invoice_id: str) -> Invoice:
        await self._call("read_invoice")
        return self._there(invoice_id)

    async def invoiced_lines(self, invoice_id: str) -> tuple[InvoicedLine, ...]:
        await self._call("invoiced_lines")
        currency = self._there(invoice_id).currency
        return tuple(
            InvoicedLine(
                name=line.name,
                quantity=line.quantity,
                net=compute_totals([line.priced], currency, ROUNDING).net,
                vat_rate=line.vat_rate,
            )
            for line in self.orders[invoice_id].lines
        )

    async def read_document(self, invoice_id: str) -> bytes:
        await self._call("read_document")
        return f"%PDF-1.7 {self._there(invoice_id).number}".encode()

    async def corrected_since(self, since: datetime) -> CorrectedInvoices:
        await self._call("corrected_since")
        named = tuple(Corrected(invoice_id=i.id) for i in self.invoices.values() if i.corrected)
        return CorrectedInvoices(invoices=named)

    async def read_money(self, invoice_id: str) -> InvoiceMoney:
        await self._call("read_money")
        return self._brought(invoice_id)

    async def read_payment(self, payment_id: str) -> ReceivedPayment:
        await self._call("read_payment")
        return self._received(payment_id)

    async def unpaid_invoices(self, *, customer_id: str | None) -> tuple[UnpaidInvoice, ...]:
        await self._call("unpaid_invoices")
        every = [self._brought(id) for id in reversed(self.money | dict.fromkeys(self.invoices))]
        return tuple(
            _unpaid(each)
            for each in every
            if each.due.amount and customer_id in (None, each.invoice.customer_id)
        )

    async def read_account(self, customer_id: str) -> Account:
        await self._call("read_account")
        return self._account(customer_id)

    async def customers_owing(self, *, due_before: date) -> tuple[str, ...]:
        await self._call("customers_owing")
        every = [self._account(id) for id in self.customers | self.accounts]
        return tuple(
            each.customer_id for each in every if any(owed.due_on < due_before for owed in each.invoices)
        )

    async def money_changed(self, since: datetime, *, until: datetime | None) -> ChangedMoney:
        await self._call("money_changed")
        if self.long_list:
            return self.long_list.pop(0)
        loose = tuple(id for id, payment in self.payments.items() if not payment.invoices)
        return ChangedMoney(invoices=tuple(self.money), payments=loose)

    async def issued_since(self, day: date) -> tuple[str, ...]:
        await self._call("issued_since")
        known = {id: money.invoice for id, money in self.money.items()} | self.invoices
        stand = (InvoiceState.OPEN, InvoiceState.PAID)
        return tuple(
            id
            for id, each in known.items()
            if each.state in stand and each.issued_on and each.issued_on >= day
        )

    async def list_invoices(self, *, since: date, after: str) -> InvoicePage:
        await self._call("list_invoices")
        return InvoicePage(invoices=())

    async def list_credit_notes(self, *, since: date, after: str) -> CreditNotePage:
        await self._call("list_credit_notes")
        return CreditNotePage(notes=())

    async def list_customers(self, *, after: str) -> CustomerPage:
        await self._call("list_customers")
        return CustomerPage(customers=())

    async def list_movements(self, *, since: date, after: str) -> MovementPage:
        await self._call("list_movements")
        here = int(after or 0)
        onward = str(here + 1) if here + 1 < len(self.moved) else ""
        return self.moved[here].model_copy(update={"after": onward}) if self.moved else MovementPage()

    async def read_movements(self, invoice_id: str) -> InvoiceMovements:
        await self._call("read_movements")
        found = (
            each for part in self.moved for each in part.invoices if each.listed.invoice.id == invoice_id
        )
        if (moved := next(found, None)) is None:
            raise NotFound(f"Invoice {invoice_id} does not exist.")
        return moved

    async def preview_credit(self, invoice: Invoice) -> CreditPreview:
        await self._call("preview_credit")
        return CreditPreview(credited=invoice.outstanding, totals=invoice.totals)

    async def invoices_of_customer(
        self, customer_id: str, *, since: date, until: date
    ) -> tuple[Invoice, ...]:
        await self._call("invoices_of_customer")
        theirs = (i for i in self.invoices.values() if i.customer_id == customer_id)
        return tuple(i for i in theirs if i.issued_on is None or since <= i.issued_on <= until)

    async def describe(self) -> BillingAccount:
        await self._call("describe")
        return BillingAccount()

    async def check_webhooks(self, url: str, *, flows: Collection[str]) -> tuple[Check, ...]:
        await self._call("check_webhooks")
        return (Check.ok("webhook endpoint", url),)

    async def register_webhooks(self, url: str, *, flows: Collection[str], dry: bool = False) -> Registration:
        await self._call("register_webhooks")
        return Registration(checks=(Check.ok("webhook endpoint", url),))

    async def was_delivered(self, invoice_id: str) -> bool:
        await self._call("was_delivered")
        return invoice_id in self.mails

    async def create_customer(self, profile: CustomerProfile, *, key: str) -> Customer:
        await self._call("create_customer")
        if key not in self._answers:
            id = self._new("cus")
            self.customers[id] = self._answers[key] = Customer(
                id=id,
                name=profile.name,
                email=profile.email,
                reference=profile.identity.reference,
                crm_company=profile.crm_company,
                siren=profile.siren,
                siret=profile.siret,
                vat_number=profile.vat_number,
            )
        return self._again(key, Customer)

    async def claim_customer(self, customer_id: str, profile: CustomerProfile, *, key: str) -> Customer:
        await self._call("claim_customer")
        ours = {"reference": profile.identity.reference, "crm_company": profile.crm_company}
        self.customers[customer_id] = self.customers[customer_id].model_copy(update=ours)
        return self.customers[customer_id]

    async def create_vat_rate(self, rate: Decimal, *, key: str) -> str:
        await self._call("create_vat_rate")
        self.rates.add(rate)
        return f"rate-{rate.normalize():f}"

    async def create_draft(self, order: InvoiceOrder, *, key: str) -> Invoice:
        await self._call("create_draft")
        await self._judge(order.due_on)
        if key not in self._answers:
            id = self._new("in")
            self.invoices[id] = self._answers[key] = Invoice(
                id=id,
                state=InvoiceState.DRAFT,
                customer_id=order.customer_id,
                reference=order.reference,
                currency=order.currency,
                totals=compute_totals([], order.currency, ROUNDING),
                credited=Money(amount=Decimal(0), currency=order.currency),
                due_on=order.due_on,
            )
        return self._again(key, Invoice)

    async def set_lines(self, invoice_id: str, order: InvoiceOrder, *, key: str) -> Invoice:
        await self._call("set_lines")
        self.orders[invoice_id] = order
        lines = {"content_hash": order.content_hash, "line_count": len(order.lines)}
        return self._kept(invoice_id, totals=self._totals(order), **lines)

    async def discard_draft(self, invoice_id: str, *, key: str) -> None:
        await self._call("discard_draft")
        if invoice_id in self.invoices and self._there(invoice_id).finalised:
            raise Permanent(f"Invoice {invoice_id} is issued: it cannot be deleted.")
        self.invoices.pop(invoice_id, None)

    async def allocate_payment(self, payment_id: str, invoice_id: str, *, key: str) -> None:
        await self._call("allocate_payment")
        payment, before = self._received(payment_id), self._brought(invoice_id)
        if invoice_id in payment.invoices:
            return
        if before.due.currency != payment.amount.currency or not before.due.amount:
            raise Permanent(f"The payment {payment_id} cannot pay the invoice {invoice_id}.")
        self.allocations.append((payment.id, invoice_id))
        changes = {"invoices": (*payment.invoices, invoice_id)}
        self.payments[payment.id] = payment.model_copy(update=changes)
        self.money[invoice_id] = after = _with(before, payment)
        self._kept(invoice_id, state=after.invoice.state)

    async def finalise(self, invoice_id: str, *, key: str) -> Invoice:
        await self._call("finalise")
        await self._judge(self._there(invoice_id).due_on)
        number = f"F-{len(self.issued) + 1:04d}"
        issued = {"number": number, "url": f"https://billing.example/{number}"}
        day = self.orders[invoice_id].issued_on
        return self._kept(invoice_id, state=InvoiceState.OPEN, issued_on=day, **issued)

    async def deliver(self, invoice_id: str, *, key: str) -> None:
        await self._call("deliver")
        if key not in self._answers:
            self._answers[key] = True
            self.mails.append(invoice_id)

    async def _judge(self, due_on: date | None) -> None:
        if self.today and due_on and due_on < await self.today():
            self.refused_dates.append(due_on)
            raise Permanent(f"The due date {due_on} is in the past.", code=DUE_DATE_PAST)

    def recalculate(self, invoice_id: str) -> None:
        """Add an invoice's lines up anew."""
        self._kept(invoice_id, totals=self._totals(self.orders[invoice_id]))

    def _new(self, kind: str) -> str:
        self._made += 1
        return f"{kind}_{self._made}"

    def _again(self, key: str, of: type[T]) -> T:
        """Answer a key as it was answered before."""
        answer: T = self._answers[key]
        assert isinstance(answer, of)
        return answer

    def _brought(self, invoice_id: str) -> InvoiceMoney:
        if invoice_id in self.money:
            return self.money[invoice_id]
        invoice = self._there(invoice_id)
        nothing = Money.zero(invoice.currency)
        due = invoice.outstanding if invoice.finalised and invoice.live else nothing
        return InvoiceMoney(invoice=invoice, paid=nothing, due=due, overpaid=nothing)

    def _account(self, customer_id: str) -> Account:
        """Return a customer with the invoices of its account, and those that were issued here."""
        known = self.accounts.get(customer_id) or _owing(self.customers.get(customer_id), customer_id)
        if known.gone:
            return known
        brought = [self._brought(id) for id in self.money | self.invoices]
        theirs = [each for each in brought if each.due.amount and each.invoice.customer_id == customer_id]
        owed = [*known.invoices, *filter(None, map(_owed, theirs))]
        return known.model_copy(update={"invoices": tuple(sorted(owed, key=lambda each: each.due_on))})

    def _received(self, payment_id: str) -> ReceivedPayment:
        id = self.aliases.get(payment_id, payment_id)
        if id not in self.payments:
            raise NotFound(f"Payment {payment_id} does not exist.")
        return self.payments[id]

    def _there(self, invoice_id: str) -> Invoice:
        if invoice_id in self.invoices:
            return self.invoices[invoice_id]
        if invoice_id in self.money:
            return self.money[invoice_id].invoice
        raise NotFound(f"Invoice {invoice_id} does not exist.")

    def _kept(self, invoice_id: str, **changes: Any) -> Invoice:
        self.invoices[invoice_id] = self._there(invoice_id).model_copy(update=changes)
        return self.invoices[invoice_id]

    def _totals(self, order: InvoiceOrder) -> Totals:
        totals = order.totals(ROUNDING)
        if not self.miscalculates:
            return totals
        wrong = Money(amount=totals.gross.amount + Decimal("0.01"), currency=order.currency)
        return totals.model_copy(update={"gross": wrong})


def _unpaid(money: InvoiceMoney) -> UnpaidInvoice:
    invoice = money.invoice
    return UnpaidInvoice(
        id=invoice.id,
        number=invoice.number or "",
        customer_id=invoice.customer_id,
        customer=invoice.buyer.name if invoice.buyer else "",
        due=money.due,
        issued_on=invoice.issued_on,
        due_on=invoice.due_on,
        page=invoice.page,
    )


def _owing(customer: Customer | None, id: str) -> Account:
    if customer is None:
        return Account(customer_id=id, gone=True)
    business = bool(customer.siren or customer.vat_number) or None
    return Account(
        customer_id=id,
        name=customer.name,
        email=customer.email,
        siren=customer.siren or "",
        business=business,
    )


def _owed(money: InvoiceMoney) -> OwedInvoice | None:
    invoice = money.invoice
    if invoice.state is not InvoiceState.OPEN or invoice.due_on is None:
        return None
    return OwedInvoice(
        id=invoice.id,
        number=invoice.number or "",
        due=money.due,
        total=invoice.totals.gross,
        issued_on=invoice.issued_on or invoice.due_on,
        due_on=invoice.due_on,
        url=invoice.url or "",
        deal=invoice.reference.deal if invoice.reference else None,
        disputed=any(each.state is DisputeState.OPEN for paid in money.payments for each in paid.disputes),
        processing=money.processing,
    )


def _with(money: InvoiceMoney, payment: ReceivedPayment) -> InvoiceMoney:
    """Return the money of an invoice that a payment pays too; what is more than is due is overpaid."""
    took = min(payment.amount.amount, money.due.amount)
    part = Money(amount=took, currency=money.due.currency)
    whole = took == money.due.amount
    state = InvoiceState.PAID if whole else money.invoice.state
    paid = Payment(
        id=payment.id,
        amount=payment.amount,
        paid_at=payment.received_at,
        means=payment.means,
        refunded=Money.zero(part.currency),
    )
    return money.model_copy(
        update={
            "invoice": money.invoice.model_copy(update={"state": state}),
            "paid": money.paid + part,
            "due": money.due - part,
            "overpaid": money.overpaid + (payment.amount - part),
            "payments": (*money.payments, paid),
            "paid_at": payment.received_at if whole else None,
        }
    )


def _may_be(customer: Customer, profile: CustomerProfile) -> bool:
    return (
        customer.reference == profile.identity.reference
        or customer.email == profile.email
        or (profile.siren is not None and customer.siren == profile.siren)
        or (profile.vat_number is not None and customer.vat_number == profile.vat_number)
    )
