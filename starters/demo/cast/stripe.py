"""Finance in Stripe, and the customers that it deals with."""

from collections.abc import Collection
from datetime import UTC, date, datetime

import httpx

from raccord.domain.values.clock import BusinessClock
from sandbox.stripe.person import StripePerson
from starters.demo.access import STRIPE
from starters.demo.cast.roles import Billing, Issued, Json, Record


class Stripe(Billing):
    """`person` does what no other billing system's scenarios ask for."""

    name, title = "stripe", "Stripe"
    section = """
[stripe]
base_url = "http://127.0.0.1:$sandbox/stripe"
dashboard_url = "http://127.0.0.1:$sandbox/stripe/dashboard"
settle = 2
"""
    secrets = STRIPE
    draft = {"method": "POST", "path": "/v1/invoices"}

    address = "address"

    def __init__(self, http: httpx.AsyncClient) -> None:
        self.person = StripePerson(http)

    async def of_deal(self, ref: str) -> list[Issued]:
        return [_issued(each) for each in await self.person.invoices(crm_deal_id=ref)]

    async def customers(self) -> set[str]:
        return {each["id"] for each in await self.person.everything("/v1/customers")}

    def customer(self, id_: str) -> Collection[Record]:
        return (Record("customers", id_),)

    async def pay(self, invoice: str) -> None:
        await self.person.pay_by_card(invoice)

    async def pay_part(self, invoice: str, amount: int) -> None:
        await self.person.pay_part(invoice, amount)

    async def paid_on(self, invoice: str, clock: BusinessClock) -> date:
        paid_at = (await self.person.invoice(invoice))["status_transitions"]["paid_at"]
        return _day(clock, paid_at)

    async def issued(self, clock: BusinessClock) -> list[tuple[date, int]]:
        return [
            (_day(clock, at), invoice["total"])
            for invoice in await self.person.invoices()
            if (at := invoice["status_transitions"]["finalized_at"])
        ]

    async def received(self, clock: BusinessClock) -> list[tuple[date, int]]:
        return [
            (_day(clock, payment["status_transitions"]["paid_at"]), payment["amount_paid"])
            for payment in await self.person.everything("/v1/invoice_payments", status="paid")
        ]

    async def details(self, customer: str) -> Json:
        found: Json = await self.person.call("GET", f"/v1/customers/{customer}")
        return found

    async def rename(self, customer: str, name: str) -> None:
        await self.person.edit_customer(customer, name=name)

    async def change_email(self, customer: str, email: str) -> None:
        await self.person.edit_customer(customer, email=email)


def _issued(invoice: Json) -> Issued:
    return Issued(
        id=invoice["id"],
        number=invoice["number"] or "",
        customer=invoice["customer"],
        email=invoice["customer_email"] or "",
        total=invoice["total"],
        state=invoice["status"],
    )


def _day(clock: BusinessClock, at: float) -> date:
    return clock.date_of(datetime.fromtimestamp(at, UTC))
