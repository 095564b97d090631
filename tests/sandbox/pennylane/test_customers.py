"""Companies and persons: created, found, changed, corrupted."""

import pytest

from tests.sandbox.pennylane.bench import ADDRESS, Pennylane, filters


async def test_a_company_has_what_was_sent_and_usual_values(pennylane: Pennylane) -> None:
    made = await pennylane.company(reg_no="812404309", vat_number="FR57812404309")
    assert (made["reg_no"], made["payment_conditions"], made["billing_language"]) == (
        "812404309",
        "30_days",
        "fr_FR",
    )
    assert (made["billing_address"], made["delivery_address"]["city"]) == (ADDRESS, "")
    assert len(made["external_reference"]) == 36
    assert "customer_type" not in made


async def test_only_the_common_endpoints_tell_the_type(pennylane: Pennylane) -> None:
    company, person = await pennylane.company(), await pennylane.individual()
    assert person["name"] == "Jeanne Roy"
    types = [
        (await pennylane.call("GET", f"/customers/{each['id']}"))["customer_type"]
        for each in (company, person)
    ]
    typed = await pennylane.call("GET", f"/individual_customers/{person['id']}")
    assert (types, "customer_type" in typed) == (["company", "individual"], False)
    assert await pennylane.found("/customers", ("customer_type", "eq", "individual")) == [person["id"]]


async def test_a_reference_that_is_taken_is_409_for_a_new_customer_and_a_changed_one(
    pennylane: Pennylane,
) -> None:
    body = {"name": "A", "billing_address": ADDRESS, "external_reference": "hubspot:1"}
    await pennylane.call("POST", "/company_customers", json=body)
    again = await pennylane.refused("POST", "/company_customers", json=body)
    other = await pennylane.individual()
    changed = await pennylane.refused(
        "PUT", f"/individual_customers/{other['id']}", json={"external_reference": "hubspot:1"}
    )
    assert (again[0], changed[0]) == (409, 409)
    assert len(await pennylane.found("/customers", ("external_reference", "eq", "hubspot:1"))) == 1


async def test_without_a_reference_a_repeated_post_is_a_second_customer(pennylane: Pennylane) -> None:
    await pennylane.company()
    await pennylane.company()
    assert len(await pennylane.found("/customers", ("name", "eq", "Ateliers Réunis"))) == 2


@pytest.mark.parametrize(
    ("condition", "found"),
    [
        (("external_reference", "eq", "hubspot:7"), True),
        (("external_reference", "start_with", "hubspot:"), True),
        (("reg_no", "eq", "812404309"), True),
        (("reg_no", "in", ["812404309", "1"]), True),
        (("reg_no", "not_eq", "812404309"), False),
        (("emails", "in", ["compta@ateliers.example", "x@y.example"]), True),
        (("emails", "in", ["x@y.example"]), False),
        (("name", "start_with", "Ateliers"), True),
        (("name", "eq", "Ateliers"), False),
    ],
)
async def test_a_customer_is_found_by_what_the_page_names(
    pennylane: Pennylane, condition: tuple[str, str, object], found: bool
) -> None:
    made = await pennylane.company(reg_no="812404309", external_reference="hubspot:7")
    assert await pennylane.found("/customers", condition) == ([made["id"]] if found else [])


@pytest.mark.parametrize(
    "condition",
    [("vat_number", "eq", "FR57812404309"), ("name", "in", ["A"]), ("emails", "eq", "a@b.example")],
)
async def test_there_is_no_filter_by_vat_number_nor_another_operator(
    pennylane: Pennylane, condition: tuple[str, str, object]
) -> None:
    await pennylane.company(vat_number="FR12345678901")
    refused = await pennylane.refused("GET", "/customers", params=filters(condition))
    assert refused == (400, "ValidateError")
    await pennylane.settings(unknown_filters_ignored=True)
    assert len(await pennylane.found("/customers", condition)) == 1


async def test_a_filter_is_one_text_of_json(pennylane: Pennylane) -> None:
    nested = {"filter[0][field]": "name", "filter[0][operator]": "eq", "filter[0][value]": "A"}
    answer = await pennylane.raw("GET", "/customers", params=nested)
    assert (answer.status_code, "should be a string, but we received a hash" in answer.text) == (400, True)
    for wrong in (
        "{",
        '{"field": "name"}',
        '[{"field": "name"}]',
        '[{"field":"id","operator":"eq","value":"x"}]',
    ):
        await pennylane.company()
        assert (await pennylane.refused("GET", "/customers", params={"filter": wrong}))[0] == 400


@pytest.mark.parametrize("part", ["address", "postal_code", "city", "country_alpha2"])
async def test_the_billing_address_is_whole_and_no_part_is_empty(pennylane: Pennylane, part: str) -> None:
    lacking = {name: value for name, value in ADDRESS.items() if name != part}
    without = await pennylane.refused(
        "POST", "/company_customers", json={"name": "A", "billing_address": lacking}
    )
    empty = await pennylane.refused(
        "POST", "/company_customers", json={"name": "A", "billing_address": {**ADDRESS, part: ""}}
    )
    assert (without, empty[0]) == ((400, "NotExistRequiredKey"), 422)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"billing_address": ADDRESS}, "NotExistRequiredKey"),
        ({"name": "A"}, "NotExistRequiredKey"),
        ({"name": "A", "billing_address": ADDRESS, "siret": "1"}, "NotExistPropertyDefinition"),
        ({"name": 5, "billing_address": ADDRESS}, "ValidateError"),
        ({"name": "A", "billing_address": ADDRESS, "phone": None}, "NotNullError"),
        ({"name": "A", "billing_address": ADDRESS, "payment_conditions": "90_days"}, "NotEnumInclude"),
        ({"name": "A", "billing_address": ADDRESS, "emails": "a@b.example"}, "ValidateError"),
    ],
)
async def test_a_body_is_as_the_openapi_has_it(
    pennylane: Pennylane, body: dict[str, object], code: str
) -> None:
    assert await pennylane.refused("POST", "/company_customers", json=body) == (400, code)


async def test_an_update_changes_what_it_names_and_leaves_the_rest(pennylane: Pennylane) -> None:
    made = await pennylane.company(phone="+33612345678")
    path = f"/company_customers/{made['id']}"
    changed = await pennylane.call("PUT", path, json={"billing_address": {"city": "Lyon"}, "notes": None})
    assert (changed["billing_address"], changed["phone"]) == ({**ADDRESS, "city": "Lyon"}, "+33612345678")
    assert changed["updated_at"] > made["updated_at"]
    assert (await pennylane.call("GET", f"/customers/{made['id']}"))["updated_at"] == changed["updated_at"]


async def test_an_update_through_the_other_types_endpoint_succeeds_and_corrupts(pennylane: Pennylane) -> None:
    made = await pennylane.company(reg_no="812404309", vat_number="FR57812404309")
    await pennylane.call("PUT", f"/individual_customers/{made['id']}", json={"phone": "+33612345678"})
    left = await pennylane.call("GET", f"/customers/{made['id']}")
    assert (left["customer_type"], left["name"], "reg_no" in left) == ("individual", "", False)
    assert await pennylane.found("/customers", ("reg_no", "eq", "812404309")) == []


async def test_or_it_is_404(pennylane: Pennylane) -> None:
    await pennylane.settings(wrong_type=False)
    made = await pennylane.company()
    path = f"/individual_customers/{made['id']}"
    refused = [await pennylane.refused("PUT", path, json={}), await pennylane.refused("GET", path)]
    assert [status for status, _ in refused] == [404, 404]


async def test_contacts_are_read_and_people_add_them(pennylane: Pennylane) -> None:
    made = await pennylane.company()
    await pennylane.person.add_contact(made["id"], first_name="Jane", email="jane@ateliers.example")
    path = f"/customers/{made['id']}/contacts"
    (contact,) = (await pennylane.call("GET", path))["items"]
    assert (contact["first_name"], contact["email"]) == ("Jane", "jane@ateliers.example")
    assert (await pennylane.refused("POST", path, json={}))[0] == 404


async def test_what_people_change_and_delete_is_in_the_changelog(pennylane: Pennylane) -> None:
    made = await pennylane.company()
    await pennylane.person.edit_customer(made["id"], name="Ateliers Unis")
    assert (await pennylane.call("GET", f"/customers/{made['id']}"))["name"] == "Ateliers Unis"
    await pennylane.person.delete_customer(made["id"])
    assert await pennylane.changes("customers", made["id"]) == ["insert", "update", "delete"]
    assert (await pennylane.refused("GET", f"/customers/{made['id']}"))[0] == 404


async def test_a_filtered_list_may_find_a_new_customer_late(pennylane: Pennylane) -> None:
    await pennylane.settings(filter_lag=600.0)
    made = await pennylane.company(external_reference="hubspot:9")
    assert await pennylane.found("/customers", ("external_reference", "eq", "hubspot:9")) == []
    assert (await pennylane.call("GET", f"/customers/{made['id']}"))["external_reference"] == "hubspot:9"
    body = {"name": "A", "billing_address": ADDRESS, "external_reference": "hubspot:9"}
    assert (await pennylane.refused("POST", "/company_customers", json=body))[0] == 409


async def test_a_stale_list_hides_what_is_new(pennylane: Pennylane) -> None:
    made = await pennylane.company()
    fault = await pennylane.operator.fault(vendor="pennylane", effect={"stale": 600})
    assert await pennylane.found("/customers") == []
    assert await pennylane.operator.fired(fault) == 1
    assert await pennylane.found("/customers") == [made["id"]]
