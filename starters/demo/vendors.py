"""The judge's eyes: reads the vendors' own APIs over HTTP and shares nothing with the connectors."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import httpx

from sandbox.core.operator import Operator
from sandbox.google.person import GooglePerson
from sandbox.notion.person import NotionPerson
from sandbox.slack.person import SlackPerson
from starters.demo.cast.roles import Billing, Crm, Issued, Pair

PATIENCE = timedelta(minutes=3)
"""How long a scenario waits for what is due: a machine that is busy is slow, and not wrong."""


class Vendors:
    """The sandbox's vendors: what people do there, and what somebody finds who looks."""

    def __init__(self, base_url: str, pair: Pair) -> None:
        self._http = httpx.AsyncClient(base_url=base_url, timeout=10)
        self.crm: Crm = pair.crm(self._http)
        self.billing: Billing = pair.billing(self._http)
        self.chat = SlackPerson(self._http)
        self.sheets = GooglePerson(self._http)
        self.notes = NotionPerson(self._http)
        self.sandbox = Operator(self._http)

    async def close(self) -> None:
        await self._http.aclose()

    async def invoices(self, deal: str) -> list[Issued]:
        """Return every invoice that is about a deal, drafts included."""
        return await self.billing.of_deal(f"{self.crm.name}:{self.crm.id_of(deal)}")

    async def messages(self, deal: str) -> list[dict[str, Any]]:
        """Return the messages that name a deal, oldest first."""
        return await self.chat.messages(await self.crm.title_of(deal))

    async def deliveries(self, deal: str) -> list[dict[str, Any]]:
        """Return the CRM's webhook deliveries about a deal: url, headers and body as sent."""
        return [
            each
            for each in await self.sandbox.deliveries()
            if each["vendor"] == self.crm.name and self.crm.is_about(deal, each["body"])
        ]


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
