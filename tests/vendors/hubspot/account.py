"""A small HubSpot account, in the shapes of HubSpot's documentation."""

import json
from functools import partial
from typing import Any

from tests.vendors.hubspot.stub import Asked, Reply, Stub

ROOT = "/crm"
DEAL = f"{ROOT}/v3/objects/deals/42"
OWNER = f"{ROOT}/v3/owners/64492917"
ACCOUNT = "/account-info/v3/details"
PIPELINES = f"{ROOT}/v3/pipelines/deals"


def batch(kind: str) -> str:
    return f"{ROOT}/v3/objects/{kind}/batch/read"


def links(kind: str, record: str, to: str) -> str:
    return f"{ROOT}/v4/objects/{kind}/{record}/associations/{to}"


def link(
    to: str, *type_ids: int, category: str = "HUBSPOT_DEFINED", label: str | None = None
) -> dict[str, Any]:
    types = [{"category": category, "typeId": t, "label": label} for t in type_ids]
    return {"toObjectId": int(to), "associationTypes": types}


class Account:
    """One won deal with a primary company, a contact and two lines; tests change what they are about."""

    def __init__(self, stub: Stub) -> None:
        self.stub = stub
        self.deal: dict[str, Any] = {
            "dealname": "Site web",
            "amount": "1200.00",
            "deal_currency_code": "EUR",
            "dealstage": "closedwon",
            "pipeline": "default",
            "closedate": "2026-11-20T23:30:00Z",
            "hubspot_owner_id": "64492917",
            "hs_is_closed_won": "true",
            "service_date": "2026-11-18",
            "purchase_order": "BC-7",
            "language": "fr-FR",
            "payment_terms_days": "45",
        }
        self.associations: dict[str, Any] = {
            "companies": {"results": [{"id": "8", "type": "x"}, {"id": "7", "type": "y"}]},
            "contacts": {"results": [{"id": "5", "type": "deal_to_contact"}]},
            "line items": {"results": [{"id": "91", "type": "a"}, {"id": "90", "type": "a"}]},
        }
        self.records: dict[str, dict[str, dict[str, Any]]] = {
            "companies": {
                "7": {"name": "Société Générale d’Études", "country": "France", "siren": "732829320"},
                "8": {"name": "Autre", "country": "Belgique"},
            },
            "contacts": {
                "5": {"email": "a@example.fr", "firstname": "Ana", "lastname": "Roy"},
                "6": {"email": "compta@example.fr", "firstname": None, "lastname": "Compta"},
            },
            "line_items": {
                "90": {"name": "B", "quantity": "2", "price": "100.5", "hs_position_on_quote": "1"},
                "91": {"name": "A", "quantity": "1", "price": "999.00", "hs_position_on_quote": "0"},
            },
        }
        stub.on(f"GET {DEAL}", lambda _: Reply(self.as_deal("42")))
        stub.on(
            "GET " + links("deals", "42", "companies"),
            Reply({"results": [link("8", 341), link("7", 5, 341)]}),
        )
        stub.on("GET " + links("companies", "7", "contacts"), Reply({"results": [link("6", 280, 930)]}))
        stub.on(
            f"GET {OWNER}",
            Reply({"id": "64492917", "email": "lea@x.fr", "firstName": "Léa", "lastName": "B"}),
        )
        for kind in self.records:
            stub.on(f"POST {batch(kind)}", partial(self._read, kind))

    def as_deal(self, record_id: str) -> dict[str, Any]:
        return {
            "id": record_id,
            "properties": self.deal,
            "associations": self.associations,
            "archived": False,
        }

    def _read(self, kind: str, asked: Asked) -> Reply:
        ids = [given["id"] for given in asked.json["inputs"]]
        assert len(ids) <= 100
        found = [{"id": i, "properties": self.records[kind][i]} for i in ids if i in self.records[kind]]
        if len(found) == len(ids):
            answer = {"status": "COMPLETE", "results": found}
            return Reply(json.dumps(answer, ensure_ascii=False).encode())
        error = {"status": "error", "category": "OBJECT_NOT_FOUND", "message": "Could not get some objects"}
        return Reply({"status": "COMPLETE", "results": found, "numErrors": 1, "errors": [error]}, 207)
