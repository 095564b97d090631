"""Pennylane's answers as its page and specification show them."""

import json
from typing import Any

from tests.connectors.stub import Asked, Reply

ME: dict[str, Any] = {
    "user": None,
    "company": {"id": 1, "name": "Atelier", "reg_no": "sandbox-1"},
    "scopes": [],
}
GONE = Reply({"error": "Not found", "status": 404}, 404)


def customer(**more: Any) -> dict[str, Any]:
    return {
        "id": 42,
        "name": "Été SARL",
        "customer_type": "company",
        "external_reference": "0e67fc3c-c632-4feb-ad34-e18ed5fbf66a",
        "reference": None,
        "emails": ["compta@ete.example", "chef@ete.example"],
        "phone": "+33 1",
        "reg_no": "732829320",
        "vat_number": "FR44732829320",
        "billing_address": {
            "address": "1 rue de l'Été\nBâtiment B",
            "postal_code": "75002",
            "city": "Paris",
            "country_alpha2": "FR",
        },
        "billing_language": "fr_FR",
        "updated_at": "2026-11-20T10:00:00.000000Z",
        "unheard_of": {"of": "a later version"},
    } | more


def invoice(**more: Any) -> dict[str, Any]:
    return {
        "id": 7,
        "label": None,
        "invoice_number": "",
        "currency": "EUR",
        "amount": "120.00",
        "currency_amount": "120.00",
        "currency_amount_before_tax": "100.00",
        "currency_tax": "20.00",
        "date": "2026-11-20",
        "deadline": "2099-12-20",
        "paid": False,
        "status": "draft",
        "draft": True,
        "remaining_amount_with_tax": None,
        "public_file_url": None,
        "customer": {"id": 42, "url": "https://app.pennylane.com/api/external/v2/customers/42"},
        "credited_invoice": None,
        "external_reference": "crm:987/1/1",
        "e_invoicing": None,
        "updated_at": "2026-11-21T10:00:00.000000Z",
    } | more


def issued(**more: Any) -> dict[str, Any]:
    done = {
        "draft": False,
        "status": "upcoming",
        "invoice_number": "F-1",
        "remaining_amount_with_tax": "120.00",
    }
    return invoice(**done | more)


def line(**more: Any) -> dict[str, Any]:
    return {
        "id": 1,
        "label": "Conseil",
        "quantity": "1.0",
        "currency_amount_before_tax": "100.0",
        "currency_tax": "20.0",
        "vat_rate": "FR_200",
    } | more


def some(*items: Any, following: str | None = None) -> dict[str, Any]:
    return {"items": list(items), "has_more": following is not None, "next_cursor": following}


def by_filter(field: str, *items: Any) -> Any:
    """Answer a list with items only where this field is asked for."""
    return lambda asked: Reply(some(*items) if f'"{field}"' in asked.query.get("filter", "") else some())


def filters(asked: Asked) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(asked.query["filter"])
    return found
