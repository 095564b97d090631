"""Salespeople in HubSpot."""

from collections.abc import Mapping
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal

import httpx

from sandbox.hubspot.person import HubSpotPerson
from starters.demo.access import HUBSPOT
from starters.demo.cast.roles import Crm, Record, Shown

_LINE = ("quantity", "price", "discount", "hs_discount_percentage", "vat_rate")


class HubSpot(Crm):
    name, title = "hubspot", "HubSpot"
    section = """
[hubspot]
base_url = "http://127.0.0.1:$sandbox/hubspot"

# A deal has no terms of its own here.
[hubspot.mapping.deals]
payment_terms_days = ""
"""
    secrets = HUBSPOT
    pilots = ("64492917", "64492918", "64492919")
    first_on_page = True
    later = {"phone": "02 96 43 00 00"}

    def __init__(self, http: httpx.AsyncClient) -> None:
        self.person = HubSpotPerson(http)

    def id_of(self, deal: str) -> str:
        return deal

    def is_about(self, deal: str, body: str) -> bool:
        return deal in body

    async def title_of(self, deal: str) -> str:
        return (await self.person.values("deals", deal, "dealname"))["dealname"] or deal

    async def win(self, deal: str, *, at: datetime | None = None) -> None:
        assert at is None  # noqa: S101 - a stage is entered when it is entered
        await self.person.win(deal)

    async def correct_amount(self, deal: str, amount: str) -> None:
        await self.person.edit("deals", deal, amount=amount)

    async def shown(self, deal: str) -> Shown:
        invoice, money = await self.person.shown(deal), await self.person.shown_payment(deal)
        return Shown(
            number=invoice["billing_invoice_number"] or "",
            status=money["billing_payment_status"] or "",
            paid=_minor(money["billing_amount_paid"]),
            due=_minor(money["billing_amount_due"]),
            paid_on=money["billing_paid_on"] or "",
        )

    async def gross(self, deal: str) -> int:
        lines = await self.person.lines(deal)
        found = [await self.person.values("line_items", line, *_LINE) for line in lines]
        return sum(map(_line_minor, found))

    async def won(self) -> list[tuple[datetime, int]]:
        return [
            (datetime.fromisoformat(deal["closedate"]), _minor(deal["amount"]) or 0)
            for deal in await self.person.deals("dealstage", "closedate", "amount")
            if deal["dealstage"] == "closedwon" and deal["closedate"]
        ]

    async def tasks(self, deal: str) -> list[str]:
        return [task["hs_task_subject"] or "" for task in await self.person.tasks(deal)]

    async def company_of(self, deal: str) -> str:
        return await self.person.company_of(deal)

    def company(self, id_: str) -> Record:
        return Record("companies", id_)

    async def name_and_email(self, company: str) -> tuple[str, str]:
        found = await self.person.values("companies", company, "name", "billing_email")
        return found["name"] or "", found["billing_email"] or ""

    async def edit_company(self, company: str, **said: str) -> None:
        await self.person.edit("companies", company, **said)


def _minor(text: str | None) -> int | None:
    return int(Decimal(text) * 100) if text else None


def _line_minor(line: Mapping[str, str | None]) -> int:
    price, quantity = Decimal(line["price"] or "0"), Decimal(line["quantity"] or "0")
    percent, per_unit = Decimal(line["hs_discount_percentage"] or "0"), Decimal(line["discount"] or "0")
    net = _cents(quantity * (price * (100 - percent) / 100 - per_unit) * 100)
    return net + _cents(Decimal(net) * Decimal(line["vat_rate"] or "0") / 100)


def _cents(value: Decimal) -> int:
    return int(value.quantize(Decimal(1), rounding=ROUND_HALF_UP))
