"""People and companies on both sides: CRM company, contact and owner; billing customer."""

import hashlib
from enum import StrEnum

from raccord.domain.values.address import Address
from raccord.domain.values.base import OneLine, Value
from raccord.domain.values.identifiers import parse_siren, parse_siret, parse_vat_number, siren_of_vat_number
from raccord.domain.values.money import Money
from raccord.domain.values.payment_terms import PaymentTerms


class Company(Value):
    """A company as the CRM knows it. Identifiers are as typed there, validated by the quality gate."""

    id: str
    name: OneLine = ""
    domain: str = ""
    email: str = ""
    """Where invoices go; the mapped billing e-mail, empty when unknown."""
    phone: str = ""
    address: Address = Address()
    country_text: str = ""
    """The country as typed, to quote when it could not be understood."""
    siren: str = ""
    siret: str = ""
    vat_number: str = ""
    payment_terms: PaymentTerms | None = None
    individual: bool = False
    """A private person who buys for themselves: no SIREN is expected of them."""
    order_number_required: bool = False
    """The buyer wants its order number on every invoice."""
    merged: tuple[str, ...] = ()
    """Ids of companies that the CRM united into this one."""

    @property
    def legal_siren(self) -> str | None:
        """The SIREN proven by SIREN, SIRET or French VAT number, in this order; None when none is valid."""
        found = CustomerIdentity.of_numbers(self.siren, self.siret, self.vat_number)
        return found.value if found and found.kind is IdentityKind.SIREN else None


class Contact(Value):
    """A person at the company."""

    id: str
    email: str = ""
    first_name: OneLine = ""
    last_name: OneLine = ""
    phone: str = ""
    billing: bool = False
    """Whether the CRM labels this person as the billing contact of the deal's company."""

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()


class Owner(Value):
    """The salesperson of a deal."""

    id: str
    name: OneLine = ""
    email: str = ""


class IdentityKind(StrEnum):
    SIREN = "siren"
    SIRET = "siret"
    """One site of a legal entity, where a person said that it is a customer of its own."""
    VAT = "vat"
    CRM = "crm"


class CustomerIdentity(Value):
    """What makes a billing customer the same customer: SIREN, else VAT number, else the CRM company.

    `reference` is opaque and stable. It goes into workflow ids, idempotency keys and the billing
    system's metadata, none of which may show a name or an address.
    """

    kind: IdentityKind
    value: str

    @classmethod
    def of(cls, company: Company, crm: str) -> "CustomerIdentity":
        """Derive the identity of a CRM company; `crm` is the name of the connection."""
        found = cls.of_numbers(company.siren, company.siret, company.vat_number)
        return found or cls(kind=IdentityKind.CRM, value=f"{crm}:{company.id}")

    @classmethod
    def of_numbers(cls, siren: str, siret: str, vat_number: str) -> "CustomerIdentity | None":
        """Derive it from numbers as typed, by the first that is valid: the SIREN that one names, else VAT."""
        for text in (siren, siret):
            if found := parse_siren(text):
                return cls(kind=IdentityKind.SIREN, value=found)
        if (vat := parse_vat_number(vat_number)) is None:
            return None
        if found := siren_of_vat_number(vat):
            return cls(kind=IdentityKind.SIREN, value=found)
        return cls(kind=IdentityKind.VAT, value=vat)

    @property
    def reference(self) -> str:
        return hashlib.sha256(f"{self.kind}:{self.value}".encode()).hexdigest()[:20]


class TaxTreatment(StrEnum):
    """How VAT applies to a customer's invoice; all but `TAXED` is 0 %."""

    TAXED = "taxed"
    EXEMPT = "exempt"
    """On some or all lines, for a reason the company states; wherever the seller charges no VAT at all."""
    DOMESTIC_REVERSE_CHARGE = "domestic_reverse_charge"
    """Owed by a business at home: in France, work subcontracted in building."""
    INTRA_COMMUNITY = "intra_community"
    """Goods to a business in another member state (directive 2006/112, article 138)."""
    REVERSE_CHARGE = "reverse_charge"
    """Services to a business in another member state, which owes the VAT (article 196)."""
    EXPORT = "export"
    """Goods that leave the European Union (article 146)."""
    OUTSIDE_SCOPE = "outside_scope"
    """Services to a business outside the European Union (article 44)."""

    @property
    def needs_number(self) -> bool:
        """Whether the invoice must state the customer's VAT number (article 226, point 4)."""
        return self in _BY_NUMBER


_BY_NUMBER = frozenset(
    (TaxTreatment.DOMESTIC_REVERSE_CHARGE, TaxTreatment.INTRA_COMMUNITY, TaxTreatment.REVERSE_CHARGE)
)


class CustomerProfile(Value):
    """What a billing customer should carry: the proven part of a CRM company."""

    identity: CustomerIdentity
    crm_company: str
    """`<connection>:<company id>`."""
    former_companies: tuple[str, ...] = ()
    """Companies that were united into this one, written alike."""
    name: OneLine
    email: str
    phone: str = ""
    address: Address
    siren: str | None = None
    siret: str | None = None
    vat_number: str | None = None
    language: str = "fr"
    tax_treatment: TaxTreatment = TaxTreatment.TAXED

    @property
    def site(self) -> "CustomerProfile | None":
        """The same profile identified as one site, by its SIRET; None when it has none."""
        if not self.siret:
            return None
        identity = CustomerIdentity(kind=IdentityKind.SIRET, value=self.siret)
        return self.model_copy(update={"identity": identity})

    def site_beside(self, other: Company) -> "CustomerProfile | None":
        """Return the profile of its site, when another company with the same SIREN is a different site."""
        theirs = parse_siret(other.siret)
        return self.site if theirs and theirs != self.siret else None


class Customer(Value):
    """A customer as the billing system knows it."""

    id: str
    name: str = ""
    email: str = ""
    reference: str | None = None
    """Our identity reference, when the billing system holds one."""
    marked_elsewhere: bool = False
    """Whether another tool's reference stands where ours would: then our link alone says whose it is."""
    crm_company: str | None = None
    siren: str | None = None
    siret: str | None = None
    vat_number: str | None = None
    exempted: bool = False
    """Whether the billing system leaves the VAT out of everything that is invoiced to it."""
    balance: Money | None = None
    """What it owes beside its invoices, and the billing system asks for with the next one; below zero what is
    taken off. None when that is nothing, or not known."""

    @property
    def identified_by(self) -> str:
        """What makes two customers one: our reference, or that of its numbers; empty where nothing tells.

        A SIRET here is that of a site which is a customer of its own.
        """
        if self.reference:
            return self.reference
        if self.siret:
            return CustomerIdentity(kind=IdentityKind.SIRET, value=self.siret).reference
        found = CustomerIdentity.of_numbers(self.siren or "", "", self.vat_number or "")
        return found.reference if found else ""
