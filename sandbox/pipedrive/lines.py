"""Products on deals, discounts of a deal, instalments (pipedrive.md 1)."""

import uuid
from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from sandbox.pipedrive import checks
from sandbox.pipedrive.call import Call, ok, page, plain_page
from sandbox.pipedrive.errors import Json, invalid
from sandbox.pipedrive.records import Record
from sandbox.pipedrive.settings import PipedriveSettings

_FREQUENCIES = ("one-time", "annually", "semi-annually", "quarterly", "monthly", "weekly")
_SORTS = ("id", "add_time", "update_time", "order_nr")
_RECURRING = 20
_CHECKS: Mapping[str, checks.Check] = {
    "product_id": checks.link("product"),
    "item_price": checks.number(),
    "quantity": checks.number(least=0),
    "tax": checks.number(least=0),
    "comments": checks.text(most=65_000),
    "discount": checks.number(least=0),
    "is_enabled": checks.boolean,
    "tax_method": checks.one_of("exclusive", "inclusive", "none"),
    "discount_type": checks.one_of("percentage", "amount"),
    "product_variation_id": checks.whole(null=True),
    "billing_frequency": checks.one_of(*_FREQUENCIES),
    "billing_frequency_cycles": checks.whole(null=True),
    "billing_start_date": checks.day,
}
NEW: Json = {
    "tax": 0,
    "comments": None,
    "discount": 0,
    "is_enabled": True,
    "discount_type": "percentage",
    "product_variation_id": None,
    "billing_frequency": "one-time",
    "billing_frequency_cycles": None,
    "billing_start_date": None,
}


def of_deal(call: Call) -> Json:
    """Lines that are switched off are among them."""
    deal = call.account.find("deal", call.id(), call.by)
    return page(call, _lines(call, deal.id), _shown, sorts=_SORTS)


def of_deals(call: Call) -> Json:
    ids = call.ids("deal_ids") or []
    if not ids:
        raise invalid("deal_ids: Required")
    found = [line for line in call.account.all("deal_product") if line["deal_id"] in ids]
    return page(call, found, _shown, sorts=("deal_id", *_SORTS))


def add(call: Call) -> Json:
    deal = call.account.find("deal", call.id(), call.by)
    body = call.object(_CHECKS, ("product_id", "item_price", "quantity"))
    call.done()
    given = {name: _CHECKS[name](value, name, call.account) for name, value in body.items()}
    product = call.account.find("product", given["product_id"], call.by)
    others = _lines(call, deal.id)
    method = others[0]["tax_method"] if others else "exclusive"
    values = {**NEW, "tax_method": method, **given}
    values |= {"deal_id": deal.id, "name": product["name"], "currency": deal["currency"]}
    values["order_nr"] = len(others) + 1
    _must_recur_rightly(call, values, others)
    values["sum"] = total(values, call.settings)
    line = call.account.add("deal_product", values, {}, call.by)
    _same_method(call, line)
    follow(call, deal)
    return ok(_shown(line))


def edit(call: Call) -> Json:
    """What a salesperson changes in a line; its name can be another one than the product's."""
    deal, line = _at(call)
    body = call.object([*_CHECKS, "name"])
    name = {"name": str(body.pop("name"))} if "name" in body else {}
    given = name | {key: _CHECKS[key](value, key, call.account) for key, value in body.items()}
    values = {**line.values, **given}
    _must_recur_rightly(call, values, [each for each in _lines(call, deal.id) if each is not line])
    call.account.change(line, given | {"sum": total(values, call.settings)}, {}, call.by)
    _same_method(call, line)
    follow(call, deal)
    return ok(_shown(line))


def remove(call: Call) -> Json:
    deal, line = _at(call)
    call.account.remove(line, call.by)
    follow(call, deal)
    return ok({"id": line.id})


def discounts(call: Call) -> Json:
    deal = call.account.find("deal", call.id(), call.by)
    call.done()
    return ok([each for each in call.account.discounts.values() if each["deal_id"] == deal.id])


def add_discount(call: Call) -> Json:
    """A discount of the whole deal: it stands apart from the lines."""
    deal = call.account.find("deal", call.id(), call.by)
    body = call.object(("description", "amount", "type"), ("description", "amount", "type"))
    discount = {
        "id": str(uuid.uuid4()),
        "description": str(body["description"]),
        "amount": checks.number(least=0)(body["amount"], "amount", call.account),
        "type": checks.one_of("percentage", "amount")(body["type"], "type", call.account),
        "deal_id": deal.id,
        "created_at": call.by.stamp,
        "created_by": call.by.user,
        "updated_at": call.by.stamp,
        "updated_by": call.by.user,
    }
    call.account.discounts[discount["id"]] = discount
    follow(call, deal)
    return ok(discount)


def remove_discount(call: Call) -> Json:
    deal = call.account.find("deal", call.id(), call.by)
    if call.account.discounts.pop(call.place["other"], None) is None:
        raise invalid("there is no such discount")
    follow(call, deal)
    return ok({"id": call.place["other"]})


def installments(call: Call) -> Json:
    ids = call.ids("deal_ids") or []
    if not ids:
        raise invalid("deal_ids: Required")
    call.choice("sort_by", ("id", "billing_date", "deal_id"), "id")
    call.choice("sort_direction", ("asc", "desc"), "asc")
    found = [each for each in call.account.installments.values() if each["deal_id"] in ids]
    rows, following = plain_page(call, found)
    return ok(rows, additional_data={"next_cursor": following})


def add_installment(call: Call) -> Json:
    """Part of a deal with a day of its own; a line that recurs forbids it (spec v2, POST deal products)."""
    deal = call.account.find("deal", call.id(), call.by)
    body = call.object(("description", "amount", "billing_date"), ("amount", "billing_date"))
    if any(line["billing_frequency"] != "one-time" for line in _lines(call, deal.id)):
        raise invalid("a deal with recurring products has no installments")
    row = {
        "id": call.account.new_id("installment"),
        "amount": checks.number(least=0)(body["amount"], "amount", call.account),
        "billing_date": checks.day(body["billing_date"], "billing_date", call.account),
        "description": body.get("description", ""),
        "deal_id": deal.id,
    }
    call.account.installments[row["id"]] = row
    return ok(row)


def total(line: Mapping[str, Any], settings: PipedriveSettings) -> int | float:
    """A line's `sum`, to the cent; what has its tax in the price is not taxed again."""
    quantity, price = _exact(line["quantity"]), _exact(line["item_price"])
    amount, discount = quantity * price, _exact(line["discount"])
    if line["discount_type"] == "percentage":
        amount -= amount * discount / 100
    else:
        amount -= discount * quantity if settings.discount_per_unit else discount
    if line["tax_method"] == "exclusive" and settings.sum_with_tax:
        amount += amount * _exact(line["tax"]) / 100
    return _rounded(amount)


def follow(call: Call, deal: Record) -> None:
    """The deal's value after its lines: what is switched on, less the deal's own discounts."""
    lines = [line for line in _lines(call, deal.id) if line["is_enabled"]]
    if not call.settings.lines_move_value or not lines:
        return
    value = sum((_exact(line["sum"]) for line in lines), Decimal())
    for each in call.account.discounts.values():
        if each["deal_id"] == deal.id:
            amount = _exact(each["amount"])
            value -= value * amount / 100 if each["type"] == "percentage" else amount
    call.account.change(deal, {"value": _rounded(value)}, {}, call.by)


def _at(call: Call) -> tuple[Record, Record]:
    deal = call.account.find("deal", call.id(), call.by)
    line = call.account.find("deal_product", call.id("other"), call.by)
    if line["deal_id"] != deal.id:
        raise invalid("the line is of another deal")
    return deal, line


def _lines(call: Call, deal: int) -> list[Record]:
    return [line for line in call.account.all("deal_product") if line["deal_id"] == deal]


def _same_method(call: Call, line: Record) -> None:
    """The tax method of one line is that of all lines of the deal (spec v2, POST deal products)."""
    for other in _lines(call, line["deal_id"]):
        if other["tax_method"] != line["tax_method"]:
            values = {**other.values, "tax_method": line["tax_method"]}
            changes = {"tax_method": line["tax_method"], "sum": total(values, call.settings)}
            call.account.change(other, changes, {}, call.by)


def _must_recur_rightly(call: Call, line: Json, others: list[Record]) -> None:
    """What frequency and cycles allow each other (spec v2, POST deal products)."""
    frequency, cycles = line["billing_frequency"], line["billing_frequency_cycles"]
    if frequency == "one-time":
        if cycles is not None:
            raise invalid("billing_frequency_cycles: must be null for one-time products")
        return
    if (frequency == "weekly" and cycles is None) or (cycles is not None and not 1 <= cycles <= 208):
        raise invalid("billing_frequency_cycles: must be from 1 to 208")
    if sum(each["billing_frequency"] != "one-time" for each in others) >= _RECURRING:
        raise invalid(f"a deal has at most {_RECURRING} recurring products")
    if any(each["deal_id"] == line["deal_id"] for each in call.account.installments.values()):
        raise invalid("a deal with installments has no recurring products")


def _shown(line: Record) -> Json:
    return {"id": line.id, **line.values}


def _exact(value: float) -> Decimal:
    return Decimal(str(value))


def _rounded(value: Decimal) -> int | float:
    exact = value.quantize(Decimal("0.01"), ROUND_HALF_UP)
    return int(exact) if exact == exact.to_integral_value() else float(exact)
