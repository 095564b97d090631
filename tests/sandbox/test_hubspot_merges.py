"""Two records become one: what every read, write, search and webhook says afterwards."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from tests.sandbox.test_hubspot_webhooks import Receiver, account, patch

DEAL, OTHER_DEAL = "38990100001", "38990100002"
COMPANY, OTHER_COMPANY = "9000001", "9000002"
CONTACT, OTHER_CONTACT = "5010001", "5010002"
PERSON = {"X-Sandbox-Actor": "userId:70112233"}
PAIRS = [
    ("deals", "deal", "0-3", DEAL, OTHER_DEAL),
    ("companies", "company", "0-2", COMPANY, OTHER_COMPANY),
    ("contacts", "contact", "0-1", CONTACT, OTHER_CONTACT),
]
OBJECTS = "/hubspot/crm/v3/objects"


@pytest.fixture(scope="module")
async def served() -> AsyncIterator[httpx.AsyncClient]:
    async with account(Receiver()) as client:
        yield client


@pytest.fixture
async def client(served: httpx.AsyncClient) -> httpx.AsyncClient:
    await served.post("/_control/reset")
    return served


async def merge(client: httpx.AsyncClient, kind: str, primary: str, other: str) -> dict[str, Any]:
    body = {"primaryObjectId": primary, "objectIdToMerge": other}
    answer = await client.post(f"{OBJECTS}/{kind}/merge", json=body, headers=PERSON)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def read(client: httpx.AsyncClient, kind: str, record: str, **query: str) -> dict[str, Any]:
    answer = await client.get(f"{OBJECTS}/{kind}/{record}", params=query)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def search_ids(client: httpx.AsyncClient, kind: str, **body: Any) -> list[str]:
    answer = await client.post(f"{OBJECTS}/{kind}/search", json={"limit": 200, **body})
    assert answer.status_code == 200, answer.text
    return [row["id"] for row in answer.json()["results"]]


def equal(name: str, *values: str) -> dict[str, Any]:
    groups = [{"filters": [{"propertyName": name, "operator": "EQ", "value": value}]} for value in values]
    return {"filterGroups": groups}


@pytest.mark.parametrize(("kind", "primary", "other"), [(pair[0], *pair[3:]) for pair in PAIRS])
async def test_both_former_ids_lead_to_the_new_record(
    client: httpx.AsyncClient, kind: str, primary: str, other: str
) -> None:
    wanted = {"inputs": [{"id": primary}, {"id": other}], "properties": ["hs_merged_object_ids"]}
    merged = await merge(client, kind, primary, other)
    reads = [await read(client, kind, record) for record in (primary, other)]
    batch = await client.post(f"{OBJECTS}/{kind}/batch/read", json=wanted)
    found = await search_ids(client, kind, **equal("hs_object_id", primary, other, merged["id"]))
    listed = (await client.get(f"{OBJECTS}/{kind}", params={"archived": "true"})).json()["results"]
    assert merged["id"] not in (primary, other)
    assert [row["id"] for row in reads] == [merged["id"]] * 2
    assert batch.status_code == 200
    assert [row["id"] for row in batch.json()["results"]] == [merged["id"]]
    assert batch.json()["results"][0]["properties"]["hs_merged_object_ids"] == f"{primary};{other}"
    assert found == [merged["id"]]
    assert listed == []


@pytest.mark.parametrize(("kind", "primary", "other"), [(pair[0], *pair[3:]) for pair in PAIRS])
async def test_an_account_may_keep_the_id_of_the_primary_record(kind: str, primary: str, other: str) -> None:
    async with account(Receiver(), merge_creates_new=False) as client:
        merged = await merge(client, kind, primary, other)
        former = await read(client, kind, other, properties="hs_merged_object_ids")
        found = await search_ids(client, kind, **equal("hs_object_id", primary, other))
    assert (merged["id"], former["id"]) == (primary, primary)
    assert former["properties"]["hs_merged_object_ids"] == other
    assert found == [primary]


@pytest.mark.parametrize("creates_new", [True, False])
async def test_an_account_may_not_say_which_records_were_merged(creates_new: bool) -> None:
    async with account(Receiver(), merge_creates_new=creates_new, merge_lists_ids=False) as client:
        merged = await merge(client, "companies", COMPANY, OTHER_COMPANY)
        former = await read(client, "companies", OTHER_COMPANY, properties="hs_merged_object_ids")
    assert former["id"] == merged["id"]
    assert former["properties"]["hs_merged_object_ids"] is None


@pytest.mark.parametrize("creates_new", [True, False])
async def test_the_primary_records_values_win_and_the_others_fill_the_gaps(creates_new: bool) -> None:
    receiver = Receiver()
    async with account(receiver, merge_creates_new=creates_new, subscriptions=["deal.merge"]) as client:
        await patch(client, f"deals/{DEAL}", amount="10", billing_invoice_id="in_1", description="")
        await patch(client, f"deals/{OTHER_DEAL}", amount="20", billing_invoice_id="in_2", description="b")
        await patch(client, f"deals/{OTHER_DEAL}", purchase_order="PO-7", dealstage="closedwon")
        merged = await merge(client, "deals", DEAL, OTHER_DEAL)
        names = "amount,billing_invoice_id,description,purchase_order,dealstage,hs_is_closed_won"
        after = (await read(client, "deals", merged["id"], properties=names))["properties"]
        [event] = await receiver.events(1)
        lost = await client.get(f"{OBJECTS}/deals/in_2", params={"idProperty": "billing_invoice_id"})
        kept = await client.get(f"{OBJECTS}/deals/in_1", params={"idProperty": "billing_invoice_id"})
    assert (after["amount"], after["billing_invoice_id"]) == ("10", "in_1")
    assert (after["description"], after["purchase_order"]) == ("b", "PO-7")
    assert (after["dealstage"], after["hs_is_closed_won"]) == ("qualifiedtobuy", "false")
    assert (lost.status_code, kept.json()["id"]) == (404, merged["id"])
    assert event["numberOfPropertiesMoved"] == 2


@pytest.mark.parametrize("creates_new", [True, False])
async def test_a_merged_deal_has_the_associations_of_both_and_one_primary_company(creates_new: bool) -> None:
    async with account(Receiver(), merge_creates_new=creates_new) as client:
        state = {deal["id"]: deal for deal in (await client.get("/_control/state/hubspot")).json()["deals"]}
        before = [state[deal]["associations"] for deal in (DEAL, OTHER_DEAL)]
        merged = await merge(client, "deals", DEAL, OTHER_DEAL)
        page = f"/hubspot/crm/v4/objects/deals/{OTHER_DEAL}/associations"
        lines = (await client.get(page + "/line_items")).json()["results"]
        companies = (await client.get(page + "/companies")).json()["results"]
        line = before[1]["line_items"]
        back = await read(client, "line_items", next(iter(line)), associations="deals")
    types = {str(row["toObjectId"]): {one["typeId"] for one in row["associationTypes"]} for row in companies}
    own, others = next(iter(before[0]["companies"])), next(iter(before[1]["companies"]))
    assert [str(row["toObjectId"]) for row in lines] == [*before[0]["line_items"], *line]
    assert own != others
    assert types == {own: {5, 341}, others: {341}}
    assert [row["id"] for row in back["associations"]["deals"]["results"]] == [merged["id"]]


async def test_a_merged_company_stays_the_primary_one_of_all_its_deals(client: httpx.AsyncClient) -> None:
    deals = (await client.get("/_control/state/hubspot")).json()["deals"]
    linked = [(deal["id"], deal["associations"].get("companies", {})) for deal in deals]
    theirs = [deal for deal, found in linked for c in (COMPANY, OTHER_COMPANY) if 5 in found.get(c, ())]
    merged = await merge(client, "companies", COMPANY, OTHER_COMPANY)
    primary = []
    for deal in theirs:
        page = await client.get(f"/hubspot/crm/v4/objects/deals/{deal}/associations/companies")
        primary += [
            row["toObjectId"]
            for row in page.json()["results"]
            if 5 in {one["typeId"] for one in row["associationTypes"]}
        ]
    assert len(theirs) > 1
    assert primary == [int(merged["id"])] * len(theirs)


async def test_a_write_to_a_former_id_changes_the_record_that_remains(client: httpx.AsyncClient) -> None:
    merged = await merge(client, "deals", DEAL, OTHER_DEAL)
    body = {"properties": {"billing_invoice_number": "F-1"}}
    answer = await client.patch(f"{OBJECTS}/deals/{OTHER_DEAL}", json=body)
    after = await read(client, "deals", merged["id"], properties="billing_invoice_number")
    assert (answer.status_code, answer.json()["id"]) == (200, merged["id"])
    assert after["properties"]["billing_invoice_number"] == "F-1"


async def test_merges_follow_one_another_and_a_deleted_survivor_takes_all_ids_along(
    client: httpx.AsyncClient,
) -> None:
    first = await merge(client, "deals", DEAL, OTHER_DEAL)
    second = await merge(client, "deals", "38990100003", OTHER_DEAL)
    shown = await read(client, "deals", DEAL, properties="hs_merged_object_ids")
    await client.delete(f"{OBJECTS}/deals/{OTHER_DEAL}")
    gone = await client.get(f"{OBJECTS}/deals/{DEAL}")
    binned = await read(client, "deals", DEAL, archived="true")
    ids = [DEAL, OTHER_DEAL, "38990100003", first["id"]]
    assert (shown["id"], shown["properties"]["hs_merged_object_ids"]) == (second["id"], ";".join(ids))
    assert (gone.status_code, binned["id"], binned["archived"]) == (404, second["id"], True)


@pytest.mark.parametrize(
    ("kind", "body", "status"),
    [
        ("deals", {"primaryObjectId": DEAL, "objectIdToMerge": DEAL}, 400),
        ("deals", {"primaryObjectId": DEAL, "objectIdToMerge": "1"}, 404),
        ("deals", {"primaryObjectId": DEAL}, 400),
        ("deals", {"primaryObjectId": DEAL, "objectIdToMerge": OTHER_DEAL, "force": True}, 400),
        ("line_items", {"primaryObjectId": "7700001", "objectIdToMerge": "7700002"}, 400),
    ],
)
async def test_an_impossible_merge_is_refused_and_changes_nothing(
    client: httpx.AsyncClient, kind: str, body: dict[str, Any], status: int
) -> None:
    before = (await client.get("/_control/state/hubspot")).json()
    answer = await client.post(f"{OBJECTS}/{kind}/merge", json=body)
    after = (await client.get("/_control/state/hubspot")).json()
    entry = (await client.get("/_control/requests")).json()[-1]
    assert (answer.status_code, entry["mutating"], entry["committed"]) == (status, True, False)
    assert after == before


@pytest.mark.parametrize("pair", PAIRS)
@pytest.mark.parametrize("style", ["classic", "generic"])
@pytest.mark.parametrize("creates_new", [True, False])
async def test_a_merge_is_told_with_the_ids_of_all_records(
    pair: tuple[str, str, str, str, str], style: str, creates_new: bool
) -> None:
    receiver, (kind, name, type_id, primary, other) = Receiver(), pair
    async with account(receiver, format=style, merge_creates_new=creates_new) as client:
        merged = await merge(client, kind, primary, other)
        told, deletion = await receiver.events(2)
    subject = "object" if style == "generic" else name
    assert (told["subscriptionType"], told.get("objectTypeId")) == (
        f"{subject}.merge",
        type_id if style == "generic" else None,
    )
    assert (told["primaryObjectId"], told["mergedObjectIds"]) == (int(primary), [int(other)])
    assert told.get("newObjectId") == (int(merged["id"]) if creates_new else None)
    assert ("objectId" in told, told["changeSource"]) == (False, "CRM_UI")
    assert (deletion["subscriptionType"], deletion["objectId"]) == (f"{subject}.deletion", int(other))


async def test_an_account_may_tell_a_merge_without_a_deletion() -> None:
    receiver = Receiver()
    async with account(receiver, merge_tells_deletion=False) as client:
        await merge(client, "deals", DEAL, OTHER_DEAL)
        await client.delete(f"{OBJECTS}/deals/38990100003")
        told = await receiver.events(2)
    assert [event["subscriptionType"] for event in told] == ["deal.merge", "deal.deletion"]
    assert told[1]["objectId"] == 38990100003


async def test_a_lagging_index_still_shows_the_records_from_before_the_merge(
    client: httpx.AsyncClient,
) -> None:
    rule = {"vendor": "hubspot", "path": ".*/search", "effect": {"stale": 60}}
    merged = await merge(client, "deals", DEAL, OTHER_DEAL)
    await client.post("/_control/faults", json=rule)
    wanted = equal("hs_object_id", DEAL, OTHER_DEAL, merged["id"])
    stale, fresh = [await search_ids(client, "deals", **wanted) for _ in range(2)]
    assert stale == [DEAL, OTHER_DEAL]
    assert fresh == [merged["id"]]


async def test_reset_undoes_a_merge(client: httpx.AsyncClient) -> None:
    await merge(client, "deals", DEAL, OTHER_DEAL)
    await client.post("/_control/reset")
    assert (await read(client, "deals", OTHER_DEAL))["id"] == OTHER_DEAL


async def test_a_company_may_be_the_primary_one_of_many_deals(client: httpx.AsyncClient) -> None:
    spec = [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 6}]
    for deal in (DEAL, OTHER_DEAL):
        path = f"/hubspot/crm/v4/objects/companies/9000003/associations/deals/{deal}"
        assert (await client.put(path, json=spec)).status_code == 201
    for deal in (DEAL, OTHER_DEAL):
        page = await client.get(f"/hubspot/crm/v4/objects/deals/{deal}/associations/companies")
        primary = [
            row["toObjectId"]
            for row in page.json()["results"]
            if 5 in {one["typeId"] for one in row["associationTypes"]}
        ]
        assert primary == [9000003]
