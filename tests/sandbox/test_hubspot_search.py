"""Deal search as a sweep uses it: dates, calculated properties, sorting, paging to the limit, deletions."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from tests.sandbox.test_hubspot_webhooks import Receiver, account, patch

DEALS = ("38990100001", "38990100002", "38990100003")
OBJECTS = "/hubspot/crm/v3/objects"
NOON, LATER = "2026-11-10T12:00:00.000Z", "2026-11-10T12:00:00.001Z"


@pytest.fixture(scope="module")
async def served() -> AsyncIterator[httpx.AsyncClient]:
    async with account(Receiver()) as client:
        yield client


@pytest.fixture
async def client(served: httpx.AsyncClient) -> httpx.AsyncClient:
    await served.post("/_control/reset")
    return served


async def search(client: httpx.AsyncClient, *filters: dict[str, Any], **body: Any) -> httpx.Response:
    groups = [{"filters": list(filters)}] if filters else []
    return await client.post(f"{OBJECTS}/deals/search", json={"filterGroups": groups, **body})


def ids(answer: httpx.Response) -> list[str]:
    assert answer.status_code == 200, answer.text
    return [row["id"] for row in answer.json()["results"]]


def where(name: str, operator: str, *value: str) -> dict[str, str]:
    return {"propertyName": name, "operator": operator, **({"value": value[0]} if value else {})}


@pytest.mark.parametrize(
    ("operator", "value", "expected"),
    [
        ("GTE", NOON, DEALS[:2]),
        ("GTE", LATER, DEALS[1:2]),
        ("GT", NOON, DEALS[1:2]),
        ("LT", NOON, ()),
        ("LT", LATER, DEALS[:1]),
        ("LTE", "1794312000000", DEALS[:1]),
        ("GTE", "1794312000001", DEALS[1:2]),
    ],
)
async def test_a_date_is_compared_to_the_millisecond_in_either_form(
    client: httpx.AsyncClient, operator: str, value: str, expected: tuple[str, ...]
) -> None:
    await patch(client, f"deals/{DEALS[0]}", closedate=NOON, dealname="mine")
    await patch(client, f"deals/{DEALS[1]}", closedate="2026-11-11", dealname="mine")
    await patch(client, f"deals/{DEALS[2]}", closedate="", dealname="mine")
    found = await search(client, where("dealname", "EQ", "mine"), where("closedate", operator, value))
    assert ids(found) == list(expected)


async def test_a_deal_with_and_one_without_a_value_are_told_apart(client: httpx.AsyncClient) -> None:
    for deal in DEALS[:2]:
        await patch(client, f"deals/{deal}", dealstage="closedwon")
    await patch(client, f"deals/{DEALS[0]}", billing_invoice_id="in_1")
    won = where("hs_is_closed_won", "EQ", "true")
    with_one = await search(client, won, where("billing_invoice_id", "HAS_PROPERTY"))
    without = await search(client, won, where("billing_invoice_id", "NOT_HAS_PROPERTY"))
    await patch(client, f"deals/{DEALS[0]}", billing_invoice_id="")
    cleared = await search(client, won, where("billing_invoice_id", "NOT_HAS_PROPERTY"))
    assert (ids(with_one), ids(without), ids(cleared)) == ([DEALS[0]], [DEALS[1]], list(DEALS[:2]))


async def test_changed_deals_come_in_the_order_of_their_change(client: httpx.AsyncClient) -> None:
    read = await client.get(f"{OBJECTS}/deals/{DEALS[0]}")
    before = read.json()["properties"]["hs_lastmodifieddate"]
    for deal in reversed(DEALS):
        await patch(client, f"deals/{deal}", description="changed")
    changed = where("hs_lastmodifieddate", "GT", before)
    found = {
        (name, direction): ids(
            await search(client, changed, sorts=[{"propertyName": name, "direction": direction}])
        )
        for name in ("hs_lastmodifieddate", "hs_object_id")
        for direction in ("ASCENDING", "DESCENDING")
    }
    assert found["hs_lastmodifieddate", "ASCENDING"] == list(reversed(DEALS))
    assert found["hs_lastmodifieddate", "DESCENDING"] == list(DEALS)
    assert found["hs_object_id", "ASCENDING"] == list(DEALS)
    assert found["hs_object_id", "DESCENDING"] == list(reversed(DEALS))


async def test_paging_reaches_result_ten_thousand_and_not_one_further(client: httpx.AsyncClient) -> None:
    first = await search(client, limit=2, sorts=["hs_object_id"])
    after = first.json()["paging"]["next"]["after"]
    second = await search(client, limit=2, after=after, sorts=["hs_object_id"])
    last = await search(client, limit=200, after="9800")
    beyond = await search(client, limit=200, after="9801")
    assert (ids(first), ids(second)[0]) == (list(DEALS[:2]), DEALS[2])
    assert (last.status_code, last.json()["results"], beyond.status_code) == (200, [], 400)


@pytest.mark.parametrize(
    "wrong",
    [
        where("closedate", "GTE", "yesterday"),
        where("amount", "GT", "much"),
        where("closedate", "HAS_PROPERTY", "2026-11-11"),
        where("closedate", "GTE"),
        where("closedate", "GTE", ""),
        {"propertyName": "dealstage", "operator": "IN", "values": []},
        {"propertyName": "dealstage", "operator": "IN", "value": "closedwon"},
        {"propertyName": "dealstage", "operator": "IN", "values": "closedwon"},
        {"propertyName": "closedate", "operator": "BETWEEN", "value": "2026-11-11"},
        {"propertyName": "closedate", "operator": "BETWEEN", "value": "2026-11-11", "highValue": "later"},
    ],
)
async def test_a_condition_without_sense_is_refused_even_when_no_deal_could_meet_it(
    client: httpx.AsyncClient, wrong: Any
) -> None:
    nobody = where("dealname", "EQ", "nobody has this name")
    answer = await search(client, nobody, wrong)
    assert (answer.status_code, answer.json()["category"]) == (400, "VALIDATION_ERROR")


async def test_a_lagging_index_answers_with_the_values_of_a_moment_ago(client: httpx.AsyncClient) -> None:
    rule = {"vendor": "hubspot", "path": ".*/search", "effect": {"stale": 60}}
    await patch(client, f"deals/{DEALS[0]}", amount="7")
    await client.delete(f"{OBJECTS}/deals/{DEALS[1]}")
    await client.post("/_control/faults", json=rule)
    answers = [await search(client, limit=2, properties=["amount"]) for _ in range(2)]
    stale, fresh = ([(row["id"], row["properties"]["amount"]) for row in answer.json()["results"]]
                    for answer in answers)  # fmt: skip
    assert stale[0] == (DEALS[0], "3940.00")
    assert stale[1][0] == DEALS[1]
    assert fresh[0] == (DEALS[0], "7")
    assert fresh[1][0] == DEALS[2]


@pytest.mark.parametrize("record", ["companies/9000001", "deals/38990100001", "contacts/5010001"])
async def test_a_deleted_record_is_read_only_by_who_asks_for_deleted_ones(
    client: httpx.AsyncClient, record: str
) -> None:
    kind, key = record.split("/")
    inputs = {"inputs": [{"id": key}]}
    await client.delete(f"{OBJECTS}/{record}")
    plain = await client.get(f"{OBJECTS}/{record}")
    asked = await client.get(f"{OBJECTS}/{record}", params={"archived": "true"})
    batch = await client.post(f"{OBJECTS}/{kind}/batch/read", json=inputs)
    binned = await client.post(f"{OBJECTS}/{kind}/batch/read?archived=true", json=inputs)
    listed = (await client.get(f"{OBJECTS}/{kind}", params={"archived": "true"})).json()["results"]
    written = await client.patch(f"{OBJECTS}/{record}", json={"properties": {}})
    assert (plain.status_code, plain.json()["category"]) == (404, "OBJECT_NOT_FOUND")
    assert (asked.status_code, asked.json()["id"], asked.json()["archived"]) == (200, key, True)
    assert asked.json()["archivedAt"]
    assert (batch.status_code, batch.json()["numErrors"]) == (207, 1)
    assert [row["id"] for row in binned.json()["results"]] == [row["id"] for row in listed] == [key]
    assert written.status_code == 404
