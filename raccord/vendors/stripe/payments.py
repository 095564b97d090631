"""Payments as Stripe holds them: payment intents, charges without one, and payments that somebody noted."""

from collections.abc import Set
from dataclasses import dataclass
from datetime import UTC, datetime

from raccord.connectors.http.errors import Operation
from raccord.domain.values.payment import PaymentMeans
from raccord.vendors.stripe.api import StripeApi
from raccord.vendors.stripe.wire_payments import (
    Charge,
    DisputePage,
    IntentPage,
    InvoicePayment,
    InvoicePaymentPage,
    InvoiceWithPayments,
    PaidWith,
    PaymentIntent,
    PaymentRecord,
    StripeDispute,
)

INVOICE_PAYMENTS, INTENTS = "Invoice payments: Read", "PaymentIntents: Read"
CHARGES, RECORDS = "Charges and Refunds: Read", "Payment records: Read"
DISPUTES = "Disputes: Read"
_MEANS = {
    "card": PaymentMeans.CARD,
    "card_present": PaymentMeans.CARD,
    "customer_balance": PaymentMeans.BANK_TRANSFER,
    "sepa_credit_transfer": PaymentMeans.BANK_TRANSFER,
    "sepa_debit": PaymentMeans.SEPA_DEBIT,
}


@dataclass(frozen=True)
class Source:
    """Where the money of a payment is from, whatever Stripe calls it. Amounts are in its minor units."""

    id: str
    """Of the payment intent where there is one: it stands for its charge too."""
    received: int
    """What came in; nothing while it is under way."""
    asked: int
    refunded: int
    currency: str
    created: int
    means: PaymentMeans
    customer: str = ""
    payer: str = ""
    description: str = ""
    charged_at: int | None = None
    processing: bool = False
    failed: bool = False
    """Whether its last attempt was refused."""
    disputed: bool = False
    disputable: bool = False


def instant(unix: int) -> datetime:
    return datetime.fromtimestamp(unix, UTC)


class Payments:
    """Reads payments. What a key may not read is never taken for nothing: it is refused by name."""

    def __init__(self, api: StripeApi) -> None:
        self._api = api

    async def of_invoice(self, invoice_id: str) -> tuple[InvoicePayment, ...]:
        """Return all that pays an invoice, was to pay it, or is to."""
        # Nothing is expanded: a list may hold payments of several kinds, and none has what the others have.
        operation = Operation(f"list the payments of invoice {invoice_id}", INVOICE_PAYMENTS)
        pages = self._api.pages(operation, "invoice_payments", InvoicePaymentPage, {"invoice": invoice_id})
        return tuple([each async for each in pages])

    async def expanded(self, invoice: InvoiceWithPayments) -> tuple[InvoicePayment, ...]:
        """Return an invoice's payments in full: the expanded list is one page, or missing."""
        listed = invoice.payments
        if listed is None or listed.has_more:
            return await self.of_invoice(invoice.id)
        return listed.data

    async def invoices_of(self, source_id: str) -> tuple[str, ...]:
        """Return the ids of the invoices that a payment pays, or is to pay.

        A charge without a payment intent cannot be asked for (docs: api/invoice-payment/list).
        """
        return tuple(dict.fromkeys(each.invoice for each in await self.parts(source_id)))

    async def parts(self, source_id: str) -> tuple[InvoicePayment, ...]:
        """Return what a payment pays of which invoice, or is to pay."""
        kind = "payment_record" if source_id.startswith("pr_") else "payment_intent"
        if kind == "payment_intent" and not source_id.startswith("pi_"):
            return ()
        operation = Operation(f"list the invoices of payment {source_id}", INVOICE_PAYMENTS)
        wanted = {"payment": {"type": kind, kind: source_id}}
        pages = self._api.pages(operation, "invoice_payments", InvoicePaymentPage, wanted)
        return tuple([each async for each in pages if each.status != "canceled"])

    async def behind(self, paid_with: PaidWith) -> Source | None:
        """Return where the money of an invoice's payment is from; None where Stripe does not tell."""
        match paid_with:
            case PaidWith(payment_intent=str(id)):
                return await self.intent(id)
            case PaidWith(charge=str(id)):
                return of_charge(await self._charge(id))
            case PaidWith(payment_record=str(id)):
                return await self.record(id)
            case _:
                return None

    async def intents_of(self, customer_id: str, wanted: Set[str], *, since: int) -> dict[str, Source]:
        """Return those payment intents of a customer by their ids, of one list: no older ones than `since`.

        One that the list does not tell whole is left out.
        """
        pages = self._api.pages(
            Operation(f"list the payments of customer {customer_id}", f"{INTENTS} and {CHARGES}"),
            "payment_intents",
            IntentPage,
            {"customer": customer_id, "created": {"gte": since}, "expand": ["data.latest_charge"]},
        )
        left, found = set(wanted), dict[str, Source]()
        async for each in pages:
            if each.id in left and not isinstance(each.latest_charge, str):
                found[each.id] = of_intent(each)
            left.discard(each.id)
            if not left:
                break
        return found

    async def source(self, payment_id: str) -> Source:
        """Read a payment by its id or by that of its charge. Raises `NotFound`."""
        if payment_id.startswith("pi_"):
            return await self.intent(payment_id)
        if payment_id.startswith("pr_"):
            return await self.record(payment_id)
        charge = await self._charge(payment_id)
        return await self.intent(charge.payment_intent) if charge.payment_intent else of_charge(charge)

    async def intent(self, id: str) -> Source:
        operation = Operation(f"read the payment {id}", f"{INTENTS} and {CHARGES}")
        wanted = {"expand": ["latest_charge"]}
        found = await self._api.get(operation, ("payment_intents", id), PaymentIntent, wanted)
        if isinstance(found.latest_charge, str):
            found = found.model_copy(update={"latest_charge": await self._charge(found.latest_charge)})
        return of_intent(found)

    async def record(self, id: str) -> Source:
        operation = Operation(f"read the payment record {id}", RECORDS)
        return of_record(await self._api.get(operation, ("payment_records", id), PaymentRecord))

    async def disputes(self, source: Source) -> tuple[StripeDispute, ...]:
        if not source.disputable:
            return ()
        operation = Operation(f"list the disputes of payment {source.id}", DISPUTES)
        by = "payment_intent" if source.id.startswith("pi_") else "charge"
        pages = self._api.pages(operation, "disputes", DisputePage, {by: source.id})
        return tuple([each async for each in pages])

    async def _charge(self, id: str) -> Charge:
        operation = Operation(f"read the charge {id}", CHARGES)
        return await self._api.get(operation, ("charges", id), Charge)


def of_intent(found: PaymentIntent) -> Source:
    """Read a payment intent whose latest charge is there where it has one."""
    charge = found.latest_charge if isinstance(found.latest_charge, Charge) else None
    refused = charge is not None and charge.status == "failed"
    kinds = found.payment_method_types
    return Source(
        id=found.id,
        received=found.amount_received,
        asked=found.amount,
        refunded=charge.amount_refunded if charge else 0,
        currency=found.currency,
        created=found.created,
        means=_means_of(charge, kinds[0] if len(kinds) == 1 else None),
        customer=found.customer or "",
        payer=_payer(charge) or found.receipt_email or "",
        description=found.description or (charge.description if charge else None) or "",
        charged_at=charge.created if charge else None,
        processing=found.status == "processing",
        failed=found.status == "requires_payment_method"
        and (refused or found.last_payment_error is not None),
        disputed=charge is not None and charge.disputed,
        disputable=_disputable(charge),
    )


def of_charge(found: Charge) -> Source:
    """Read a charge without a payment intent."""
    return Source(
        id=found.id,
        received=found.amount if found.status == "succeeded" else 0,
        asked=found.amount,
        refunded=found.amount_refunded,
        currency=found.currency,
        created=found.created,
        means=_means_of(found, None),
        customer=found.customer or "",
        payer=_payer(found),
        description=found.description or "",
        charged_at=found.created,
        processing=found.status == "pending",
        failed=found.status == "failed",
        disputed=found.disputed,
        disputable=_disputable(found),
    )


def of_record(found: PaymentRecord) -> Source:
    """Read a payment that somebody noted, or that another processor took."""
    who = found.customer_details
    kind = found.payment_method_details.type if found.payment_method_details else None
    elsewhere = found.reported_by == "self"
    return Source(
        id=found.id,
        received=(found.amount_guaranteed or found.amount).value,
        asked=found.amount.value,
        refunded=found.amount_refunded.value if found.amount_refunded else 0,
        currency=found.amount.currency,
        created=found.created,
        means=PaymentMeans.OUTSIDE if elsewhere else _MEANS.get(kind or "", PaymentMeans.OTHER),
        customer=(who.customer if who else None) or "",
        payer=(who.name or who.email if who else None) or "",
        description=found.description or "",
    )


def _means_of(charge: Charge | None, only: str | None) -> PaymentMeans:
    details = charge.payment_method_details if charge else None
    return _MEANS.get((details.type if details else only) or "", PaymentMeans.OTHER)


def _payer(charge: Charge | None) -> str:
    if charge is None:
        return ""
    return charge.billing_details.name or charge.billing_details.email or charge.receipt_email or ""


def _disputable(charge: Charge | None) -> bool:
    """Whether a bank could take the money back: what a customer transferred itself, none can.

    A charge does not say of an inquiry whether it counts as disputed, so disputes are always asked for.
    """
    return charge is not None and _means_of(charge, None) is not PaymentMeans.BANK_TRANSFER
