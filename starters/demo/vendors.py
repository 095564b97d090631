"""The judge's eyes: reads the vendors' own APIs over HTTP and shares nothing with the connectors."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from datetime import timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import httpx

from starters.demo.place import HUBSPOT_TOKEN, STRIPE_KEY

_LINE_PROPERTIES = "quantity,price,discount,hs_discount_percentage,vat_rate"


class Vendors:
    """A person with a browser tab open on each vendor."""

    def __init__(self, base_url: str) -> None:
        self._http = httpx.AsyncClient(base_url=base_url, timeout=10)
        self._crm = {"Authorization": f"Bearer {HUBSPOT_TOKEN}"}
        self._billing = {"Authorization": f"Bearer {STRIPE_KEY}", "X-Sandbox-Actor": "dashboard"}

    async def close(self) -> None:
        await self._http.aclose()

    async def win(self, deal_id: str) -> None:
        """Drag the deal to "won", as a salesperson does in the CRM's own pages."""
        await self.edit("deals", deal_id, dealstage="closedwon")

    async def edit(self, kind: str, record_id: str, **properties: str) -> None:
        """Edit a record as a person does in the CRM's own pages."""
        answer = await self._http.patch(
            f"/hubspot/crm/v3/objects/{kind}/{record_id}",
            json={"properties": properties},
            headers=self._crm | {"X-Sandbox-Actor": "userId:70112233"},
        )
        answer.raise_for_status()

    async def company_of(self, deal_id: str) -> str:
        """Return the id of the deal's company."""
        answer = await self._http.get(
            f"/hubspot/crm/v3/objects/deals/{deal_id}",
            params={"associations": "companies"},
            headers=self._crm,
        )
        company: str = answer.raise_for_status().json()["associations"]["companies"]["results"][0]["id"]
        return company

    async def messages(self, *mentioned: str) -> list[dict[str, Any]]:
        """Return the messages of the channel in which every one of these texts occurs, oldest first."""
        found = (await self._http.get("/_control/messages")).raise_for_status().json()
        return [m for m in found if all(text in json.dumps(m, ensure_ascii=False) for text in mentioned)]

    async def press(self, message: dict[str, Any], label: str, *, user: str) -> None:
        """Press the button with this label, as one of the people in the channel."""
        buttons = [e for block in message["blocks"] for e in block.get("elements", ())]
        button = next(b for b in buttons if b.get("text", {}).get("text") == label)
        place = {"channel": message["channel"], "ts": message["ts"], "user": user}
        pressed = await self._http.post("/_control/press", json=place | {"action_id": button["action_id"]})
        pressed.raise_for_status()

    async def stop_answering(self, vendor: str) -> None:
        """Have a vendor answer every request with 503."""
        rule = {"vendor": vendor, "path": ".*", "effect": {"status": 503}, "times": None}
        (await self._http.post("/_control/faults", json=rule)).raise_for_status()

    async def answer_again(self) -> None:
        (await self._http.delete("/_control/faults")).raise_for_status()

    async def deal(self, deal_id: str) -> dict[str, str | None]:
        """Return what the deal shows about its invoice."""
        answer = await self._http.get(
            f"/hubspot/crm/v3/objects/deals/{deal_id}",
            params={"properties": "billing_invoice_id,billing_invoice_number,billing_status"},
            headers=self._crm,
        )
        properties: dict[str, str | None] = answer.raise_for_status().json()["properties"]
        return properties

    async def gross_minor(self, deal_id: str) -> int:
        """Compute what the deal must cost, in minor units, from its line items alone."""
        deal = await self._http.get(
            f"/hubspot/crm/v3/objects/deals/{deal_id}",
            params={"associations": "line_items"},
            headers=self._crm,
        )
        associations = deal.raise_for_status().json()["associations"]
        links = associations.get("line items") or associations["line_items"]
        total = 0
        for link in links["results"]:
            answer = await self._http.get(
                f"/hubspot/crm/v3/objects/line_items/{link['id']}",
                params={"properties": _LINE_PROPERTIES},
                headers=self._crm,
            )
            total += _line_minor(answer.raise_for_status().json()["properties"])
        return total

    async def invoices(self, deal_id: str) -> list[dict[str, Any]]:
        """Return every invoice that is about a deal, drafts included."""
        found = await self._all("/stripe/v1/invoices")
        return [i for i in found if i["metadata"].get("crm_deal_id") == f"hubspot:{deal_id}"]

    async def customers(self) -> list[dict[str, Any]]:
        return await self._all("/stripe/v1/customers")

    async def mails_about(self, number: str) -> int:
        """Count the e-mails in the mailbox that name an invoice."""
        mails = (await self._http.get("/_control/emails")).raise_for_status().json()
        return sum(number in f"{m['subject']} {m.get('text') or ''}" for m in mails)

    async def last_delivery(self, deal_id: str) -> dict[str, Any] | None:
        """Return the last webhook delivery about a deal: url, headers and body as sent."""
        deliveries = (await self._http.get("/_control/deliveries")).raise_for_status().json()
        return next((d for d in reversed(deliveries) if deal_id in d["body"]), None)

    async def kill_after(self, *, method: str, path: str, pid: int) -> None:
        """Have a process die after the vendor has committed such a request and before it answers."""
        rule = {
            "vendor": "stripe",
            "method": method,
            "path": path,
            "when": "after",
            "effect": {"kill": pid},
            "times": 1,
        }
        (await self._http.post("/_control/faults", json=rule)).raise_for_status()

    async def kills(self) -> int:
        """Count the kills that have happened."""
        rules = (await self._http.get("/_control/faults")).raise_for_status().json()
        return sum(rule["fired"] for rule in rules if "kill" in rule["effect"])

    async def _all(self, path: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        while True:
            params = {"limit": "100"} | ({"starting_after": found[-1]["id"]} if found else {})
            answer = await self._http.get(
                path, params=params, headers=self._billing | {"Stripe-Version": "2026-10-28.endive"}
            )
            page = answer.raise_for_status().json()
            found += page["data"]
            if not page["has_more"]:
                return found


def _line_minor(line: dict[str, str | None]) -> int:
    price, quantity = Decimal(line["price"] or "0"), Decimal(line["quantity"] or "0")
    percent, per_unit = Decimal(line["hs_discount_percentage"] or "0"), Decimal(line["discount"] or "0")
    net = _cents(quantity * (price * (100 - percent) / 100 - per_unit) * 100)
    return net + _cents(Decimal(net) * Decimal(line["vat_rate"] or "0") / 100)


def _cents(value: Decimal) -> int:
    return int(value.quantize(Decimal(1), rounding=ROUND_HALF_UP))


async def eventually(
    look: Callable[[], Awaitable[bool]], *, within: timedelta = timedelta(seconds=60)
) -> bool:
    """Look again every quarter of a second until it is so; False when time is up."""
    try:
        async with asyncio.timeout(within.total_seconds()):
            while not await look():  # noqa: ASYNC110 - the vendor is another process and has no event
                await asyncio.sleep(0.25)
    except TimeoutError:
        return False
    return True
