"""What an invoice brought: its payments with their refunds and disputes, summed up as Stripe does.

Stripe's own amounts of the invoice decide. They and the list of payments may differ: what a person marked
as paid elsewhere has no payment at all, nor has what was set off against the customer's balance.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from raccord.connectors.errors import Forbidden, Permanent, Transient
from raccord.domain.values.invoice import InvoiceState
from raccord.domain.values.payment import Dispute, DisputeState, InvoiceMoney, Payment, PaymentMeans
from raccord.vendors.stripe.api import StripeApi
from raccord.vendors.stripe.credit_notes import credit_notes_of
from raccord.vendors.stripe.invoices import Invoices
from raccord.vendors.stripe.money import of_minor
from raccord.vendors.stripe.payments import Payments, Source, instant
from raccord.vendors.stripe.transfers import Transfers
from raccord.vendors.stripe.wire import StripeInvoice
from raccord.vendors.stripe.wire_payments import InvoicePayment, StripeDispute

_AT_ONCE = 60
"""Seconds within which Stripe credits a payment that had succeeded before it was attached."""
_DECIDED = {"won": DisputeState.WON, "lost": DisputeState.LOST}
_NOTHING = frozenset(("warning_closed", "prevented"))
"""An inquiry that led to no dispute, and a dispute that was kept off: no money went."""
_OWED = frozenset((InvoiceState.OPEN, InvoiceState.UNCOLLECTIBLE))


@dataclass(frozen=True)
class Part:
    """What one payment pays of the invoice, in minor units."""

    found: InvoicePayment
    source: Source | None
    disputes: tuple[StripeDispute, ...] = ()
    elsewhere: int = 0
    """What the same payment pays of other invoices."""
    landed_at: int | None = None
    """When the money of a transfer came that Stripe held for the customer until it was applied."""
    beyond: int = 0
    """What it brought beyond the invoice, where Stripe counts that as overpaid and names it nowhere else."""

    @property
    def amount(self) -> int:
        return (self.found.amount_paid or 0) + self.beyond

    @property
    def unplaced(self) -> int:
        """What the payment brought that pays nothing."""
        return max(self.source.received - self.amount - self.elsewhere, 0) if self.source else 0

    @property
    def refunded(self) -> int:
        """What went back of it: what pays nothing goes first, the rest is shared with other invoices."""
        return min(self._share(self.source.refunded, self.unplaced), self.amount) if self.source else 0

    def disputed(self, dispute: StripeDispute) -> int:
        """What of a dispute is about this invoice, in the dispute's currency."""
        back = self.source.refunded if self.source else 0
        return self._share(dispute.amount, max(self.unplaced - back, 0))

    def _share(self, back: int, unplaced: int) -> int:
        left, among = max(back - unplaced, 0), self.amount + self.elsewhere
        return (2 * left * self.amount + among) // (2 * among) if among else 0

    @property
    def counted_at(self) -> int:
        """When Stripe counted it towards the invoice."""
        return self.found.status_transitions.paid_at or self.found.created

    @property
    def paid_at(self) -> int:
        """When the money came: before it was counted, where it was attached to the invoice afterwards."""
        if self.landed_at:
            return min(self.landed_at, self.counted_at)
        charged = self.source.charged_at if self.source else None
        if charged and charged < self.found.created and self.counted_at - self.found.created <= _AT_ONCE:
            return charged
        return self.counted_at


@dataclass(frozen=True)
class Sums:
    """What an invoice and its payments come to, in minor units."""

    asked: int
    """What its customer was to pay, after credit notes and what was set off."""
    settled: int
    """What payments pay of it."""
    set_off: int
    """What was taken from the customer's balance when it was finalised."""
    overpaid: int
    due: int
    elsewhere: int
    """Of what was settled, what no payment stands for."""

    @property
    def paid(self) -> int:
        return self.settled + self.set_off


class Paid:
    def __init__(self, api: StripeApi, invoices: Invoices, payments: Payments) -> None:
        self._api = api
        self._invoices = invoices
        self._payments = payments
        self._transfers = Transfers(api)

    async def of(self, invoice_id: str) -> InvoiceMoney:
        """Read an invoice's money. Raises `NotFound`, and `Forbidden` where the key may not see all of it."""
        held = await self._invoices.retrieve(invoice_id)
        listed = await self._payments.of_invoice(invoice_id)
        if sum(each.amount_paid or 0 for each in listed) > held.amount_paid + held.amount_overpaid:
            # A payment may have come between the two answers.
            held = await self._invoices.retrieve(invoice_id)
            listed = await self._payments.of_invoice(invoice_id)
        # Stripe lists the newest first; of the same second, the one before came before.
        parts = [await self._part(each) for each in reversed(listed) if each.status == "paid"]
        return await self._money(held, parts, await self._under_way(listed))

    async def _part(self, found: InvoicePayment) -> Part:
        source = await self._payments.behind(found.payment)
        if source is None:
            return Part(found, None)
        disputes, elsewhere = await self._payments.disputes(source), 0
        if (source.refunded or disputes) and source.received > (found.amount_paid or 0):
            every = await self._payments.parts(source.id)
            elsewhere = sum(each.amount_paid or 0 for each in every if each.id != found.id)
        return Part(found, source, disputes, elsewhere, await self._landed_at(source))

    async def _landed_at(self, source: Source) -> int | None:
        """Return when a transfer came; None where it is not told, so that when it was applied counts."""
        if source.means is not PaymentMeans.BANK_TRANSFER or not source.customer:
            return None
        try:
            return await self._transfers.received_at(source.customer, source.id)
        except (Forbidden, Permanent):
            return None
        except Transient as error:
            if error.elsewhere:
                return None
            raise

    async def _under_way(self, listed: tuple[InvoicePayment, ...]) -> list[Source]:
        begun = [await self._payments.behind(each.payment) for each in listed if each.status == "open"]
        return [each for each in begun if each]

    async def _money(self, held: StripeInvoice, parts: list[Part], begun: list[Source]) -> InvoiceMoney:
        sums, invoice = sums_of(held, parts), self._invoices.glimpse(held)
        if notes := await credit_notes_of(self._api, held):
            invoice = invoice.model_copy(update={"credit_notes": notes})
        owed = invoice.state in _OWED
        last = max((part.counted_at for part in parts), default=0)
        return InvoiceMoney(
            invoice=invoice,
            paid=of_minor(sums.paid, held.currency),
            due=of_minor(sums.due if owed else 0, held.currency),
            overpaid=of_minor(sums.overpaid, held.currency),
            payments=_payments(held, parts, sums),
            paid_at=_paid_at(held, parts, sums),
            processing=owed and any(each.processing for each in begun),
            failed=owed and any(each.failed and (each.charged_at or last) >= last for each in begun),
        )


def sums_of(held: StripeInvoice, parts: Sequence[Part]) -> Sums:
    """Sum up an invoice with what is paid of it; what came since Stripe computed its amounts counts."""
    came = sum(part.amount for part in parts)
    ending = held.starting_balance if held.ending_balance is None else held.ending_balance
    set_off = max(ending - held.starting_balance, 0)
    asked = held.amount_due
    if asked is None:
        asked = max(held.total - held.pre_payment_credit_notes_amount - set_off, 0)
    settled = max(min(held.amount_paid, asked), min(came, asked))
    overpaid = max(held.amount_overpaid, held.amount_paid - asked, came - asked)
    left = asked - settled if held.amount_remaining is None else held.amount_remaining
    return Sums(
        asked=asked,
        settled=settled,
        set_off=set_off,
        overpaid=overpaid,
        # What came since Stripe computed it is not owed any more.
        due=max(left - max(settled - held.amount_paid, 0), 0),
        elsewhere=settled + overpaid - came,
    )


def _payments(held: StripeInvoice, parts: list[Part], sums: Sums) -> tuple[Payment, ...]:
    """Return every payment, the oldest first, and what stands for money that none of them brought."""
    unnamed, found = sums.elsewhere, []
    for part in parts:
        beyond = min(unnamed, sums.overpaid, part.unplaced)
        unnamed -= beyond
        found.append(_payment(replace(part, beyond=beyond), held.currency))
    moments = held.status_transitions
    if sums.set_off:
        at, means = moments.finalized_at or held.created, PaymentMeans.CREDIT_BALANCE
        found.append(_unlisted(held, "balance", sums.set_off, at, means))
    if unnamed:
        at, means = moments.paid_at or moments.finalized_at or held.created, PaymentMeans.OUTSIDE
        found.append(_unlisted(held, "outside", unnamed, at, means))
    return tuple(sorted(found, key=lambda each: each.paid_at))


def _payment(part: Part, currency: str) -> Payment:
    source = part.source
    return Payment(
        id=source.id if source else part.found.id,
        amount=of_minor(part.amount, currency),
        paid_at=instant(part.paid_at),
        means=source.means if source else PaymentMeans.OTHER,
        refunded=of_minor(part.refunded, currency),
        disputes=tuple(_dispute(part, each) for each in part.disputes if each.status not in _NOTHING),
    )


def _unlisted(held: StripeInvoice, name: str, minor: int, at: int, means: PaymentMeans) -> Payment:
    return Payment(
        id=f"{held.id}/{name}",
        amount=of_minor(minor, held.currency),
        paid_at=instant(at),
        means=means,
        refunded=of_minor(0, held.currency),
    )


def undecided(found: StripeDispute) -> bool:
    """Whether a dispute, or an inquiry that may become one, is still somebody's to answer."""
    return found.status not in _DECIDED and found.status not in _NOTHING


def _dispute(part: Part, found: StripeDispute) -> Dispute:
    return Dispute(
        id=found.id,
        amount=of_minor(part.disputed(found), found.currency),
        # Also what nobody knows yet: it is somebody's to look at.
        state=_DECIDED.get(found.status, DisputeState.OPEN),
        opened_at=instant(found.created),
    )


def _paid_at(held: StripeInvoice, parts: list[Part], sums: Sums) -> datetime | None:
    counted = held.status_transitions.paid_at
    if counted is None or not sums.paid:
        return None
    last = max(parts, key=lambda part: part.counted_at, default=None)
    if last and not sums.elsewhere and abs(counted - last.counted_at) <= _AT_ONCE:
        # What made it whole may have come before it was attached: the money's own instant counts.
        counted = max(part.paid_at for part in parts)
    return instant(counted)
