"""What flow 2 asks: whose invoice this is, and what this payment is for."""

from raccord.domain.desk.problems import Cause, problem
from raccord.domain.desk.question import Ask, Detail, Option, Question, WebPage, watch_key
from raccord.domain.payment.candidates import DealCandidate, InvoiceCandidate, Reason
from raccord.domain.payment.status import received
from raccord.domain.values.message import Message, Price, RecordKind, RecordName, message
from raccord.domain.values.payment import InvoiceMoney, ReceivedPayment
from raccord.domain.values.subject import Subject

WHAT_FOR = "invoice"
"""The step that asks what a payment is for."""
NEVER = "never"
"""The option by which no invoice of this customer that names no deal is ever asked about again."""


def invoice_record(money: InvoiceMoney) -> RecordName:
    invoice = money.invoice
    url = invoice.page or invoice.url or ""
    return RecordName(kind=RecordKind.INVOICE, id=invoice.id, name=invoice.number or "", url=url)


def whose_invoice(money: InvoiceMoney, candidates: tuple[DealCandidate, ...]) -> Ask:
    """A paid invoice names no deal, and its customer has deals that show no invoice."""
    invoice = money.invoice
    customer = RecordName(
        kind=RecordKind.CUSTOMER, id=invoice.customer_id, name=invoice.buyer.name if invoice.buyer else ""
    )
    return Ask(
        step="deal",
        cause=Cause.WHOSE_INVOICE,
        title=message("whose_invoice.title", invoice=invoice_record(money), paid=received(money)),
        problems=(
            problem(Cause.WHOSE_INVOICE, invoice_record(money), "deal", "whose_invoice", customer=customer),
        ),
        details=(
            Detail(label=message("label.customer"), value=customer),
            Detail(label=message("label.gross"), value=invoice.totals.gross),
            *(_deal_detail(each) for each in candidates),
        ),
        links=tuple(
            WebPage(
                label=message("link.deal_named", name=each.deal.name or each.deal.ref.id), url=each.deal.url
            )
            for each in candidates
            if each.deal.url
        ),
        options=(
            *(
                Option(id=each.deal.ref.id, label=message("whose_invoice.this", deal=_deal_record(each)))
                for each in candidates
            ),
            Option(id=NEVER, label=message("whose_invoice.never", customer=customer)),
        ),
        skip=message("whose_invoice.none"),
    )


def what_for(payment: ReceivedPayment, candidates: tuple[InvoiceCandidate, ...]) -> Ask:
    """A payment came that names no invoice. Where a person has to book it, that ends the question."""
    record = payment_record(payment)
    offered = "what_for.by_hand" if payment.by_hand else "what_for.several"
    code = offered if candidates else "what_for.unknown"
    return Ask(
        step=WHAT_FOR,
        cause=Cause.UNMATCHED_PAYMENT,
        title=message("what_for.title", amount=payment.amount, payer=payment.payer or payment.id),
        problems=(problem(Cause.UNMATCHED_PAYMENT, record, "invoice", code),),
        details=(
            Detail(label=message("label.received"), value=payment.amount),
            *((Detail(label=message("label.payer"), value=payment.payer),) if payment.payer else ()),
            *(
                (Detail(label=message("label.payer_wrote"), value=payment.description),)
                if payment.description
                else ()
            ),
            *(_invoice_detail(each) for each in candidates),
        ),
        links=tuple(
            WebPage(label=message("link.invoice_named", number=each.invoice.number), url=each.invoice.page)
            for each in candidates
            if each.invoice.page
        ),
        options=tuple(
            Option(
                id=each.invoice.id,
                label=message("what_for.this", number=each.invoice.number, due=each.invoice.due),
            )
            for each in candidates
            if not payment.by_hand
        ),
        skip=message("what_for.none"),
    )


def payment_record(payment: ReceivedPayment) -> RecordName:
    return RecordName(kind=RecordKind.PAYMENT, id=payment.id, url=payment.page)


def about_invoice(subject: Subject, money: InvoiceMoney | None, ask: Ask, *, crm: str) -> Question:
    """Put an ask into the context of its invoice; an offered deal may say by its number that it is its."""
    offered = [option.id for option in ask.options] if ask.cause is Cause.WHOSE_INVOICE else []
    return Question(
        **dict(ask),
        flow="PaymentReceived",
        subject=subject,
        watched=(
            watch_key(subject.connection, "invoice", subject.id),
            *(watch_key(crm, "deal", id) for id in offered if id != NEVER),
        ),
        name=(money.invoice.number or "") if money else "",
        url=(money.invoice.page or money.invoice.url or "") if money else "",
        amount=money.invoice.totals.net if money else None,
    )


def about_payment(subject: Subject, payment: ReceivedPayment | None, ask: Ask) -> Question:
    """Put an ask into the context of its payment, which ends it by finding its invoice."""
    return Question(
        **dict(ask),
        flow="PaymentPlaced",
        subject=subject,
        watched=(
            watch_key(subject.connection, "payment", subject.id),
            watch_key(subject.connection, "allocated payment", subject.id),
            *_customers_moves(subject, payment),
        ),
        name=payment.payer if payment else "",
        url=payment.page if payment else "",
    )


def _customers_moves(subject: Subject, payment: ReceivedPayment | None) -> tuple[str, ...]:
    """What leaves a customer's balance may not say of which transfer it was."""
    customer = payment.customer_id if payment else ""
    return (watch_key(subject.connection, "allocated payment", customer),) if customer else ()


def _deal_record(candidate: DealCandidate) -> RecordName:
    deal = candidate.deal
    return RecordName(kind=RecordKind.DEAL, id=deal.ref.id, name=deal.name, url=deal.url)


def _deal_detail(candidate: DealCandidate) -> Detail:
    deal = candidate.deal
    facts: tuple[Message | Price, ...] = ()
    if deal.amount is not None and deal.currency:
        facts += (Price(price=deal.amount, currency=deal.currency),)
    if deal.won_on:
        facts += (message("candidate.won_on", day=deal.won_on),)
    label = message("candidate.deal", deal=_deal_record(candidate))
    return Detail(label=label, value=(*facts, *_reasons(candidate)), listed=True)


def _invoice_detail(candidate: InvoiceCandidate) -> Detail:
    invoice = candidate.invoice
    facts: tuple[Message, ...] = (message("candidate.due", due=invoice.due),)
    if invoice.due_on:
        facts += (message("candidate.due_on", day=invoice.due_on),)
    label = message("candidate.invoice", number=invoice.number or invoice.id, customer=invoice.customer)
    return Detail(label=label, value=(*facts, *_reasons(candidate)), listed=True)


def _reasons(candidate: DealCandidate | InvoiceCandidate) -> tuple[Message, ...]:
    return tuple(_REASONS[reason] for reason in candidate.reasons)


_REASONS = {
    Reason.SAME_CUSTOMER: message("candidate.same_customer"),
    Reason.SAME_AMOUNT: message("candidate.same_amount"),
    Reason.NEAR: message("candidate.near"),
    Reason.SHOWN: message("candidate.shown"),
    Reason.NAMED: message("candidate.named"),
}
