"""Somebody of the finance department in Stripe's Dashboard, and the customers and banks they deal with."""

import time
from datetime import datetime

import httpx

from sandbox.stripe.customer_desk import CustomerDesk
from sandbox.stripe.dashboard import Json

_CARD, _DECLINED = "pm_card_visa", "pm_card_chargeDeclined"
_IBAN = "FR1420041010050500013M02606"


class StripePerson(CustomerDesk):
    """Looks things up, edits customers, and does whatever happens to money. Amounts are minor units.

    `at` is when it happens, in the vendor's eyes: dates, and `created` of the events. Without it: now.
    """

    async def pay(self, invoice: str, *, at: datetime | None = None) -> None:
        """Note that all of it was paid elsewhere."""
        await self.do(f"/v1/invoices/{invoice}/pay", {"paid_out_of_band": "true"}, at)

    async def pay_part(
        self, invoice: str, amount: int, *, currency: str = "eur", at: datetime | None = None
    ) -> Json:
        """Note that some money came by transfer, outside Stripe; return the payment record."""
        form = {
            "amount_requested[currency]": currency,
            "amount_requested[value]": str(amount),
            "initiated_at": str(int(at.timestamp() if at else time.time())),
            "payment_method_details[type]": "custom",
        }
        record: Json = await self.do("/v1/payment_records/report_payment", form, at)
        await self.do(f"/v1/invoices/{invoice}/attach_payment", {"payment_record": record["id"]}, at)
        return record

    async def pay_by_card(
        self, invoice: str, amount: int | None = None, *, at: datetime | None = None
    ) -> Json:
        """The customer pays on the invoice's page: all that is open, or a part; return the intent."""
        return await self._pay(invoice, amount, at, {"payment_method": _CARD})

    async def pay_by_debit(
        self, invoice: str, amount: int | None = None, *, at: datetime | None = None
    ) -> Json:
        """The customer lets a SEPA debit be made: it is processing until the bank settles or refuses it."""
        means = {"payment_method_data[type]": "sepa_debit", "payment_method_data[sepa_debit][iban]": _IBAN}
        return await self._pay(invoice, amount, at, means)

    async def settle_debit(self, payment: str, *, failed: str = "", at: datetime | None = None) -> None:
        """The bank pays a debit that is processing, or refuses it for this reason of Stripe's.

        `payment` is an invoice or an intent.
        """
        intent = (await self.intent_of(payment))["id"]
        await self.do(f"/bank/debits/{intent}", {"failure_code": failed} if failed else {}, at)

    async def pay_by_transfer(
        self, invoice: str, amount: int | None = None, *, at: datetime | None = None
    ) -> Json:
        """The customer's transfer for an invoice lands, with its number as the reference; return the intent.

        An invoice that offers transfers takes it by itself, all of it when it is complete; to another one
        finance attaches it.
        """
        told = await self.invoice(invoice)
        offered = told["payment_settings"]["payment_method_types"] or ()
        received = told["amount_remaining"] if amount is None else amount
        await self.receive_transfer(
            told["customer"], received, currency=told["currency"], reference=told["number"], at=at
        )
        if "customer_balance" in offered:
            return await self.intent_of(invoice)
        return await self.apply_transfer(invoice, received, at=at)

    async def receive_transfer(
        self,
        customer: str,
        amount: int,
        *,
        currency: str = "eur",
        reference: str = "",
        at: datetime | None = None,
    ) -> Json:
        """A customer's transfer lands; return the movement of the cash balance."""
        form = {"amount": str(amount), "currency": currency}
        form |= {"reference": reference} if reference else {}
        moved: Json = await self.do(f"/v1/test_helpers/customers/{customer}/fund_cash_balance", form, at)
        return moved

    async def apply_transfer(self, invoice: str, amount: int, *, at: datetime | None = None) -> Json:
        """Finance uses money that landed for an invoice; return the intent."""
        means = {"payment_method_data[type]": "customer_balance"}
        return await self._pay_part(await self.invoice(invoice), amount, at, means)

    async def fail_payment(self, invoice: str, *, at: datetime | None = None) -> None:
        """The customer's card is declined."""
        try:
            await self._pay(invoice, None, at, {"payment_method": _DECLINED})
        except httpx.HTTPStatusError as refusal:
            if refusal.response.status_code != httpx.codes.PAYMENT_REQUIRED:
                raise

    async def charge_by_link(
        self,
        amount: int,
        *,
        customer: str | None = None,
        email: str | None = None,
        currency: str = "eur",
        at: datetime | None = None,
    ) -> Json:
        """Somebody pays with a payment link, which names no invoice; return the intent."""
        form = {"amount": str(amount), "currency": currency, "confirm": "true"}
        form |= {"payment_method_data[type]": "card"}
        form |= {"customer": customer} if customer else {}
        form |= {"payment_method_data[billing_details][email]": email} if email else {}
        made: Json = await self.do("/v1/payment_intents", form, at)
        return made

    async def refund(
        self, paid: str, amount: int | None = None, *, at: datetime | None = None, reason: str = ""
    ) -> Json:
        """Give back what a card, debit or transfer brought, or a part of it; return the refund.

        `paid` is an invoice, a payment intent or a charge; of an invoice its latest payment that has enough
        left is refunded.
        """
        charge = await self.charge_of(paid, amount)
        form = {"charge": charge["id"]} | ({} if amount is None else {"amount": str(amount)})
        form |= {"reason": reason} if reason else {}
        made: Json = await self.do("/v1/refunds", form, at)
        return made

    async def fail_refund(self, refund: str, *, at: datetime | None = None) -> None:
        """The customer's bank sends a refund back."""
        await self.do(f"/bank/refunds/{refund}", {"failure_reason": "declined"}, at)

    async def dispute(
        self,
        paid: str,
        amount: int | None = None,
        *,
        inquiry: bool = False,
        at: datetime | None = None,
    ) -> Json:
        """The customer's bank takes a payment back, or only inquires; `paid` as for `refund`."""
        charge = await self.charge_of(paid, amount)
        form = {"inquiry": "true"} if inquiry else {}
        form |= {} if amount is None else {"amount": str(amount)}
        made: Json = await self.do(f"/bank/charges/{charge['id']}/dispute", form, at)
        return made

    async def win_dispute(self, dispute: str, *, at: datetime | None = None) -> None:
        await self.do(f"/bank/disputes/{dispute}", {"outcome": "won"}, at)

    async def lose_dispute(self, dispute: str, *, at: datetime | None = None) -> None:
        await self.do(f"/bank/disputes/{dispute}", {"outcome": "lost"}, at)

    async def close_inquiry(self, dispute: str, *, at: datetime | None = None) -> None:
        """The customer's bank is content."""
        await self.do(f"/bank/disputes/{dispute}", {"outcome": "closed"}, at)

    async def escalate_inquiry(self, dispute: str, *, at: datetime | None = None) -> None:
        """The customer's bank is not content, and takes the money."""
        await self.do(f"/bank/disputes/{dispute}", {"outcome": "escalated"}, at)

    async def give_balance(self, customer: str, amount: int, *, currency: str = "eur") -> None:
        """Credit a customer with an amount that the next invoices use."""
        await self.post(
            f"/v1/customers/{customer}/balance_transactions", amount=str(-amount), currency=currency
        )

    async def void(self, invoice: str, *, at: datetime | None = None) -> None:
        await self.do(f"/v1/invoices/{invoice}/void", {}, at)

    async def move_due_date(self, invoice: str, to: datetime) -> None:
        """An open invoice is due at another instant, also one that is past."""
        await self.post(f"/dashboard/invoices/{invoice}/due_date", due_date=str(int(to.timestamp())))

    async def mark_uncollectible(self, invoice: str, *, at: datetime | None = None) -> None:
        await self.do(f"/v1/invoices/{invoice}/mark_uncollectible", {}, at)

    async def credit(self, invoice: str, amount: int, *, back: str = "", at: datetime | None = None) -> Json:
        """Issue a credit note for this gross amount.

        Of what was paid already `back` says where it goes: `refund`, `credit` (the customer's balance) or
        `out_of_band`.
        """
        open_ = (await self.invoice(invoice))["amount_remaining"]
        form = {"invoice": invoice, "amount": str(amount)}
        form |= {f"{back}_amount": str(max(amount - open_, 0))} if back else {}
        note: Json = await self.do("/v1/credit_notes", form, at)
        return note

    async def take_back(self, credit_note: str) -> None:
        """Void a credit note."""
        await self.post(f"/v1/credit_notes/{credit_note}/void")

    async def issue(
        self,
        customer: str,
        net: int,
        *,
        currency: str = "eur",
        created_at: datetime | None = None,
        finalized_at: datetime | None = None,
        due_at: datetime | None = None,
        **more: str,
    ) -> str:
        """Write an invoice by hand, without VAT, and finalise it; return its id.

        It is due in 30 days, or at `due_at`: for one that is late already, `created_at` lies before that.
        `more` are further form fields of the invoice.
        """
        form = {"customer": customer, "collection_method": "send_invoice", "currency": currency, **more}
        form |= {"due_date": str(int(due_at.timestamp()))} if due_at else {"days_until_due": "30"}
        invoice = (await self.do("/v1/invoices", form, created_at))["id"]
        line = {"lines[0][amount]": str(net), "lines[0][description]": "Conseil"}
        await self.do(f"/v1/invoices/{invoice}/add_lines", line, created_at)
        await self.do(f"/v1/invoices/{invoice}/finalize", {}, finalized_at or created_at)
        return str(invoice)

    async def _pay(
        self, invoice: str, amount: int | None, at: datetime | None, means: dict[str, str]
    ) -> Json:
        """Pay a part with an intent of its own, or all that the invoice asks for."""
        if amount is not None:
            return await self._pay_part(await self.invoice(invoice), amount, at, means)
        [asked] = [
            each["payment"]["payment_intent"]
            for each in await self.everything("/v1/invoice_payments", invoice=invoice, status="open")
            if each["is_default"]
        ]
        return await self._confirm(asked, at, means)

    async def _pay_part(self, invoice: Json, amount: int, at: datetime | None, means: dict[str, str]) -> Json:
        """Stripe docs, "Partial payments": an intent of its own, attached to the invoice."""
        form = {"amount": str(amount), "currency": invoice["currency"], "customer": invoice["customer"]}
        intent = await self.do("/v1/payment_intents", form, at)
        await self.do(f"/v1/invoices/{invoice['id']}/attach_payment", {"payment_intent": intent["id"]}, at)
        return await self._confirm(intent["id"], at, means)

    async def _confirm(self, intent: str, at: datetime | None, means: dict[str, str]) -> Json:
        made: Json = await self.do(f"/v1/payment_intents/{intent}/confirm", means, at)
        return made
