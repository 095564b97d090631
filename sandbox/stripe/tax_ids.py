"""Tax ids of customers: created and deleted, never edited."""

import re
from collections.abc import Mapping, Sequence

from sandbox.core.table import new_id
from sandbox.stripe.account import Origin
from sandbox.stripe.call import Call
from sandbox.stripe.errors import Refusal, missing_object
from sandbox.stripe.pages import page
from sandbox.stripe.settings import API_VERSION, StripeSettings
from sandbox.stripe.store import Json

_EU_VAT = {
    "AT": r"U\d{8}",
    "BE": r"[01]\d{9}",
    "BG": r"\d{9,10}",
    "CY": r"\d{8}[A-Z]",
    "CZ": r"\d{8,10}",
    "DE": r"\d{9}",
    "DK": r"\d{8}",
    "EE": r"\d{9}",
    "EL": r"\d{9}",
    "ES": r"[0-9A-Z]\d{7}[0-9A-Z]",
    "FI": r"\d{8}",
    "FR": r"[0-9A-HJ-NP-Z]{2}\d{9}",
    "HR": r"\d{11}",
    "HU": r"\d{8}",
    "IE": r"\d[0-9A-Z+*]\d{5}[A-Z]{1,2}",
    "IT": r"\d{11}",
    "LT": r"(\d{9}|\d{12})",
    "LU": r"\d{8}",
    "LV": r"\d{11}",
    "MT": r"\d{8}",
    "NL": r"\d{9}B\d{2}",
    "PL": r"\d{10}",
    "PT": r"\d{9}",
    "RO": r"\d{2,10}",
    "SE": r"\d{12}",
    "SI": r"\d{8}",
    "SK": r"\d{10}",
    "XI": r"\d{9}(\d{3})?",
}
_FORMATS = {
    "eu_vat": "|".join(f"({country}{number})" for country, number in _EU_VAT.items()),
    "fr_siren": r"\d{9}",
    "fr_siret": r"\d{14}",
    "fr_spi": r"\d{13}",
    "gb_vat": r"(GB)?\d{9}(\d{3})?",
    "ch_vat": r"CHE-\d{3}\.\d{3}\.\d{3} (MWST|TVA|IVA)",
    "ch_uid": r"CHE-\d{3}\.\d{3}\.\d{3}",
    "no_vat": r"\d{9}MVA",
    "es_cif": r"[A-Z]\d{7}[0-9A-J]",
    "de_stn": r"\d{10,11}",
    "us_ein": r"\d{2}-?\d{7}",
    "ca_bn": r"\d{9}",
    "au_abn": r"\d{11}",
}
TYPES = tuple(_FORMATS)

# Stripe docs: these types exist only from this version on.
_NEW_TYPES = frozenset({"fr_siren", "fr_siret", "fr_spi"})
_VERIFIED_TYPES = frozenset({"eu_vat", "gb_vat"})


def check_format(wanted: Mapping[str, str], *, version: str, path: str = "") -> None:
    """Refuse a value that does not look like its type."""
    kind, value = wanted["type"], wanted["value"]
    param = f"{path}[value]" if path else "value"
    if kind in _NEW_TYPES and version != API_VERSION:
        raise Refusal(f"Invalid type: {kind} does not exist in API version {version}.", param="type")
    if not re.fullmatch(_FORMATS[kind], value):
        raise Refusal(f"Invalid value for {kind}.", code="tax_id_invalid", param=param)


def attach(call: Call, customer: str, wanted: Mapping[str, str]) -> Json:
    """A new tax id of a customer; an EU or British VAT number is verified a little later."""
    pending = wanted["type"] in _VERIFIED_TYPES
    tax_id: Json = {
        "id": new_id("txi"),
        "object": "tax_id",
        "country": _country(wanted),
        "created": call.now,
        "customer": customer,
        "customer_account": None,
        "livemode": call.settings.livemode,
        "owner": {"type": "customer", "customer": customer, "customer_account": None},
        "type": wanted["type"],
        "value": wanted["value"],
        "verification": {
            "status": "pending" if pending else "unavailable",
            "verified_address": None,
            "verified_name": None,
        },
    }
    call.store.tax_ids.add(tax_id["id"], tax_id)
    call.event("customer.tax_id.created", tax_id)
    if pending:
        call.account.delivery.after(call.settings.verification_seconds, lambda: _verify(call, tax_id["id"]))
    return tax_id


def create(call: Call) -> Json:
    customer = _customer(call)
    check_format(call.params, version=call.version)
    return attach(call, customer, call.params)


def retrieve(call: Call) -> Json:
    return _found(call)


def list_(call: Call) -> Json:
    customer = _customer(call)
    found = page(call, "tax_id", call.store.tax_ids, lambda tax_id: tax_id["customer"] == customer)
    return {**found, "data": in_order(call.settings, found["data"])}


def in_order(settings: StripeSettings, newest_first: Sequence[Json]) -> list[Json]:
    """As the account lists them: no page says whether the newest comes first."""
    return list(newest_first if settings.tax_ids_newest_first else reversed(newest_first))


def delete(call: Call) -> Json:
    tax_id = call.store.tax_ids.remove(_found(call)["id"])
    call.event("customer.tax_id.deleted", tax_id)
    return {"id": tax_id["id"], "object": "tax_id", "deleted": True}


def _verify(call: Call, id_: str) -> None:
    tax_id = call.store.tax_ids.find(id_)
    if tax_id is None:
        return
    customer = call.store.customers.find(tax_id["customer"]) or {}
    known = tax_id["value"] not in call.account.settings.unverified
    verification = {
        "status": "verified" if known else "unverified",
        "verified_address": None,
        "verified_name": ((customer.get("name") or "").upper() or None) if known else None,
    }
    before = dict(tax_id)
    tax_id["verification"] = verification
    call.account.record_change("customer.tax_id.updated", tax_id, before, origin=Origin())


def _found(call: Call) -> Json:
    tax_id = call.store.tax_ids.find(call.ids["tax_id"])
    if tax_id is None or tax_id["customer"] != _customer(call):
        raise missing_object("tax_id", call.ids["tax_id"])
    return tax_id


def _customer(call: Call) -> str:
    if call.id not in call.store.customers:
        raise missing_object("customer", call.id)
    return call.id


def _country(wanted: Mapping[str, str]) -> str:
    if wanted["type"] == "eu_vat":
        return "GR" if wanted["value"].startswith("EL") else wanted["value"][:2]
    return wanted["type"][:2].upper()
