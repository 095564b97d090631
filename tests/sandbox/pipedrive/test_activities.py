"""Activities and notes (pipedrive.md 3)."""

from typing import Any

import pytest

from tests.sandbox.pipedrive.bench import CAMILLE, DEAL, INTEGRATION, ORGANIZATION, PERSON, Pipedrive

TASK: dict[str, Any] = {
    "subject": "Relance F-2026-0042 (J+15)",
    "type": "task",
    "owner_id": CAMILLE,
    "deal_id": DEAL,
    "org_id": ORGANIZATION,
    "participants": [{"person_id": PERSON, "primary": True}],
    "due_date": "2026-12-01",
    "due_time": "08:00",
    "duration": "00:15",
    "done": False,
    "note": "<p>1 200,00 EUR dus. [dunning:in_1042:15]</p>",
}


async def test_a_task_comes_back_with_seconds_and_the_person_who_takes_part(pipedrive: Pipedrive) -> None:
    made = await pipedrive.data("POST", "/v2/activities", json=TASK)
    assert (made["due_date"], made["due_time"], made["duration"]) == ("2026-12-01", "08:00:00", "00:15:00")
    assert (made["owner_id"], made["creator_user_id"], made["person_id"]) == (CAMILLE, INTEGRATION, PERSON)
    assert (made["note"], made["is_deleted"]) == (TASK["note"], False)
    assert await pipedrive.data("GET", f"/v2/activities/{made['id']}") == made


async def test_without_a_time_it_is_for_the_whole_day(pipedrive: Pipedrive) -> None:
    body = {name: value for name, value in TASK.items() if name not in ("due_time", "duration")}
    made = await pipedrive.data("POST", "/v2/activities", json=body)
    assert (made["due_time"], made["duration"]) == (None, None)


@pytest.mark.parametrize(
    "wrong",
    [
        {"person_id": PERSON},
        {"user_id": CAMILLE},
        {"type": "relance"},
        {"due_time": "8:00"},
        {"due_date": "01/12/2026"},
        {"done": 0},
        {"deal_id": 999},
        {"participants": [{"person_id": 999}]},
    ],
)
async def test_what_an_activity_cannot_have_is_refused(pipedrive: Pipedrive, wrong: dict[str, Any]) -> None:
    assert (await pipedrive.refused("POST", "/v2/activities", json=TASK | wrong))[0] == 400


async def test_kinds_are_the_accounts_own_and_can_be_switched_off(pipedrive: Pipedrive) -> None:
    kinds = await pipedrive.data("GET", "/v1/activityTypes")
    assert [each["key_string"] for each in kinds] == ["call", "meeting", "task", "deadline"]
    await pipedrive.person.switch_activity_type("task", on=False)
    assert (await pipedrive.refused("POST", "/v2/activities", json=TASK))[0] == 400
    off = {
        each["key_string"]: each["active_flag"] for each in await pipedrive.data("GET", "/v1/activityTypes")
    }
    assert (off["task"], off["call"]) == (False, True)


async def test_a_list_narrows_by_deal_and_done_and_a_person_ticks_it_off(pipedrive: Pipedrive) -> None:
    made = await pipedrive.data("POST", "/v2/activities", json=TASK)
    await pipedrive.call("POST", "/v2/activities", json={**TASK, "deal_id": 2})
    query = f"/v2/activities?deal_id={DEAL}&done=false"
    assert [each["id"] for each in await pipedrive.data("GET", query)] == [made["id"]]
    await pipedrive.person.finish(made["id"])
    assert await pipedrive.data("GET", query) == []
    done = await pipedrive.data("GET", f"/v2/activities/{made['id']}")
    assert (done["done"], done["marked_as_done_time"]) == (True, done["update_time"])


async def test_a_deleted_task_is_not_listed(pipedrive: Pipedrive) -> None:
    made = await pipedrive.data("POST", "/v2/activities", json=TASK)
    await pipedrive.person.delete("activity", made["id"])
    assert await pipedrive.data("GET", f"/v2/activities?deal_id={DEAL}") == []


@pytest.mark.parametrize("touches", [False, True])
async def test_a_task_may_touch_its_deal(pipedrive: Pipedrive, touches: bool) -> None:
    await pipedrive.settings(activities_touch_deals=touches)
    before = await pipedrive.deal()
    await pipedrive.call("POST", "/v2/activities", json=TASK)
    after = await pipedrive.deal()
    assert ((after["update_time"] > before["update_time"]), after["title"]) == (touches, before["title"])


async def test_notes_have_version_1s_times_flags_and_pages(pipedrive: Pipedrive) -> None:
    for text in ("un", "deux", "trois"):
        body = {"content": text, "deal_id": DEAL, "pinned_to_deal_flag": 1}
        made = await pipedrive.data("POST", "/v1/notes", json=body)
    assert (made["pinned_to_deal_flag"], made["deal"]["title"][:8]) == (True, "ordinary")
    assert (len(made["add_time"]), made["add_time"][10]) == (19, " ")
    page = await pipedrive.call("GET", f"/v1/notes?deal_id={DEAL}&limit=2")
    paging = page["additional_data"]["pagination"]
    assert (paging["more_items_in_collection"], paging["next_start"]) == (True, 2)
    rest = await pipedrive.call("GET", f"/v1/notes?deal_id={DEAL}&limit=2&start=2")
    assert [each["content"] for each in (*page["data"], *rest["data"])] == ["un", "deux", "trois"]
    assert "next_start" not in rest["additional_data"]["pagination"]
    assert (await pipedrive.refused("POST", "/v1/notes", json={"content": "à personne"}))[0] == 400
