"""Organizations, persons, addresses and merges (pipedrive.md 1 and 4)."""

from typing import Any

import pytest

from tests.sandbox.pipedrive.bench import DEAL, ORGANIZATION, PERSON, Pipedrive

PARTS = ("street_number", "route", "postal_code", "locality", "country")
TYPED = "12 rue des Lices, 35000 Rennes, France"


async def organization(pipedrive: Pipedrive, id_: int = ORGANIZATION) -> dict[str, Any]:
    found: dict[str, Any] = await pipedrive.data("GET", f"/v2/organizations/{id_}")
    return found


async def test_an_organization_has_an_address_with_its_parts_and_a_country_by_name(
    pipedrive: Pipedrive,
) -> None:
    found = await organization(pipedrive)
    assert found["name"] == "Menuiserie Kerjean"
    assert found["address"]["value"] == "14 rue du Frout, 29000 Quimper, France"
    assert [found["address"][part] for part in PARTS] == ["14", "rue du Frout", "29000", "Quimper", "France"]


async def test_a_person_has_names_mails_and_phones(pipedrive: Pipedrive) -> None:
    found = await pipedrive.data("GET", f"/v2/persons/{PERSON}")
    assert (found["name"], found["first_name"], found["last_name"]) == ("Anne Kerjean", "Anne", "Kerjean")
    assert found["emails"] == [
        {"value": "anne.kerjean@menuiserie-kerjean.example", "primary": True, "label": "work"}
    ]
    assert (found["org_id"], "job_title" in found) == (ORGANIZATION, False)


async def test_parts_that_an_update_leaves_out_become_null(pipedrive: Pipedrive) -> None:
    body = {"address": {"value": TYPED, "postal_code": "35000"}}
    found = await pipedrive.data("PATCH", f"/v2/organizations/{ORGANIZATION}", json=body)
    assert found["address"]["value"] == TYPED
    assert [found["address"][part] for part in PARTS] == [None, None, "35000", None, None]


@pytest.mark.parametrize(
    ("geocodes", "parts"),
    [(True, ["12", "rue des Lices", "35000", "Rennes", "France"]), (False, [None] * 5)],
)
async def test_an_address_that_a_person_types_is_looked_up_or_is_one_text(
    pipedrive: Pipedrive, geocodes: bool, parts: list[str | None]
) -> None:
    await pipedrive.settings(geocodes=geocodes)
    await pipedrive.person.edit("organization", ORGANIZATION, address={"value": TYPED})
    address = (await organization(pipedrive))["address"]
    assert (address["value"], [address[part] for part in PARTS]) == (TYPED, parts)


async def test_nothing_is_unique(pipedrive: Pipedrive) -> None:
    for path, body in (
        ("organizations", {"name": "Menuiserie Kerjean"}),
        (
            "persons",
            {"name": "Anne Kerjean", "emails": [{"value": "anne.kerjean@menuiserie-kerjean.example"}]},
        ),
        ("deals", {"title": "ordinary · Site vitrine et formation"}),
    ):
        made = [(await pipedrive.data("POST", f"/v2/{path}", json=body))["id"] for _ in range(2)]
        assert made[0] != made[1]


async def test_what_contact_sync_brings_is_forbidden_without_it(pipedrive: Pipedrive) -> None:
    body = {"job_title": "Gérante"}
    assert (await pipedrive.refused("PATCH", f"/v2/persons/{PERSON}", json=body))[0] == 403
    await pipedrive.settings(contact_sync=True)
    assert (await pipedrive.data("PATCH", f"/v2/persons/{PERSON}", json=body))["job_title"] == "Gérante"


async def test_a_name_and_the_first_mail_as_primary(pipedrive: Pipedrive) -> None:
    body = {
        "name": "Jean Le Goff",
        "emails": [{"value": "a@x.example"}, {"value": "b@x.example", "label": "home"}],
    }
    made = await pipedrive.data("POST", "/v2/persons", json=body)
    assert (made["first_name"], made["last_name"]) == ("Jean", "Le Goff")
    assert [each["primary"] for each in made["emails"]] == [True, False]


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("organizations/1", {"address": "12 rue X"}),
        ("organizations/1", {"address": {"city": "Rennes"}}),
        ("organizations/1", {"name": ""}),
        ("organizations/1", {"vat_number": "FR1"}),
        ("persons/1", {"emails": "a@x.example"}),
        ("persons/1", {"emails": [{"email": "a@x.example"}]}),
        ("persons/1", {"org_id": 999}),
    ],
)
async def test_what_a_contact_cannot_be_is_refused(
    pipedrive: Pipedrive, path: str, body: dict[str, Any]
) -> None:
    assert (await pipedrive.refused("PATCH", f"/v2/{path}", json=body))[0] == 400


async def test_persons_of_an_organization_and_of_a_deal(pipedrive: Pipedrive) -> None:
    for query in (f"org_id={ORGANIZATION}", f"deal_id={DEAL}"):
        assert [each["id"] for each in await pipedrive.data("GET", f"/v2/persons?{query}")] == [PERSON]


async def test_a_merged_organization_is_gone_and_what_pointed_at_it_points_at_the_other(
    pipedrive: Pipedrive,
) -> None:
    twin = await pipedrive.person.create("organization", name="Kerjean (doublon)", website="kerjean.example")
    await pipedrive.person.edit("deal", DEAL, org_id=twin)
    await pipedrive.person.edit("organization", ORGANIZATION, website=None)
    await pipedrive.person.merge("organization", ORGANIZATION, twin)
    kept, gone = await organization(pipedrive), await organization(pipedrive, twin)
    assert (kept["name"], kept["website"], gone["is_deleted"]) == (
        "Menuiserie Kerjean",
        "kerjean.example",
        True,
    )
    assert (await pipedrive.deal())["org_id"] == ORGANIZATION
    assert (await pipedrive.person.shown("organization", twin))["merged_into"] == ORGANIZATION
    with pytest.raises(Exception, match="cannot be restored"):
        await pipedrive.person.restore("organization", twin)


async def test_deals_and_persons_are_merged_too(pipedrive: Pipedrive) -> None:
    await pipedrive.person.merge("deal", DEAL, 2)
    await pipedrive.person.merge("person", PERSON, 2)
    assert len(await pipedrive.person.lines(DEAL)) == 4
    found = await pipedrive.data("GET", "/v2/persons?ids=1,2")
    assert [each["id"] for each in found] == [PERSON]


async def test_changes_of_an_organization_are_in_its_changelog(pipedrive: Pipedrive) -> None:
    await pipedrive.person.edit_many("organization", [1, 2], website="x.example")
    [change] = await pipedrive.data("GET", "/v1/organizations/2/changelog")
    assert (change["field_key"], change["is_bulk_update_flag"]) == ("website", True)


async def test_users_and_currencies_are_listed(pipedrive: Pipedrive) -> None:
    users = await pipedrive.data("GET", "/v1/users")
    camille = await pipedrive.data("GET", "/v1/users/70112233")
    assert (len(users), camille["name"], camille["active_flag"]) == (5, "Camille Lefèvre", True)
    unknown = await pipedrive.raw("GET", "/v1/users/1")
    assert (unknown.status_code, unknown.json()["success"]) == (404, False)
    decimals = {
        each["code"]: each["decimal_points"] for each in await pipedrive.data("GET", "/v1/currencies")
    }
    assert (decimals["EUR"], decimals["JPY"]) == (2, 0)
    assert len(await pipedrive.data("GET", "/v1/currencies?term=yen")) == 1


async def test_pipelines_and_stages_say_nothing_of_won(pipedrive: Pipedrive) -> None:
    pipelines = await pipedrive.data("GET", "/v2/pipelines")
    stages = await pipedrive.data("GET", "/v2/stages?pipeline_id=1&sort_by=order_nr")
    assert [each["name"] for each in pipelines] == ["Ventes", "Renouvellements"]
    assert [each["order_nr"] for each in stages] == [1, 2, 3, 4]
