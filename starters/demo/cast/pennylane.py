"""Finance in Pennylane, and the customers and banks that it deals with."""

from collections.abc import Collection
from datetime import date
from decimal import Decimal

import httpx

from raccord.domain.values.clock import BusinessClock
from sandbox.core.operator import Operator
from sandbox.pennylane.person import PennylanePerson
from starters.demo.cast.roles import Billing, Issued, Json, Record

_WEEK_SECONDS = 7 * 86_400
_UNPAID = ("upcoming", "late")


class Pennylane(Billing):
    name, title = "pennylane", "Pennylane"
    section = """
[pennylane]
base_url = "http://127.0.0.1:$sandbox/pennylane/api/external/v2"
sandbox = true
requests_per_second = 50
settle = 1.5
"""
    secrets = {
        "RACCORD_PENNYLANE__TOKEN": "pl_sandbox_company_token_0000000000",
    }
    tells = False
    calendar = True
    dates_edits = False
    draft = {
        "method": "POST",
        "path": "/api/external/v2/customer_invoices",
    }

    address = "billing_address"

    def __init__(self, http: httpx.AsyncClient) -> None:
        self.person = PennylanePerson(http)

    async def ready(self, operator: Operator) -> None:
        """Somebody was invoiced a week ago by hand, and paid: last week has something to be told.

        Before anything else, since no invoice may be dated before one that is final (pennylane.md 1.4).
        """
        await operator.settings(self.name, pdf_seconds=0.0, rate_limits=False, clock_offset=-_WEEK_SECONDS)
        customer = await self.person.add_company("Café du Commerce", emails=["compta@cafe.example"])
        invoice = await self.person.write(customer, deadline=date(2099, 12, 31))
        await self.person.pay_by_transfer(invoice)
        await operator.settings(self.name, clock_offset=0)

    async def of_deal(self, ref: str) -> list[Issued]:
        emails = {each["id"]: each["emails"] for each in await self.person.customers()}
        return [
            _issued(each, next(iter(emails[each["customer"]]), ""))
            for each in await self.person.invoices()
            if (each["external_reference"] or "").startswith(f"{ref}/")
        ]

    async def customers(self) -> set[str]:
        return {str(each["id"]) for each in await self.person.customers()}

    def customer(self, id_: str) -> Collection[Record]:
        return Record("company_customers", id_), Record("individual_customers", id_)

    async def pay(self, invoice: str) -> None:
        await self.person.pay_by_transfer(int(invoice))

    async def pay_part(self, invoice: str, amount: int) -> None:
        await self.person.pay_by_transfer(int(invoice), f"{Decimal(amount) / 100:.2f}")

    async def paid_on(self, invoice: str, clock: BusinessClock) -> date:  # noqa: ARG002 - a day as it stands
        state = await self.person.state()
        (matched,) = [each["matched"] for each in state["invoices"] if str(each["id"]) == invoice]
        return max(
            date.fromisoformat(each["date"]) for each in state["transactions"] if str(each["id"]) in matched
        )

    async def postpone(self, invoice: str, due: date) -> None:
        await self.person.postpone(int(invoice), due)

    async def issued(self, clock: BusinessClock) -> list[tuple[date, int]]:  # noqa: ARG002 - days as they stand
        return [
            (date.fromisoformat(each["date"]), _minor(each["gross"]))
            for each in await self.person.invoices(draft=False, credit_note=False)
        ]

    async def received(self, clock: BusinessClock) -> list[tuple[date, int]]:  # noqa: ARG002 - days as they stand
        transactions = (await self.person.state())["transactions"]
        return [(date.fromisoformat(each["date"]), _minor(each["amount"])) for each in transactions]

    async def details(self, customer: str) -> Json:
        return await self.person.get(f"/customers/{customer}")

    async def rename(self, customer: str, name: str) -> None:
        await self.person.edit_customer(int(customer), name=name)

    async def change_email(self, customer: str, email: str) -> None:
        await self.person.edit_customer(int(customer), emails=[email])


def _issued(invoice: Json, email: str) -> Issued:
    state = "draft" if invoice["draft"] else invoice["status"]
    return Issued(
        id=str(invoice["id"]),
        number=invoice["number"] or "",
        customer=str(invoice["customer"]),
        email=email,
        total=_minor(invoice["gross"]),
        state="open" if state in _UNPAID else state,
    )


def _minor(text: str) -> int:
    return int(Decimal(text) * 100)
