"""Tasks: made once for a deal, found again, refused when HubSpot would refuse them."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from tests.sandbox.test_hubspot_webhooks import Receiver, account

DEAL, OTHER_DEAL, COMPANY, CONTACT = "38990100001", "38990100002", "9000001", "5010001"
OBJECTS = "/hubspot/crm/v3/objects"
SOUND = {
    "hs_timestamp": "2026-12-01T08:00:00.000Z",
    "hs_task_subject": "Relance F-2026-0042 (J+15)",
    "hs_task_body": "1 200,00 EUR dus [dunning:in_1042:15]",
    "hs_task_status": "NOT_STARTED",
    "hs_task_priority": "HIGH",
    "hs_task_type": "TODO",
    "hubspot_owner_id": "64492917",
}


@pytest.fixture(scope="module")
async def served() -> AsyncIterator[httpx.AsyncClient]:
    async with account(Receiver()) as client:
        yield client


@pytest.fixture
async def client(served: httpx.AsyncClient) -> httpx.AsyncClient:
    await served.post("/_control/reset")
    return served


def tie(record: str, type_id: int, category: str = "HUBSPOT_DEFINED") -> dict[str, Any]:
    return {
        "to": {"id": record},
        "types": [{"associationCategory": category, "associationTypeId": type_id}],
    }


ALL_THREE = [tie(DEAL, 216), tie(COMPANY, 192), tie(CONTACT, 204)]


async def create(client: httpx.AsyncClient, *ties: dict[str, Any], **values: str) -> httpx.Response:
    body = {"properties": {**SOUND, **values}, "associations": list(ties)}
    return await client.post(f"{OBJECTS}/tasks", json=body)


async def found(client: httpx.AsyncClient, *filters: dict[str, Any]) -> list[str]:
    body = {"filterGroups": [{"filters": list(filters)}]}
    answer = await client.post(f"{OBJECTS}/tasks/search", json=body)
    assert answer.status_code == 200, answer.text
    return [row["id"] for row in answer.json()["results"]]


def has(name: str, operator: str, value: str) -> dict[str, str]:
    return {"propertyName": name, "operator": operator, "value": value}


async def test_a_task_stands_on_its_deal_company_and_contact(client: httpx.AsyncClient) -> None:
    made = await create(client, *ALL_THREE)
    task = made.json()["id"]
    ends = {}
    for end in (f"deals/{DEAL}", f"companies/{COMPANY}", f"contacts/{CONTACT}"):
        page = await client.get(f"/hubspot/crm/v4/objects/{end}/associations/tasks")
        ends[end.split("/")[0]] = [
            (str(row["toObjectId"]), [one["typeId"] for one in row["associationTypes"]])
            for row in page.json()["results"]
        ]
    query = {"properties": ",".join(SOUND), "associations": "deals,companies,contacts"}
    read = (await client.get(f"{OBJECTS}/tasks/{task}", params=query)).json()
    assert made.status_code == 201
    assert ends == {"deals": [(task, [215])], "companies": [(task, [191])], "contacts": [(task, [203])]}
    assert {name: read["properties"][name] for name in SOUND} == SOUND
    assert {kind: rows["results"][0]["id"] for kind, rows in read["associations"].items()} == {
        "deals": DEAL,
        "companies": COMPANY,
        "contacts": CONTACT,
    }


async def test_a_task_is_done_by_a_patch_and_the_log_knows_whether_it_changed_anything(
    client: httpx.AsyncClient,
) -> None:
    task = (await create(client)).json()["id"]
    body = {"properties": {"hs_task_status": "COMPLETED"}}
    answers = [await client.patch(f"{OBJECTS}/tasks/{task}", json=body) for _ in range(2)]
    entries = (await client.get("/_control/requests?vendor=hubspot")).json()
    assert [answer.json()["properties"]["hs_task_status"] for answer in answers] == ["COMPLETED"] * 2
    assert [entry["committed"] for entry in entries] == [True, True, False]


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"hs_task_status": "DONE"}, "INVALID_OPTION"),
        ({"hs_task_priority": "URGENT"}, "INVALID_OPTION"),
        ({"hs_task_type": "LETTER"}, "INVALID_OPTION"),
        ({"hubspot_owner_id": "70112233"}, "INVALID_OWNER_ID"),
        ({"hs_timestamp": "01/12/2026"}, "INVALID_DATE"),
        ({"hs_task_reminders": "2026-12-01T08:00:00Z"}, "INVALID_FORMAT"),
        ({"hs_task_title": "x"}, "PROPERTY_DOESNT_EXIST"),
    ],
)
async def test_a_wrong_task_is_refused_and_none_is_made(
    client: httpx.AsyncClient, values: dict[str, str], code: str
) -> None:
    answer = await create(client, tie(DEAL, 216), **values)
    tasks = (await client.get("/_control/state/hubspot")).json()["tasks"]
    assert (answer.status_code, [one["code"] for one in answer.json()["errors"]]) == (400, [code])
    assert tasks == []


@pytest.mark.parametrize(
    ("wrong", "status"),
    [
        (tie(DEAL, 215), 400),
        (tie(DEAL, 216, "USER_DEFINED"), 400),
        (tie("1", 216), 404),
        (tie(DEAL, 192), 404),
    ],
)
async def test_a_task_with_a_wrong_association_is_refused_whole(
    client: httpx.AsyncClient, wrong: dict[str, Any], status: int
) -> None:
    answer = await create(client, tie(COMPANY, 192), wrong)
    tasks = (await client.get("/_control/state/hubspot")).json()["tasks"]
    assert (answer.status_code, tasks) == (status, [])


@pytest.mark.parametrize(
    ("name", "operator", "value", "matches"),
    [
        ("hs_task_subject", "CONTAINS_TOKEN", "relance", True),
        ("hs_task_subject", "CONTAINS_TOKEN", "2026 RELANCE", True),
        ("hs_task_subject", "CONTAINS_TOKEN", "rela", False),
        ("hs_task_subject", "CONTAINS_TOKEN", "rela*", True),
        ("hs_task_subject", "CONTAINS_TOKEN", "*004*", True),
        ("hs_task_subject", "NOT_CONTAINS_TOKEN", "rela", True),
        ("hs_task_body", "CONTAINS_TOKEN", "[dunning:in_1042:15]", True),
        ("hs_task_body", "CONTAINS_TOKEN", "in_104", False),
        ("hs_task_body", "CONTAINS_TOKEN", "[dunning:in_1042:30]", False),
        ("associations.deal", "EQ", DEAL, True),
        ("associations.deal", "EQ", OTHER_DEAL, False),
        ("associations.company", "EQ", COMPANY, True),
        ("hs_timestamp", "LT", "2026-12-01T08:00:00.001Z", True),
        ("hs_timestamp", "LT", "2026-12-01T08:00:00Z", False),
    ],
)
async def test_tasks_are_found_by_whole_words_and_by_their_deal(
    client: httpx.AsyncClient, name: str, operator: str, value: str, matches: bool
) -> None:
    task = (await create(client, *ALL_THREE)).json()["id"]
    assert await found(client, has(name, operator, value)) == ([task] if matches else [])


@pytest.mark.parametrize(
    "wrong",
    [
        has("associations.deal", "CONTAINS_TOKEN", DEAL),
        has("associations.line_item", "EQ", "7700001"),
        has("associations.deals", "EQ", DEAL),
        has("hs_task_subject", "CONTAINS_TOKEN", ""),
    ],
)
async def test_a_filter_that_hubspot_does_not_know_is_refused(
    client: httpx.AsyncClient, wrong: dict[str, str]
) -> None:
    body = {"filterGroups": [{"filters": [wrong]}]}
    answer = await client.post(f"{OBJECTS}/tasks/search", json=body)
    assert (answer.status_code, answer.json()["category"]) == (400, "VALIDATION_ERROR")


async def test_search_does_not_see_a_new_task_at_once(client: httpx.AsyncClient) -> None:
    rule = {"vendor": "hubspot", "path": ".*/tasks/search", "effect": {"stale": 60}}
    task = (await create(client, tie(DEAL, 216))).json()["id"]
    await client.post("/_control/faults", json=rule)
    seen = [await found(client, has("associations.deal", "EQ", DEAL)) for _ in range(2)]
    page = (await client.get(f"/hubspot/crm/v4/objects/deals/{DEAL}/associations/tasks")).json()
    assert seen == [[], [task]]
    assert [str(row["toObjectId"]) for row in page["results"]] == [task]


async def test_the_tasks_of_merged_deals_stand_on_the_one_that_remains(client: httpx.AsyncClient) -> None:
    tasks = [(await create(client, tie(deal, 216))).json()["id"] for deal in (DEAL, OTHER_DEAL)]
    body = {"primaryObjectId": DEAL, "objectIdToMerge": OTHER_DEAL}
    merged = (await client.post(f"{OBJECTS}/deals/merge", json=body)).json()["id"]
    batch = "/hubspot/crm/v4/associations/deals/tasks/batch/read"
    row = (await client.post(batch, json={"inputs": [{"id": OTHER_DEAL}]})).json()["results"][0]
    searched = await found(client, has("associations.deal", "EQ", merged))
    assert row["from"] == {"id": merged}
    assert [str(one["toObjectId"]) for one in row["to"]] == tasks
    assert searched == tasks


@pytest.mark.parametrize("scope", [f"crm.objects.{kind}.write" for kind in ("deals", "companies")])
async def test_a_missing_scope_refuses_what_it_stands_for_and_names_itself(scope: str) -> None:
    async with account(Receiver()) as client:
        every = (await client.get("/_control/webhooks/hubspot")).json()["scopes"]
        granted = [one for one in every if one != scope]
        await client.put("/_control/webhooks/hubspot", json={"scopes": granted})
        body: dict[str, Any] = {"properties": {}}
        deal = await client.patch(f"{OBJECTS}/deals/{DEAL}", json=body)
        company = await client.patch(f"{OBJECTS}/companies/9000001", json=body)
        read = await client.get(f"{OBJECTS}/deals/{DEAL}")
        task = await create(client, tie(DEAL, 216))
    refused, other = (deal, company) if ".deals." in scope else (company, deal)
    assert (refused.status_code, other.status_code, read.status_code, task.status_code) == (
        403,
        200,
        200,
        201,
    )
    assert refused.json()["category"] == "MISSING_SCOPES"
    assert refused.json()["errors"][0]["context"] == {"requiredGranularScopes": [scope]}


@pytest.mark.parametrize(("kind", "name"), [("tasks", "hs_task_body"), ("deals", "description")])
async def test_a_property_value_has_65536_characters_at_most(
    client: httpx.AsyncClient, kind: str, name: str
) -> None:
    record = DEAL if kind == "deals" else (await create(client, tie(DEAL, 216))).json()["id"]
    answers = [
        await client.patch(f"{OBJECTS}/{kind}/{record}", json={"properties": {name: "x" * length}})
        for length in (65_536, 65_537)
    ]
    assert [answer.status_code for answer in answers] == [200, 400]
    assert answers[1].json()["category"] == "VALIDATION_ERROR"
    assert answers[1].json()["errors"][0]["context"] == {"propertyName": [name]}


@pytest.mark.parametrize(("seconds", "said"), [(0, None), (300, "300")])
async def test_a_limit_says_when_to_come_back_only_if_it_is_told_to(seconds: int, said: str | None) -> None:
    async with account(Receiver(), requests_per_ten_seconds=1, retry_after=seconds) as client:
        answers = [await client.get(f"{OBJECTS}/deals/{DEAL}") for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 429]
    assert answers[1].headers.get("retry-after") == said


async def test_writing_a_task_needs_the_scope_for_contacts() -> None:
    granted = ["crm.objects.deals.write", "crm.objects.deals.read", "crm.objects.contacts.read"]
    person = {"X-Sandbox-Actor": "userId:70112233"}
    async with account(Receiver(), scopes=granted) as client:
        refused = await create(client, tie(DEAL, 216))
        by_person = await client.post(f"{OBJECTS}/tasks", json={"properties": SOUND}, headers=person)
        task = by_person.json()["id"]
        read = await client.get(f"{OBJECTS}/tasks/{task}")
        searched = await found(client, has("hs_task_status", "EQ", "NOT_STARTED"))
        others = [
            (await client.get(f"/hubspot/crm/v3/{path}")).status_code
            for path in ("objects/companies", "owners/", "properties/deals", "pipelines/deals")
        ]
    assert (refused.status_code, refused.json()["category"]) == (403, "MISSING_SCOPES")
    assert refused.json()["errors"][0]["context"] == {
        "requiredGranularScopes": ["crm.objects.contacts.write"]
    }
    assert (read.status_code, searched) == (200, [task])
    assert others == [403, 403, 403, 200]
