"""What the page shows of HubSpot: deals, the dirty ones with what repairs them, and tasks.

A repair is a request of HubSpot's own API, sent as the deal's owner; its working value is seeded.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any

from sandbox.core.mentions import Found, Mention
from sandbox.data import rows

Json = dict[str, Any]
_PRIMARY = 5
_KINDS = ("deals", "companies", "line_items")
_BILLING_TONES = {
    "paid": "good",
    "needs_attention": "bad",
    "disputed": "bad",
    "partially_credited": "warn",
    "credited": "warn",
    "void": "warn",
}


_PAYMENT_TONES = {
    "paid": "good",
    "overpaid": "warn",
    "partly_paid": "warn",
    "partly_refunded": "warn",
    "refunded": "warn",
    "disputed": "bad",
    "uncollectible": "bad",
}
_NO_MONEY = ("", "open", "credited", "void")
"""Payment statuses that say nothing which the invoice's own status does not."""


def panel(state: Json, about: Callable[[Collection[str]], Found], links: Mapping[str, str]) -> Json:
    """Everything the panel draws. `links` are the operator's, shown beside each deal: `{id}` is its id."""
    return _Panel(state, about, links).shown()


class _Panel:
    def __init__(
        self, state: Json, about: Callable[[Collection[str]], Found], links: Mapping[str, str]
    ) -> None:
        self._records = {kind: {row["id"]: row for row in state[kind]} for kind in (*_KINDS, "tasks")}
        self._owners = {owner["id"]: owner for owner in state["owners"]}
        self._stages = {s["id"]: s | {"pipeline": p["id"]} for p in state["pipelines"] for s in p["stages"]}
        self._links = links
        self._seeded = _seeded()
        self._repairs = {repair["deal"]: repair for repair in rows("repairs")}
        self._shows = {deal["id"]: deal["shows"] for deal in rows("deals")}
        self._deals = [deal for deal in state["deals"] if not deal["archived"]]
        self._about = about([deal["id"] for deal in self._deals])
        self._tasks = [self._task(task) for task in state["tasks"] if not task["archived"]]

    def shown(self) -> Json:
        return {"deals": [self._deal(deal) for deal in self._deals], "tasks": self._tasks[::-1]}

    def _deal(self, deal: Json) -> Json:
        values, id_ = deal["properties"], deal["id"]
        stage = self._stages.get(values.get("dealstage"), {})
        repair = self._repairs.get(id_)
        tasks = [t for t in self._tasks if t["deal"] == id_]
        mentions = self._about.get(id_, [])
        return {
            "id": id_,
            "name": values.get("dealname") or id_,
            "companies": [self._name(company) for company in deal["associations"].get("companies", {})],
            "owner": self._owner(values.get("hubspot_owner_id")),
            "actor": self._actor(values.get("hubspot_owner_id")),
            "amount": values.get("amount"),
            "currency": values.get("deal_currency_code"),
            "stage": stage.get("label", values.get("dealstage")),
            "money": values.get("billing_payment_details") or "",
            "won_stage": self._won_stage(stage),
            "dirty": repair is not None,
            "wrong": repair["wrong"] if repair else None,
            "shows": self._shows.get(id_),
            "state": _state(stage, values, mentions),
            "links": [*self._flow_links(id_, stage), *_links(values, mentions), *_task_links(tasks)],
            "fields": self._fields(deal, repair),
            "actions": [] if repair is None else repair["actions"],
            "moves": list(self._moves(id_, stage)),
        }

    def _task(self, task: Json) -> Json:
        values = task["properties"]
        deals = list(task["associations"].get("deals", {}))
        named = self._records["deals"].get(deals[0]) if deals else None
        return {
            "id": task["id"],
            "subject": values.get("hs_task_subject") or task["id"],
            "body": values.get("hs_task_body") or "",
            "for": self._owner(values.get("hubspot_owner_id")) or "nobody",
            "actor": self._actor(values.get("hubspot_owner_id")),
            "done": values.get("hs_task_status") == "COMPLETED",
            "deal": deals[0] if deals else None,
            "deal_name": named["properties"].get("dealname") if named else None,
        }

    def _fields(self, deal: Json, repair: Json | None) -> list[Json]:
        """What a question may ask for, the repair's own fields first."""
        wanted = [(f["label"], f["kind"], f["id"], f["property"]) for f in (repair or {}).get("fields", ())]
        wanted += [("Amount of the deal", "deals", deal["id"], "amount")]
        if company := self._company(deal):
            wanted += [("SIRET of the company", "companies", company, "siret")]
        offered = {(f["kind"], f["id"], f["property"]): f["value"] for f in (repair or {}).get("fields", ())}
        fields: dict[tuple[str, str, str], Json] = {}
        for label, kind, id_, name in wanted:
            place = (kind, id_, name)
            record = self._records[kind].get(id_)
            if record is None or record["archived"] or place in fields:
                continue
            now = record["properties"].get(name) or ""
            offer = offered.get(place, self._seeded.get(place, now))
            fields[place] = {
                "label": label,
                "of": self._name(id_) if kind == "companies" else "",
                "path": f"/crm/v3/objects/{kind}/{id_}",
                "property": name,
                "now": now,
                "offer": offer if offer != now else None,
            }
        return list(fields.values())

    def _company(self, deal: Json) -> str | None:
        linked: Mapping[str, list[int]] = deal["associations"].get("companies", {})
        primary = (id_ for id_, types in linked.items() if _PRIMARY in types)
        return next(primary, next(iter(linked), None))

    def _name(self, company: str) -> str:
        record = self._records["companies"].get(company)
        return (record["properties"].get("name") if record else None) or company

    def _owner(self, id_: str | None) -> str:
        owner = self._owners.get(id_ or "")
        return f"{owner['firstName']} {owner['lastName']}" if owner else ""

    def _actor(self, id_: str | None) -> str | None:
        owner = self._owners.get(id_ or "")
        return f"userId:{owner['userId']}" if owner else None

    def _won_stage(self, stage: Json) -> str | None:
        """The stage that wins an open deal; None for one that is closed."""
        return None if _closed(stage) else next(self._closing(stage, won=True), None)

    def _moves(self, id_: str, stage: Json) -> Iterator[Json]:
        """What else can become of a deal that is closed: it is lost after all, or won again."""
        if _closed(stage) and (to := next(self._closing(stage, won=not _won(stage)), None)):
            label = "Set it to lost" if _won(stage) else "Win it again"
            body = {"properties": {"dealstage": to}}
            yield {"label": label, "method": "PATCH", "path": f"/crm/v3/objects/deals/{id_}", "body": body}

    def _closing(self, stage: Json, *, won: bool) -> Iterator[str]:
        same = (s for s in self._stages.values() if s["pipeline"] == stage.get("pipeline") and _closed(s))
        return (s["id"] for s in same if _won(s) is won)

    def _flow_links(self, id_: str, stage: Json) -> Iterator[Json]:
        for label, url in self._links.items() if _closed(stage) else ():
            if "{id}" in url:
                yield {"label": label, "href": url.replace("{id}", id_), "open": False}


def _links(values: Json, mentions: list[Mention]) -> Iterator[Json]:
    yield from (each.as_json() for each in mentions)
    number, url = values.get("billing_invoice_number"), values.get("billing_invoice_url")
    if number and url and url not in {each.href for each in mentions}:
        yield {"label": number, "href": url, "open": False}


def _task_links(tasks: list[Json]) -> Iterator[Json]:
    for task in tasks:
        label = "task done" if task["done"] else "task"
        yield {"label": label, "href": f"#task-{task['id']}", "open": not task["done"]}


def _state(stage: Json, values: Json, mentions: list[Mention]) -> Json:
    """Where the deal stands, as far as the vendors show it."""
    match _closed(stage), _won(stage):
        case True, False:
            return {"text": "lost", "tone": "bad"}
        case False, _:
            return {"text": "open", "tone": ""}
    if any(each.kind == "message" and each.open for each in mentions):
        return {"text": "waits for a person", "tone": "warn"}
    return _shown(values) or _under_way(mentions)


def _shown(values: Json) -> Json | None:
    """What the deal itself says of its money, else of its invoice; None while it says nothing."""
    money = values.get("billing_payment_status") or ""
    if money not in _NO_MONEY:
        return {"text": money.replace("_", " "), "tone": _PAYMENT_TONES.get(money, "")}
    if not values.get("billing_invoice_number"):
        return None
    status = values.get("billing_status") or ""
    text = f"invoice {status.replace('_', ' ')}".strip()
    return {"text": text, "tone": _BILLING_TONES.get(status, "good")}


def _under_way(mentions: list[Mention]) -> Json:
    if any(each.kind == "invoice" for each in mentions):
        return {"text": "invoice under way", "tone": ""}
    return {"text": "won, no invoice", "tone": ""}


def _closed(stage: Json) -> bool:
    return bool(stage) and stage["metadata"]["isClosed"] == "true"


def _won(stage: Json) -> bool:
    return _closed(stage) and stage["metadata"]["probability"] == "1.0"


def _seeded() -> dict[tuple[str, str, str], str]:
    """Each seeded value by kind, record and property."""
    records = [("companies", row) for row in rows("companies")]
    for deal in rows("deals"):
        records += [("deals", deal), *(("line_items", line) for line in deal["lines"])]
    return {
        (kind, row["id"], name): value for kind, row in records for name, value in row["properties"].items()
    }
