"""Activities, which are tasks too (pipedrive.md 3), and notes of API v1. Neither has an idempotency key."""

from sandbox.pipedrive import checks
from sandbox.pipedrive.call import Call, ok
from sandbox.pipedrive.entities import Entity, located
from sandbox.pipedrive.errors import Json, invalid
from sandbox.pipedrive.records import Record, of_v1

_NOTE_LINKS = {"deal_id": "deal", "person_id": "person", "org_id": "organization"}
_PINS = ("deal", "organization", "person", "project", "task")
_PINNED = tuple(f"pinned_to_{each}_flag" for each in ("lead", *_PINS))


def create(call: Call) -> Json:
    answer = ACTIVITIES.create(call)
    _touch(call, answer["data"]["deal_id"])
    return answer


def update(call: Call) -> Json:
    answer = ACTIVITIES.update(call)
    _touch(call, answer["data"]["deal_id"])
    return answer


def listed(call: Call) -> Json:
    done, lead = call.flag("done"), call.text("lead_id")
    found = [each for each in call.account.all("activity") if done in (None, each["done"])]
    return ACTIVITIES.listed(call, [each for each in found if lead in (None, each["lead_id"])])


def _touch(call: Call, deal: int | None) -> None:
    if deal is not None and call.settings.activities_touch_deals:
        record = call.account.find("deal", deal, call.by)
        call.account.touch(record, call.by)


def _settle(call: Call, record: Record | None, given: Json) -> Json:
    account, settled = call.account, {}
    kind = given.get("type")
    if kind is None and record is None:
        settled["type"] = kind = account.activity_types[0]["key_string"]
    if kind is not None and kind not in [t["key_string"] for t in account.activity_types if t["active_flag"]]:
        raise invalid(f"type: there is no activity type {kind}")
    if record is None:
        settled["creator_user_id"] = call.by.user
    if given.get("participants"):
        primary = [each["person_id"] for each in given["participants"] if each["primary"]]
        settled["person_id"] = primary[0] if primary else given["participants"][0]["person_id"]
    if "location" in given:
        settled["location"] = located(call, given["location"])
    if "done" in given and given["done"] is not (record["done"] if record else False):
        settled["marked_as_done_time"] = call.by.stamp if given["done"] else None
    return settled


def _shown(_: Call, record: Record) -> Json:
    return {**record.values, "is_deleted": record.deleted is not None}


def _attendees(_call: Call, _record: Record) -> list[Json]:
    return []


ACTIVITIES = Entity(
    kind="activity",
    blank={
        "subject": None,
        "type": None,
        "owner_id": 0,
        "creator_user_id": 0,
        "deal_id": None,
        "lead_id": None,
        "person_id": None,
        "org_id": None,
        "project_id": None,
        "due_date": None,
        "due_time": None,
        "duration": None,
        "busy": False,
        "done": False,
        "marked_as_done_time": None,
        "location": None,
        "participants": [],
        "conference_meeting_client": None,
        "conference_meeting_url": None,
        "conference_meeting_id": None,
        "public_description": None,
        "priority": None,
        "note": None,
    },
    # `person_id` is read-only: who takes part says it (pipedrive.md 3).
    checks={
        "subject": checks.text(),
        "type": checks.text(empty=False, null=False),
        "owner_id": checks.link("user"),
        "deal_id": checks.link("deal"),
        "org_id": checks.link("organization"),
        "due_date": checks.day,
        "due_time": checks.clock,
        "duration": checks.clock,
        "busy": checks.boolean,
        "done": checks.boolean,
        "location": checks.address,
        "participants": checks.participants,
        "public_description": checks.text(most=65_000),
        "priority": checks.whole(null=True),
        "note": checks.text(most=65_000),
    },
    required=(),
    settle=_settle,
    shown=_shown,
    links=("owner_id", "deal_id", "person_id", "org_id"),
    sorts=("id", "update_time", "add_time", "due_date"),
    optional={"attendees": _attendees},
    has_custom=False,
)


def create_note(call: Call) -> Json:
    """v1: it belongs to one record at least."""
    allowed = ("content", "user_id", "add_time", "lead_id", "project_id", "task_id", *_NOTE_LINKS, *_PINNED)
    body = call.object(allowed, ("content",))
    if not any(body.get(name) for name in _NOTE_LINKS):
        raise invalid("one of deal_id, person_id, org_id is required")
    links = {
        name: checks.link(kind)(body.get(name), name, call.account) for name, kind in _NOTE_LINKS.items()
    }
    values = {
        "content": checks.text(most=65_000, null=False)(body["content"], "content", call.account),
        "user_id": call.by.user,
        "last_update_user_id": call.by.user,
        **links,
        **{name: bool(body.get(name)) for name in _PINNED},
    }
    return ok(_note(call, call.account.add("note", values, {}, call.by)))


def notes(call: Call) -> Json:
    """v1: pages by `start` and `limit`, flags of 0 and 1."""
    found = call.account.all("note")
    for name in ("user_id", *_NOTE_LINKS):
        wanted = call.number(name)
        found = [each for each in found if wanted in (None, each[name])]
    for name in _PINNED:
        flag = call.number(name)
        found = [each for each in found if flag is None or each[name] is bool(flag)]
    start, size = call.number("start") or 0, call.number("limit") or 100
    call.done()
    chosen, more = found[start : start + size], len(found) > start + size
    paging = {"start": start, "limit": size, "more_items_in_collection": more}
    if more:
        paging["next_start"] = start + size
    return ok([_note(call, each) for each in chosen], additional_data={"pagination": paging})


def _note(call: Call, record: Record) -> Json:
    account, user = call.account, call.account.users[record["user_id"]]
    deal, person, organization = (
        account.records[kind].get(record[name]) for name, kind in _NOTE_LINKS.items()
    )
    return {
        "id": record.id,
        **{name: value for name, value in record.values.items() if name != "pinned_to_lead_flag"},
        "active_flag": record.deleted is None,
        "add_time": of_v1(record["add_time"]),
        "update_time": of_v1(record["update_time"]),
        "lead_id": None,
        "project_id": None,
        "deal": {"title": deal["title"]} if deal else None,
        "person": {"name": person["name"]} if person else None,
        "organization": {"name": organization["name"]} if organization else None,
        "user": {
            "email": user["email"],
            "icon_url": None,
            "is_you": user["id"] == call.by.user,
            "name": user["name"],
        },
    }
