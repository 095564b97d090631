"""Pennylane's simulator on a real port, and an app with the company's token."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import httpx

from sandbox.core.assembly import assemble
from sandbox.core.delivery import Delivery
from sandbox.core.operator import Operator
from sandbox.mailbox.mailbox import Mailbox
from sandbox.pennylane.person import PennylanePerson
from sandbox.pennylane.settings import PennylaneSettings
from sandbox.pennylane.vendor import PennylaneVendor
from tests.sandbox.pennylane import openapi
from tests.sandbox.serving import serving

Json = dict[str, Any]
TOKEN = "pl_sandbox_company_token_0000000000"
API = "/pennylane/api/external/v2"
ADDRESS = {"address": "8 rue de la paix", "postal_code": "75002", "city": "Paris", "country_alpha2": "FR"}


@dataclass
class Pennylane:
    """One company. `call` speaks with its token, `person` is somebody who works there.

    Every answer of the API is held against the OpenAPI, unless it is told to be as newer ones.
    """

    http: httpx.AsyncClient
    checked: bool = True

    @property
    def person(self) -> PennylanePerson:
        return PennylanePerson(self.http)

    @property
    def operator(self) -> Operator:
        return Operator(self.http)

    async def fresh(self) -> None:
        """An empty company with the usual settings, whose PDFs are there at once."""
        await self.operator.reset()
        self.checked = True
        ordinary = {**PennylaneSettings().options(), "rate_limits": False, "pdf_seconds": 0.0}
        await self.settings(url=None, **ordinary)

    async def settings(self, **changes: Any) -> None:
        await self.operator.settings("pennylane", **changes)

    async def raw(
        self, method: str, path: str, *, token: str | None = TOKEN, **options: Any
    ) -> httpx.Response:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        answer = await self.http.request(method, f"{API}{path}", headers=headers, **options)
        if self.checked:
            openapi.check(answer)
        return answer

    async def call(self, method: str, path: str, **options: Any) -> Any:
        answer = await self.raw(method, path, **options)
        assert answer.is_success, answer.text
        return answer.json() if answer.content else None

    async def refused(self, method: str, path: str, **options: Any) -> tuple[int, str]:
        """Status, and the code or else the text."""
        answer = await self.raw(method, path, **options)
        assert answer.is_error, answer.text
        said = answer.json()
        return answer.status_code, said.get("code") or said["error"]

    async def found(self, path: str, *conditions: tuple[str, str, Any], **query: Any) -> list[int]:
        """The ids of a list's first page, in its order."""
        answer = await self.call("GET", path, params=filters(*conditions) | query)
        return [each["id"] for each in answer["items"]]

    async def company(self, name: str = "Ateliers Réunis", **more: Any) -> Json:
        body = {"name": name, "billing_address": ADDRESS, "emails": ["compta@ateliers.example"], **more}
        made: Json = await self.call("POST", "/company_customers", json=body)
        return made

    async def individual(self, **more: Any) -> Json:
        body = {"first_name": "Jeanne", "last_name": "Roy", "billing_address": ADDRESS, **more}
        made: Json = await self.call("POST", "/individual_customers", json=body)
        return made

    async def body(self, *lines: Json, **more: Any) -> Json:
        """A draft's body for a new customer: 100 EUR and 20 % VAT unless lines say otherwise."""
        customer = more.pop("customer_id", None) or (await self.company())["id"]
        return {
            "customer_id": customer,
            "date": day(0),
            "deadline": day(30),
            "draft": True,
            "invoice_lines": list(lines) or [line()],
            **more,
        }

    async def draft(self, *lines: Json, **more: Any) -> Json:
        made: Json = await self.call("POST", "/customer_invoices", json=await self.body(*lines, **more))
        return made

    async def final(self, *lines: Json, **more: Any) -> Json:
        return await self.draft(*lines, **{"draft": False, **more})

    async def invoice(self, id_: int) -> Json:
        found: Json = await self.call("GET", f"/customer_invoices/{id_}")
        return found

    async def changes(self, kind: str, id_: int) -> list[str]:
        """What the changelog says of one record, oldest first."""
        rows = (await self.call("GET", f"/changelogs/{kind}", params={"limit": 1000}))["items"]
        return [row["operation"] for row in rows if row["id"] == id_]


def line(price: str = "100.00", quantity: float = 1, *, vat_rate: str = "FR_200", **more: Any) -> Json:
    return {
        "label": "Conseil",
        "quantity": quantity,
        "raw_currency_unit_price": price,
        "unit": "piece",
        "vat_rate": vat_rate,
        **more,
    }


def filters(*conditions: tuple[str, str, Any]) -> dict[str, str]:
    told = [dict(zip(("field", "operator", "value"), each, strict=True)) for each in conditions]
    return {"filter": json.dumps(told)} if told else {}


def day(ahead: int) -> str:
    """In so many days, by the company's calendar."""
    return (datetime.now(UTC) + timedelta(days=ahead)).astimezone(ZoneInfo("Europe/Paris")).date().isoformat()


@asynccontextmanager
async def pennylane_bench() -> AsyncIterator[Pennylane]:
    delivery, mailbox = Delivery(), Mailbox()

    @asynccontextmanager
    async def listening() -> AsyncIterator[None]:
        await mailbox.start()
        try:
            yield
        finally:
            await mailbox.stop()

    vendor = PennylaneVendor(delivery=delivery, mailbox=mailbox)
    app = assemble(vendors=[vendor], delivery=delivery, emails=mailbox, running=listening())
    async with serving(app) as base, httpx.AsyncClient(base_url=base, trust_env=False) as http:
        yield Pennylane(http)
