"""Custom fields: random codes, values by type, options by id (pipedrive.md 1)."""

from typing import Any

import pytest

from tests.sandbox.pipedrive.bench import DEAL, ORGANIZATION, Pipedrive


async def put(pipedrive: Pipedrive, code: str, value: Any) -> Any:
    """Write a value and return it as the API gives it back."""
    found = await pipedrive.data("PATCH", f"/v2/deals/{DEAL}", json={"custom_fields": {code: value}})
    return found["custom_fields"][code]


async def codes(pipedrive: Pipedrive, path: str = "organizationFields") -> dict[str, str]:
    fields = await pipedrive.data("GET", f"/v2/{path}?limit=500")
    return {each["field_name"]: each["field_code"] for each in fields if each["is_custom_field"]}


async def test_a_field_gets_a_code_of_forty_random_characters(pipedrive: Pipedrive) -> None:
    one = await pipedrive.field("deal", "Facture - numéro", description="Écrit par Raccord")
    two = await pipedrive.field("deal", "Facture - numéro")
    assert one["field_code"] != two["field_code"]
    assert all(len(code) == 40 and int(code, 16) for code in (one["field_code"], two["field_code"]))
    assert (one["field_name"], one["is_custom_field"], one["description"]) == (
        two["field_name"],
        True,
        "Écrit par Raccord",
    )


async def test_codes_differ_from_company_to_company(pipedrive: Pipedrive) -> None:
    here = await codes(pipedrive)
    await pipedrive.settings(company=9000000)
    await pipedrive.operator.reset()
    there = await codes(pipedrive)
    assert (set(here), set(here.values()) & set(there.values())) == (set(there), set())


async def test_an_account_may_have_no_custom_field_yet(pipedrive: Pipedrive) -> None:
    await pipedrive.settings(custom_fields=False)
    await pipedrive.operator.reset()
    assert await codes(pipedrive) == {}
    assert (await pipedrive.data("GET", "/v2/organizations/1"))["custom_fields"] == {}


@pytest.mark.parametrize(
    ("type_", "good", "wrong"),
    [
        ("varchar", "F-2026-0042", 42),
        ("varchar", "x" * 255, "x" * 256),
        ("text", "x" * 300, 1),
        ("phone", "+33 2 99 00 00 00", 299000000),
        ("double", 12.5, "12.5"),
        ("monetary", {"value": 500, "currency": "EUR"}, 500),
        ("monetary", {"value": 0.5, "currency": "EUR"}, {"value": "500", "currency": "EUR"}),
        ("date", "2026-11-20", "2026-11-20T00:00:00Z"),
        ("date", "2026-02-28", "2026-02-30"),
        ("time", "08:00:00", "8h"),
        ("daterange", {"value": "2026-11-01", "until": "2026-11-30"}, "2026-11-01"),
        ("user", 70112233, 1),
        ("org", ORGANIZATION, 999),
        ("people", 1, "1"),
        ("address", {"value": "12 rue X"}, "12 rue X"),
    ],
)
async def test_values_are_strict_by_type_and_null_clears(
    pipedrive: Pipedrive, type_: str, good: Any, wrong: Any
) -> None:
    code = (await pipedrive.field("deal", "Champ", type_))["field_code"]
    assert await put(pipedrive, code, good) == good
    body = {"custom_fields": {code: wrong}}
    status, error = await pipedrive.refused("PATCH", f"/v2/deals/{DEAL}", json=body)
    assert (status, code in error) == (400, True)
    assert await put(pipedrive, code, None) is None


async def test_options_are_written_by_id_and_shown_with_labels_on_demand(pipedrive: Pipedrive) -> None:
    options = [{"label": "Ouverte"}, {"label": "Payée"}]
    field = await pipedrive.field("deal", "Paiement", "enum", options=options)
    code, (_, paid) = field["field_code"], [each["id"] for each in field["options"]]
    assert await put(pipedrive, code, paid) == paid
    for wrong in ("Payée", str(paid), 1, True):
        body = {"custom_fields": {code: wrong}}
        assert (await pipedrive.refused("PATCH", f"/v2/deals/{DEAL}", json=body))[0] == 400
    labelled = (await pipedrive.deal(include_option_labels="true"))["custom_fields"][code]
    assert labelled == {"id": paid, "label": "Payée"}


async def test_several_options_and_an_empty_list_that_is_refused(pipedrive: Pipedrive) -> None:
    field = await pipedrive.field("deal", "Canaux", "set", options=[{"label": "A"}, {"label": "B"}])
    code, ids = field["field_code"], [each["id"] for each in field["options"]]
    assert await put(pipedrive, code, ids) == ids
    body: dict[str, Any] = {"custom_fields": {code: []}}
    assert (await pipedrive.refused("PATCH", f"/v2/deals/{DEAL}", json=body))[0] == 400
    assert await put(pipedrive, code, None) is None


async def test_options_are_added_and_renamed_all_or_none(pipedrive: Pipedrive) -> None:
    field = await pipedrive.field("deal", "Paiement", "enum", options=[{"label": "Ouverte"}])
    at = f"/v2/dealFields/{field['field_code']}/options"
    [paid] = await pipedrive.data("POST", at, json=[{"label": "Payée"}])
    wrong = [{"id": paid["id"], "label": "Réglée"}, {"id": 999, "label": "x"}]
    assert (await pipedrive.refused("PATCH", at, json=wrong))[0] == 400
    assert (await pipedrive.refused("POST", at, json=[{"label": "x"}, {"label": ""}]))[0] == 400
    await pipedrive.call("PATCH", at, json=wrong[:1])
    found = await pipedrive.data("GET", f"/v2/dealFields/{field['field_code']}")
    assert [each["label"] for each in found["options"]] == ["Ouverte", "Réglée"]


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("dealFields", {"field_name": "x", "field_type": "url"}),
        ("dealFields", {"field_name": "x", "field_type": "enum"}),
        ("dealFields", {"field_name": "x", "field_type": "varchar", "options": [{"label": "a"}]}),
        ("dealFields", {"field_name": "x" * 256, "field_type": "varchar"}),
        ("dealFields", {"field_type": "varchar"}),
        ("organizationFields", {"field_name": "x", "field_type": "varchar", "description": "no"}),
        ("personFields", {"field_name": "x", "field_type": "varchar", "unique": True}),
    ],
)
async def test_a_field_that_cannot_be_made(pipedrive: Pipedrive, path: str, body: dict[str, Any]) -> None:
    assert (await pipedrive.refused("POST", f"/v2/{path}", json=body))[0] == 400


async def test_a_plan_has_room_for_so_many(pipedrive: Pipedrive) -> None:
    await pipedrive.settings(field_limit=4)
    await pipedrive.field("deal", "Le dernier")
    body = {"field_name": "Un de trop", "field_type": "varchar"}
    answer = await pipedrive.raw("POST", "/v2/dealFields", json=body)
    assert (answer.status_code, answer.json()["code"]) == (403, "feature_capping_deal_custom_fields")


async def test_where_a_field_is_shown_is_told_on_demand_and_kept(pipedrive: Pipedrive) -> None:
    look = {"add_visible_flag": False, "details_visible_flag": False}
    code = (await pipedrive.field("organization", "Interne", ui_visibility=look))["field_code"]
    plain = await pipedrive.data("GET", f"/v2/organizationFields/{code}")
    shown = await pipedrive.data("GET", f"/v2/organizationFields/{code}?include_fields=ui_visibility")
    assert "ui_visibility" not in plain
    assert shown["ui_visibility"]["details_visible_flag"] is False
    assert (await pipedrive.refused("GET", "/v2/organizationFields/abc"))[0] == 404


async def test_fields_are_read_by_code_fifteen_at_most(pipedrive: Pipedrive) -> None:
    known = await codes(pipedrive, "dealFields")
    code = known["Langue"]
    deal = await pipedrive.deal(custom_fields=code)
    assert deal["custom_fields"] == {code: "fr"}
    assert set((await pipedrive.deal())["custom_fields"]) == set(known.values())
    many = ",".join([code] * 16)
    assert (await pipedrive.refused("GET", f"/v2/deals/{DEAL}?custom_fields={many}"))[0] == 400


async def test_an_unknown_code_is_refused(pipedrive: Pipedrive) -> None:
    body = {"custom_fields": {"0" * 40: "x"}}
    status, error = await pipedrive.refused("PATCH", f"/v2/deals/{DEAL}", json=body)
    assert (status, "0" * 40 in error) == (400, True)


@pytest.mark.parametrize(("keeps", "left"), [(True, "fr"), (False, None)])
async def test_fields_that_a_patch_does_not_name_stay_or_are_cleared(
    pipedrive: Pipedrive, keeps: bool, left: str | None
) -> None:
    await pipedrive.settings(patch_keeps_custom_fields=keeps)
    language = (await codes(pipedrive, "dealFields"))["Langue"]
    code = (await pipedrive.field("deal", "Facture"))["field_code"]
    await put(pipedrive, code, "F-1")
    custom = (await pipedrive.deal())["custom_fields"]
    assert (custom[code], custom[language]) == ("F-1", left)


async def test_people_rename_and_delete_fields(pipedrive: Pipedrive) -> None:
    code = await pipedrive.person.add_field("deal", "Facture")
    await pipedrive.person.set_fields("deal", DEAL, Facture="F-1")
    await pipedrive.person.rename_field("deal", "Facture", "Numéro de facture")
    renamed = await pipedrive.data("GET", f"/v2/dealFields/{code}")
    assert (renamed["field_name"], (await pipedrive.deal())["custom_fields"][code]) == (
        "Numéro de facture",
        "F-1",
    )
    await pipedrive.person.remove_field("deal", "Numéro de facture")
    assert code not in (await pipedrive.deal())["custom_fields"]
    assert (await pipedrive.refused("GET", f"/v2/dealFields/{code}"))[0] == 404
    body = {"custom_fields": {code: "F-2"}}
    assert (await pipedrive.refused("PATCH", f"/v2/deals/{DEAL}", json=body))[0] == 400


async def test_a_field_is_changed_by_an_app(pipedrive: Pipedrive) -> None:
    code = (await pipedrive.field("deal", "Facture"))["field_code"]
    changed = await pipedrive.data("PATCH", f"/v2/dealFields/{code}", json={"description": "Lien"})
    assert (changed["field_name"], changed["description"]) == ("Facture", "Lien")
    for wrong in ({}, {"field_type": "text"}, {"field_code": "x"}):
        assert (await pipedrive.refused("PATCH", f"/v2/dealFields/{code}", json=wrong))[0] == 400


async def test_activity_fields_are_listed(pipedrive: Pipedrive) -> None:
    assert [each["field_code"] for each in await pipedrive.data("GET", "/v2/activityFields?limit=1")] == [
        "subject"
    ]
