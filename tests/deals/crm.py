"""A HubSpot account that holds one deal of the table, in memory; what reads it is the product's own."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from raccord.connectors.errors import NotFound
from raccord.connectors.http.errors import Operation
from raccord.connectors.http.reading import read
from raccord.domain.values.clock import BusinessClock
from raccord.domain.values.deal import Deal
from raccord.domain.values.listed import WholeDealPage
from raccord.vendors.hubspot.client import HubSpotClient, W
from raccord.vendors.hubspot.in_batches import DealsInBatches
from raccord.vendors.hubspot.reading import DealReader
from raccord.vendors.hubspot.settings import HubSpotSettings
from tests.deals.sheet import Case

DEAL = "42"
OWNER = {"id": "64492917", "email": "lea.martin@vendeur.fr", "firstName": "Léa", "lastName": "Martin"}
PRIMARY, PLAIN = 5, 341
USUAL, BILLING, OWN, LINE = 280, 930, 41, 19
"""Association types (HubSpot docs: associations v4)."""
NO_PROPERTIES = ("billing", "on_deal", "label", "company_label")
"""What the table says of a contact that is no property of it."""


class Account(HubSpotClient):
    """Answers as HubSpot documents it, without HTTP."""

    def __init__(self, settings: HubSpotSettings, case: Case) -> None:
        super().__init__("hubspot", settings, BusinessClock())
        self._case = case
        self._records = {
            "companies": _numbered("7", case.companies),
            "contacts": _numbered("5", case.contacts),
            "line_items": _numbered("9", case.lines),
        }

    async def get(self, operation: Operation, path: str, into: type[W], *query: tuple[str, str]) -> W:
        asked = [value for name, value in query if name == "properties"]
        return read(self._answer(operation, path, asked), into)

    async def post(self, operation: Operation, path: str, content: Any, into: type[W]) -> W:
        match path.strip("/").split("/"):
            case ["crm", "v3", "objects", "deals", "search"]:
                properties = _only(self._case.deal, content["properties"])
                return read({"total": 1, "results": [{"id": DEAL, "properties": properties}]}, into)
            case ["crm", "v4", "associations", kind, to, "batch", "read"]:
                return read({"results": self._linked(kind, to, content["inputs"])}, into)
        if not path.endswith("/batch/read"):
            raise NotFound(f"nothing at {path} for {operation.what}")
        kind = path.split("/")[-3]
        ids = [each["id"] for each in content["inputs"]]
        found = [
            {"id": id, "properties": _only(self._records[kind][id], content["properties"])} for id in ids
        ]
        return read({"status": "COMPLETE", "results": found}, into)

    def _answer(self, operation: Operation, path: str, asked: list[str]) -> Any:
        match path.strip("/").split("/"):
            case ["crm", "v3", "objects", "deals", _]:
                properties = _only(self._case.deal, asked)
                return {"id": DEAL, "properties": properties, "associations": self._associations()}
            case ["crm", "v3", "owners", _]:
                return OWNER
            case ["account-info", *_]:
                return {"portalId": 144000001, "companyCurrency": "EUR"}
            case ["crm", "v4", "objects", "deals", _, "associations", "companies"]:
                first, *others = self._records["companies"]
                primary = [PRIMARY, PLAIN] if self._case.primary else [PLAIN]
                return {"results": [_link(first, primary), *(_link(id, [PLAIN]) for id in others)]}
            case ["crm", "v4", "objects", "deals", _, "associations", "contacts"]:
                on_deal = {id: p for id, p in self._records["contacts"].items() if p.get("on_deal", True)}
                return {"results": [_link(id, [USUAL], p.get("label")) for id, p in on_deal.items()]}
            case ["crm", "v4", "objects", "companies", _, "associations", "contacts"]:
                people = self._records["contacts"].items()
                marks = {id: [BILLING if p.get("billing") else USUAL] for id, p in people}
                return {"results": [_link(id, marks[id], p.get("company_label")) for id, p in people]}
        raise NotFound(f"nothing at {path} for {operation.what}")

    def _linked(self, kind: str, to: str, inputs: list[dict[str, str]]) -> list[dict[str, Any]]:
        """Answer the batch read of associations; what has none is left out."""
        rows = []
        for id in (each["id"] for each in inputs):
            if to == "line_items":
                links = [_link(line, [LINE]) for line in self._records["line_items"]]
            elif self._records[to]:
                path = f"/crm/v4/objects/{kind}/{id}/associations/{to}"
                links = self._answer(Operation("list"), path, [])["results"]
            else:
                links = []
            rows += [{"from": {"id": id}, "to": links}] if links else []
        return rows

    def _associations(self) -> dict[str, Any]:
        """Line items are spelt with a space in answers."""
        return {
            kind.replace("_", " "): {
                "results": [
                    {"id": id, "type": "x"} for id, each in records.items() if each.get("on_deal", True)
                ]
            }
            for kind, records in self._records.items()
        }


async def read_deal(case: Case, settings: HubSpotSettings) -> Deal:
    """Read the case's deal as the product reads one from HubSpot."""
    account = Account(settings, case)
    try:
        return await DealReader("hubspot", account, settings, BusinessClock()).read(DEAL)
    finally:
        await account.close()


async def list_deal(case: Case, settings: HubSpotSettings) -> WholeDealPage:
    """Read the same as the one won deal of a list."""
    account = Account(settings, case)
    try:
        whole = DealsInBatches("hubspot", account, settings, BusinessClock())
        return await whole.page(date(2020, 1, 1), "")
    finally:
        await account.close()


def _numbered(first: str, records: Iterable[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {f"{first}{number:04}": each for number, each in enumerate(records)}


def _only(properties: dict[str, Any], asked: Iterable[str]) -> dict[str, str | None]:
    """Properties that were not asked for are absent, and empty ones are null."""
    return {name: properties.get(name) or None for name in asked if name not in NO_PROPERTIES}


def _link(to: str, types: Iterable[int], label: str | None = None) -> dict[str, Any]:
    kinds = [{"category": "HUBSPOT_DEFINED", "typeId": each, "label": None} for each in types]
    own = [{"category": "USER_DEFINED", "typeId": OWN, "label": label}] if label else []
    return {"toObjectId": int(to), "associationTypes": kinds + own}
