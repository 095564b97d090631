"""Saved filters (pipedrive.md 2 and 5)."""

from typing import Any

import pytest

from tests.sandbox.pipedrive.bench import DEAL, Pipedrive

TITLE, STATUS = "12401", "12403"
"""Fields as saved filters call them; API v2 does not."""


def named(field: str, value: Any, *others: dict[str, Any], operator: str = "=") -> dict[str, Any]:
    condition = {"object": "deal", "field_id": field, "operator": operator, "value": value}
    groups = [{"glue": "and", "conditions": [condition]}, {"glue": "or", "conditions": list(others)}]
    return {"name": "Gagnées", "type": "deals", "conditions": {"glue": "and", "conditions": groups}}


async def saved(pipedrive: Pipedrive, *args: Any, **more: Any) -> int:
    made = await pipedrive.person.call("POST", "/api/v1/filters", json=named(*args, **more))
    return int(made["data"]["id"])


async def test_a_filter_overrides_every_other_parameter(pipedrive: Pipedrive) -> None:
    await pipedrive.person.win(2)
    filter_ = await saved(pipedrive, STATUS, "won")
    query = f"filter_id={filter_}&ids=1&status=open&updated_since=2030-01-01T00:00:00Z"
    assert [each["id"] for each in await pipedrive.data("GET", f"/v2/deals?{query}")] == [2]
    assert await pipedrive.data("GET", f"/v2/deals/archived?{query}") == []


async def test_the_second_group_needs_one_and_a_custom_field_has_a_number_of_its_own(
    pipedrive: Pipedrive,
) -> None:
    await pipedrive.person.win(DEAL)
    await pipedrive.person.win(2)
    title = {
        "object": "deal",
        "field_id": TITLE,
        "operator": "=",
        "value": (await pipedrive.deal(2))["title"],
    }
    filter_ = await saved(pipedrive, STATUS, "won", title)
    assert [each["id"] for each in await pipedrive.data("GET", f"/v2/deals?filter_id={filter_}")] == [2]
    read = await pipedrive.data("GET", f"/v1/filters/{filter_}?include_field_code=true")
    [first] = read["conditions"]["conditions"][0]["conditions"]
    assert (first["field_id"], first["field_code"]) == (STATUS, "status")
    plain = await pipedrive.data("GET", f"/v1/filters/{filter_}")
    assert "field_code" not in plain["conditions"]["conditions"][0]["conditions"][0]
    fields = await pipedrive.data("GET", "/v2/dealFields?limit=500")
    assert "id" not in fields[0]


async def test_a_filter_is_changed_and_deleted(pipedrive: Pipedrive) -> None:
    filter_ = await saved(pipedrive, STATUS, None, operator="IS NULL")
    assert await pipedrive.data("GET", f"/v2/deals?filter_id={filter_}") == []
    changed = {"conditions": named(STATUS, None, operator="IS NOT NULL")["conditions"]}
    await pipedrive.call("PUT", f"/v1/filters/{filter_}", json=changed)
    assert len(await pipedrive.data("GET", f"/v2/deals?filter_id={filter_}&limit=500")) == 61
    assert [each["id"] for each in await pipedrive.data("GET", "/v1/filters?type=deals")] == [filter_]
    assert await pipedrive.data("GET", "/v1/filters?type=org") == []
    assert (await pipedrive.refused("GET", f"/v2/persons?filter_id={filter_}"))[0] == 404
    await pipedrive.call("DELETE", f"/v1/filters/{filter_}")
    assert (await pipedrive.refused("GET", f"/v2/deals?filter_id={filter_}"))[0] == 404


@pytest.mark.parametrize(
    "wrong",
    [
        {"conditions": {}},
        {"conditions": {"glue": "or", "conditions": []}},
        {"conditions": named("title", "x")["conditions"]},
        {"conditions": named(TITLE, "x", operator="SOUNDS LIKE")["conditions"]},
        {"type": "companies"},
        {"conditions": {"glue": "and", "conditions": [1]}},
        {"conditions": named(TITLE, "x", {"field_id": [], "operator": []})["conditions"]},
    ],
)
async def test_a_filter_that_cannot_be_is_refused(pipedrive: Pipedrive, wrong: dict[str, Any]) -> None:
    assert (await pipedrive.refused("POST", "/v1/filters", json=named(TITLE, "x") | wrong))[0] == 400


async def test_a_filter_has_sixteen_conditions_at_most(pipedrive: Pipedrive) -> None:
    one = named(TITLE, "x")["conditions"]["conditions"][0]["conditions"][0]
    await pipedrive.call("POST", "/v1/filters", json=named(TITLE, "x", *[one] * 15))
    assert (await pipedrive.refused("POST", "/v1/filters", json=named(TITLE, "x", *[one] * 16)))[0] == 400
