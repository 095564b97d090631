"""The catalogue of products."""

from collections.abc import Mapping
from typing import Any

from sandbox.pipedrive import checks
from sandbox.pipedrive.call import Call, ok, page
from sandbox.pipedrive.errors import Json
from sandbox.pipedrive.records import Record

_CHECKS: Mapping[str, checks.Check] = {
    "name": checks.text(empty=False, null=False),
    "code": checks.text(),
    "tax": checks.number(least=0),
    "price": checks.number(),
    "currency": checks.text(empty=False, null=False),
}


def list_(call: Call) -> Json:
    ids, owner = call.ids("ids"), call.number("owner_id")
    call.several("custom_fields", most=15)
    found = [each for each in call.account.all("product") if ids is None or each.id in ids]
    found = [each for each in found if owner in (None, each["owner_id"])]
    if since := call.instant("updated_since"):
        found = [each for each in found if each["update_time"] >= since]
    return page(call, found, _shown, sorts=("id", "name", "add_time", "update_time"))


def read(call: Call) -> Json:
    found = call.account.find("product", call.id(), call.by)
    call.done()
    return ok(_shown(found))


def create(call: Call) -> Json:
    """Somebody adds a row to the catalogue."""
    body = call.object(tuple(_CHECKS), ("name",))
    body = {name: _CHECKS[name](value, name, call.account) for name, value in body.items()}
    id_ = call.account.new_id("product")
    values = values_of(body, id_, owner=call.by.user)
    return ok(_shown(call.account.add("product", values, {}, call.by, id_=id_)))


def values_of(given: Mapping[str, Any], id_: int, *, owner: int) -> Json:
    """A product with its one price."""
    price = {
        "product_id": id_,
        "price": given.get("price", 0),
        "currency": given.get("currency", "EUR"),
        "cost": 0,
        "direct_cost": None,
        "notes": "",
    }
    return {
        "name": given["name"],
        "code": given.get("code"),
        "unit": "",
        "tax": given.get("tax", 0),
        "is_linkable": True,
        "visible_to": 3,
        "owner_id": owner,
        "description": "",
        "category": None,
        "billing_frequency": "one-time",
        "billing_frequency_cycles": None,
        "prices": [price],
    }


def _shown(record: Record) -> Json:
    return {"id": record.id, **record.values, "is_deleted": record.deleted is not None, "custom_fields": {}}
