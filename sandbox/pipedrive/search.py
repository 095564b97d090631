"""Search: an index that may lag, over what it looks into (pipedrive.md 2)."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from sandbox.pipedrive.call import Call, ok, plain_page
from sandbox.pipedrive.errors import Json, invalid
from sandbox.pipedrive.fields import SEARCHABLE
from sandbox.pipedrive.records import Record

_NOTES = {"deal": "deal_id", "organization": "org_id", "person": "person_id"}
_ENTITIES = ("deal", "lead", "person", "organization", "product", "project")
Words = Mapping[str, list[str]]


def deals(call: Call) -> Json:
    status = call.choice("status", ("open", "won", "lost", ""), "")
    person, organization = call.number("person_id"), call.number("organization_id")

    def wanted(deal: Record) -> bool:
        return (
            deal["status"] in (status or deal["status"])
            and person in (None, deal["person_id"])
            and organization in (None, deal["org_id"])
        )

    fields = ("title", "custom_fields", "notes")
    return _found(call, "deal", fields, optional=("deal.cc_email",), wanted=wanted, shown=_deal)


def organizations(call: Call) -> Json:
    fields = ("name", "address", "custom_fields", "notes")
    return _found(call, "organization", fields, shown=_organization)


def persons(call: Call) -> Json:
    organization = call.number("organization_id")
    fields = ("name", "email", "phone", "custom_fields", "notes")

    def wanted(person: Record) -> bool:
        return organization in (None, person["org_id"])

    return _found(call, "person", fields, optional=("person.picture",), wanted=wanted, shown=_person)


def by_field(call: Call) -> Json:
    """The records of which one field has the term; here case matters (spec v2, /itemSearch/field)."""
    kind = call.choice("entity_type", _ENTITIES, "")
    match = call.choice("match", ("exact", "beginning", "middle"), "exact")
    code, term = call.text("field"), _term(call, exact=match == "exact")
    field = call.account.fields.get(kind, {}).get(code or "")
    if field is None or field.type not in SEARCHABLE:
        raise invalid("field: there is no searchable field of this key")
    tests: dict[str, Callable[[str], bool]] = {
        "exact": lambda text: text == term,
        "beginning": lambda text: text.startswith(term),
        "middle": lambda text: term in text,
    }
    rows = []
    for record in _indexed(call, kind):
        value = record.custom.get(field.code) if field.custom else record.values.get(field.code)
        text = field.words(value)
        if text is not None and tests[match](text):
            rows.append({"id": record.id, "name": record.values.get("title") or record.values.get("name")})
    chosen, following = plain_page(call, rows)
    return ok(chosen, additional_data={"next_cursor": following})


def _found(
    call: Call,
    kind: str,
    fields: tuple[str, ...],
    *,
    optional: tuple[str, ...] = (),
    wanted: Callable[[Record], bool] = lambda _: True,
    shown: Callable[[Call, Record, Words], Json],
) -> Json:
    """In any of the fields, upper and lower case alike: whoever looks for one field checks it himself."""
    exact = bool(call.flag("exact_match"))
    term = _term(call, exact=exact).casefold()
    looked = call.several("fields", most=len(fields), allowed=fields) or fields
    call.several("include_fields", most=1, allowed=optional)
    items = []
    for record in _indexed(call, kind):
        words = _words(call, record)
        said = [text.casefold() for name in looked for text in words.get(name, ())]
        if wanted(record) and any(term == text if exact else term in text for text in said):
            items.append({"result_score": 1.22 if exact else 0.31, "item": shown(call, record, words)})
    chosen, following = plain_page(call, items)
    return ok({"items": chosen}, additional_data={"next_cursor": following})


def _term(call: Call, *, exact: bool) -> str:
    term = call.text("term") or ""
    if len(term) < (1 if exact else 2):
        raise invalid(f"term: must have at least {1 if exact else 2} characters")
    return term


def _indexed(call: Call, kind: str) -> Iterator[Record]:
    lag = max(call.settings.search_lag, call.hidden_for)
    for record in call.account.records.get(kind, {}).values():
        seen = record.seen(lag) if record.deleted is None else None
        if seen is not None and call.account.visible(seen, call.by.user):
            yield seen


def _words(call: Call, record: Record) -> Words:
    """What search looks into, by the names that its parameter has for it."""
    fields, values = call.account.fields[record.kind], record.values
    custom = [fields[code].words(value) for code, value in record.custom.items() if code in fields]
    notes = [n["content"] for n in call.account.all("note") if n[_NOTES[record.kind]] == record.id]
    address = values.get("address") or {}
    return {
        "title": [values.get("title") or ""],
        "name": [values.get("name") or ""],
        "address": [address.get("value") or ""],
        "email": [each["value"] for each in values.get("emails", ())],
        "phone": [each["value"] for each in values.get("phones", ())],
        "custom_fields": [text for text in custom if text is not None],
        "notes": notes,
    }


def _common(record: Record, words: Words) -> Json:
    return {
        "id": record.id,
        "type": record.kind,
        "visible_to": record["visible_to"],
        "owner": {"id": record["owner_id"]},
        "custom_fields": words["custom_fields"],
        "notes": words["notes"],
    }


def _deal(call: Call, deal: Record, words: Words) -> Json:
    names = {each["id"]: each["name"] for each in call.account.stages}
    return {
        **_common(deal, words),
        "title": deal["title"],
        "value": deal["value"],
        "currency": deal["currency"],
        "status": deal["status"],
        "stage": {"id": deal["stage_id"], "name": names[deal["stage_id"]]},
        "person": _named(call, "person", deal["person_id"]),
        "organization": _named(call, "organization", deal["org_id"]),
        "is_archived": deal["is_archived"],
    }


def _organization(_: Call, record: Record, words: Words) -> Json:
    return {**_common(record, words), "name": record["name"], "address": words["address"][0] or None}


def _person(call: Call, person: Record, words: Words) -> Json:
    return {
        **_common(person, words),
        "name": person["name"],
        "phones": words["phone"],
        "emails": words["email"],
        "organization": _named(call, "organization", person["org_id"]),
    }


def _named(call: Call, kind: str, id_: int | None) -> dict[str, Any] | None:
    record = call.account.records[kind].get(id_) if id_ is not None else None
    return {"id": record.id, "name": record["name"]} if record else None
