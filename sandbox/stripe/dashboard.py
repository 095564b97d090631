"""Stripe's Dashboard, as somebody of the company reads it and clicks in it."""

from datetime import datetime
from typing import Any

import httpx

from sandbox.core.person import Person

Json = dict[str, Any]
_PAGE = "100"


class Dashboard(Person):
    """Looks things up, sends forms, and resends events."""

    vendor = "stripe"

    def __init__(self, http: httpx.AsyncClient, *, actor: str = "dashboard") -> None:
        super().__init__(http, actor=actor)

    async def everything(self, path: str, **params: str) -> list[Json]:
        """Return a whole list, page by page."""
        found: list[Json] = []
        while True:
            after = {"starting_after": found[-1]["id"]} if found else {}
            page = await self.call("GET", path, params={"limit": _PAGE} | params | after)
            found += page["data"]
            if not page["has_more"]:
                return found

    async def post(self, path: str, **form: str) -> Any:
        """Create or change something; the names are Stripe's form fields."""
        return await self.do(path, form)

    async def delete(self, path: str) -> None:
        await self.call("DELETE", path)

    async def invoices(self, **metadata: str) -> list[Json]:
        """Return the invoices with this metadata, drafts included."""
        found = await self.everything("/v1/invoices")
        return [i for i in found if all(i["metadata"].get(name) == metadata[name] for name in metadata)]

    async def invoice(self, id_: str) -> Json:
        """Return an invoice as it is now."""
        found: Json = await self.call("GET", f"/v1/invoices/{id_}")
        return found

    async def events(self, kind: str, about: str = "") -> list[str]:
        """Return the ids of the events of a type about an object, the latest first."""
        found = await self.everything("/v1/events", type=kind)
        return [each["id"] for each in found if about in ("", each["data"]["object"]["id"])]

    async def resend(self, event: str) -> list[int | None]:
        """Deliver an event now; return what its receivers answered, None where no answer came.

        With the setting `held` nothing else leaves, and events arrive as they are resent: in another order,
        twice, late, or never.
        """
        answered: list[int | None] = await self.call("POST", f"/dashboard/events/{event}/resend")
        return answered

    async def do(self, path: str, form: dict[str, str], at: datetime | None = None) -> Any:
        """Send a form, of something that happens at an instant."""
        headers = {"X-Sandbox-At": str(int(at.timestamp()))} if at else {}
        return await self.call("POST", path, data=form, headers=headers)

    async def intent_of(self, payment: str) -> Json:
        """The intent itself, or the one that an invoice's latest payment is about."""
        if payment.startswith("pi_"):
            found: Json = await self.call("GET", f"/v1/payment_intents/{payment}")
            return found
        intents = await self.intents_of(payment)
        under_way = (each for each in intents if each["status"] == "processing")
        return next(under_way, intents[-1])

    async def charge_of(self, paid: str, amount: int | None) -> Json:
        """The charge itself, or of an intent or invoice the latest that came and has so much left.

        Raises LookupError when there is none.
        """
        if paid.startswith(("ch_", "py_")):
            found: Json = await self.call("GET", f"/v1/charges/{paid}")
            return found
        intents = [await self.intent_of(paid)] if paid.startswith("pi_") else await self.intents_of(paid)
        for intent in intents:
            for charge in await self.everything("/v1/charges", payment_intent=intent["id"]):
                left = charge["amount"] - charge["amount_refunded"]
                if charge["status"] == "succeeded" and left >= (amount or 1):
                    return charge
        raise LookupError(f"Nothing that could be given back was paid for {paid}.")

    async def intents_of(self, invoice: str) -> list[Json]:
        """The intents of an invoice's payments, the latest first; the one it asks for is the last."""
        found = await self.everything("/v1/invoice_payments", invoice=invoice)
        ids = [each["payment"]["payment_intent"] for each in found if "payment_intent" in each["payment"]]
        return [await self.call("GET", f"/v1/payment_intents/{id_}") for id_ in ids]
