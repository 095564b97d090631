"""A salesperson in HubSpot's own pages."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

import httpx

from sandbox.core.person import Person

CAMILLE = "userId:70112233"
PRIMARY_COMPANY = 5
"""The association type that makes a company the deal's primary one (hubspot.md 1)."""
BILLING_CONTACT = 931
"""The association type from a contact to the company whose invoices it gets (hubspot.md 1)."""
_AT_ONCE = 50

_INVOICE_FIELDS = (
    "billing_invoice_id",
    "billing_invoice_number",
    "billing_invoice_url",
    "billing_status",
    "billing_due_on",
    "billing_credit_notes",
    "billing_amount_credited",
)
_PAYMENT_FIELDS = (
    "billing_payment_status",
    "billing_amount_paid",
    "billing_amount_due",
    "billing_paid_on",
    "billing_payment_means",
    "billing_payment_details",
)
_TASK_FIELDS = ("hs_task_subject", "hs_task_body", "hs_task_status", "hubspot_owner_id")


class HubSpotPerson(Person):
    """Makes, wins, edits, merges and deletes records. A kind is HubSpot's plural: deals, companies, ..."""

    vendor = "hubspot"

    def __init__(self, http: httpx.AsyncClient, *, actor: str = CAMILLE) -> None:
        super().__init__(http, actor=actor)

    async def create(self, kind: str, properties: Mapping[str, str], *links: tuple[str, str, int]) -> str:
        """Create a record linked to (kind, id, association type) records; return its id."""
        ties = [{"to": {"id": to}, "types": [_link_type(type_id)]} for _, to, type_id in links]
        body = {"properties": dict(properties), "associations": ties}
        return str((await self.call("POST", f"/crm/v3/objects/{kind}", json=body))["id"])

    async def edit(self, kind: str, record: str, **properties: str) -> None:
        await self.call("PATCH", f"/crm/v3/objects/{kind}/{record}", json={"properties": properties})

    async def import_rows(self, kind: str, records: Sequence[str], **properties: str) -> None:
        """Change many records with a file, so that each of their changes is told as of an import."""
        body, headers = {"properties": properties}, {"X-Sandbox-Source": "IMPORT"}
        for start in range(0, len(records), _AT_ONCE):
            rows = records[start : start + _AT_ONCE]
            paths = (f"/crm/v3/objects/{kind}/{each}" for each in rows)
            await asyncio.gather(*(self.call("PATCH", path, json=body, headers=headers) for path in paths))

    async def bill(self, company: str, contact: str) -> None:
        """Label a contact as the one who gets the company's invoices."""
        path = f"/crm/v4/objects/contacts/{contact}/associations/companies/{company}"
        await self.call("PUT", path, json=[_link_type(BILLING_CONTACT)])

    async def move(self, deal: str, stage: str) -> None:
        """Drag a deal to a stage."""
        await self.edit("deals", deal, dealstage=stage)

    async def win(self, deal: str) -> None:
        await self.move(deal, "closedwon")

    async def delete(self, kind: str, record: str) -> None:
        await self.call("DELETE", f"/crm/v3/objects/{kind}/{record}")

    async def restore(self, kind: str, record: str) -> None:
        """Take a record out of the recycle bin."""
        await self.call("POST", f"/crm/v3/objects/{kind}/{record}/restore")

    async def merge(self, kind: str, kept: str, merged: str) -> str:
        """Merge two records; return the id of the one that is left."""
        body = {"primaryObjectId": kept, "objectIdToMerge": merged}
        return str((await self.call("POST", f"/crm/v3/objects/{kind}/merge", json=body))["id"])

    async def link_company(self, deal: str, company: str) -> None:
        """Make a company the deal's primary one."""
        path = f"/crm/v4/objects/deals/{deal}/associations/companies/{company}"
        await self.call("PUT", path, json=[_link_type(PRIMARY_COMPANY)])

    async def values(self, kind: str, record: str, *names: str) -> dict[str, str | None]:
        """Return these properties of a record; None where one is empty."""
        params = {"properties": ",".join(names)}
        found = await self.call("GET", f"/crm/v3/objects/{kind}/{record}", params=params)
        properties: dict[str, str | None] = found["properties"]
        return properties

    async def deals(self, *names: str) -> list[dict[str, str | None]]:
        """Return these properties of every deal, archived ones left out."""
        found: list[dict[str, str | None]] = []
        params = {"limit": "100", "properties": ",".join(names)}
        while True:
            page = await self.call("GET", "/crm/v3/objects/deals", params=params)
            found += [each["properties"] for each in page["results"]]
            if "paging" not in page:
                return found
            params["after"] = page["paging"]["next"]["after"]

    async def shown(self, deal: str) -> dict[str, str | None]:
        """Return what the deal shows about its invoice."""
        return await self.values("deals", deal, *_INVOICE_FIELDS)

    async def shown_payment(self, deal: str) -> dict[str, str | None]:
        """Return what the deal shows about the money that its invoices brought."""
        found = await self.values("deals", deal, *_PAYMENT_FIELDS)
        return {name: found.get(name) for name in _PAYMENT_FIELDS}

    async def archive_property(self, kind: str, name: str) -> None:
        """Archive a custom property in HubSpot's settings."""
        await self.call("DELETE", f"/crm/v3/properties/{kind}/{name}")

    async def remove_option(self, kind: str, name: str, value: str) -> None:
        """Take an option off a dropdown in HubSpot's settings."""
        found = await self.call("GET", f"/crm/v3/properties/{kind}/{name}")
        left = [option for option in found["options"] if option["value"] != value]
        await self.call("PATCH", f"/crm/v3/properties/{kind}/{name}", json={"options": left})

    async def lines(self, deal: str) -> list[str]:
        """Return the ids of the deal's line items."""
        return await self._linked(deal, "line_items")

    async def company_of(self, deal: str) -> str:
        """Return the id of the deal's company."""
        return (await self._linked(deal, "companies"))[0]

    async def tasks(self, deal: str) -> list[dict[str, Any]]:
        """Return the deal's tasks."""
        return [await self.values("tasks", task, *_TASK_FIELDS) for task in await self._linked(deal, "tasks")]

    async def _linked(self, deal: str, kind: str) -> list[str]:
        found = await self.call("GET", f"/crm/v4/objects/deals/{deal}/associations/{kind}")
        return [str(link["toObjectId"]) for link in found["results"]]


def _link_type(type_id: int) -> dict[str, Any]:
    return {"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": type_id}
