"""Fields by API v2: found, made, changed (pipedrive.md 1). Names are neither unique nor for ever."""

from typing import Any

from sandbox.pipedrive.call import Call, ok, plain_page
from sandbox.pipedrive.errors import Json, forbidden, invalid, not_found
from sandbox.pipedrive.fields import TYPES, Field, new_code

_PATHS = {
    "dealFields": "deal",
    "organizationFields": "organization",
    "personFields": "person",
    "activityFields": "activity",
}
_NAMESPACES = ("ui_visibility", "important_fields", "required_fields")


def fields(call: Call) -> Json:
    kind = _kind(call)
    included = _included(call)
    rows, following = plain_page(call, list(call.account.fields[kind].values()))
    shown = [_shown(kind, each, included) for each in rows]
    return ok(shown, additional_data={"next_cursor": following})


def one_field(call: Call) -> Json:
    kind, found = _found(call)
    included = _included(call)
    call.done()
    return ok(_shown(kind, found, included))


def create(call: Call) -> Json:
    """Another field with a random code, also where there is one of that name already."""
    kind, account = _kind(call), call.account
    body = call.object(("field_name", "field_type", "options", *_beside(kind)), ("field_name", "field_type"))
    call.done()
    if body["field_type"] not in TYPES:
        raise invalid(f"field_type: must be one of {', '.join(TYPES)}")
    if sum(each.custom for each in account.fields[kind].values()) >= call.settings.field_limit:
        raise forbidden(
            "Custom fields limit reached for your plan", code=f"feature_capping_{kind}_custom_fields"
        )
    made = Field(
        id=account.new_id("field"),
        name=_name(body),
        code=new_code(),
        type=body["field_type"],
        custom=True,
        description=body.get("description"),
        options=_options(call, body),
        shown=_looking(body, _look(kind)),
    )
    account.fields[kind][made.code] = made
    return ok(_shown(kind, made, frozenset(_NAMESPACES)))


def change(call: Call) -> Json:
    kind, found = _found(call)
    body = call.object(("field_name", *_beside(kind)))
    if not body:
        raise invalid("at least one field must be provided")
    if "field_name" in body:
        found.name = _name(body)
    found.description = body.get("description", found.description)
    found.shown = _looking(body, found.shown)
    return ok(_shown(kind, found, frozenset(_NAMESPACES)))


def add_options(call: Call) -> Json:
    """All of them or none; the answer has the new ones alone."""
    _, found = _found(call)
    if found.options is None or not isinstance(call.body, list) or not call.body:
        raise invalid("options can be added to a field of options, as an array")
    labels = [_label(each, ("label",)) for each in call.body]
    made = [{"id": call.account.new_id("option"), "label": label} for label in labels]
    found.options += made
    return ok(made, additional_data=None)


def change_options(call: Call) -> Json:
    _, found = _found(call)
    known = {option["id"]: option for option in found.options or ()}
    wanted = call.body if isinstance(call.body, list) else []
    labels = [_label(each, ("id", "label")) for each in wanted]
    if not wanted or any(not isinstance(each["id"], int) or each["id"] not in known for each in wanted):
        raise invalid("options: every id must be one of the field's")
    for each, label in zip(wanted, labels, strict=True):
        known[each["id"]]["label"] = label
    return ok([known[each["id"]] for each in wanted], additional_data=None)


def remove(call: Call) -> Json:
    """Somebody deletes a custom field in the pages; its values go with it."""
    kind, found = _found(call)
    if not found.custom:
        raise invalid("a field that every account has cannot be deleted")
    del call.account.fields[kind][found.code]
    return ok({"field_code": found.code})


def remove_option(call: Call) -> Json:
    _, found = _found(call)
    found.options = [each for each in found.options or () if each["id"] != call.id("other")]
    return ok({"id": call.id("other")})


def _kind(call: Call) -> str:
    return _PATHS[call.place["fields"]]


def _found(call: Call) -> tuple[str, Field]:
    kind = _kind(call)
    found = call.account.fields[kind].get(call.place["code"])
    if found is None:
        raise not_found("Field")
    return kind, found


def _included(call: Call) -> frozenset[str]:
    return frozenset(call.several("include_fields", most=3, allowed=_NAMESPACES) or ())


def _shown(kind: str, each: Field, included: frozenset[str]) -> Json:
    return each.as_json(included, described=kind == "deal")


def _beside(kind: str) -> tuple[str, ...]:
    """A deal's field has a description, others' bodies know none (pipedrive.md 1)."""
    return (*_NAMESPACES, "description") if kind == "deal" else _NAMESPACES


def _name(body: Json) -> str:
    name = body["field_name"]
    if not isinstance(name, str) or not 1 <= len(name) <= 255:
        raise invalid("field_name: must have from 1 to 255 characters")
    return name


def _options(call: Call, body: Json) -> list[Json] | None:
    wanted = body.get("options")
    if body["field_type"] not in ("enum", "set"):
        if wanted:
            raise invalid("options: only enum and set fields have options")
        return None
    if not isinstance(wanted, list) or not wanted:
        raise invalid("options: Required for enum and set fields")
    labels = [_label(each, ("label",)) for each in wanted]
    return [{"id": call.account.new_id("option"), "label": label} for label in labels]


def _label(option: Any, names: tuple[str, ...]) -> str:
    if not isinstance(option, dict) or set(option) != set(names) or not isinstance(option["label"], str):
        raise invalid(f"options: each has {' and '.join(names)}")
    if not 1 <= len(option["label"]) <= 255:
        raise invalid("options: a label has from 1 to 255 characters")
    return str(option["label"])


def _looking(body: Json, before: Json) -> Json:
    """Where a field is shown, after a body that says so."""
    named = {name: body[name] for name in _NAMESPACES if name in body}
    if wrong := [name for name, value in named.items() if not isinstance(value, dict)]:
        raise invalid(f"{wrong[0]}: Expected object")
    return before | {name: {**before.get(name, {}), **value} for name, value in named.items()}


def _look(kind: str) -> Json:
    """Where a new field is shown (spec v2, POST dealFields and organizationFields)."""
    visible: Json = {"add_visible_flag": False, "details_visible_flag": True}
    if kind == "deal":
        visible |= {"projects_detail_visible_flag": False}
        visible |= {"show_in_pipelines": {"show_in_all": True, "pipeline_ids": []}}
    else:
        visible |= {"show_in_add_deal_dialog": {"show": False, "order": None}}
    return {
        "ui_visibility": visible,
        "important_fields": {"enabled": False, "stage_ids": []},
        "required_fields": {"enabled": False},
    }
