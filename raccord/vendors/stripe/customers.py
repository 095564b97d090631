"""Customers: found by link, by our reference and by exact e-mail; created and claimed with it."""

import asyncio
from typing import TYPE_CHECKING

from raccord.connectors.errors import NotFound, Permanent
from raccord.connectors.http.errors import Operation
from raccord.connectors.lengths import cut
from raccord.domain.values.address import Address
from raccord.domain.values.countries import parse_country
from raccord.domain.values.identifiers import parse_siren, parse_siret, parse_vat_number, siren_of_vat_number
from raccord.domain.values.parties import Customer, CustomerProfile, IdentityKind
from raccord.vendors.stripe.api import StripeApi
from raccord.vendors.stripe.limits import LIMITS
from raccord.vendors.stripe.money import of_minor
from raccord.vendors.stripe.wire import Deleted, PostalAddress
from raccord.vendors.stripe.wire_parties import (
    CustomerPage,
    FoundCustomer,
    StripeCustomer,
    TaxId,
    TaxIdPage,
)

if TYPE_CHECKING:
    from stripe.params import CustomerCreateParams

REFERENCE, CRM_COMPANY = "raccord_customer", "crm_company_id"
_READ, _WRITE = "Customers: Read", "Customers: Write"
_LOCALES = {"fr": "fr-FR", "en": "en"}
_WITH_TAX_IDS = {"expand": ["tax_ids"]}
MOST_CLAUSES = 10
"""Of one search query (Stripe docs: search)."""
_TAXABLE = ("", "none")


def quoted(text: str) -> str:
    """Quote a value for Stripe's search language."""
    return "'{}'".format(text.replace("\\", "\\\\").replace("'", "\\'"))


def customer_metadata(profile: CustomerProfile) -> dict[str, str]:
    return {REFERENCE: profile.identity.reference, CRM_COMPANY: profile.crm_company}


def customer_body(profile: CustomerProfile) -> "CustomerCreateParams":
    """Return the body of `POST /v1/customers`.

    The SIRET is a tax id only of a site that is a customer of its own: it goes on each invoice, since
    one customer may have several sites. Every customer is taxable: what is not taxed carries 0 % on its
    lines and its reason in the invoice's footer. Stripe's `reverse` would take the VAT off all of the
    customer's later invoices.
    """
    address = profile.address
    place = {
        "line1": address.line1,
        "line2": address.line2,
        "postal_code": address.postal_code,
        "city": address.city,
        "state": address.region,
        "country": address.country,
    }
    body: CustomerCreateParams = {
        "name": cut(profile.name, LIMITS.customer_name),
        "preferred_locales": [locale_of(profile.language)],
        "tax_exempt": "none",
        "metadata": customer_metadata(profile),
        "expand": ["tax_ids"],
    }
    if filled := {name: text for name, text in place.items() if text}:
        body["address"] = filled  # type: ignore[typeddict-item]  # its keys are those of `place`
    # An empty text is refused.
    if profile.email:
        body["email"] = profile.email
    # A longer text is no phone number, and not worth stopping an invoice for.
    if 0 < len(profile.phone) <= LIMITS.phone:
        body["phone"] = profile.phone
    if tax_ids := _tax_ids(profile):
        body["tax_id_data"] = [{"type": kind, "value": value} for kind, value in tax_ids]
    return body


def _tax_ids(profile: CustomerProfile) -> list[tuple[str, str]]:
    siren, vat = parse_siren(profile.siren or ""), parse_vat_number(profile.vat_number or "")
    siret = profile.siret if profile.identity.kind is IdentityKind.SIRET else None
    typed = (("fr_siren", siren), ("fr_siret", siret), ("eu_vat", vat))
    return [(kind, value) for kind, value in typed if value]


def locale_of(language: str) -> str:
    return _LOCALES.get(language, language)


def language_of(found: StripeCustomer) -> str:
    """Return the language of the preferred locale, such as `fr` of `fr-FR`."""
    return next(iter(found.preferred_locales or ()), "").partition("-")[0].lower()


def address_of(place: PostalAddress | None) -> Address:
    place = place or PostalAddress()
    return Address(
        line1=place.line1 or "",
        line2=place.line2 or "",
        postal_code=place.postal_code or "",
        city=place.city or "",
        region=place.state or "",
        country=parse_country(place.country or ""),
    )


def as_customer(found: StripeCustomer, tax_ids: tuple[TaxId, ...]) -> Customer:
    """Read a customer. The SIREN comes from its tax ids, else its metadata, else its French VAT number."""
    metadata = found.metadata or {}
    vat = next((parse_vat_number(t.value) or t.value for t in tax_ids if t.type == "eu_vat"), None)
    typed = [t.value for kind in ("fr_siren", "fr_siret") for t in tax_ids if t.type == kind]
    sirens = [parse_siren(text) for text in (*typed, metadata.get("siren", ""))]
    if vat:
        sirens.append(siren_of_vat_number(vat))
    sirets = [parse_siret(t.value) for t in tax_ids if t.type == "fr_siret"]
    return Customer(
        id=found.id,
        name=found.name or "",
        email=found.email or "",
        reference=metadata.get(REFERENCE) or None,
        crm_company=metadata.get(CRM_COMPANY) or None,
        siren=next((s for s in sirens if s), None),
        siret=next((s for s in sirets if s), None),
        vat_number=vat,
        exempted=(found.tax_exempt or "") not in _TAXABLE,
        balance=of_minor(found.balance, found.currency) if found.balance and found.currency else None,
    )


class Customers:
    """The customers of one Stripe account."""

    def __init__(self, api: StripeApi) -> None:
        self._api = api

    async def find(self, profile: CustomerProfile, linked_id: str | None) -> tuple[Customer, ...]:
        """Return the linked customer alone while it lives, else all that may be the profile's, each once.

        Stripe can neither search nor list by tax id, so identifiers find a customer only through
        our reference. Its search lags; what it finds is read again.
        """
        if linked_id and (linked := await self._retrieve(linked_id)):
            return (await self._complete(linked),)
        same_email, searched = await asyncio.gather(self._with_email(profile.email), self._search(profile))
        fresh = {c.id: c for c in same_email}
        for id_ in searched:
            if id_ not in fresh and (customer := await self._retrieve(id_)):
                fresh[id_] = customer
        return tuple([await self._complete(c) for c in fresh.values()])

    async def read(self, customer_id: str) -> tuple[StripeCustomer, tuple[TaxId, ...]] | None:
        """Read a customer with its tax ids; None when it is gone."""
        found = await self._retrieve(customer_id)
        return (found, await self._tax_ids(found)) if found else None

    async def create(self, profile: CustomerProfile, key: str) -> Customer:
        created = await self._api.post(
            Operation(f"create the customer {profile.identity.reference}", _WRITE, write=True),
            "customers",
            StripeCustomer,
            customer_body(profile),
            key=key,
        )
        return await self._complete(created)

    async def claim(self, customer_id: str, profile: CustomerProfile, key: str) -> Customer:
        """Write our reference into the customer's metadata, and nothing else."""
        claimed = await self._api.post(
            Operation(f"mark the customer {customer_id} with our reference", _WRITE, write=True),
            ("customers", customer_id),
            StripeCustomer,
            {"metadata": customer_metadata(profile), **_WITH_TAX_IDS},
            key=key,
        )
        return await self._complete(claimed)

    async def _retrieve(self, customer_id: str) -> StripeCustomer | None:
        """Read a customer; None when it is gone. A deleted one answers 200 with `deleted`, not 404.

        No page says whether tax ids that a deleted customer no longer has may be expanded: where that
        is refused, it is read without them.
        """
        operation, to = Operation(f"read the customer {customer_id}", _READ), ("customers", customer_id)
        try:
            answer = await self._api.get(operation, to, FoundCustomer, _WITH_TAX_IDS)
        except NotFound:
            return None
        except Permanent:
            answer = await self._api.get(operation, to, FoundCustomer)
        return None if isinstance(answer.root, Deleted) else answer.root

    async def _with_email(self, email: str) -> list[StripeCustomer]:
        if not email:
            return []
        pages = self._api.pages(
            Operation("list the customers with an e-mail address", _READ),
            "customers",
            CustomerPage,
            {"email": email, "expand": ["data.tax_ids"]},
        )
        return [customer async for customer in pages]

    async def _search(self, profile: CustomerProfile) -> list[str]:
        marks = [
            *customer_metadata(profile).items(),
            *((CRM_COMPANY, id_) for id_ in profile.former_companies),
        ]
        clauses = [f"metadata['{name}']:{quoted(value)}" for name, value in marks]
        # Stripe finds no customer by its tax ids: one with another e-mail shows up by its name alone.
        clauses.append(f"name:{quoted(profile.name)}")
        asked = (clauses[n : n + MOST_CLAUSES] for n in range(0, len(clauses), MOST_CLAUSES))
        found = await asyncio.gather(*(self._searched(profile, " OR ".join(some)) for some in asked))
        return [id_ for ids in found for id_ in ids]

    async def _searched(self, profile: CustomerProfile, query: str) -> list[str]:
        pages = self._api.pages(
            Operation(f"search the customer {profile.identity.reference}", _READ),
            ("customers", "search"),
            CustomerPage,
            {"query": query},
        )
        return [customer.id async for customer in pages]

    async def _complete(self, found: StripeCustomer) -> Customer:
        return as_customer(found, await self._tax_ids(found))

    async def _tax_ids(self, found: StripeCustomer) -> tuple[TaxId, ...]:
        """Read the tax ids in full: the expanded list is one page, or missing."""
        if found.tax_ids is not None and not found.tax_ids.has_more:
            return found.tax_ids.data
        pages = self._api.pages(
            Operation(f"list the tax ids of customer {found.id}", _READ),
            ("customers", found.id, "tax_ids"),
            TaxIdPage,
        )
        return tuple([tax_id async for tax_id in pages])
