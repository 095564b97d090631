"""What Stripe's events say of customers: whose details changed, which, when, and whether we did it.

Stripe docs: api/events/types, api/events/object. Of `customer.updated` the previous attributes name what
changed; no event says which person did it.
"""

from collections.abc import Container, Mapping
from typing import Any

from raccord.domain.values.details import Edit, Field
from raccord.vendors.stripe.documented import Undocumented, id_of, instant_of, reference_of, shown_of

OURS = ("details/", "cus/")
"""How our idempotency keys begin of what writes details: of keeping them in step, and of new customers."""
UPDATED = "customer.updated"
_CREATED = "customer.created"
_CUSTOMERS = frozenset((_CREATED, "customer.deleted", UPDATED))
_TAX_IDS = frozenset(("customer.tax_id.created", "customer.tax_id.deleted", "customer.tax_id.updated"))
CUSTOMER_TYPES = tuple(sorted((*_CUSTOMERS, *_TAX_IDS)))
_NUMBERED, _UNNUMBERED = "customer.tax_id.created", "customer.tax_id.deleted"
"""Of a tax id only what an authority says of it is ever updated (Stripe docs: api/tax_ids)."""
ATTRIBUTES = {
    "address": Field.ADDRESS,
    "business_name": Field.NAME,
    "email": Field.EMAIL,
    "individual_name": Field.NAME,
    "name": Field.NAME,
    "phone": Field.PHONE,
    "preferred_locales": Field.LANGUAGE,
}
NUMBERS = {Field.SIREN: "fr_siren", Field.SIRET: "fr_siret", Field.VAT_NUMBER: "eu_vat"}
"""Types of tax ids."""
_FIELDS = {kind: field for field, kind in NUMBERS.items()}


def customer_of(event: Mapping[str, Any]) -> str | None:
    """Return whose details an event is about; None where it is of none. Raises `Undocumented`."""
    kind = event.get("type")
    if kind not in CUSTOMER_TYPES:
        return None
    shown, before = shown_of(event)
    if kind in _TAX_IDS:
        return reference_of(shown, "customer")
    if kind == UPDATED and isinstance(before, Mapping) and not ATTRIBUTES.keys() & before.keys():
        return None
    return id_of(shown)


def edits_of(event: Mapping[str, Any], numbers: Container[Field]) -> dict[Field, Edit]:
    """Return what an event tells of who edited what. Raises `Undocumented`.

    `numbers` are those that the customer has: their edit is when one was created. What was deleted beside
    it made room for it, and Stripe tells of a deletion no key that says whether it was ours.
    """
    shown, before = shown_of(event)
    edit = Edit(at=instant_of(event.get("created")), ours=_ours(event.get("request")))
    edited = _edited(event.get("type"), shown, before)
    if event.get("type") == _UNNUMBERED:
        edited = {field for field in edited if field not in numbers}
    return dict.fromkeys(edited, edit)


def _edited(kind: Any, shown: Mapping[str, Any], before: Any) -> set[Field]:
    if kind == UPDATED:
        names = before.keys() if isinstance(before, Mapping) else ()
        return {ATTRIBUTES[name] for name in names if name in ATTRIBUTES}
    if kind == _CREATED:
        return {field for name, field in ATTRIBUTES.items() if shown.get(name)}
    if kind in (_NUMBERED, _UNNUMBERED):
        if not isinstance(typed := shown.get("type"), str):
            raise Undocumented
        return {_FIELDS[typed]} if typed in _FIELDS else set()
    return set()


def _ours(request: Any) -> bool:
    key = request.get("idempotency_key") if isinstance(request, Mapping) else None
    return isinstance(key, str) and key.startswith(OURS)
