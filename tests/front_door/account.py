"""The vendors' accounts as a person sees them: makes deals, wins them, and reads back what there is."""

import itertools
import json
from typing import Any

import httpx

from tests.patience import patience

HUBSPOT = {"Authorization": "Bearer pat-eu1-sandbox-0000"}
PERSON = HUBSPOT | {"X-Sandbox-Actor": "userId:70112233"}
STRIPE = {
    "Authorization": "Bearer rk_test_sandbox0000000000000000",
    "Stripe-Version": "2026-10-28.endive",
    "X-Sandbox-Actor": "dashboard",
}

_numbers = itertools.count(1)


def siren(number: int) -> str:
    """Return a SIREN with a right Luhn digit, from an eight-digit number."""
    return _with_luhn_digit(f"{number:08d}")


def siret(company: str = "", *, site: int = 1) -> str:
    """Return the SIRET of a company's site, with a right Luhn digit; of a new company without its SIREN."""
    return _with_luhn_digit(f"{company or siren(60000000 + next(_numbers))}{site:04d}")


def _with_luhn_digit(digits: str) -> str:
    total = 0
    for position, digit in enumerate(reversed(digits)):
        doubled = int(digit) * (2 if position % 2 == 0 else 1)
        total += doubled - 9 if doubled > 9 else doubled
    return digits + str(-total % 10)


class Account:
    """HubSpot and Stripe of one lane, over their own HTTP APIs."""

    def __init__(self, base_url: str) -> None:
        self.http = httpx.AsyncClient(base_url=base_url, timeout=patience(20))

    async def close(self) -> None:
        await self.http.aclose()

    async def _crm(self, method: str, path: str, **body: Any) -> Any:
        answer = await self.http.request(method, f"/hubspot{path}", headers=PERSON, **body)
        assert answer.is_success, answer.text
        return answer.json() if answer.content else None

    async def create(self, kind: str, properties: dict[str, str], *links: tuple[str, str, int]) -> str:
        """Create a CRM record linked to (kind, id, association type) records; return its id."""
        made = await self._crm(
            "POST",
            f"/crm/v3/objects/{kind}",
            json={
                "properties": properties,
                "associations": [
                    {
                        "to": {"id": to},
                        "types": [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": type_id}],
                    }
                    for _, to, type_id in links
                ],
            },
        )
        return str(made["id"])

    async def company(self, **changes: str) -> str:
        """Create a clean French company with a SIREN of its own."""
        number = next(_numbers)
        properties = {
            "name": f"Atelier {number}",
            "domain": f"atelier-{number}.example",
            "address": f"{number} rue du Canal",
            "zip": "69003",
            "city": "Lyon",
            "country": "France",
            "siren": siren(40000000 + number),
            "billing_email": f"compta@atelier-{number}.example",
        }
        return await self.create("companies", properties | changes)

    async def deal(
        self,
        company: str | None = None,
        *,
        lines: list[dict[str, str]] | None = None,
        linked: bool = True,
        **changes: str,
    ) -> str:
        """Create an open deal: a company, and two lines of 1 000.00 at 20 % and 99.90 at 5.5 % by default."""
        companies = [("companies", company or await self.company(), 5)] if linked else []
        line_ids = [await self.create("line_items", line) for line in (TWO_LINES if lines is None else lines)]
        properties = {
            "dealname": f"deal {next(_numbers)}",
            "pipeline": "default",
            "dealstage": "contractsent",
            "deal_currency_code": "EUR",
            "hubspot_owner_id": "64492917",
        }
        links = [*companies, *(("line_items", line, 19) for line in line_ids)]
        return await self.create("deals", properties | changes, *links)

    async def link_company(self, deal: str, company: str) -> None:
        """Make a company the deal's primary one."""
        primary = [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 5}]
        path = f"/crm/v4/objects/deals/{deal}/associations/companies/{company}"
        await self._crm("PUT", path, json=primary)

    async def move(self, deal: str, stage: str) -> None:
        await self.edit("deals", deal, dealstage=stage)

    async def win(self, deal: str) -> None:
        await self.move(deal, "closedwon")

    async def edit(self, kind: str, record: str, **properties: str) -> None:
        await self._crm("PATCH", f"/crm/v3/objects/{kind}/{record}", json={"properties": properties})

    async def delete(self, kind: str, record: str) -> None:
        await self._crm("DELETE", f"/crm/v3/objects/{kind}/{record}")

    async def restore(self, kind: str, record: str) -> None:
        """Take a record out of the CRM's recycle bin."""
        await self._crm("POST", f"/crm/v3/objects/{kind}/{record}/restore")

    async def shown(self, deal: str) -> dict[str, str | None]:
        """Return the deal's invoice fields."""
        names = "billing_invoice_id,billing_invoice_number,billing_invoice_url,billing_status,billing_due_on"
        found = await self._crm("GET", f"/crm/v3/objects/deals/{deal}", params={"properties": names})
        properties: dict[str, str | None] = found["properties"]
        return properties

    async def stripe(self, path: str, **params: str) -> list[dict[str, Any]]:
        """Return a whole Stripe list."""
        found: list[dict[str, Any]] = []
        while True:
            page = {"limit": "100"} | params | ({"starting_after": found[-1]["id"]} if found else {})
            answer = await self.http.get(f"/stripe{path}", params=page, headers=STRIPE)
            assert answer.is_success, answer.text
            found += answer.json()["data"]
            if not answer.json()["has_more"]:
                return found

    async def stripe_post(self, path: str, **form: str) -> Any:
        answer = await self.http.post(f"/stripe{path}", data=form, headers=STRIPE)
        assert answer.is_success, answer.text
        return answer.json()

    async def stripe_delete(self, path: str) -> None:
        answer = await self.http.delete(f"/stripe{path}", headers=STRIPE)
        assert answer.is_success, answer.text

    async def settings(self, vendor: str, **changes: Any) -> None:
        """Change how a simulated vendor behaves."""
        answer = await self.http.put(f"/_control/webhooks/{vendor}", json=changes)
        assert answer.is_success, answer.text

    async def lines(self, deal: str) -> list[str]:
        """Return the ids of a deal's line items."""
        found = await self._crm("GET", f"/crm/v3/objects/deals/{deal}", params={"associations": "line_items"})
        links = found["associations"].get("line items") or found["associations"]["line_items"]
        return [link["id"] for link in links["results"]]

    async def invoices(self, deal: str) -> list[dict[str, Any]]:
        return [
            i
            for i in await self.stripe("/v1/invoices")
            if i["metadata"].get("crm_deal_id") == f"hubspot:{deal}"
        ]

    async def mails(self, number: str) -> list[dict[str, Any]]:
        """Return the e-mails that name an invoice."""
        found = (await self.http.get("/_control/emails")).json()
        return [m for m in found if number in f"{m['subject']} {m.get('text') or ''}"]

    async def messages(self, *mentioned: str) -> list[dict[str, Any]]:
        """Return the channel's messages in which every one of these texts occurs, oldest first."""
        found = (await self.http.get("/_control/messages")).json()
        return [m for m in found if all(text in json.dumps(m, ensure_ascii=False) for text in mentioned)]

    async def whispers(self, user: str, *mentioned: str) -> list[dict[str, Any]]:
        """Return what one person alone was told."""
        return [m for m in await self.messages(*mentioned) if m.get("ephemeral_to") == user]

    async def press(
        self, message: dict[str, Any], label: str, *, user: str = "U0ANNE", old: bool = False
    ) -> dict[str, Any]:
        """Press the button with this label; return what the messenger got for an answer."""
        place = {"channel": message["channel"], "ts": message["ts"], "user": user}
        body = place | {"value": button(message, label)["value"]} | ({"old": True} if old else {})
        answer = await self.http.post("/_control/press", json=body)
        assert answer.is_success, answer.text
        pressed: dict[str, Any] = answer.json()
        return pressed

    async def tasks(self, deal: str) -> list[dict[str, Any]]:
        """Return the deal's tasks in the CRM."""
        links = await self._crm("GET", f"/crm/v4/objects/deals/{deal}/associations/tasks")
        names = {"properties": "hs_task_subject,hs_task_body,hs_task_status,hubspot_owner_id"}
        paths = [f"/crm/v3/objects/tasks/{link['toObjectId']}" for link in links["results"]]
        return [(await self._crm("GET", path, params=names))["properties"] for path in paths]

    async def merge(self, kind: str, kept: str, merged: str) -> str:
        """Merge two records; return the id of the one that is left."""
        body = {"primaryObjectId": kept, "objectIdToMerge": merged}
        return str((await self._crm("POST", f"/crm/v3/objects/{kind}/merge", json=body))["id"])

    async def requests(self, **query: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = (await self.http.get("/_control/requests", params=query)).json()
        return found

    async def deliveries(self) -> list[dict[str, Any]]:
        """Return every attempt to deliver a webhook."""
        found: list[dict[str, Any]] = (await self.http.get("/_control/deliveries")).json()
        return found

    async def fault(self, **rule: Any) -> int:
        answer = await self.http.post("/_control/faults", json={"times": 1} | rule)
        assert answer.is_success, answer.text
        return int(answer.json()["id"])

    async def faults(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = (await self.http.get("/_control/faults")).json()
        return found

    async def fired(self, fault: int) -> int:
        return next(int(r["fired"]) for r in await self.faults() if r["id"] == fault)

    async def release(self, fault: int) -> None:
        """Take one fault back; from now on its requests are answered as usual."""
        await self.http.delete("/_control/faults", params={"id": str(fault)})

    async def clear_faults(self) -> None:
        await self.http.delete("/_control/faults")


def button(message: dict[str, Any], label: str) -> dict[str, Any]:
    """Return a message's button by what is written on it."""
    buttons = [e for block in message["blocks"] for e in block.get("elements", ()) if e["type"] == "button"]
    found = [b for b in buttons if label in b["text"]["text"]]
    assert found, f"no button {label!r} among {[b['text']['text'] for b in buttons]}"
    return dict(found[0])


REFUSED_EMAIL = "compta@refused..example"
"""Passes our own check of an e-mail address, and is refused by the billing system."""

TWO_LINES = [
    {"name": "Conseil", "quantity": "1", "price": "1000.00", "vat_rate": "20"},
    {"name": "Livre", "quantity": "3", "price": "33.30", "vat_rate": "5.5"},
]
"""1 000.00 + 99.90 net; VAT 200.00 + 5.49; gross 1 305.39 EUR."""
TWO_LINES_GROSS = 130539
