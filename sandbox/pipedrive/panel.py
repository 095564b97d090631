"""What the page shows of Pipedrive: deals and tasks, once somebody uses the account."""

from collections.abc import Callable, Collection, Mapping
from typing import Any

from sandbox.core.mentions import Found

Json = dict[str, Any]
_TONES = {"won": "good", "lost": "bad"}


def panel(state: Json, _about: Callable[[Collection[str]], Found], _links: Mapping[str, str]) -> Json:
    """Nothing while neither a program nor a person has called: most who look at the page have another CRM."""
    if not state["used"]:
        return {"used": False, "deals": [], "tasks": []}
    names = {kind: {row["id"]: row["name"] for row in state[kind]} for kind in ("organization", "person")}
    users = {user["id"]: user["name"] for user in state["users"]}
    titles = {deal["id"]: deal["title"] for deal in state["deal"]}
    return {
        "used": True,
        "deals": [_deal(deal, names, users) for deal in state["deal"] if not deal["is_deleted"]],
        "tasks": [_task(each, users, titles) for each in state["activity"][::-1] if not each["is_deleted"]],
    }


def _deal(deal: Json, names: Mapping[str, Mapping[int, str]], users: Mapping[int, str]) -> Json:
    status = "archived" if deal["is_archived"] else deal["status"]
    return {
        "id": deal["id"],
        "title": deal["title"],
        "organization": names["organization"].get(deal["org_id"], ""),
        "person": names["person"].get(deal["person_id"], ""),
        "owner": users[deal["owner_id"]],
        "actor": deal["owner_id"],
        "value": deal["value"],
        "currency": deal["currency"],
        "status": status,
        "tone": _TONES.get(status, ""),
        "custom": [f"{name}: {_said(value)}" for name, value in deal["custom"].items()],
        "moves": {"open": ["won", "lost"], "won": ["open"], "lost": ["open"]}.get(status, []),
    }


def _task(activity: Json, users: Mapping[int, str], titles: Mapping[int, str]) -> Json:
    return {
        "id": activity["id"],
        "subject": activity["subject"] or activity["type"],
        "note": activity["note"] or "",
        "for": users[activity["owner_id"]],
        "actor": activity["owner_id"],
        "due": activity["due_date"] or "",
        "done": activity["done"],
        "deal": activity["deal_id"],
        "deal_title": titles.get(activity["deal_id"], ""),
    }


def _said(value: Any) -> str:
    """An option by its label, an amount with its currency, anything else as it is."""
    match value:
        case {"label": label}:
            return str(label)
        case {"value": amount, "currency": currency}:
            return f"{amount} {currency}"
        case list():
            return ", ".join(map(_said, value))
    return str(value)
