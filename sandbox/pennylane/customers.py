"""Customers: companies and persons, each with endpoints of its own, and one list of both.

pennylane.md 1.1, 1.2 and 4.
"""

import uuid
from functools import partial

from sandbox.pennylane import codes, shapes, view
from sandbox.pennylane.call import Call, Operation
from sandbox.pennylane.errors import Json, conflict, not_found, unprocessable
from sandbox.pennylane.listing import RANGE, SAME, Filter, filtered, page
from sandbox.pennylane.records import Customer
from sandbox.pennylane.settings import LEDGER_ACCOUNT

_ADDRESS = ("address", "postal_code", "city", "country_alpha2")
_KINDS = ("vat_number", "reg_no", "first_name", "last_name")
_BLANK: Json = {
    "billing_iban": None,
    "payment_conditions": "30_days",
    "recipient": "",
    "phone": "",
    "reference": None,
    "notes": None,
    "emails": [],
    "delivery_address": dict.fromkeys(_ADDRESS, ""),
    "billing_language": "fr_FR",
    **dict.fromkeys(_KINDS, ""),
}


def create(call: Call, *, company: bool) -> Json:
    given = dict(call.given)
    given.pop("ledger_account", None)
    values = _BLANK | {"external_reference": str(uuid.uuid4())} | given
    _check(call, given, None)
    row = Customer(id=call.company.new_id(), company=company, values=values, **call.company.stamps(call.now))
    _name(row)
    call.company.customers[row.id] = row
    call.company.changed(row, "insert", call.now)
    return view.customer(call, row, typed=company)


def update(call: Call, *, company: bool) -> Json:
    """Change what is named, and leave the rest. pennylane.md 1.2: through the wrong endpoint it succeeds and
    corrupts the record; here the record becomes one of the other type and loses what that type lacks.
    """
    row = _typed(call, company=company)
    _check(call, call.given, row)
    given = dict(call.given)
    for name in ("billing_address", "delivery_address"):
        if name in given:
            given[name] = {**row.values[name], **(given[name] or dict.fromkeys(_ADDRESS, ""))}
    if row.company is not company:
        row.company = company
        row.values |= dict.fromkeys(_KINDS, "")
    row.values |= given
    _name(row)
    call.company.changed(row, "update", call.now)
    return view.customer(call, row, typed=company)


def retrieve(call: Call) -> Json:
    return view.customer(call, call.company.customer(call.id))


def retrieve_typed(call: Call, *, company: bool) -> Json:
    return view.customer(call, _typed(call, company=company), typed=company)


def listed(call: Call) -> Json:
    rows = filtered(call, call.company.customers.values(), _FILTERS)
    return page(call, rows, partial(view.customer, call))


def contacts(call: Call) -> Json:
    return page(call, call.company.customer(call.id).contacts, partial(view.contact, call))


def _typed(call: Call, *, company: bool) -> Customer:
    row = call.company.customer(call.id)
    if row.company is not company and not call.settings.wrong_type:
        raise not_found()
    return row


def _check(call: Call, given: Json, row: Customer | None) -> None:
    """pennylane.md 1.2: no part of an address is empty; pennylane.md 1.1: 409 for somebody's reference."""
    for name in ("billing_address", "delivery_address"):
        for part, value in (given.get(name) or {}).items():
            if not value.strip():
                raise unprocessable(f"{name} {part} can't be blank", field=f"{name}/{part}")
    for name in ("name", "first_name", "last_name"):
        if name in given and not given[name].strip():
            raise unprocessable(f"{name} can't be blank", field=name)
    reference = given.get("external_reference")
    others = (each for each in call.company.customers.values() if each is not row)
    if reference and any(each.values["external_reference"] == reference for each in others):
        raise conflict()


def _name(row: Customer) -> None:
    if not row.company:
        row.values["name"] = f"{row.values['first_name']} {row.values['last_name']}".strip()


_FILTERS = {
    "id": Filter(RANGE, lambda row: row.id),
    "customer_type": Filter(("eq", "not_eq"), lambda row: "company" if row.company else "individual"),
    "ledger_account_id": Filter(("eq", "not_eq"), lambda row: LEDGER_ACCOUNT + row.id),
    "name": Filter(("start_with", "eq"), lambda row: row.values["name"]),
    "external_reference": Filter(("start_with", *SAME), lambda row: row.values["external_reference"]),
    "reg_no": Filter(SAME, lambda row: row.values.get("reg_no")),
    "emails": Filter(("in",), lambda row: row.values["emails"]),
}
"""pennylane.md 1.1: there is none for the VAT number."""
_text, _optional = shapes.text(), shapes.nullable(shapes.text())


def _address(*, whole: bool) -> shapes.Shape:
    return shapes.record(dict.fromkeys(_ADDRESS, _text), required=_ADDRESS if whole else ())


def _fields(*, company: bool, create: bool) -> dict[str, shapes.Shape]:
    own = ("name", "vat_number", "reg_no") if company else ("first_name", "last_name")
    delivery = _address(whole=create)
    fields = {
        **dict.fromkeys((*own, "phone", "recipient", "external_reference"), _text),
        **dict.fromkeys(("billing_iban", "reference", "notes"), _optional),
        "billing_address": _address(whole=create),
        "delivery_address": delivery if create else shapes.nullable(delivery),
        "payment_conditions": shapes.one_of(codes.PAYMENT_CONDITIONS),
        "emails": shapes.listing(_text),
        "billing_language": shapes.one_of(codes.LANGUAGES),
    }
    if create:
        account = shapes.record({"number": _text}, required=("number",))
        fields["ledger_account"] = shapes.nullable(account)
    return fields


def _operations(path: str, *, company: bool) -> tuple[Operation, ...]:
    required = (*(("name",) if company else ("first_name", "last_name")), "billing_address")
    new = shapes.record(_fields(company=company, create=True), required=required)
    changed = shapes.record(_fields(company=company, create=False))
    return (
        Operation("POST", path, partial(create, company=company), "customers", 201, new),
        Operation("GET", path + "/{id}", partial(retrieve_typed, company=company), "customers"),
        Operation("PUT", path + "/{id}", partial(update, company=company), "customers", 200, changed),
    )


OPERATIONS = (
    *_operations("/company_customers", company=True),
    *_operations("/individual_customers", company=False),
    Operation("GET", "/customers", listed, "customers"),
    Operation("GET", "/customers/{id}", retrieve, "customers"),
    Operation("GET", "/customers/{id}/contacts", contacts, "customers"),
)
