"""Orders, profiles and Stripe objects that the tests vary."""

from datetime import date
from decimal import Decimal
from typing import Any

from raccord.domain.values.address import Address
from raccord.domain.values.deal import DealRef
from raccord.domain.values.invoice import InvoiceLine, InvoiceOrder, InvoiceReference
from raccord.domain.values.parties import CustomerIdentity, CustomerProfile, IdentityKind
from raccord.vendors.stripe.settings import StripeSettings
from tests.connectors.stub import Reply
from tests.patience import patience

DEAL = DealRef(connection="hubspot", id="987")
PROFILE = CustomerProfile(
    identity=CustomerIdentity(kind=IdentityKind.SIREN, value="732829320"),
    crm_company="hubspot:42",
    name="Acmé SARL",
    email="compta@acme.example",
    phone="+33 1 23 45 67 89",
    address=Address(line1="1 rue de la Paix", postal_code="75002", city="Paris", country="FR"),
    siren="732829320",
    siret="73282932000074",
    vat_number="FR44732829320",
)


def settings(base_url: str = "https://api.stripe.com", **more: Any) -> StripeSettings:
    return StripeSettings(
        **{"base_url": base_url, "api_key": "rk_test_0000", "timeout": patience(0.8), **more}
    )


def line(**more: Any) -> InvoiceLine:
    price = Decimal("100")
    given = {"name": "Conseil", "quantity": Decimal(1), "list_price": price, "unit_price": price}
    return InvoiceLine.model_validate({**given, "vat_rate": Decimal(20), **more})


def order(*lines: InvoiceLine, **more: Any) -> InvoiceOrder:
    given = {
        "reference": InvoiceReference(deal=DEAL),
        "customer_id": "cus_1",
        "currency": "EUR",
        "lines": lines or (line(),),
        "issued_on": date(2026, 11, 22),
        "due_on": date(2026, 12, 22),
        "service_date": date(2026, 11, 20),
    }
    return InvoiceOrder.model_validate({**given, **more})


def invoice(**more: Any) -> dict[str, Any]:
    """A draft of DEAL over 100.00 EUR at 20 %, as Stripe answers it."""
    return {
        "id": "in_1",
        "object": "invoice",
        "status": "draft",
        "customer": "cus_1",
        "currency": "eur",
        "metadata": {"raccord_deal": "hubspot:987", "raccord_cycle": "1", "raccord_revision": "1"},
        "number": None,
        "hosted_invoice_url": None,
        "due_date": 1797980399,
        "status_transitions": {"finalized_at": None},
        "subtotal": 10000,
        "total": 12000,
        "total_excluding_tax": 10000,
        "total_taxes": [tax(2000, 10000)],
        "lines": page({"id": "il_1", "object": "line_item", "amount": 10000, "taxes": [tax(2000, 10000)]}),
        "pre_payment_credit_notes_amount": 0,
        "post_payment_credit_notes_amount": 0,
        **more,
    }


def tax(amount: int, taxable: int | None, rate: str = "txr_20") -> dict[str, Any]:
    return {
        "amount": amount,
        "taxable_amount": taxable,
        "tax_behavior": "exclusive",
        "type": "tax_rate_details",
        "tax_rate_details": {"tax_rate": rate},
    }


def tax_rate(id_: str, percentage: float, **more: Any) -> dict[str, Any]:
    return {
        "id": id_,
        "object": "tax_rate",
        "percentage": percentage,
        "inclusive": False,
        "active": True,
        "country": "FR",
        "tax_type": "vat",
        "rate_type": "percentage",
        "metadata": {},
        "created": 1,
        **more,
    }


def customer(id_: str, *tax_ids: tuple[str, str], **more: Any) -> dict[str, Any]:
    listed = [
        {"id": f"txi_{n}", "object": "tax_id", "type": t, "value": v} for n, (t, v) in enumerate(tax_ids)
    ]
    return {
        "id": id_,
        "object": "customer",
        "name": "Acmé SARL",
        "email": "compta@acme.example",
        "metadata": {},
        "tax_exempt": "none",
        "tax_ids": page(*listed),
        **more,
    }


def page(*items: dict[str, Any], has_more: bool = False, **more: Any) -> dict[str, Any]:
    return {"object": "list", "data": list(items), "has_more": has_more, **more}


def refusal(
    status: int, code: str | None = None, *, type_: str = "invalid_request_error", **more: Any
) -> Reply:
    """An error of Stripe's; its message quotes what must not be quoted."""
    return Reply(
        {"error": {"type": type_, "code": code, "message": "jean@acme.example sk_test_123", **more}},
        status,
        {"Request-Id": "req_1"},
    )
