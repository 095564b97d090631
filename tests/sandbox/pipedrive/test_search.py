"""Search: which fields, which case, how short, how late (pipedrive.md 2)."""

from typing import Any

import pytest

from tests.sandbox.pipedrive.bench import DEAL, Pipedrive


async def invoice_field(pipedrive: Pipedrive, value: str = "in_1042Ab", type_: str = "varchar") -> str:
    code = str((await pipedrive.field("deal", "Facture", type_))["field_code"])
    await pipedrive.call("PATCH", f"/v2/deals/{DEAL}", json={"custom_fields": {code: value}})
    return code


async def by_field(pipedrive: Pipedrive, code: str, term: str, **more: Any) -> list[dict[str, Any]]:
    query = {"entity_type": "deal", "field": code, "term": term, **more}
    found: list[dict[str, Any]] = await pipedrive.data("GET", "/v2/itemSearch/field", params=query)
    return found


async def deals(pipedrive: Pipedrive, term: str, **more: Any) -> list[dict[str, Any]]:
    found = await pipedrive.data("GET", "/v2/deals/search", params={"term": term, **more})
    return [each["item"] for each in found["items"]]


async def test_a_search_of_one_field_minds_the_case(pipedrive: Pipedrive) -> None:
    code = await invoice_field(pipedrive)
    title = (await pipedrive.deal())["title"]
    assert await by_field(pipedrive, code, "in_1042Ab") == [{"id": DEAL, "name": title}]
    assert await by_field(pipedrive, code, "in_1042ab") == []
    assert await by_field(pipedrive, code, "in_1042") == []
    assert len(await by_field(pipedrive, code, "in_1042", match="beginning")) == 1
    assert len(await by_field(pipedrive, code, "1042", match="middle")) == 1


async def test_a_search_of_deals_does_not_and_looks_into_every_field(pipedrive: Pipedrive) -> None:
    await invoice_field(pipedrive)
    other = str((await pipedrive.field("deal", "Autre"))["field_code"])
    await pipedrive.call("PATCH", "/v2/deals/2", json={"custom_fields": {other: "IN_1042AB"}})
    found = await deals(pipedrive, "in_1042ab", fields="custom_fields", exact_match="true")
    assert [(each["id"], "in_1042ab" in str(each["custom_fields"]).lower()) for each in found] == [
        (1, True),
        (2, True),
    ]
    assert (found[0]["status"], found[0]["is_archived"]) == ("open", False)
    assert found[0]["organization"] == {"id": 1, "name": "Menuiserie Kerjean"}


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("deals/search", "term=a"),
        ("deals/search", "term="),
        ("deals/search", ""),
        ("deals/search", "term=abc&fields=name"),
        ("itemSearch/field", "entity_type=deal&field=title&match=middle&term=a"),
        ("itemSearch/field", "entity_type=deal&field=status&term=won"),
        ("itemSearch/field", "entity_type=deal&field=0000&term=won"),
        ("itemSearch/field", "entity_type=company&field=title&term=won"),
    ],
)
async def test_what_cannot_be_searched_is_refused(pipedrive: Pipedrive, path: str, query: str) -> None:
    assert (await pipedrive.refused("GET", f"/v2/{path}?{query}"))[0] == 400


async def test_one_character_is_enough_when_it_is_exact(pipedrive: Pipedrive) -> None:
    assert await deals(pipedrive, "a", exact_match="true") == []
    code = await invoice_field(pipedrive, "7")
    assert len(await by_field(pipedrive, code, "7")) == 1


async def test_options_and_dates_are_not_searched(pipedrive: Pipedrive) -> None:
    enum = await pipedrive.field("deal", "Paiement", "enum", options=[{"label": "Payée"}])
    date = await pipedrive.field("deal", "Payé le", "date")
    for field in (enum, date):
        query = f"entity_type=deal&field={field['field_code']}&term=2026-11-20"
        assert (await pipedrive.refused("GET", f"/v2/itemSearch/field?{query}"))[0] == 400
    values = {enum["field_code"]: enum["options"][0]["id"], date["field_code"]: "2026-11-20"}
    await pipedrive.call("PATCH", f"/v2/deals/{DEAL}", json={"custom_fields": values})
    assert await deals(pipedrive, "2026-11-20") == []


async def test_numbers_and_amounts_are_searched_as_texts(pipedrive: Pipedrive) -> None:
    double = (await pipedrive.field("deal", "Nombre", "double"))["field_code"]
    money = (await pipedrive.field("deal", "Montant", "monetary"))["field_code"]
    values = {double: 4711.5, money: {"value": 815, "currency": "EUR"}}
    await pipedrive.call("PATCH", f"/v2/deals/{DEAL}", json={"custom_fields": values})
    assert [each["id"] for each in await deals(pipedrive, "4711.5")] == [DEAL]
    assert [each["id"] for each in await by_field(pipedrive, money, "815")] == [DEAL]


async def test_the_index_sees_a_write_later(pipedrive: Pipedrive) -> None:
    code = await invoice_field(pipedrive, "F-1")
    await pipedrive.settings(search_lag=600.0)
    assert await by_field(pipedrive, code, "F-1") == []
    await pipedrive.settings(search_lag=0.0)
    assert len(await by_field(pipedrive, code, "F-1")) == 1
    await pipedrive.operator.fault(vendor="pipedrive", path="/api/v2/itemSearch/field", effect={"stale": 600})
    assert await by_field(pipedrive, code, "F-1") == []


async def test_archived_deals_are_found_and_deleted_ones_are_not(pipedrive: Pipedrive) -> None:
    await pipedrive.person.archive(DEAL)
    assert [each["is_archived"] for each in await deals(pipedrive, "ordinary ·")] == [True]
    await pipedrive.person.delete("deal", DEAL)
    assert await deals(pipedrive, "ordinary ·") == []


async def test_deals_narrow_by_status_and_organization_and_are_found_by_notes(pipedrive: Pipedrive) -> None:
    await pipedrive.person.note("Relancer en zulu", deal_id=DEAL)
    found = await deals(pipedrive, "zulu")
    assert [(each["id"], each["notes"]) for each in found] == [(DEAL, ["Relancer en zulu"])]
    assert await deals(pipedrive, "zulu", status="won") == []
    assert await deals(pipedrive, "zulu", organization_id="2") == []
    assert len(await deals(pipedrive, "zulu", organization_id="1", status="open")) == 1


async def test_organizations_and_persons_are_found(pipedrive: Pipedrive) -> None:
    [item] = (await pipedrive.data("GET", "/v2/organizations/search?term=883690067&fields=custom_fields"))[
        "items"
    ]
    assert (item["item"]["id"], item["item"]["address"]) == (1, "14 rue du Frout, 29000 Quimper, France")
    query = "term=ANNE.kerjean@menuiserie-kerjean.example&exact_match=true&fields=email"
    [item] = (await pipedrive.data("GET", f"/v2/persons/search?{query}"))["items"]
    assert (item["item"]["name"], item["item"]["organization"]["id"]) == ("Anne Kerjean", 1)


async def test_results_come_in_pages(pipedrive: Pipedrive) -> None:
    query = {"term": "ordinary", "limit": "1"}
    first = await pipedrive.call("GET", "/v2/deals/search", params=query)
    cursor = first["additional_data"]["next_cursor"]
    second = await pipedrive.call("GET", "/v2/deals/search", params={**query, "cursor": cursor})
    assert [page["data"]["items"][0]["item"]["id"] for page in (first, second)] == [1, 2]
