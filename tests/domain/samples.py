"""One clean deal and its policy, to be changed one fact at a time."""

from datetime import date
from decimal import Decimal
from typing import Any

from raccord.domain.deal_won.policy import DealWonPolicy
from raccord.domain.rules.invoicing import InvoicePolicy
from raccord.domain.rules.modes import Mode
from raccord.domain.rules.vat import VatPolicy
from raccord.domain.values.address import Address
from raccord.domain.values.deal import Deal, DealRef, LineItem
from raccord.domain.values.invoice import Invoice, InvoiceState
from raccord.domain.values.money import Money
from raccord.domain.values.parties import (
    Company,
    Contact,
    Customer,
    CustomerIdentity,
    CustomerProfile,
    IdentityKind,
)
from raccord.domain.values.payment_terms import PaymentTerms
from raccord.domain.values.totals import PricedLine, Totals, VatRounding, compute_totals

TODAY = date(2026, 11, 22)
SIREN, SIRET, VAT = "732829320", "73282932000074", "FR44732829320"
OTHER_SIREN, OTHER_SIRET, OTHER_VAT = "552100554", "55210055400005", "FR96552100554"
GERMAN_VAT = "DE136695976"
WORDS = {
    "intra_community_fr": "Livraison intracommunautaire",
    "reverse_charge_fr": "Autoliquidation",
    "export_fr": "Exportation",
    "outside_scope_fr": "Hors champ",
}
DEAL = DealRef(connection="crm", id="7")


def address(**changes: Any) -> Address:
    base = {"line1": "1 rue de la Paix", "postal_code": "75002", "city": "Paris", "country": "FR"}
    return Address(**(base | changes))


def company(**changes: Any) -> Company:
    base = {"id": "12", "name": "Acme", "email": "compta@acme.fr", "siret": SIRET, "address": address()}
    return Company(**(base | changes))


def abroad(country: str, *, postal_code: str = "", **changes: Any) -> Company:
    there = address(country=country, postal_code=postal_code or ("98000" if country == "MC" else "1010"))
    return company(**({"siret": "", "address": there} | changes))


def line(**changes: Any) -> LineItem:
    base = {
        "id": "41",
        "name": "Conseil",
        "quantity": Decimal(2),
        "unit_price": Decimal("50.00"),
        "vat_rate": Decimal(20),
    }
    return LineItem(**(base | changes))


def deal(**changes: Any) -> Deal:
    base = {
        "ref": DEAL,
        "name": "Refonte",
        "won": True,
        "won_on": date(2026, 11, 20),
        "currency": "EUR",
        "companies": (company(),),
        "contacts": (Contact(id="3", email="jean@acme.fr"),),
        "lines": (line(),),
    }
    return Deal(**(base | changes))


def rules(**changes: Any) -> InvoicePolicy:
    vat = VatPolicy(zero_rate_reasons=WORDS)
    return InvoicePolicy(**({"vat": vat} | changes))


def policy(**changes: Any) -> DealWonPolicy:
    base = {"mode": Mode.LIVE, "crm": "crm", "billing": "billing", "invoice": rules()}
    return DealWonPolicy(**(base | changes))


def profile(**changes: Any) -> CustomerProfile:
    base = {
        "identity": CustomerIdentity(kind=IdentityKind.SIREN, value=SIREN),
        "crm_company": "crm:12",
        "name": "Acme",
        "email": "compta@acme.fr",
        "address": address(),
        "siren": SIREN,
        "siret": SIRET,
        "vat_number": VAT,
    }
    return CustomerProfile(**(base | changes))


def customer(id: str = "cus_1", **changes: Any) -> Customer:
    return Customer(id=id, **changes)


def terms(days: int | None, *, month_end: bool | None = None) -> PaymentTerms | None:
    return None if days is None else PaymentTerms(days=days, month_end=month_end)


def priced(quantity: str, unit_price: str, vat_rate: str) -> PricedLine:
    return PricedLine(quantity=Decimal(quantity), unit_price=Decimal(unit_price), vat_rate=Decimal(vat_rate))


def totals(*lines: PricedLine, currency: str = "EUR", rounding: VatRounding = VatRounding.PER_LINE) -> Totals:
    return compute_totals(lines or (priced("1", "100", "20"),), currency, rounding)


def invoice(state: InvoiceState = InvoiceState.OPEN, *, credited: str = "0", **changes: Any) -> Invoice:
    base = {
        "id": "in_1",
        "state": state,
        "customer_id": "cus_1",
        "currency": "EUR",
        "totals": totals(),
        "credited": Money(amount=Decimal(credited), currency="EUR"),
    }
    return Invoice(**(base | changes))
