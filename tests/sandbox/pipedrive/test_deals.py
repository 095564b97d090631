"""Deals: their status, times, lists, deletions and the archive (pipedrive.md 0, 1, 5)."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.sandbox.pipedrive.bench import CAMILLE, DEAL, INTEGRATION, THOMAS, Pipedrive


async def test_the_seeded_deal_is_there_with_ids_and_nothing_embedded(pipedrive: Pipedrive) -> None:
    deal = await pipedrive.deal()
    assert (deal["title"], deal["value"]) == ("ordinary · Site vitrine et formation", 3940)
    assert (deal["org_id"], deal["person_id"], deal["owner_id"]) == (1, 1, CAMILLE)
    assert (deal["status"], deal["won_time"], deal["visible_to"]) == ("open", None, 3)


async def test_a_deal_is_won_whatever_its_stage(pipedrive: Pipedrive) -> None:
    before = await pipedrive.deal()
    await pipedrive.person.win(DEAL)
    deal = await pipedrive.deal(include_fields="first_won_time")
    assert (deal["status"], deal["stage_id"]) == ("won", before["stage_id"])
    assert deal["won_time"] == deal["close_time"] == deal["update_time"] == deal["first_won_time"]
    assert deal["won_time"].endswith("Z")
    assert "first_won_time" not in before


async def test_losing_and_reopening_clear_the_times_but_the_first_one(pipedrive: Pipedrive) -> None:
    person = pipedrive.person
    await person.win(DEAL, at=1_795_600_000)
    await person.lose(DEAL, "Budget")
    lost = await pipedrive.deal()
    assert (lost["status"], lost["won_time"], lost["lost_reason"]) == ("lost", None, "Budget")
    assert lost["lost_time"] == lost["close_time"]
    await person.reopen(DEAL)
    deal = await pipedrive.deal(include_fields="first_won_time")
    assert (deal["status"], deal["close_time"], deal["lost_reason"]) == ("open", None, None)
    first = datetime.fromtimestamp(1_795_600_000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    assert deal["first_won_time"] == first


async def test_the_day_it_was_won_is_the_accounts_and_not_utcs(pipedrive: Pipedrive) -> None:
    late = datetime(2026, 11, 22, 23, 30, tzinfo=UTC)
    await pipedrive.person.win(DEAL, at=int(late.timestamp()))
    deal = await pipedrive.deal()
    assert (deal["won_time"], deal["local_won_date"]) == ("2026-11-22T23:30:00Z", "2026-11-23")
    assert deal["local_close_date"] == "2026-11-23"


async def test_a_deal_can_be_made_as_won_already(pipedrive: Pipedrive) -> None:
    made = await pipedrive.data("POST", "/v2/deals", json={"title": "Vite", "status": "won", "value": 12.5})
    assert (made["status"], made["won_time"], made["owner_id"]) == ("won", made["add_time"], INTEGRATION)
    assert (made["org_id"], made["currency"], made["stage_id"], made["origin"]) == (None, "EUR", 1, "API")


@pytest.mark.parametrize(
    ("body", "word"),
    [
        ({"value": "12"}, "value"),
        ({"is_archived": 1}, "is_archived"),
        ({"owner_id": "70112233"}, "owner_id"),
        ({"owner_id": 1}, "owner_id"),
        ({"org_id": 999}, "org_id"),
        ({"status": "closed"}, "status"),
        ({"lost_reason": "x"}, "lost_reason"),
        ({"won_time": "2026-11-20T10:00:00Z"}, "won_time"),
        ({"title": ""}, "title"),
        ({"stage_id": 5, "pipeline_id": 1}, "stage_id"),
        ({"invoice": "F-1"}, "invoice"),
        ({"expected_close_date": "20/11/2026"}, "expected_close_date"),
    ],
)
async def test_types_are_strict_and_what_is_unknown_is_refused(
    pipedrive: Pipedrive, body: dict[str, Any], word: str
) -> None:
    status, error = await pipedrive.refused("PATCH", f"/v2/deals/{DEAL}", json=body)
    assert (status, word in error) == (400, True)


async def test_a_deal_needs_a_title(pipedrive: Pipedrive) -> None:
    assert (await pipedrive.refused("POST", "/v2/deals", json={"value": 1}))[0] == 400


async def test_what_a_patch_does_not_name_stays_and_nothing_new_is_no_update(pipedrive: Pipedrive) -> None:
    before = await pipedrive.deal()
    await pipedrive.call("PATCH", f"/v2/deals/{DEAL}", json={"title": before["title"]})
    assert await pipedrive.deal() == before
    await pipedrive.call("PATCH", f"/v2/deals/{DEAL}", json={"title": "Autre", "person_id": None})
    after = await pipedrive.deal()
    assert after == {**before, "title": "Autre", "person_id": None, "update_time": after["update_time"]}
    assert after["update_time"] > before["update_time"]


async def test_a_stage_brings_its_pipeline_and_is_stamped(pipedrive: Pipedrive) -> None:
    await pipedrive.person.edit("deal", DEAL, stage_id=5)
    deal = await pipedrive.deal()
    assert (deal["pipeline_id"], deal["stage_change_time"]) == (2, deal["update_time"])
    await pipedrive.person.edit("deal", DEAL, pipeline_id=1)
    assert (await pipedrive.deal())["stage_id"] == 1


async def test_a_list_goes_on_by_cursor_until_there_is_none(pipedrive: Pipedrive) -> None:
    seen: list[int] = []
    cursor: dict[str, str] = {}
    while True:
        page = await pipedrive.call("GET", "/v2/deals", params={"limit": "25", **cursor})
        seen += [each["id"] for each in page["data"]]
        if page["additional_data"]["next_cursor"] is None:
            break
        cursor = {"cursor": page["additional_data"]["next_cursor"]}
    assert (len(seen), seen) == (61, sorted(set(seen)))


@pytest.mark.parametrize(
    "query",
    [
        "limit=501",
        "limit=0",
        "cursor=%21",
        "cursor=e30",
        "sort_by=won_time",
        "ids=" + ",".join(map(str, range(101))),
        "custom_fields=" + ",".join("a" * 16),
        "updated_since=2026-11-16T00:00:00.000Z",
        "updated_since=2026-11-16",
        "status=done",
        "is_archived=true",
    ],
)
async def test_a_list_refuses_what_it_cannot_read(pipedrive: Pipedrive, query: str) -> None:
    """Milliseconds among others, and there is no filter by the time of winning (pipedrive.md 5)."""
    assert (await pipedrive.refused("GET", f"/v2/deals?{query}"))[0] == 400


async def test_updated_since_has_the_second_itself_and_updated_until_has_not(pipedrive: Pipedrive) -> None:
    await pipedrive.person.win(DEAL)
    at = (await pipedrive.deal())["update_time"]
    query = {"sort_by": "update_time", "sort_direction": "asc"}
    since = await pipedrive.data("GET", "/v2/deals", params={"updated_since": at, **query})
    until = await pipedrive.data("GET", "/v2/deals", params={"updated_until": at, **query})
    assert [each["id"] for each in since] == [DEAL]
    assert (len(until), DEAL in [each["id"] for each in until]) == (60, False)


async def test_a_deal_won_in_the_week_and_edited_later_is_found_by_its_last_edit_alone(
    pipedrive: Pipedrive,
) -> None:
    """Which is why a list by `updated_until` misses it (pipedrive.md 5)."""
    week = datetime.now(UTC) - timedelta(days=7)
    await pipedrive.person.win(DEAL, at=int(week.timestamp()))
    await pipedrive.person.edit("deal", DEAL, title="Corrigé")
    stamps = {
        name: (week + timedelta(days=n)).strftime("%Y-%m-%dT%H:%M:%SZ") for name, n in (("a", -1), ("b", 1))
    }
    since = await pipedrive.data("GET", f"/v2/deals?status=won&updated_since={stamps['a']}")
    both = await pipedrive.data(
        "GET", f"/v2/deals?status=won&updated_since={stamps['a']}&updated_until={stamps['b']}"
    )
    assert ([each["id"] for each in since], both) == ([DEAL], [])
    assert since[0]["won_time"] < since[0]["update_time"]


async def test_lists_narrow_by_status_owner_organization_and_ids(pipedrive: Pipedrive) -> None:
    await pipedrive.person.win(2)
    await pipedrive.person.lose(3)

    async def found(**query: Any) -> list[int]:
        return [each["id"] for each in await pipedrive.data("GET", "/v2/deals?limit=500", params=query)]

    assert await found(status="won") == [2]
    assert await found(status="won,lost") == [2, 3]
    assert await found(ids="3,1,4000") == [1, 3]
    assert await found(org_id=1) == [1]
    theirs = await found(owner_id=THOMAS)
    assert 0 < len(theirs) < 61


async def test_an_archived_deal_is_in_a_list_of_its_own_and_is_read_as_ever(pipedrive: Pipedrive) -> None:
    await pipedrive.person.win(DEAL)
    await pipedrive.person.archive(DEAL)
    won = await pipedrive.data("GET", "/v2/deals?status=won")
    archived = await pipedrive.data("GET", "/v2/deals/archived?status=won")
    deal = await pipedrive.deal()
    assert (won, [each["id"] for each in archived]) == ([], [DEAL])
    assert (deal["is_archived"], deal["archive_time"]) == (True, deal["update_time"])
    await pipedrive.person.archive(DEAL, archived=False)
    assert len(await pipedrive.data("GET", "/v2/deals?status=won")) == 1


async def test_a_deletion_is_soft_for_thirty_days(pipedrive: Pipedrive) -> None:
    await pipedrive.person.delete("deal", DEAL)
    assert (await pipedrive.deal())["is_deleted"] is True
    assert DEAL not in [each["id"] for each in await pipedrive.data("GET", "/v2/deals?limit=500")]
    [found] = await pipedrive.data("GET", "/v2/deals?status=deleted")
    assert found["id"] == DEAL
    assert (await pipedrive.refused("PATCH", f"/v2/deals/{DEAL}", json={"title": "x"}))[0] == 404
    await pipedrive.person.restore("deal", DEAL)
    assert (await pipedrive.deal())["is_deleted"] is False


async def test_after_thirty_days_it_is_gone(pipedrive: Pipedrive) -> None:
    long_ago = int((datetime.now(UTC) - timedelta(days=31)).timestamp())
    headers = {"X-Sandbox-At": str(long_ago)}
    await pipedrive.person.call("DELETE", f"/console/deals/{DEAL}", headers=headers)
    assert (await pipedrive.refused("GET", f"/v2/deals/{DEAL}"))[0] == 404
    assert await pipedrive.data("GET", "/v2/deals?status=deleted") == []


async def test_a_deleted_record_may_also_be_one_that_cannot_be_read(pipedrive: Pipedrive) -> None:
    await pipedrive.settings(deleted_readable=False)
    await pipedrive.person.delete("deal", DEAL)
    assert (await pipedrive.refused("GET", f"/v2/deals/{DEAL}"))[0] == 404


async def test_a_program_deletes_a_deal_by_a_patch_and_takes_it_back(pipedrive: Pipedrive) -> None:
    gone = await pipedrive.data("PATCH", f"/v2/deals/{DEAL}", json={"is_deleted": True})
    back = await pipedrive.data("PATCH", f"/v2/deals/{DEAL}", json={"is_deleted": False})
    assert (gone["is_deleted"], back["is_deleted"]) == (True, False)


async def test_what_its_owner_alone_sees_is_not_there_for_a_token_that_is_no_admins(
    pipedrive: Pipedrive,
) -> None:
    await pipedrive.person.edit("deal", DEAL, visible_to=1)
    assert (await pipedrive.deal())["visible_to"] == 1
    await pipedrive.settings(token_user=THOMAS)
    assert (await pipedrive.refused("GET", f"/v2/deals/{DEAL}"))[0] == 404
    assert len(await pipedrive.data("GET", "/v2/deals?limit=500")) == 60


async def test_a_new_deal_can_stay_out_of_a_list_for_a_while(pipedrive: Pipedrive) -> None:
    made = await pipedrive.person.create("deal", title="Nouveau")
    await pipedrive.operator.fault(vendor="pipedrive", effect={"stale": 600})
    hidden = await pipedrive.data("GET", "/v2/deals?sort_by=id&sort_direction=desc&limit=1")
    seen = await pipedrive.data("GET", "/v2/deals?sort_by=id&sort_direction=desc&limit=1")
    assert (made in [each["id"] for each in hidden], seen[0]["id"]) == (False, made)


async def test_the_changes_of_a_record_are_told_the_newest_first(pipedrive: Pipedrive) -> None:
    await pipedrive.person.edit("deal", DEAL, title="Un")
    await pipedrive.call("PATCH", f"/v2/deals/{DEAL}", json={"value": 7}, headers={"User-Agent": "raccord/1"})
    changes = await pipedrive.data("GET", f"/v1/deals/{DEAL}/changelog")
    assert [(each["field_key"], each["new_value"]) for each in changes] == [("value", "7"), ("title", "Un")]
    assert (changes[0]["actor_user_id"], changes[0]["change_source"]) == (INTEGRATION, "api")
    assert changes[0]["change_source_user_agent"] == "raccord/1"
    assert (changes[1]["actor_user_id"], changes[1]["change_source"]) == (CAMILLE, "app")


async def test_counts_stand_there_on_demand(pipedrive: Pipedrive) -> None:
    await pipedrive.call("POST", "/v2/activities", json={"deal_id": DEAL, "done": True})
    await pipedrive.person.note("Vu", deal_id=DEAL)
    deal = await pipedrive.deal(
        include_fields="products_count,activities_count,undone_activities_count,notes_count"
    )
    counts = (
        deal["products_count"],
        deal["activities_count"],
        deal["undone_activities_count"],
        deal["notes_count"],
    )
    assert counts == (3, 1, 0, 1)
