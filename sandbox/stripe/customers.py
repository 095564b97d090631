"""Customers."""

import copy
from collections.abc import Mapping
from secrets import token_hex
from typing import Any

from sandbox.core.table import new_id
from sandbox.stripe import tax_ids
from sandbox.stripe.call import Call
from sandbox.stripe.checks import merged_metadata
from sandbox.stripe.customer_balance import note_shift
from sandbox.stripe.errors import missing_object
from sandbox.stripe.pages import in_range, page
from sandbox.stripe.search import CUSTOMER_FIELDS, search
from sandbox.stripe.store import Json, Store

_PLAIN = (
    "business_name",
    "description",
    "email",
    "individual_name",
    "invoice_prefix",
    "name",
    "next_invoice_sequence",
    "phone",
    "shipping",
)
_ADDRESS = ("city", "country", "line1", "line2", "postal_code", "state")


def create(call: Call) -> Json:
    wanted = call.params.get("tax_id_data") or []
    for number, tax_id in enumerate(wanted):
        tax_ids.check_format(tax_id, version=call.version, path=f"tax_id_data[{number}]")
    customer = _blank(call)
    _apply(customer, call.params)
    customer["balance"] = call.params.get("balance", 0)
    call.store.customers.add(customer["id"], customer)
    call.event("customer.created", customer)
    if customer["balance"]:
        note_shift(call, customer, customer["balance"], "initial")
    for tax_id in wanted:
        tax_ids.attach(call, customer["id"], tax_id)
    return customer


def retrieve(call: Call) -> Json:
    # Stripe docs: a deleted customer answers 200 with a stub, not 404.
    if call.id in call.store.deleted_customers:
        return _stub(call.id)
    return existing(call.store, call.id)


def update(call: Call) -> Json:
    customer = existing(call.store, call.id)
    before = copy.deepcopy(customer)
    changed = copy.deepcopy(customer)
    params = call.params
    if call.settings.addresses_merged and params.get("address") and customer["address"]:
        params = {**params, "address": {**customer["address"], **params["address"]}}
    _apply(changed, params)
    customer.update(changed)
    customer["balance"] = call.params.get("balance", before["balance"])
    call.updated("customer.updated", customer, before)
    if shift := customer["balance"] - before["balance"]:
        note_shift(call, customer, shift, "adjustment")
    return customer


def delete(call: Call) -> Json:
    existing(call.store, call.id)
    customer = call.store.customers.remove(call.id)
    call.store.deleted_customers.add(call.id)
    for tax_id in [each for each in call.store.tax_ids if each["customer"] == call.id]:
        call.store.tax_ids.remove(tax_id["id"])
    call.event("customer.deleted", customer)
    return _stub(call.id)


def list_(call: Call) -> Json:
    params = call.params
    return page(
        call,
        "customer",
        call.store.customers,
        lambda customer: (
            # Stripe docs: the e-mail filter is case-sensitive.
            customer["email"] == params.get("email", customer["email"])
            and in_range(customer["created"], params.get("created"))
        ),
    )


def search_(call: Call) -> Json:
    return search(call, call.store.customers, lambda customer: customer, CUSTOMER_FIELDS)


def existing(store: Store, id_: str, *, param: str = "id", status: int = 404) -> Json:
    """The customer; refuses one that was deleted or never existed."""
    customer = store.customers.find(id_)
    if customer is None:
        raise missing_object("customer", id_, param=param, status=status)
    return customer


def _stub(id_: str) -> Json:
    return {"id": id_, "object": "customer", "deleted": True}


def _blank(call: Call) -> Json:
    return {
        "id": new_id("cus", 14),
        "object": "customer",
        "address": None,
        "balance": 0,
        "business_name": None,
        "created": call.now,
        "currency": None,
        "customer_account": None,
        "default_source": None,
        "delinquent": False,
        "description": None,
        "discount": None,
        "email": None,
        "individual_name": None,
        "invoice_prefix": token_hex(4).upper(),
        "invoice_settings": {
            "custom_fields": None,
            "default_payment_method": None,
            "footer": None,
            "rendering_options": None,
        },
        "livemode": call.settings.livemode,
        "metadata": {},
        "name": None,
        "next_invoice_sequence": 1,
        "phone": None,
        "preferred_locales": [],
        "shipping": None,
        "tax_exempt": "none",
        "test_clock": None,
    }


def _apply(customer: Json, params: Mapping[str, Any]) -> None:
    customer.update({name: params[name] for name in _PLAIN if name in params})
    if "address" in params:
        address = params["address"]
        customer["address"] = address and {name: address.get(name) for name in _ADDRESS}
    if "preferred_locales" in params:
        customer["preferred_locales"] = params["preferred_locales"] or []
    if "tax_exempt" in params:
        customer["tax_exempt"] = params["tax_exempt"] or "none"
    if "invoice_settings" in params:
        customer["invoice_settings"] = {**customer["invoice_settings"], **params["invoice_settings"]}
    if "metadata" in params:
        customer["metadata"] = merged_metadata(customer["metadata"], params["metadata"])
