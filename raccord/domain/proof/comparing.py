"""What one deal and its invoices do not say alike. Pure: records are read and flows woken elsewhere."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal

from raccord.domain.payment.status import PaymentStatus
from raccord.domain.proof.gap import Gap, GapKind
from raccord.domain.rules.invoicing import AmountBasis
from raccord.domain.values.base import Value
from raccord.domain.values.deal import DealRef
from raccord.domain.values.invoice import Invoice, InvoiceState, Part, billing_status
from raccord.domain.values.listed import ListedDeal, ListedInvoice
from raccord.domain.values.money import Money, exponent, known_currency, round_half_up
from raccord.domain.values.subject import Subject, SubjectKind

_ALL_PAID = frozenset((PaymentStatus.PAID.value, PaymentStatus.OVERPAID.value))
_UNPAID = frozenset(("", PaymentStatus.OPEN.value, PaymentStatus.PARTLY_PAID.value))
_WRITING = timedelta(minutes=10)
"""For so long our own write-back may still change a deal whose flow has noted it as settled."""


class Bounds(Value):
    """What both sides are held together by."""

    crm: str
    billing: str
    since: date
    """Deals won, and invoices issued, on this business date or later."""
    today: date
    began_at: datetime
    """When the first of the lists began, aware."""
    amount_basis: AmountBasis = AmountBasis.NET
    payments: bool = True
    """Whether what was paid is shown on deals at all."""
    reminded_from: int | None = None
    """The first day after the due date on which a customer is reminded; None where nobody is."""

    def deal(self, id_: str) -> Subject:
        return DealRef(connection=self.crm, id=id_).subject

    def invoice(self, id_: str) -> Subject:
        return Subject(kind=SubjectKind.INVOICE, connection=self.billing, id=id_)

    def customer(self, id_: str) -> Subject:
        return Subject(kind=SubjectKind.CUSTOMER, connection=self.billing, id=id_)


class Pair(Value):
    """A deal with all its listed invoices, by reference or because it shows them; or invoices of no deal.

    `settled_at` is when its flow last noted that nothing is left to do, aware; None where something is.
    """

    deal: ListedDeal | None = None
    named: str = ""
    """The id of the deal that the invoices' reference names, where that deal is not listed."""
    invoices: tuple[ListedInvoice, ...] = ()
    settled_at: datetime | None = None


def gaps(pair: Pair, bounds: Bounds) -> Iterator[Gap]:
    """Yield what a deal and its invoices do not say alike."""
    issued = tuple(each for each in pair.invoices if each.invoice.finalised)
    if pair.deal and pair.deal.changed_at and pair.deal.changed_at >= bounds.began_at:
        # Both sides are not listed in one moment: what moves meanwhile is seen the next time.
        return
    if pair.deal is None:
        yield from (_of_no_deal(each.invoice, pair.named, bounds) for each in issued if each.invoice.live)
        return
    live = tuple(each for each in issued if each.invoice.live)
    if not live:
        yield from _without(pair.deal, issued, bounds)
        return
    if not pair.deal.won:
        yield from (_of_no_deal(each.invoice, pair.deal.id, bounds) for each in live)
    else:
        yield from _amounts(pair, live, bounds)
    yield from _shown(pair.deal, issued, live, bounds)
    if bounds.payments:
        yield from _paid(pair.deal, live, bounds)


def late(listed: ListedInvoice, bounds: Bounds) -> bool:
    """Whether its customer should be reminded of an invoice by now."""
    invoice = listed.invoice
    if bounds.reminded_from is None or invoice.state is not InvoiceState.OPEN or invoice.due_on is None:
        return False
    return listed.due.amount > 0 and (bounds.today - invoice.due_on).days > bounds.reminded_from


def not_reminded(listed: ListedInvoice, bounds: Bounds) -> Gap:
    """Return the gap of a late invoice whose customer nobody reminds."""
    return _about(
        GapKind.NOT_REMINDED,
        None,
        listed.invoice,
        there=listed.due,
        since=listed.invoice.due_on,
        heals=("Dunning", bounds.customer(listed.invoice.customer_id)),
    )


def _without(deal: ListedDeal, issued: tuple[ListedInvoice, ...], bounds: Bounds) -> Iterator[Gap]:
    # One that shows an invoice which is not listed has one from before.
    shows = deal.shown.invoice_id and not _one_shown(deal, issued)
    if deal.won and not shows and (deal.closed_on is None or deal.closed_on >= bounds.since):
        yield Gap(
            kind=GapKind.NOT_INVOICED,
            name=deal.name,
            deal_id=deal.id,
            url=deal.url,
            here=_worth(deal),
            since=deal.closed_on,
            heals=("DealWon", bounds.deal(deal.id)),
        )
    if seen := _one_shown(deal, issued):
        yield from _correction(deal, seen.invoice, bounds)


def _of_no_deal(invoice: Invoice, named: str, bounds: Bounds) -> Gap:
    """What a reference of ours names is looked at by that deal's flow; one written by hand is a person's."""
    heals = ("DealWon", bounds.deal(named)) if named else None
    return _about(GapKind.OF_NO_DEAL, None, invoice, there=invoice.totals.gross, heals=heals)


def _shown(
    deal: ListedDeal, issued: tuple[ListedInvoice, ...], live: tuple[ListedInvoice, ...], bounds: Bounds
) -> Iterator[Gap]:
    seen = _one_shown(deal, issued)
    if seen is None or not seen.invoice.live:
        last = max(live, key=lambda each: (each.invoice.issued_on or date.min, each.invoice.number or ""))
        heals = ("DealWon", bounds.deal(deal.id))
        there = last.invoice.totals.gross
        yield _about(GapKind.NOT_SHOWN, deal, last.invoice, there=there, heals=heals)
        return
    invoice = seen.invoice
    if deal.shown.net is not None and deal.shown.net != invoice.totals.net.amount:
        yield _about(
            GapKind.SHOWN_OTHERWISE,
            deal,
            invoice,
            here=_money(deal.shown.net, invoice.currency),
            there=invoice.totals.net,
            heals=("DealWon", bounds.deal(deal.id)),
        )
    yield from _correction(deal, invoice, bounds)


def _correction(deal: ListedDeal, invoice: Invoice, bounds: Bounds) -> Iterator[Gap]:
    void = invoice.state is InvoiceState.VOID and deal.shown.status != billing_status(invoice)
    if void or (invoice.credited.amount > 0 and deal.shown.credited != invoice.credited.amount):
        yield _about(
            GapKind.CREDIT_UNSEEN,
            deal,
            invoice,
            here=_money(deal.shown.credited or Decimal(0), invoice.currency),
            there=invoice.totals.gross if void else invoice.credited,
            heals=("DealWon", bounds.deal(deal.id)),
        )


def _amounts(pair: Pair, live: tuple[ListedInvoice, ...], bounds: Bounds) -> Iterator[Gap]:
    """What a flow that came to its end has accepted, or a person, is no gap unless the deal changed since."""
    deal = pair.deal
    if deal is None or deal.amount is None or _accepted(deal, pair.settled_at):
        return
    first = live[0].invoice
    currency = deal.currency or first.currency
    if currency != first.currency:
        yield _about(
            GapKind.CURRENCIES_DIFFER,
            deal,
            first,
            here=_worth(deal),
            there=first.totals.net,
            heals=("DealWon", bounds.deal(deal.id)),
        )
        return
    if any(each.invoice.currency != currency for each in live):
        return
    if all(each.invoice.part is Part.DEPOSIT for each in live):
        # Its balance is still to come.
        return
    totals = [each.invoice.totals for each in live]
    net = bounds.amount_basis is AmountBasis.NET
    billed = sum((each.net.amount if net else each.gross.amount for each in totals), Decimal(0))
    if round_half_up(deal.amount, exponent(currency)) != billed:
        yield _about(
            GapKind.AMOUNTS_DIFFER,
            deal,
            first,
            here=_worth(deal),
            there=_money(billed, currency),
            heals=("DealWon", bounds.deal(deal.id)),
        )


def _accepted(deal: ListedDeal, settled_at: datetime | None) -> bool:
    if settled_at is None:
        return False
    return deal.changed_at is None or deal.changed_at <= settled_at + _WRITING


def _paid(deal: ListedDeal, live: tuple[ListedInvoice, ...], bounds: Bounds) -> Iterator[Gap]:
    """A deal is paid when all its invoices are; a deposit whose balance is to come pays a part of it."""
    owing = [each for each in live if each.due.amount > 0 and each.invoice.state is InvoiceState.OPEN]
    if deal.shown.payment in _ALL_PAID and owing:
        first = owing[0]
        yield _about(
            GapKind.MARKED_NOT_PAID,
            deal,
            first.invoice,
            there=first.due,
            heals=("PaymentReceived", bounds.invoice(first.invoice.id)),
        )
    paid = all(each.invoice.state is InvoiceState.PAID for each in live)
    whole = any(each.invoice.part is not Part.DEPOSIT for each in live)
    if deal.shown.payment in _UNPAID and paid and whole:
        last = live[-1].invoice
        yield _about(
            GapKind.PAID_NOT_MARKED,
            deal,
            last,
            there=last.outstanding,
            heals=("PaymentReceived", bounds.invoice(last.id)),
        )


def _one_shown(deal: ListedDeal, among: tuple[ListedInvoice, ...]) -> ListedInvoice | None:
    shown = (each for each in among if each.invoice.id == deal.shown.invoice_id)
    return next(shown, None)


def _worth(deal: ListedDeal) -> Money | None:
    return _money(deal.amount, deal.currency) if deal.amount is not None else None


def _money(amount: Decimal, currency: str) -> Money | None:
    if not known_currency(currency):
        return None
    return Money(amount=round_half_up(amount, exponent(currency)), currency=currency)


def _about(
    kind: GapKind,
    deal: ListedDeal | None,
    invoice: Invoice,
    *,
    here: Money | None = None,
    there: Money | None = None,
    since: date | None = None,
    heals: tuple[str, Subject] | None = None,
) -> Gap:
    buyer = invoice.buyer.name if invoice.buyer else ""
    return Gap(
        kind=kind,
        name=deal.name if deal else buyer,
        deal_id=deal.id if deal else "",
        invoice_id=invoice.id,
        customer_ids=(invoice.customer_id,) if invoice.customer_id else (),
        number=invoice.number or "",
        url=(deal.url if deal else "") or invoice.page,
        here=here,
        there=there,
        since=since or invoice.issued_on,
        heals=heals,
    )
