"""Somebody of the finance department in Stripe's Dashboard."""

import time
from typing import Any

import httpx

from sandbox.core.person import Person

Json = dict[str, Any]
_PAGE = "100"


class StripePerson(Person):
    """Looks things up, edits customers, pays, voids and credits invoices. Amounts are minor units."""

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
        return await self.call("POST", path, data=form)

    async def delete(self, path: str) -> None:
        await self.call("DELETE", path)

    async def invoices(self, **metadata: str) -> list[Json]:
        """Return the invoices with this metadata, drafts included."""
        found = await self.everything("/v1/invoices")
        return [i for i in found if all(i["metadata"].get(name) == metadata[name] for name in metadata)]

    async def edit_customer(self, customer: str, **form: str) -> None:
        await self.post(f"/v1/customers/{customer}", **form)

    async def pay(self, invoice: str) -> None:
        """Note that all of it was paid elsewhere, by transfer."""
        await self.post(f"/v1/invoices/{invoice}/pay", paid_out_of_band="true")

    async def pay_part(self, invoice: str, amount: int, *, currency: str = "eur") -> None:
        """Note that some money came by transfer."""
        record = await self.post(
            "/v1/payment_records/report_payment",
            **{
                "amount_requested[currency]": currency,
                "amount_requested[value]": str(amount),
                "initiated_at": str(int(time.time())),
                "payment_method_details[type]": "custom",
            },
        )
        await self.post(f"/v1/invoices/{invoice}/attach_payment", payment_record=record["id"])

    async def void(self, invoice: str) -> None:
        await self.post(f"/v1/invoices/{invoice}/void")

    async def credit(self, invoice: str, amount: int) -> Json:
        """Issue a credit note for this gross amount."""
        note: Json = await self.post("/v1/credit_notes", invoice=invoice, amount=str(amount))
        return note

    async def take_back(self, credit_note: str) -> None:
        """Void a credit note."""
        await self.post(f"/v1/credit_notes/{credit_note}/void")
