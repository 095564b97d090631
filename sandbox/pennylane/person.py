"""Somebody of the finance department in Pennylane, and the customers and banks they deal with."""

from datetime import date, datetime
from typing import Any

import httpx

from sandbox.core.person import Person, json_of

Json = dict[str, Any]
_API = "/api/external/v2"


class PennylanePerson(Person):
    """Reads and edits what the API offers, and does what only people, customers and banks do.

    Amounts are texts with a dot. `at` is when it happens, in Pennylane's eyes; without it: now.
    """

    vendor = "pennylane"

    def __init__(self, http: httpx.AsyncClient, *, actor: str = "claire") -> None:
        super().__init__(http, actor=actor)

    async def get(self, path: str, **query: Any) -> Json:
        """Read one of the API's paths."""
        found: Json = await self.call("GET", f"{_API}{path}", params=query)
        return found

    async def do(self, method: str, path: str, body: Json | None = None, at: datetime | None = None) -> Any:
        """Call one of the API's paths, or of `/people`."""
        headers = {"X-Sandbox-At": str(int(at.timestamp()))} if at else {}
        where = path if path.startswith("/people") else f"{_API}{path}"
        return await self.call(method, where, json=body, headers=headers)

    async def invoices(self, **wanted: Any) -> list[Json]:
        """Return the invoices, oldest first, of which all these fields of the state are so."""
        found: list[Json] = (await self.state())["invoices"]
        return [each for each in found if all(each[name] == value for name, value in wanted.items())]

    async def customers(self) -> list[Json]:
        found: list[Json] = (await self.state())["customers"]
        return found

    async def invoice(self, id_: int) -> Json:
        return await self.get(f"/customer_invoices/{id_}")

    async def add_company(self, name: str, **more: Any) -> int:
        """Add a customer in Lyon; return its id."""
        address = {"address": "1 rue A", "postal_code": "69001", "city": "Lyon", "country_alpha2": "FR"}
        body = {"name": name, "billing_address": address, "emails": ["compta@client.example"], **more}
        return int((await self.do("POST", "/company_customers", body))["id"])

    async def edit_customer(self, id_: int, **values: Any) -> None:
        """Change a customer through the endpoint of its own type."""
        kind = (await self.get(f"/customers/{id_}"))["customer_type"]
        await self.do("PUT", f"/{kind}_customers/{id_}", values)

    async def add_contact(self, customer: int, **values: str) -> None:
        await self.do("POST", f"/people/customers/{customer}/contacts", values)

    async def delete_customer(self, id_: int) -> None:
        await self.do("DELETE", f"/people/customers/{id_}")

    async def write(
        self,
        customer: int,
        *lines: Json,
        draft: bool = False,
        on: date | None = None,
        deadline: date | None = None,
        **more: Any,
    ) -> int:
        """Write an invoice, of 100 EUR and 20 % VAT unless lines say otherwise; return its id."""
        day = on.isoformat() if on else (await self.state())["today"]
        body = {
            "customer_id": customer,
            "date": day,
            "deadline": deadline.isoformat() if deadline else day,
            "draft": draft,
            "invoice_lines": list(lines) or [line("100.00")],
            **more,
        }
        return int((await self.do("POST", "/customer_invoices", body))["id"])

    async def finalise(self, invoice: int) -> Json:
        found: Json = await self.do("PUT", f"/customer_invoices/{invoice}/finalize")
        return found

    async def delete_draft(self, invoice: int) -> None:
        await self.do("DELETE", f"/customer_invoices/{invoice}")

    async def pay(self, invoice: int, *, at: datetime | None = None) -> None:
        """Mark it as paid by hand: there is no payment and no transaction."""
        await self.do("PUT", f"/customer_invoices/{invoice}/mark_as_paid", at=at)

    async def take_back_pay(self, invoice: int, *, at: datetime | None = None) -> None:
        await self.do("POST", f"/people/invoices/{invoice}/reopen", at=at)

    async def receive(self, amount: str, label: str, *, at: datetime | None = None, **more: Any) -> int:
        """Money lands on the bank account; return the transaction's id."""
        body = {"amount": amount, "label": label, **more}
        return int((await self.do("POST", "/people/transactions", body, at))["id"])

    async def match(self, invoice: int, transaction: int, *, at: datetime | None = None) -> None:
        path = f"/customer_invoices/{invoice}/matched_transactions"
        await self.do("POST", path, {"transaction_id": transaction}, at)

    async def unmatch(self, invoice: int, transaction: int) -> None:
        await self.do("DELETE", f"/customer_invoices/{invoice}/matched_transactions/{transaction}")

    async def pay_by_transfer(
        self, invoice: int, amount: str | None = None, *, at: datetime | None = None
    ) -> int:
        """All that is left, or a part, lands and is matched by hand; return the transaction's id."""
        told = await self.invoice(invoice)
        money = {"currency": told["currency"], "customer_id": told["customer"]["id"], "invoice_id": invoice}
        wanted = amount or told["remaining_amount_with_tax"]
        return await self.receive(wanted, f"VIR SEPA {told['invoice_number']}", at=at, **money)

    async def collect(self, invoice: int, amount: str, status: str = "confirmed") -> int:
        """Pennylane collects by itself; return the payment's id."""
        body = {"amount": amount, "status": status}
        return int((await self.do("POST", f"/people/invoices/{invoice}/payments", body))["id"])

    async def settle(self, invoice: int, payment: int, status: str) -> None:
        """Let a payment be `charged_back`, `refunded`, `failed`, `paid_out` and so on."""
        await self.do("PUT", f"/people/invoices/{invoice}/payments/{payment}", {"status": status})

    async def credit(self, invoice: int, net: str | None = None, vat_rate: str = "FR_200") -> int:
        """Write a credit note over all of it, or over an amount before tax, and link it; return its id."""
        if net is None:
            return int((await self.do("POST", f"/people/invoices/{invoice}/credit"))["id"])
        (told,) = await self.invoices(id=invoice)
        credited = line(f"-{net}", vat_rate=vat_rate)
        note = await self.write(told["customer"], credited, currency=told["currency"])
        await self.do("POST", f"/customer_invoices/{invoice}/link_credit_note", {"credit_note_id": note})
        return note

    async def archive(self, invoice: int, *, archived: bool = True) -> None:
        await self.do("PUT", f"/people/invoices/{invoice}/archive", {"archived": archived})

    async def postpone(self, invoice: int, deadline: date) -> None:
        """Give a final invoice another deadline, also one that has passed."""
        await self.do("PUT", f"/people/invoices/{invoice}/deadline", {"deadline": deadline.isoformat()})

    async def dispute(self, invoice: int, reason: str | None = None) -> None:
        """The customer disputes an e-invoice through the platform."""
        await self.platform(invoice, "in_dispute", reason)

    async def platform(self, invoice: int, status: str, reason: str | None = None) -> None:
        body = {"status": status, "reason": reason}
        await self.do("PUT", f"/people/invoices/{invoice}/e_invoicing", body)

    async def consent(self, client: str, redirect: str, *scopes: str, state: str = "") -> str:
        """Agree to what an application asks for; return the address that leads back to it."""
        query = {"client_id": client, "redirect_uri": redirect, "response_type": "code"}
        query |= {"scope": " ".join(scopes)} | ({"state": state} if state else {})
        headers = {"X-Sandbox-Actor": self._actor}
        answer = await self._http.get(f"/{self.vendor}/oauth/authorize", params=query, headers=headers)
        return answer.headers["location"]

    async def disconnect(self) -> None:
        """Take the application's access away."""
        await self.do("DELETE", "/people/application")

    async def state(self) -> Json:
        """Return everything that Pennylane holds, as the sandbox shows it."""
        found: Json = json_of(await self._http.get(f"/_control/state/{self.vendor}"))
        return found


def line(price: str, quantity: float = 1, *, vat_rate: str = "FR_200", **more: Any) -> Json:
    """A line without a product."""
    return {
        "label": "Conseil",
        "quantity": quantity,
        "raw_currency_unit_price": price,
        "unit": "piece",
        "vat_rate": vat_rate,
        **more,
    }
