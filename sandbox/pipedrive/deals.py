"""Deals: open, won or lost, whatever their stage (pipedrive.md 1)."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sandbox.pipedrive import checks
from sandbox.pipedrive.call import Call, ok
from sandbox.pipedrive.entities import Entity, counted, nothing, zero
from sandbox.pipedrive.errors import Json, invalid
from sandbox.pipedrive.records import Record

_LOCAL = {"local_won_date": "won_time", "local_lost_date": "lost_time", "local_close_date": "close_time"}
_STATUSES = ("open", "won", "lost")
_ONLY_WHEN = {
    "lost_reason": ("lost",),
    "lost_time": ("lost",),
    "won_time": ("won",),
    "close_time": ("won", "lost"),
}


def create(call: Call) -> Json:
    return DEALS.create(_without_deletion(call)[0])


def update(call: Call) -> Json:
    """Also how a deal is deleted and taken back: `is_deleted` (spec v2)."""
    call, deleted = _without_deletion(call)
    record = call.account.find("deal", call.id(), call.by, deleted=deleted is False)
    if record.deleted:
        call.account.restore(record, call.by)
    answer = DEALS.update(call)
    if deleted:
        call.account.delete(record, call.by)
        return ok(DEALS.showing(call)(record))
    return answer


def _without_deletion(call: Call) -> tuple[Call, bool | None]:
    if not isinstance(call.body, dict) or "is_deleted" not in call.body:
        return call, None
    deleted = checks.boolean(call.body["is_deleted"], "is_deleted", call.account)
    return replace(call, body={name: v for name, v in call.body.items() if name != "is_deleted"}), deleted


def list_(call: Call) -> Json:
    """Those that are not archived; a status `deleted` brings back those of the last 30 days."""
    return DEALS.listed(call, _wanted(call, archived=False))


def archived(call: Call) -> Json:
    return DEALS.listed(call, _wanted(call, archived=True))


def _wanted(call: Call, *, archived: bool) -> list[Record]:
    statuses = call.several("status", most=4, allowed=(*_STATUSES, "deleted"))
    if "filter_id" in call.query:
        statuses = None
    now = call.by.at
    return [
        each
        for each in call.account.records["deal"].values()
        if each["is_archived"] is archived
        and (not each.deleted or (now - each.deleted).days < 30)
        and _status(each) in (statuses or _STATUSES)
    ]


def _status(record: Record) -> str:
    return "deleted" if record.deleted else str(record["status"])


def _settle(call: Call, record: Record | None, given: Json) -> Json:
    before = record.values if record else _BLANK
    settled = _staged(call, record, given)
    was = before["status"] if record else "open"
    status = str(given.get("status", was))
    for name, allowed in _ONLY_WHEN.items():
        if given.get(name) is not None and status not in allowed:
            raise invalid(f"{name}: can only be set when the status is {' or '.join(allowed)}")
    if status != was:
        settled |= _closed(call, before, given, status)
    if "is_archived" in given:
        settled["archive_time"] = (
            (given.get("archive_time") or call.by.stamp) if given["is_archived"] else None
        )
    if record is None:
        settled |= {"creator_user_id": call.by.user, "origin": "ManuallyCreated" if not call.app else "API"}
    return settled


def _closed(call: Call, before: Json, given: Json, status: str) -> Json:
    """Times of a new status. The first time that it was won stays for ever."""
    now = call.by.stamp
    won = given.get("won_time") or now if status == "won" else None
    lost = given.get("lost_time") or now if status == "lost" else None
    return {
        "won_time": won,
        "first_won_time": before["first_won_time"] or won,
        "lost_time": lost,
        "lost_reason": given.get("lost_reason") if status == "lost" else None,
        "close_time": given.get("close_time") or won or lost,
    }


def _staged(call: Call, record: Record | None, given: Json) -> Json:
    stages = call.account.stages
    stage_id, pipeline = given.get("stage_id"), given.get("pipeline_id")
    if stage_id is None and (pipeline is None or (record and record["pipeline_id"] == pipeline)):
        first = stages[0]
        return {} if record else {"stage_id": first["id"], "pipeline_id": first["pipeline_id"]}
    found = [
        each for each in stages if stage_id in (None, each["id"]) and pipeline in (None, each["pipeline_id"])
    ]
    if not found:
        raise invalid("stage_id: there is no such stage in the pipeline")
    settled = {"stage_id": found[0]["id"], "pipeline_id": found[0]["pipeline_id"]}
    if record and record["stage_id"] != settled["stage_id"]:
        settled["stage_change_time"] = call.by.stamp
    return settled


def _shown(call: Call, record: Record) -> Json:
    zone = ZoneInfo(call.settings.zone)
    values = {name: value for name, value in record.values.items() if name != "first_won_time"}
    local = {name: _local(record[at], zone) for name, at in _LOCAL.items()}
    return {**values, **local, "is_deleted": record.deleted is not None}


def _local(at: str | None, zone: ZoneInfo) -> str | None:
    """The day in the account's zone, which may be another one than in UTC (pipedrive.md 5)."""
    if at is None:
        return None
    return (
        datetime.fromisoformat(at.replace("Z", "+00:00")).astimezone(UTC).astimezone(zone).date().isoformat()
    )


def _first_won(_: Call, record: Record) -> Any:
    return record["first_won_time"]


_BLANK: Json = {
    "title": "",
    "creator_user_id": 0,
    "owner_id": 0,
    "value": 0,
    "currency": "EUR",
    "person_id": None,
    "org_id": None,
    "stage_id": 0,
    "pipeline_id": 0,
    "archive_time": None,
    "stage_change_time": None,
    "status": "open",
    "is_archived": False,
    "probability": None,
    "lost_reason": None,
    "visible_to": 3,
    "close_time": None,
    "won_time": None,
    "first_won_time": None,
    "lost_time": None,
    "expected_close_date": None,
    "label_ids": [],
    "origin": "ManuallyCreated",
    "origin_id": None,
    "channel": None,
    "channel_id": None,
    "acv": None,
    "arr": None,
    "mrr": None,
}
DEALS = Entity(
    kind="deal",
    blank=_BLANK,
    checks={
        "title": checks.text(empty=False, null=False),
        "owner_id": checks.link("user"),
        "person_id": checks.link("person"),
        "org_id": checks.link("organization"),
        "pipeline_id": checks.whole(),
        "stage_id": checks.whole(),
        "value": checks.number(),
        "currency": checks.one_of("EUR", "USD", "GBP", "CHF", "JPY"),
        "is_archived": checks.boolean,
        "archive_time": checks.instant,
        "status": checks.one_of(*_STATUSES),
        "probability": checks.number(null=True),
        "lost_reason": checks.text(),
        "visible_to": checks.one_of(1, 3, 5, 7),
        "close_time": checks.instant,
        "won_time": checks.instant,
        "lost_time": checks.instant,
        "expected_close_date": checks.day,
        "label_ids": checks.whole_list,
    },
    required=("title",),
    settle=_settle,
    shown=_shown,
    links=("owner_id", "person_id", "org_id", "pipeline_id", "stage_id"),
    optional={
        "next_activity_id": nothing,
        "last_activity_id": nothing,
        "first_won_time": _first_won,
        "products_count": counted("deal_product", "deal_id"),
        "files_count": zero,
        "notes_count": counted("note", "deal_id"),
        "followers_count": zero,
        "email_messages_count": zero,
        "activities_count": counted("activity", "deal_id"),
        "done_activities_count": counted("activity", "deal_id", done=True),
        "undone_activities_count": counted("activity", "deal_id", done=False),
        "participants_count": zero,
        "last_incoming_mail_time": nothing,
        "last_outgoing_mail_time": nothing,
        "smart_bcc_email": nothing,
        "source_lead_id": nothing,
    },
)
