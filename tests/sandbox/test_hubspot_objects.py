"""The simulated HubSpot, driven by HubSpot's own client."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx
import hubspot
import pytest

from sandbox.core.assembly import assemble
from sandbox.core.delivery import Delivery
from sandbox.hubspot.settings import TOKEN, HubSpotSettings
from sandbox.hubspot.vendor import HubSpotVendor
from sandbox.mailbox.mailbox import Mailbox
from tests.sandbox.serving import serving

ORDINARY = "38990100001"
PATIENT = HubSpotSettings(requests_per_ten_seconds=10_000, searches_per_second=1_000)


class Account:
    """One served account: the client, run off the event loop, and the control API."""

    def __init__(self, url: str) -> None:
        self.http = httpx.AsyncClient(base_url=url, trust_env=False)
        self.raw = {"Authorization": f"Bearer {TOKEN}"}
        self.client = hubspot.Client.create(access_token=TOKEN, host=f"{url}/hubspot", retry=False)

    async def call(self, api: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        return await asyncio.to_thread(api, *args, **kwargs)

    async def refused(self, api: Callable[..., Any], *args: Any, **kwargs: Any) -> tuple[int, str]:
        with pytest.raises(Exception) as caught:  # noqa: PT011 - each of the client's packages has its own base
            await self.call(api, *args, **kwargs)
        return int(getattr(caught.value, "status", 0)), str(getattr(caught.value, "body", ""))

    async def search(self, body: dict[str, Any], kind: str = "deals") -> httpx.Response:
        path = f"/hubspot/crm/v3/objects/{kind}/search"
        return await self.http.post(path, json=body, headers=self.raw)

    async def control(self, path: str) -> Any:
        return (await self.http.get(f"/_control/{path}")).json()


@pytest.fixture(scope="module")
async def served() -> AsyncIterator[Account]:
    delivery = Delivery()
    vendor = HubSpotVendor(delivery=delivery, settings=PATIENT)
    async with serving(assemble(vendors=[vendor], delivery=delivery, emails=Mailbox())) as url:
        account = Account(url)
        yield account
        await account.http.aclose()


@pytest.fixture
async def account(served: Account) -> Account:
    await served.http.post("/_control/reset")
    return served


async def test_a_deal_is_read_with_what_was_asked_and_nothing_else(account: Account) -> None:
    deal = await account.call(
        account.client.crm.deals.basic_api.get_by_id,
        ORDINARY,
        properties=["amount", "billing_invoice_id", "no_such_property"],
        associations=["companies", "line_items"],
        properties_with_history=["dealstage"],
    )
    asked = set(deal.properties) - {"hs_object_id", "createdate", "hs_lastmodifieddate"}
    assert asked == {"amount", "billing_invoice_id", "dealstage"}
    assert (deal.properties["amount"], deal.properties["billing_invoice_id"]) == ("3940.00", None)
    assert {row.type for row in deal.associations["companies"].results} == {
        "deal_to_company",
        "deal_to_company_unlabeled",
    }
    assert len(deal.associations["line items"].results) == 3
    assert deal.properties_with_history["dealstage"][0].value == "qualifiedtobuy"


async def test_a_won_stage_makes_the_calculated_property_true(account: Account) -> None:
    api = account.client.crm.deals.basic_api
    changes = {"properties": {"dealstage": "closedwon", "billing_invoice_id": "in_1"}}
    await account.call(api.update, ORDINARY, simple_public_object_input=changes)
    found = await account.call(
        api.get_by_id, "in_1", id_property="billing_invoice_id", properties=["hs_is_closed_won", "closedate"]
    )
    assert (found.id, found.properties["hs_is_closed_won"]) == (ORDINARY, "true")
    entry = (await account.control("requests?committed=true"))[-1]
    assert (entry["method"], entry["mutating"]) == ("PATCH", True)


async def test_writing_the_same_value_again_commits_nothing(account: Account) -> None:
    api = account.client.crm.deals.basic_api
    for _ in range(2):
        await account.call(api.update, ORDINARY, simple_public_object_input={"properties": {"amount": "7"}})
    assert [entry["committed"] for entry in await account.control("requests")] == [True, False]


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"no_such_property": "1"}, "PROPERTY_DOESNT_EXIST"),
        ({"billing_status": "Payée"}, "INVALID_OPTION"),
        ({"dealstage": "218934003"}, "INVALID_OPTION"),
        ({"deal_currency_code": "BRL"}, "INVALID_OPTION"),
        ({"hs_is_closed_won": "true"}, "READ_ONLY_VALUE"),
        ({"billing_due_on": "31/12/2026"}, "INVALID_DATE"),
        ({"billing_due_on": "1798675200001"}, "INVALID_DATE"),
        ({"amount": "1 200,50"}, "INVALID_INTEGER"),
        ({"hubspot_owner_id": "70112233"}, "INVALID_OWNER_ID"),
    ],
)
async def test_a_wrong_value_is_refused_and_nothing_of_the_request_is_kept(
    account: Account, values: dict[str, str], code: str
) -> None:
    api = account.client.crm.deals.basic_api
    body = {"properties": {"description": "kept?", **values}}
    status, text = await account.refused(api.update, ORDINARY, simple_public_object_input=body)
    assert (status, f'"code":"{code}"' in text) == (400, True)
    deal = await account.call(api.get_by_id, ORDINARY, properties=["description"])
    assert deal.properties["description"] is None


async def test_a_date_may_be_given_as_midnight_in_milliseconds(account: Account) -> None:
    api = account.client.crm.deals.basic_api
    body = {"properties": {"billing_due_on": "1798675200000"}}
    written = await account.call(api.update, ORDINARY, simple_public_object_input=body)
    assert written.properties["billing_due_on"] == "2026-12-31"


async def test_a_unique_value_belongs_to_one_deal(account: Account) -> None:
    api = account.client.crm.deals.basic_api
    body = {"properties": {"billing_invoice_id": "in_1"}}
    await account.call(api.update, ORDINARY, simple_public_object_input=body)
    status, text = await account.refused(api.update, "38990100002", simple_public_object_input=body)
    assert (status, "CONFLICTING_UNIQUE_VALUE" in text) == (400, True)


async def test_an_archived_deal_is_not_found(account: Account) -> None:
    api = account.client.crm.deals.basic_api
    await account.call(api.archive, ORDINARY)
    assert (await account.refused(api.get_by_id, ORDINARY))[0] == 404
    assert (await account.call(api.get_by_id, ORDINARY, archived=True)).archived is True


async def test_a_batch_read_reports_missing_ids_beside_the_found_ones(account: Account) -> None:
    inputs = [{"id": "7700001"}, {"id": "1"}]
    found = await account.call(
        account.client.crm.line_items.batch_api.read,
        batch_read_input_simple_public_object_id={"properties": ["amount"], "inputs": inputs},
    )
    assert [row.id for row in found.results] == ["7700001"]
    assert found.num_errors == 1
    assert found.errors[0].context == {"ids": ["1"]}


async def test_a_batch_of_more_than_a_hundred_is_refused(account: Account) -> None:
    path = "/hubspot/crm/v3/objects/companies/batch/read"
    inputs = [{"id": str(number)} for number in range(101)]
    assert (await account.http.post(path, json={"inputs": inputs}, headers=account.raw)).status_code == 400


async def test_a_task_is_created_once_and_found_on_its_deal(account: Account) -> None:
    client, wanted = (
        account.client,
        {"hs_timestamp": "2026-12-01T08:00:00.000Z", "hs_task_subject": "Relance"},
    )
    links = [
        {
            "to": {"id": ORDINARY},
            "types": [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 216}],
        }
    ]
    inputs = {"inputs": [{"id": ORDINARY}]}
    read = client.crm.associations.v4.batch_api.get_page
    none = await account.call(
        read, "deals", "tasks", batch_input_public_fetch_associations_batch_request=inputs
    )
    task = await account.call(
        client.crm.objects.tasks.basic_api.create,
        simple_public_object_input_for_create={"properties": wanted, "associations": links},
    )
    one = await account.call(
        read, "deals", "tasks", batch_input_public_fetch_associations_batch_request=inputs
    )
    assert none.errors[0].sub_category == "crm.associations.NO_ASSOCIATIONS_FOUND"
    assert [other.to_object_id for other in one.results[0].to] == [task.id]


async def test_a_task_without_a_due_date_is_refused(account: Account) -> None:
    body = {"properties": {"hs_task_subject": "Relance"}}
    create = account.client.crm.objects.tasks.basic_api.create
    assert (await account.refused(create, simple_public_object_input_for_create=body))[0] == 400


async def test_associations_are_paged(account: Account) -> None:
    many = next(
        deal
        for deal in (await account.control("state/hubspot"))["deals"]
        if deal["properties"]["dealname"].startswith("many-lines")
    )
    get_page, seen, after = account.client.crm.associations.v4.basic_api.get_page, list[str](), None
    while True:
        page = await account.call(get_page, "deals", many["id"], "line_items", limit=12, after=after)
        seen += [row.to_object_id for row in page.results]
        if page.paging is None:
            break
        after = page.paging.next.after
    assert seen == list(many["associations"]["line_items"])
    assert len(seen) == 30


async def test_making_a_company_primary_demotes_the_one_before(account: Account) -> None:
    path = f"/hubspot/crm/v4/objects/deals/{ORDINARY}/associations/companies/9000002"
    spec = [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 5}]
    answer = await account.http.put(path, json=spec, headers=account.raw)
    page = await account.call(
        account.client.crm.associations.v4.basic_api.get_page, "deals", ORDINARY, "companies"
    )
    types = {row.to_object_id: {one.type_id for one in row.association_types} for row in page.results}
    assert answer.status_code == 201
    assert types == {"9000001": {341}, "9000002": {5, 341}}


async def test_search_finds_what_was_won_page_by_page(account: Account) -> None:
    for deal in ("38990100001", "38990100002", "38990100003"):
        changes = {"properties": {"dealstage": "closedwon"}}
        update = account.client.crm.deals.basic_api.update
        await account.call(update, deal, simple_public_object_input=changes)
    won = {"propertyName": "hs_is_closed_won", "operator": "EQ", "value": "true"}
    body = {"filterGroups": [{"filters": [won]}], "limit": 2}
    first = (await account.search(body)).json()
    second = (await account.search({**body, "after": first["paging"]["next"]["after"]})).json()
    ids = [row["id"] for row in first["results"] + second["results"]]
    assert (first["total"], ids) == (3, ["38990100001", "38990100002", "38990100003"])
    assert "paging" not in second


@pytest.mark.parametrize(
    ("condition", "total"),
    [
        ({"propertyName": "amount", "operator": "GT", "value": "99999.99"}, 2),
        ({"propertyName": "deal_currency_code", "operator": "IN", "values": ["usd", "jpy"]}, 2),
        ({"propertyName": "deal_currency_code", "operator": "IN", "values": ["USD", "JPY"]}, 0),
        ({"propertyName": "purchase_order", "operator": "HAS_PROPERTY"}, 1),
        ({"propertyName": "purchase_order", "operator": "NEQ", "value": "x"}, 1),
        (
            {
                "propertyName": "closedate",
                "operator": "BETWEEN",
                "value": "1796115600000",
                "highValue": "1796202000000",
            },
            5,
        ),
    ],
)
async def test_search_operators(account: Account, condition: dict[str, Any], total: int) -> None:
    assert (await account.search({"filterGroups": [{"filters": [condition]}]})).json()["total"] == total


_EQ = {"propertyName": "dealname", "operator": "EQ", "value": "x"}


@pytest.mark.parametrize(
    "body",
    [
        {"limit": 201},
        {"limit": 200, "after": "9900"},
        {"filterGroups": [{"filters": [_EQ]}] * 6},
        {"filterGroups": [{"filters": [_EQ] * 7}]},
        {"filterGroups": [{"filters": [{**_EQ, "value": "x" * 3000}]}]},
        {"filterGroups": [{"filters": [{**_EQ, "propertyName": "no_such_property"}]}]},
        {"filterGroups": [{"filters": [{**_EQ, "operator": "LIKE"}]}]},
        {"sorts": ["amount", "dealname"]},
        {"page": 2},
        {"sorts": None},
        {"filterGroups": {}},
    ],
)
async def test_a_search_beyond_the_limits_is_refused(account: Account, body: dict[str, Any]) -> None:
    answer = await account.search(body)
    assert (answer.status_code, answer.json()["category"]) == (400, "VALIDATION_ERROR")


async def test_a_stale_index_shows_the_state_of_a_moment_ago(account: Account) -> None:
    changes = {"properties": {"dealstage": "closedwon"}}
    await account.call(
        account.client.crm.deals.basic_api.update, ORDINARY, simple_public_object_input=changes
    )
    rule = {"vendor": "hubspot", "path": ".*/search", "effect": {"stale": 60}}
    await account.http.post("/_control/faults", json=rule)
    won = {"filterGroups": [{"filters": [{**_EQ, "propertyName": "dealstage", "value": "closedwon"}]}]}
    assert [(await account.search(won)).json()["total"] for _ in range(2)] == [0, 1]


async def test_properties_and_groups_are_created_once(account: Account) -> None:
    properties = account.client.crm.properties
    group = {"name": "raccord", "label": "Raccord"}
    wanted = {
        "name": "won_by",
        "label": "Won by",
        "type": "string",
        "fieldType": "text",
        "groupName": "raccord",
        "hasUniqueValue": True,
    }
    assert (await account.refused(properties.groups_api.get_by_name, "deals", "raccord"))[0] == 404
    await account.call(properties.groups_api.create, "deals", property_group_create=group)
    assert (await account.refused(properties.core_api.get_by_name, "deals", "won_by"))[0] == 404
    made = await account.call(properties.core_api.create, "deals", property_create=wanted)
    again = await account.refused(properties.core_api.create, "deals", property_create=wanted)
    assert (made.has_unique_value, again[0]) == (True, 409)


async def test_owners_and_pipelines_are_as_the_client_expects(account: Account) -> None:
    crm = account.client.crm
    owner = await account.call(crm.owners.owners_api.get_by_id, 64492917, id_property="id")
    pipelines = await account.call(crm.pipelines.pipelines_api.get_all, "deals")
    won = [
        stage.id
        for pipeline in pipelines.results
        for stage in pipeline.stages
        if stage.metadata == {"isClosed": "true", "probability": "1.0"}
    ]
    assert (owner.email, owner.user_id) == ("camille.lefevre@hexalab.example", 70112233)
    assert won == ["closedwon", "218933907", "218934003"]


async def test_a_wrong_token_is_refused_as_hubspot_does(account: Account) -> None:
    path = f"/hubspot/crm/v3/objects/deals/{ORDINARY}"
    answer = await account.http.get(path, headers={"Authorization": "Bearer no"})
    assert (answer.status_code, answer.json()["category"]) == (401, "INVALID_AUTHENTICATION")


async def test_unknown_parameters_and_fields_are_refused(account: Account) -> None:
    path = f"/hubspot/crm/v3/objects/deals/{ORDINARY}"
    query = await account.http.get(path, params={"property": "amount"}, headers=account.raw)
    body = await account.http.patch(path, json={"property": {}}, headers=account.raw)
    assert (query.status_code, body.status_code) == (400, 400)


async def test_limits_answer_with_the_name_of_the_policy() -> None:
    delivery = Delivery()
    settings = HubSpotSettings(requests_per_ten_seconds=3, searches_per_second=1)
    vendor = HubSpotVendor(delivery=delivery, settings=settings)
    async with serving(assemble(vendors=[vendor], delivery=delivery, emails=Mailbox())) as url:
        account = Account(url)
        searches = [await account.search({}) for _ in range(2)]
        reads = [
            await account.http.get("/hubspot/account-info/v3/details", headers=account.raw) for _ in range(3)
        ]
        await account.http.aclose()
    assert [answer.status_code for answer in searches] == [200, 429]
    assert searches[1].json()["policyName"] == "SECONDLY"
    assert "x-hubspot-ratelimit-remaining" not in searches[0].headers
    assert [answer.status_code for answer in reads] == [200, 200, 429]
    assert reads[2].json()["policyName"] == "TEN_SECONDLY_ROLLING"
    assert (reads[1].headers["x-hubspot-ratelimit-remaining"], reads[2].headers.get("retry-after")) == (
        "0",
        None,
    )


@pytest.mark.parametrize("tells", [True, False])
async def test_a_token_is_told_of_its_app_and_its_scopes(account: Account, tells: bool) -> None:
    await account.http.put("/_control/webhooks/hubspot", json={"tells_of_token": tells})
    path = "/hubspot/oauth/v2/private-apps/get/access-token-info"
    known, unknown = [
        await account.http.post(path, json={"tokenKey": key}, headers=account.raw) for key in (TOKEN, "x")
    ]
    await account.http.put("/_control/webhooks/hubspot", json={"tells_of_token": True})
    assert (known.status_code, unknown.status_code) == (200 if tells else 404, 404)
    if tells:
        told = known.json()
        assert (told["appId"], told["hubId"]) == (8123456, 144000001)
        assert "crm.objects.deals.read" in told["scopes"]


@pytest.mark.parametrize("type_", ["STANDARD", "DEVELOPER_TEST"])
async def test_an_account_says_of_which_type_it_is(type_: str) -> None:
    delivery = Delivery()
    vendor = HubSpotVendor(delivery=delivery, settings=HubSpotSettings(account_type=type_))
    async with serving(assemble(vendors=[vendor], delivery=delivery, emails=Mailbox())) as url:
        account = Account(url)
        told = await account.http.get("/hubspot/account-info/v3/details", headers=account.raw)
        await account.http.aclose()
    assert told.json()["accountType"] == type_
