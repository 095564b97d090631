"""What an account of HubSpot's settles."""

from typing import Any
from uuid import uuid4

from tests.accounts.facts import Asked, Fact

_DEALS, _LINES = "/crm/v3/objects/deals", "/crm/v3/objects/line_items"


async def _deal(account: Asked, **properties: str) -> str:
    made = await account.json("POST", _DEALS, json={"properties": {"dealname": "Raccord", **properties}})
    return str(made["id"])


async def _gone(account: Asked, path: str) -> None:
    await account.call("DELETE", path)


async def says_won_by_probability(account: Asked) -> bool:
    found = (await account.json("GET", "/crm/v3/pipelines/deals"))["results"]
    stages = [stage["metadata"] for line in found for stage in line["stages"]]
    return any(each.get("isClosed") == "true" and each.get("probability") == "1.0" for each in stages)


async def tells_its_currency(account: Asked) -> bool:
    return bool((await account.json("GET", "/account-info/v3/details")).get("companyCurrency"))


async def calls_lines_with_a_blank(account: Asked) -> bool:
    deal = await _deal(account)
    tie = {"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 20}
    line = await account.json(
        "POST",
        _LINES,
        json={
            "properties": {"name": "Conseil", "quantity": "1", "price": "1"},
            "associations": [{"to": {"id": deal}, "types": [tie]}],
        },
    )
    try:
        found = await account.json("GET", f"{_DEALS}/{deal}", params={"associations": "line_items"})
        named: dict[str, Any] = found.get("associations", {})
        if not named:
            raise ValueError("the deal names no line")
        return "line items" in named
    finally:
        await _gone(account, f"{_LINES}/{line['id']}")
        await _gone(account, f"{_DEALS}/{deal}")


async def empties_with_an_empty_text(account: Asked) -> bool:
    deal = await _deal(account, description="Raccord")
    path = f"{_DEALS}/{deal}"
    try:
        await account.json("PATCH", path, json={"properties": {"description": ""}})
        found = await account.json("GET", path, params={"properties": "description"})
        return not found["properties"].get("description")
    finally:
        await _gone(account, path)


async def refuses_a_second_property_with_409(account: Asked) -> bool:
    body = {"name": "raccord_probe", "label": "Raccord", "type": "string", "fieldType": "text"}
    body["groupName"] = "dealinformation"
    path = "/crm/v3/properties/deals"
    try:
        (await account.call("POST", path, json=body)).raise_for_status()
        return (await account.call("POST", path, json=body)).status_code == 409
    finally:
        await _gone(account, f"{path}/raccord_probe")


async def refuses_to_search_by_what_it_lacks(account: Asked) -> bool:
    lacked = {"propertyName": f"raccord_{uuid4().hex[:12]}", "operator": "HAS_PROPERTY"}
    wanted = {"filterGroups": [{"filters": [lacked]}], "limit": 1}
    return (await account.call("POST", f"{_DEALS}/search", json=wanted)).status_code == 400


FACTS = (
    Fact(
        "says_won_by_probability",
        "hubspot 1, signal",
        'Does a won stage say isClosed "true" and probability "1.0", as texts?',
        "as read: won stages are known without asking each deal.",
        "init shows no won stage: the spelling must be read otherwise.",
        says_won_by_probability,
    ),
    Fact(
        "tells_its_currency",
        "hubspot 1, read the deal",
        "Does the account tell its currency?",
        "deals without a currency of their own have the account's.",
        "a deal without a currency is a question.",
        tells_its_currency,
    ),
    Fact(
        "calls_lines_with_a_blank",
        "hubspot 1, read the deal",
        'Does a deal call its lines "line items", with a blank?',
        "as read; both spellings are.",
        'it says "line_items"; both spellings are read.',
        calls_lines_with_a_blank,
    ),
    Fact(
        "empties_with_an_empty_text",
        "hubspot 1, write back",
        "Does an empty text clear a property?",
        "as written: a withdrawn due date disappears.",
        "what is withdrawn stays on the deal: it must be cleared otherwise.",
        empties_with_an_empty_text,
    ),
    Fact(
        "refuses_a_second_property_with_409",
        "hubspot 1, installer",
        "Is a property that exists refused with 409?",
        "as assumed; setup looks again anyway.",
        "setup looks again whatever the status: nothing is missing.",
        refuses_a_second_property_with_409,
    ),
    Fact(
        "refuses_to_search_by_what_it_lacks",
        "hubspot, known traps",
        "Is a search by a property that the account lacks refused?",
        "before setup no deal shows an invoice, and the refusal is read as that.",
        "it finds nothing, and that is what it means.",
        refuses_to_search_by_what_it_lacks,
    ),
)
