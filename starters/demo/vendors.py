"""The judge's eyes: reads the vendors' own APIs over HTTP and shares nothing with the connectors."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import httpx

from sandbox.core.operator import Operator
from sandbox.google.person import GooglePerson
from sandbox.hubspot.person import HubSpotPerson
from sandbox.notion.person import NotionPerson
from sandbox.slack.person import SlackPerson
from sandbox.stripe.person import StripePerson

PATIENCE = timedelta(minutes=3)
"""How long a scenario waits for what is due: a machine that is busy is slow, and not wrong."""
_LINE_PROPERTIES = ("quantity", "price", "discount", "hs_discount_percentage", "vat_rate")


class Vendors:
    """The sandbox's vendors: what people do there, and what somebody finds who looks."""

    def __init__(self, base_url: str) -> None:
        self._http = httpx.AsyncClient(base_url=base_url, timeout=10)
        self.crm = HubSpotPerson(self._http)
        self.billing = StripePerson(self._http)
        self.chat = SlackPerson(self._http)
        self.sheets = GooglePerson(self._http)
        self.notes = NotionPerson(self._http)
        self.sandbox = Operator(self._http)

    async def close(self) -> None:
        await self._http.aclose()

    async def invoices(self, deal: str) -> list[dict[str, Any]]:
        """Return every invoice that is about a deal, drafts included."""
        return await self.billing.invoices(crm_deal_id=f"hubspot:{deal}")

    async def gross_minor(self, deal: str) -> int:
        """Compute what the deal must cost, in minor units, from its line items alone."""
        lines = await self.crm.lines(deal)
        found = [await self.crm.values("line_items", line, *_LINE_PROPERTIES) for line in lines]
        return sum(map(_line_minor, found))

    async def last_delivery(self, deal: str) -> dict[str, Any] | None:
        """Return the last webhook delivery about a deal: url, headers and body as sent."""
        deliveries = await self.sandbox.deliveries()
        return next((d for d in reversed(deliveries) if deal in d["body"]), None)


def _line_minor(line: dict[str, str | None]) -> int:
    price, quantity = Decimal(line["price"] or "0"), Decimal(line["quantity"] or "0")
    percent, per_unit = Decimal(line["hs_discount_percentage"] or "0"), Decimal(line["discount"] or "0")
    net = _cents(quantity * (price * (100 - percent) / 100 - per_unit) * 100)
    return net + _cents(Decimal(net) * Decimal(line["vat_rate"] or "0") / 100)


def _cents(value: Decimal) -> int:
    return int(value.quantize(Decimal(1), rounding=ROUND_HALF_UP))


async def eventually(
    look: Callable[[], Awaitable[bool]],
    *,
    within: timedelta = PATIENCE,
    every: timedelta = timedelta(seconds=0.25),
) -> bool:
    """Look again and again until it is so; False when time is up."""
    try:
        async with asyncio.timeout(within.total_seconds()):
            while not await look():  # noqa: ASYNC110 - the vendor is another process and has no event
                await asyncio.sleep(every.total_seconds())
    except TimeoutError:
        return False
    return True
