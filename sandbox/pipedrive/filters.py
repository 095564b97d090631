"""Saved filters of API v1, which lists of API v2 take (pipedrive.md 2 and 5).

A condition names its field by a number that API v2 does not tell: who wants one reads it from a filter that
somebody made in the pages, with `include_field_code`.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from sandbox.pipedrive.account import Account
from sandbox.pipedrive.call import Call, ok
from sandbox.pipedrive.errors import Json, invalid, not_found
from sandbox.pipedrive.fields import Field
from sandbox.pipedrive.records import Record, of_v1

_KINDS = {"deals": "deal", "org": "organization", "people": "person", "activity": "activity"}
_TYPES = (*_KINDS, "leads", "products", "projects")
_MOST = 16
_TESTS: Mapping[str, Callable[[Any, Any], bool]] = {
    "=": lambda value, wanted: value is not None and str(value) == str(wanted),
    "!=": lambda value, wanted: str(value) != str(wanted),
    "IS NULL": lambda value, _: value in (None, ""),
    "IS NOT NULL": lambda value, _: value not in (None, ""),
}
"""Pipedrive has more operators; these are the ones whose meaning nobody can doubt."""


def list_(call: Call) -> Json:
    wanted = call.choice("type", _TYPES, "") if call.query.get("type") else None
    call.done()
    found = [each for each in call.account.filters.values() if wanted in (None, each["type"])]
    return ok([_shown(each) for each in found])


def read(call: Call) -> Json:
    return ok(_with_conditions(call, _found(call)))


def create(call: Call) -> Json:
    body = call.object(("name", "conditions", "type"), ("name", "conditions", "type"))
    if body["type"] not in _KINDS:
        raise invalid(f"type: must be one of {', '.join(_KINDS)}")
    made: Json = {
        "id": call.account.new_id("filter"),
        "name": str(body["name"]),
        "filter_code": None,
        "is_editable": True,
        "active_flag": True,
        "type": body["type"],
        "temporary_flag": False,
        "user_id": call.by.user,
        "add_time": of_v1(call.by.stamp),
        "update_time": of_v1(call.by.stamp),
        "visible_to": "1",
        "last_used_time": None,
        "custom_view_id": None,
        "conditions": _conditions(call, body["conditions"], body["type"]),
    }
    call.account.filters[made["id"]] = made
    return ok(_with_conditions(call, made))


def update(call: Call) -> Json:
    found, body = _found(call), call.object(("name", "conditions"), ("conditions",))
    found["conditions"] = _conditions(call, body["conditions"], found["type"])
    found["name"] = str(body.get("name", found["name"]))
    found["update_time"] = of_v1(call.by.stamp)
    return ok(_with_conditions(call, found))


def delete(call: Call) -> Json:
    return ok({"id": call.account.filters.pop(_found(call)["id"])["id"]})


def chosen(account: Account, id_: int, kind: str, records: list[Record]) -> list[Record]:
    """The records that a saved filter wants: all of its first group, and one of its second."""
    found = account.filters.get(id_)
    if found is None or _KINDS[found["type"]] != kind:
        raise not_found("Filter")
    every, any_ = (group["conditions"] for group in found["conditions"]["conditions"])
    fields = {str(field.id): field for field in account.fields[kind].values()}

    def holds(record: Record, condition: Json) -> bool:
        field = fields.get(condition["field_id"])
        value = _value(record, field) if field else None
        return _TESTS[condition["operator"]](value, condition["value"])

    return [
        record
        for record in records
        if all(holds(record, each) for each in every)
        and (not any_ or any(holds(record, each) for each in any_))
    ]


def _value(record: Record, field: Field) -> Any:
    value = record.custom.get(field.code) if field.custom else record.values.get(field.code)
    return value.get("value") if isinstance(value, dict) else value


def _conditions(call: Call, given: Any, type_: str) -> Json:
    """One group glued by `and` of one glued by `and` and one glued by `or` (spec v1, POST /filters)."""
    groups = _objects(given.get("conditions")) if isinstance(given, dict) else []
    if not groups or given.get("glue") != "and" or [group.get("glue") for group in groups] != ["and", "or"]:
        raise invalid("conditions: one group of 'and' with a group of 'and' and one of 'or'")
    known = {str(field.id) for field in call.account.fields[_KINDS[type_]].values()}
    read = [list(_group(group.get("conditions"), known)) for group in groups]
    if sum(map(len, read)) > _MOST:
        raise invalid(f"conditions: at most {_MOST} are allowed")
    pairs = zip(("and", "or"), read, strict=True)
    return {"glue": "and", "conditions": [{"glue": glue, "conditions": group} for glue, group in pairs]}


def _group(given: Any, known: set[str]) -> Iterator[Json]:
    for each in _objects(given):
        if str(each.get("field_id")) not in known or str(each.get("operator")) not in _TESTS:
            raise invalid("conditions: each has a field_id and an operator that there are")
        usual: Json = {"object": None, "value": None, "extra_value": None, "json_value_flag": False}
        yield {name: each.get(name, value) for name, value in usual.items()} | {
            "field_id": str(each["field_id"]),
            "operator": str(each["operator"]),
        }


def _objects(given: Any) -> list[Json]:
    if not isinstance(given, list) or not all(isinstance(each, dict) for each in given):
        raise invalid("conditions: Expected an array of objects")
    return given


def _found(call: Call) -> Json:
    found = call.account.filters.get(call.id())
    if found is None:
        raise not_found("Filter")
    return found


def _shown(found: Json) -> Json:
    return {name: value for name, value in found.items() if name != "conditions"}


def _with_conditions(call: Call, found: Json) -> Json:
    coded = call.flag("include_field_code")
    call.done()
    codes = {str(f.id): f.code for f in call.account.fields[_KINDS[found["type"]]].values()}

    def shown(condition: Json) -> Json:
        return {**condition, "field_code": codes.get(condition["field_id"])} if coded else condition

    groups = [
        {"glue": group["glue"], "conditions": [shown(each) for each in group["conditions"]]}
        for group in found["conditions"]["conditions"]
    ]
    return {**found, "conditions": {"glue": "and", "conditions": groups}}
