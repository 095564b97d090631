"""What people do in Pipedrive's pages, and the specification has no call for: merge, delete, take back."""

from sandbox.pipedrive import checks
from sandbox.pipedrive.call import Call, ok
from sandbox.pipedrive.errors import Json, Refused, invalid
from sandbox.pipedrive.records import Record

_KINDS = {
    "deals": "deal",
    "organizations": "organization",
    "persons": "person",
    "activities": "activity",
    "notes": "note",
    "products": "product",
}
_POINTING = {
    "organization": (("deal", "org_id"), ("person", "org_id"), ("activity", "org_id"), ("note", "org_id")),
    "person": (("deal", "person_id"), ("activity", "person_id"), ("note", "person_id")),
    "deal": (("deal_product", "deal_id"), ("activity", "deal_id"), ("note", "deal_id")),
}
_TIMES = ("add_time", "update_time")


def delete(call: Call) -> Json:
    record = _record(call)
    call.account.delete(record, call.by)
    return ok({"id": record.id})


def restore(call: Call) -> Json:
    """Out of the bin, within 30 days."""
    record = _record(call, deleted=True)
    call.account.restore(record, call.by)
    return ok({"id": record.id})


def merge(call: Call) -> Json:
    """Into another record, which keeps its values and takes those that it lacks.

    Two events tell it: a deletion and a change (pipedrive.md 4). What pointed at the record that is gone
    points at the one that is left, and nobody is told of that: no page says otherwise.
    """
    gone = _record(call)
    kept_id = call.object(("into",), ("into",))["into"]
    kept = call.account.find(gone.kind, checks.whole()(kept_id, "into", call.account), call.by)
    if gone.kind not in _POINTING or kept is gone:
        raise Refused(400, "These cannot be merged")
    for kind, name in _POINTING[gone.kind]:
        for other in call.account.records[kind].values():
            if other.values.get(name) == gone.id:
                other.values[name] = kept.id
                other.keep()
    values = {
        name: value
        for name, value in gone.values.items()
        if kept.values.get(name) in (None, "", [], {}) and value and name not in _TIMES
    }
    custom = {code: value for code, value in gone.custom.items() if kept.custom.get(code) is None}
    call.account.delete(gone, call.by, merged_to=kept.id)
    call.account.change(kept, values, custom, call.by, merged_from=gone.id)
    return ok({"id": kept.id})


def activity_type(call: Call) -> Json:
    """Somebody switches a kind of activity off, or on again: they are editable (pipedrive.md 3)."""
    active = call.object(("active",), ("active",))["active"]
    for each in call.account.activity_types:
        if each["key_string"] == call.place["key"]:
            each["active_flag"] = bool(active)
            return ok(each)
    raise invalid("there is no such activity type")


def _record(call: Call, *, deleted: bool = False) -> Record:
    return call.account.find(_KINDS[call.place["kind"]], call.id(), call.by, deleted=deleted)
