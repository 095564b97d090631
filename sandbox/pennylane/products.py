"""Products, whose values fill in a line (pennylane.md 1.3; company-v2.openapi.json, `/products`)."""

import uuid
from decimal import Decimal
from functools import partial

from sandbox.pennylane import codes, shapes, view
from sandbox.pennylane.call import Call, Operation
from sandbox.pennylane.errors import Json, unprocessable
from sandbox.pennylane.listing import RANGE, SAME, Filter, filtered, page
from sandbox.pennylane.money import amount_of, cents
from sandbox.pennylane.records import Product

_LONGEST = 5000


def create(call: Call) -> Json:
    _check(call, None)
    values = _BLANK | {"external_reference": str(uuid.uuid4())} | _kept(call.given)
    row = Product(
        id=call.company.new_id(), values=values, price=_price(values), **call.company.stamps(call.now)
    )
    call.company.products[row.id] = row
    call.company.changed(row, "insert", call.now)
    return view.product(call, row)


def update(call: Call) -> Json:
    row = call.company.product(call.id)
    _check(call, row)
    row.values |= _kept(call.given)
    row.price = _price(row.values)
    call.company.changed(row, "update", call.now)
    return view.product(call, row)


def retrieve(call: Call) -> Json:
    return view.product(call, call.company.product(call.id))


def listed(call: Call) -> Json:
    return page(call, filtered(call, call.company.products.values(), _FILTERS), partial(view.product, call))


def _kept(given: Json) -> Json:
    return {name: value for name, value in given.items() if name != "ledger_account_id"}


def _check(call: Call, row: Product | None) -> None:
    """The OpenAPI declares no 409 here: a reference that is taken is a 422."""
    if "price_before_tax" in call.given:
        amount_of(call.given["price_before_tax"], "price_before_tax", places=6)
    reference = call.given.get("external_reference")
    others = (each for each in call.company.products.values() if each is not row)
    if reference and any(each.values["external_reference"] == reference for each in others):
        raise unprocessable("External reference has already been taken", field="external_reference")


def _price(values: Json) -> Decimal:
    return cents(Decimal(values["price_before_tax"]) * (1 + codes.VAT[values["vat_rate"]] / 100))


_BLANK: Json = {"description": "", "unit": "", "currency": "EUR", "reference": None}
_FILTERS = {
    "id": Filter(RANGE, lambda row: row.id),
    "label": Filter(("eq", "in"), lambda row: row.values["label"]),
    "reference": Filter(("eq", "in"), lambda row: row.values["reference"]),
    "external_reference": Filter(SAME, lambda row: row.values["external_reference"]),
}
_FIELDS = {
    **dict.fromkeys(("label", "external_reference", "price_before_tax", "unit", "reference"), shapes.text()),
    "description": shapes.text(longest=_LONGEST),
    "vat_rate": shapes.one_of(codes.VAT),
    "currency": shapes.one_of(codes.CURRENCIES),
    "ledger_account_id": shapes.integer(),
}
_NEW = shapes.record(_FIELDS, required=("label", "price_before_tax", "vat_rate"))

OPERATIONS = (
    Operation("POST", "/products", create, "products", 201, _NEW),
    Operation("GET", "/products", listed, "products"),
    Operation("GET", "/products/{id}", retrieve, "products"),
    Operation("PUT", "/products/{id}", update, "products", 200, shapes.record(_FIELDS)),
)
