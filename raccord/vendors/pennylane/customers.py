"""Customers: found by our reference, their registration number or an address; written by their own type."""

import re
from collections.abc import Iterable
from typing import Any

from raccord.connectors.errors import NotFound, Permanent
from raccord.connectors.http.together import together
from raccord.connectors.lengths import cut
from raccord.domain.values.address import Address
from raccord.domain.values.countries import parse_country
from raccord.domain.values.identifiers import (
    parse_siren,
    parse_siret,
    parse_vat_number,
    siren_of_vat_number,
)
from raccord.domain.values.parties import Customer, CustomerProfile
from raccord.vendors.pennylane.api import CUSTOMERS, PAGE_SIZE, Filter, PennylaneApi, number
from raccord.vendors.pennylane.errors import DUPLICATE
from raccord.vendors.pennylane.wire import Created, CustomerList, PennylaneCustomer

LONGEST_NAME = 255
"""No page says how long it may be."""
COMPANY = "company"
_TYPED = {COMPANY: "company_customers", "individual": "individual_customers"}
_LANGUAGES = {"fr": "fr_FR", "en": "en_GB", "de": "de_DE"}
_REFERENCE = re.compile("[0-9a-f]{20}")
"""The form of our own references (`CustomerIdentity.reference`)."""
_GIVEN = re.compile("[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
"""A UUID, which Pennylane gives whoever has none (specification, `external_reference`)."""
_OURS = re.compile(r"[a-z0-9][a-z0-9_-]*:\S+")
"""A company of a CRM, as `CustomerProfile.crm_company` writes it."""


class Customers:
    def __init__(self, api: PennylaneApi) -> None:
        self._api = api

    async def find(self, profile: CustomerProfile, linked_id: str | None) -> tuple[Customer, ...]:
        """Return the linked customer alone while it is there, else all that may be the profile's.

        There is no filter by VAT number: of a French one the SIREN is looked for (section 1.1).
        """
        if linked_id and (linked := await self.read(linked_id)):
            return (as_customer(linked),)
        siren = profile.siren or siren_of_vat_number(profile.vat_number or "")
        numbers = [each for each in (siren, profile.siret) if each]
        asked: list[Filter] = [("external_reference", "eq", profile.identity.reference)]
        asked += [("reg_no", "in", numbers)] if numbers else []
        asked += [("emails", "in", [profile.email])] if profile.email else []
        asked += [("name", "eq", profile.name)]
        async with together() as group:
            tasks = [group.create_task(self._listed(each)) for each in asked]
        found = {each.id: each for task in tasks for each in task.result()}
        return tuple(as_customer(each) for each in found.values())

    async def read(self, customer_id: str) -> PennylaneCustomer | None:
        """Read a customer with its type; None when it is gone."""
        try:
            path = f"/customers/{number(customer_id, 'customer')}"
            return await self._api.get(f"read the customer {customer_id}", CUSTOMERS, path, PennylaneCustomer)
        except NotFound:
            return None

    async def names(self, ids: Iterable[int]) -> dict[int, str]:
        """Return what these customers are called, without those that are gone: a request for each hundred."""
        found: dict[int, str] = {}
        wanted = sorted(set(ids))
        for first in range(0, len(wanted), PAGE_SIZE):
            part = [str(each) for each in wanted[first : first + PAGE_SIZE]]
            found |= {each.id: each.shown_name for each in await self._listed(("id", "in", part))}
        return found

    async def page(self, after: str) -> tuple[tuple[PennylaneCustomer, ...], str]:
        """Return a page of all customers, and what begins the next."""
        what = "list the customers"
        page = await self._api.page(
            what, CUSTOMERS, "/customers", CustomerList, sort="id", cursor=after or None
        )
        return page.items, page.following or ""

    async def create(self, profile: CustomerProfile) -> Customer:
        """Create a company under our reference; one that has it already is taken (section 1.5).

        Nothing that is known of a customer says that it is a private person, so none is created as one.
        """
        reference = profile.identity.reference
        try:
            created = await self._api.write(
                f"create the customer {reference}",
                CUSTOMERS,
                "POST",
                "/company_customers",
                Created,
                content=_body(profile),
            )
        except Permanent as refused:
            same = await self._listed(("external_reference", "eq", reference)) if _taken(refused) else []
            if len(same) != 1:
                raise
            return as_customer(same[0])
        return await self._again(str(created.id))

    async def claim(self, customer_id: str, profile: CustomerProfile) -> Customer:
        """Write our reference; which company of the CRM it is, only where no person's reference stands.

        Another tool finds its customer by the reference that it gave: that one stays.
        """
        found = await self.standing(customer_id)
        if _of_another_tool(found):
            return as_customer(found)
        body: dict[str, Any] = {"external_reference": profile.identity.reference}
        if not found.reference or _OURS.fullmatch(found.reference):
            body["reference"] = profile.crm_company
        await self.change(found, body, f"mark the customer {customer_id} with our reference")
        return await self._again(customer_id)

    async def standing(self, customer_id: str) -> PennylaneCustomer:
        """Read a customer. Raises `NotFound`."""
        if (found := await self.read(customer_id)) is None:
            raise NotFound(f"Pennylane has no customer {customer_id} any more.", code="404")
        return found

    async def change(self, found: PennylaneCustomer, body: dict[str, Any], what: str) -> None:
        """Change a customer by its own type: the other's endpoint succeeds and spoils it (section 1.2)."""
        if (typed := _TYPED.get(found.customer_type)) is None:
            raise Permanent(
                f"The Pennylane customer {found.id} is of a kind that Raccord does not know: edit it there.",
                code="customer_type",
            )
        await self._api.write(what, CUSTOMERS, "PUT", f"/{typed}/{found.id}", Created, content=body)

    async def _again(self, customer_id: str) -> Customer:
        return as_customer(await self.standing(customer_id))

    async def _listed(self, wanted: Filter) -> list[PennylaneCustomer]:
        what = f"look for a customer by {wanted[0]}"
        items = self._api.all(what, CUSTOMERS, "/customers", CustomerList, filters=[wanted], sort="id")
        return [each async for each in items]


def _taken(refused: Permanent) -> bool:
    return refused.code in DUPLICATE


def _body(profile: CustomerProfile) -> dict[str, Any]:
    """Return the body of a company. Raises `Permanent` without a whole address (section 1.2)."""
    body = {
        "name": cut(profile.name, LONGEST_NAME),
        "billing_address": place_of(profile.address, f"the customer {profile.identity.reference}"),
        "external_reference": profile.identity.reference,
        "reference": profile.crm_company,
        "emails": [profile.email] if profile.email else [],
        "billing_language": _LANGUAGES.get(profile.language, _LANGUAGES["fr"]),
    }
    known = {"phone": profile.phone, "vat_number": profile.vat_number, "reg_no": profile.siren}
    return body | {name: text for name, text in known.items() if text}


def place_of(address: Address, whose: str) -> dict[str, str]:
    """Return an address as Pennylane takes it: all four parts, none empty. Raises `Permanent`."""
    street = "\n".join(part for part in (address.line1, address.line2) if part)
    parts = {
        "address": street,
        "postal_code": address.postal_code,
        "city": address.city,
        "country_alpha2": address.country or "",
    }
    if missing := [name for name, text in parts.items() if not text]:
        raise Permanent(
            f"Pennylane takes no address without street, postal code, town and country, and {whose} lacks "
            f"{', '.join(missing)}. Complete the address in the CRM.",
            code="address_incomplete",
            field=missing[0],
        )
    return parts


def language_code(language: str) -> str | None:
    """Return Pennylane's word for a language; None for one that it does not have."""
    return _LANGUAGES.get(language)


def email_of(found: PennylaneCustomer) -> str:
    """Return the address that counts, the first; others are a person's."""
    return next(iter(found.emails or ()), "")


def language_of(found: PennylaneCustomer) -> str:
    return (found.billing_language or "").partition("_")[0].lower()


def address_of(found: PennylaneCustomer) -> Address:
    place = found.billing_address
    if place is None:
        return Address()
    line1, _, line2 = (place.address or "").partition("\n")
    return Address(
        line1=line1,
        line2=line2,
        postal_code=place.postal_code or "",
        city=place.city or "",
        country=parse_country(place.country_alpha2 or ""),
    )


def _of_another_tool(found: PennylaneCustomer) -> bool:
    given = found.external_reference
    return bool(given) and not (_REFERENCE.fullmatch(given or "") or _GIVEN.fullmatch(given or ""))


def as_customer(found: PennylaneCustomer) -> Customer:
    """Read a customer. Its SIREN is its registration number, else that of its French VAT number."""
    typed = found.vat_number or ""
    vat = parse_vat_number(typed) or typed or None
    return Customer(
        id=str(found.id),
        name=found.shown_name,
        email=email_of(found),
        reference=found.external_reference if _REFERENCE.fullmatch(found.external_reference or "") else None,
        marked_elsewhere=_of_another_tool(found),
        crm_company=found.reference if _OURS.fullmatch(found.reference or "") else None,
        siren=parse_siren(found.reg_no or "") or (siren_of_vat_number(vat) if vat else None),
        siret=parse_siret(found.reg_no or ""),
        vat_number=vat,
    )
