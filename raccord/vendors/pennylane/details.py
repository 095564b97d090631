"""A customer's details as Pennylane keeps them. Nothing tells who edited one, nor which field, nor when."""

from typing import Any

from raccord.connectors.details import unwritten
from raccord.connectors.lengths import cut
from raccord.domain.values.details import Changes, Details, Field, Sight
from raccord.domain.values.message import RecordKind, RecordName
from raccord.vendors.pennylane.customers import (
    COMPANY,
    LONGEST_NAME,
    Customers,
    address_of,
    language_code,
    language_of,
    place_of,
)
from raccord.vendors.pennylane.orders import LIMITS
from raccord.vendors.pennylane.wire import PennylaneCustomer

KEEPS = frozenset(Field) - {Field.SIRET}
"""A registration number is the company's, not a site's (pennylane page, section 1.2)."""
LONGEST = {Field.PHONE: LIMITS.phone}
_OF_PERSONS = KEEPS - {Field.NAME, Field.SIREN, Field.VAT_NUMBER}
"""Their name is in two parts, which nobody else keeps."""


class CustomerDetails:
    def __init__(self, customers: Customers) -> None:
        self._customers = customers

    async def read(self, customer_id: str) -> Sight:
        named = RecordName(kind=RecordKind.CUSTOMER, id=customer_id)
        if (found := await self._customers.read(customer_id)) is None:
            return Sight(record=named, gone=True)
        details = _details(found)
        return Sight(
            record=named.model_copy(update={"name": details.name}),
            details=details,
            keeps=_keeps(found),
            has_regions=False,
            longest=LONGEST,
        )

    async def write(self, customer_id: str, changes: Changes) -> None:
        """Write what does not say yet what it shall, in one request; see the port."""
        found = await self._customers.standing(customer_id)
        wanted = _as_kept(changes.details)
        asked = changes.model_copy(update={"details": wanted, "fields": changes.fields & _keeps(found)})
        left = unwritten(asked, _details(found), f"customer {customer_id}")
        if left:
            body = _body(found, wanted, left)
            await self._customers.change(found, body, f"change the customer {customer_id}")


def _keeps(found: PennylaneCustomer) -> frozenset[Field]:
    return KEEPS if found.customer_type == COMPANY else _OF_PERSONS


def _as_kept(wanted: Details) -> Details:
    """Return details as they can be read back: an address has no region (pennylane page, section 1.2)."""
    address = wanted.address.model_copy(update={"region": ""})
    return wanted.model_copy(update={"name": cut(wanted.name, LONGEST_NAME), "address": address})


def _details(found: PennylaneCustomer) -> Details:
    address = address_of(found)
    country = (found.billing_address.country_alpha2 if found.billing_address else None) or ""
    return Details(
        name=found.shown_name,
        email=next(iter(found.emails or ()), ""),
        phone=found.phone or "",
        address=address,
        country_text="" if address.country else country,
        siren=found.reg_no or "",
        vat_number=found.vat_number or "",
        language=language_of(found),
    )


def _body(found: PennylaneCustomer, wanted: Details, fields: frozenset[Field]) -> dict[str, Any]:
    """Return what is to be changed; others of its addresses for mail stay behind the first."""
    body: dict[str, Any] = {}
    for field in sorted(fields):
        match field:
            case Field.EMAIL:
                others = (found.emails or ())[1:]
                body["emails"] = [*([wanted.email] if wanted.email else []), *others]
            case Field.ADDRESS:
                body["billing_address"] = place_of(wanted.address, f"the customer {found.id}")
            case Field.LANGUAGE:
                if code := language_code(wanted.language):
                    body["billing_language"] = code
            case Field.SIREN:
                body["reg_no"] = wanted.siren
            case _:
                body[field.value] = getattr(wanted, field)
    return body
