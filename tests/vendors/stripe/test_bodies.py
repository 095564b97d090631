from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from raccord.connectors.errors import Permanent
from raccord.connectors.wording import describe
from raccord.domain.values.address import Address
from raccord.domain.values.clock import BusinessClock
from raccord.domain.values.invoice import InvoiceOrder, InvoiceReference, Part, PaymentMethod
from raccord.domain.values.parties import TaxTreatment
from raccord.vendors.stripe.customers import customer_body
from raccord.vendors.stripe.limits import LIMITS, LONGEST_PRODUCT
from raccord.vendors.stripe.orders import draft_body, lines_body, reference_of
from tests.vendors.stripe.samples import DEAL, PROFILE, line, order

EVERY_METHOD = tuple(PaymentMethod)
RATES = {Decimal(20): "txr_20", Decimal(0): "txr_0"}


def body_of(asked: InvoiceOrder, *, country: str = "FR") -> Any:
    return draft_body(asked, BusinessClock(), country=country)


def test_a_french_draft_is_exactly_this() -> None:
    asked = order(purchase_order="BC-17", siret="73282932000074", footer="Pénalités", memo="Merci")
    assert body_of(asked) == {
        "customer": "cus_1",
        "collection_method": "send_invoice",
        "auto_advance": False,
        "pending_invoice_items_behavior": "exclude",
        "currency": "eur",
        "due_date": 1797980399,  # 2026-12-22 23:59:59 in Paris
        "metadata": {
            "raccord_deal": "hubspot:987",
            "crm_deal_id": "hubspot:987",
            "raccord_cycle": "1",
            "raccord_revision": "1",
            "raccord_order": asked.content_hash,
        },
        "custom_fields": [
            {"name": "SIRET", "value": "73282932000074"},
            {"name": "Bon de commande", "value": "BC-17"},
            {"name": "Date de prestation", "value": "20/11/2026"},
        ],
        "footer": "Pénalités",
        "description": "Merci",
    }


def test_an_english_draft_speaks_english_and_leaves_out_what_is_empty() -> None:
    body = body_of(order(language="en", purchase_order="PO-1"))
    assert body["custom_fields"] == [
        {"name": "Purchase order", "value": "PO-1"},
        {"name": "Service date", "value": "20 November 2026"},
    ]
    assert not body.keys() & {"footer", "description"}


def test_the_draft_is_due_at_the_end_of_the_day_across_the_clock_change() -> None:
    assert body_of(order(due_on=date(2026, 10, 25)))["due_date"] == 1792969199


@pytest.mark.parametrize(("country", "account"), [("FR", "FR"), ("DE", "DE"), ("LU", "FR")], ids=str)
def test_the_methods_asked_for_are_offered_and_transfers_go_to_an_account_of_stripes(
    country: str, account: str
) -> None:
    assert body_of(order(payment_methods=EVERY_METHOD), country=country)["payment_settings"] == {
        "payment_method_types": ["card", "sepa_debit", "customer_balance"],
        "payment_method_options": {
            "customer_balance": {
                "funding_type": "bank_transfer",
                "bank_transfer": {"type": "eu_bank_transfer", "eu_bank_transfer": {"country": account}},
            }
        },
    }


def test_what_needs_euros_is_not_asked_for_in_another_currency() -> None:
    dollars = body_of(order(currency="USD", payment_methods=EVERY_METHOD))
    assert dollars["payment_settings"] == {"payment_method_types": ["card"]}
    only_transfer = order(currency="USD", payment_methods=(PaymentMethod.BANK_TRANSFER,))
    assert "payment_settings" not in body_of(only_transfer)


def test_lines_and_content_hash_travel_together() -> None:
    asked = order(
        line(
            name="Audit",
            description="Deux jours",
            quantity=Decimal("1.5"),
            unit_price=Decimal(90),
            discount={"percent": 10},
        ),
        line(quantity=Decimal("2.000"), list_price=Decimal("0.03456"), unit_price=Decimal("0.03456")),
    )
    assert lines_body(asked, RATES) == {
        "lines": [
            {
                "description": "Audit – Deux jours (prix unitaire 100,00\xa0€, remise 10\xa0%)",
                "price_data": {
                    "currency": "eur",
                    "product_data": {"name": "Audit"},
                    "unit_amount_decimal": Decimal(9000),
                    "tax_behavior": "exclusive",
                },
                "tax_rates": ["txr_20"],
                "discountable": False,
                "quantity_decimal": Decimal("1.5"),
            },
            {
                "description": "Conseil",
                "price_data": {
                    "currency": "eur",
                    "product_data": {"name": "Conseil"},
                    "unit_amount_decimal": Decimal("3.456"),
                    "tax_behavior": "exclusive",
                },
                "tax_rates": ["txr_20"],
                "discountable": False,
                "quantity": 2,
            },
        ],
        "invoice_metadata": {
            "raccord_deal": "hubspot:987",
            "crm_deal_id": "hubspot:987",
            "raccord_cycle": "1",
            "raccord_revision": "1",
            "raccord_order": asked.content_hash,
            "raccord_content": asked.content_hash,
        },
    }


def test_yen_are_not_cents() -> None:
    (sent,) = lines_body(order(line(), currency="JPY"), RATES)["lines"]
    assert sent["price_data"]["currency"] == "jpy"
    assert sent["price_data"]["unit_amount_decimal"] == 100


def test_reverse_charge_is_a_zero_rate_on_the_lines_and_never_on_the_customer() -> None:
    profile = PROFILE.model_copy(
        update={
            "siren": None,
            "vat_number": "DE136695976",
            "language": "en",
            "tax_treatment": TaxTreatment.REVERSE_CHARGE,
            "address": Address(line1="Weg 1", city="Berlin", postal_code="10115", country="DE"),
        }
    )
    body = customer_body(profile)
    assert body["tax_exempt"] == "none"
    assert body["tax_id_data"] == [{"type": "eu_vat", "value": "DE136695976"}]
    assert body["preferred_locales"] == ["en"]
    asked = order(line(vat_rate=Decimal(0)), tax_treatment=TaxTreatment.REVERSE_CHARGE)
    assert lines_body(asked, RATES)["lines"][0]["tax_rates"] == ["txr_0"]


def test_a_french_customer_is_exactly_this() -> None:
    assert customer_body(PROFILE) == {
        "name": "Acmé SARL",
        "email": "compta@acme.example",
        "phone": "+33 1 23 45 67 89",
        "address": {"line1": "1 rue de la Paix", "postal_code": "75002", "city": "Paris", "country": "FR"},
        "preferred_locales": ["fr-FR"],
        "tax_exempt": "none",
        "tax_id_data": [
            {"type": "fr_siren", "value": "732829320"},
            {"type": "eu_vat", "value": "FR44732829320"},
        ],
        "metadata": {"raccord_customer": PROFILE.identity.reference, "crm_company_id": "hubspot:42"},
        "expand": ["tax_ids"],
    }


def test_a_site_that_is_a_customer_of_its_own_carries_its_siret() -> None:
    site = PROFILE.model_copy(update={"siret": "73282932000074"}).site
    assert site is not None
    body = customer_body(site)
    assert {"type": "fr_siret", "value": "73282932000074"} in body["tax_id_data"]
    assert body["metadata"]["raccord_customer"] != PROFILE.identity.reference  # type: ignore[index]


def test_an_export_customer_is_not_tax_exempt_and_odd_details_are_left_out() -> None:
    odd = {"vat_number": "FR00732829320", "phone": "demander le 01 23 45 67 89", "siren": None}
    assert "email" not in customer_body(PROFILE.model_copy(update={"email": ""}))
    body = customer_body(PROFILE.model_copy(update={**odd, "tax_treatment": TaxTreatment.EXPORT}))
    assert body["tax_exempt"] == "none"
    assert not body.keys() & {"tax_id_data", "phone"}


@pytest.mark.parametrize(
    ("language", "changes", "text"),
    [
        (
            "fr",
            {"unit_price": "85", "discount": {"per_unit": "15"}},
            "Conseil (prix unitaire 100,00\xa0€, remise 15,00\xa0€ par unité)",
        ),
        (
            "en",
            {"unit_price": "85", "discount": {"per_unit": "15"}},
            "Conseil (unit price €100.00, discount €15.00 per unit)",
        ),
        (
            "en",
            {"unit_price": "87.5", "discount": {"percent": "12.5"}},
            "Conseil (unit price €100.00, 12.5% discount)",
        ),
        (
            "de",
            {"list_price": "0.0346", "unit_price": "0.0173", "discount": {"percent": "50"}},
            "Conseil (prix unitaire 0,0346\xa0€, remise 50\xa0%)",
        ),
        (
            "fr",
            {"unit_price": "96.66666667", "discount": {"whole": "10"}},
            "Conseil (prix unitaire 100,00\xa0€, remise 10,00\xa0€)",
        ),
        (
            "en",
            {"unit_price": "96.66666667", "discount": {"whole": "10"}},
            "Conseil (unit price €100.00, discount €10.00)",
        ),
        ("fr", {"discount": {"percent": "0"}}, "Conseil"),
        ("fr", {"unit_price": "99.99666667"}, "Conseil"),
        (
            "fr",
            {"unit_price": "84.99666667", "discount": {"per_unit": "15"}},
            "Conseil (prix unitaire 100,00\xa0€, remise 15,00\xa0€ par unité)",
        ),
    ],
)
def test_a_discount_is_told_in_the_customers_language(
    language: str, changes: dict[str, Any], text: str
) -> None:
    assert describe(line(**changes), "EUR", language, longest=500) == text


def test_a_long_description_is_cut_but_the_discount_stays() -> None:
    text = describe(
        line(description="x" * 9000, unit_price="90", discount={"percent": 10}), "EUR", "fr", longest=500
    )
    assert len(text) == 500
    assert text.endswith("x… (prix unitaire 100,00\xa0€, remise 10\xa0%)")


def test_a_text_that_is_cut_ends_with_a_word_and_is_kept_whole_beside_it() -> None:
    described = "Audit énergétique du bâtiment, " * 40
    (sent,) = lines_body(order(line(name="Audit", description=described)), RATES)["lines"]
    assert sent["description"].endswith(", Audit énergétique du…")
    assert len(sent["description"]) <= 500
    parts: Any = sent["metadata"]
    assert list(parts) == ["raccord_text_1", "raccord_text_2", "raccord_text_3"]
    assert max(map(len, parts.values())) == 500
    assert "".join(parts.values()) == f"Audit – {described.strip()}"


def test_a_text_without_end_fills_no_more_metadata_than_a_line_has() -> None:
    (sent,) = lines_body(order(line(description="mot " * 20_000)), RATES)["lines"]
    parts: Any = sent["metadata"]
    assert (len(parts), parts["raccord_text_10"][-1]) == (10, "…")


def test_no_text_is_longer_than_stripe_takes() -> None:
    endless = "é👩\u200d💻" * 30_000
    asked = order(
        line(name=endless, description=endless, unit_price="90", discount={"percent": 10}), memo=endless
    )
    (sent,) = lines_body(asked, RATES)["lines"]
    drafted = body_of(asked)
    customer = customer_body(PROFILE.model_copy(update={"name": endless}))
    limits = {
        LIMITS.line: (sent["description"],),
        LONGEST_PRODUCT: (sent["price_data"]["product_data"]["name"],),
        LIMITS.memo: (drafted["description"],),
        LIMITS.customer_name: (customer["name"],),
    }
    for longest, texts in limits.items():
        for text in texts:
            assert longest - 5 <= len(text) <= longest
            assert "…" in text
    assert sent["description"].endswith("… (prix unitaire 100,00\xa0€, remise 10\xa0%)")


def test_a_footer_is_never_cut() -> None:
    with pytest.raises(Permanent, match="footer") as refused:
        body_of(order(footer="x" * 5001))
    assert refused.value.code == "too_long"


def test_a_purchase_order_is_never_cut() -> None:
    with pytest.raises(Permanent, match="Bon de commande"):
        body_of(order(purchase_order="x" * 141))


@pytest.mark.parametrize("changes", [{"quantity": "-1"}, {"unit_price": "-1"}])
def test_a_negative_line_is_refused_before_it_is_sent(changes: dict[str, str]) -> None:
    with pytest.raises(Permanent, match="negative"):
        lines_body(order(line(**changes)), RATES)


def test_a_balance_takes_its_deposit_off_as_an_amount() -> None:
    reference = InvoiceReference(deal=DEAL, part=Part.BALANCE)
    sold, taken = line(), line(name="Déduction de l'acompte", quantity="1", unit_price="-30", discount=None)
    asked = order(sold, taken, reference=reference, deducts="in_7")
    body: Any = lines_body(asked, RATES)
    _, deducted = body["lines"]
    assert deducted["amount"] == -3000
    assert "price_data" not in deducted
    assert body["invoice_metadata"]["raccord_part"] == "balance"
    assert reference_of(dict(body["invoice_metadata"])) == reference
    with pytest.raises(Permanent, match="negative"):
        lines_body(order(sold, taken), RATES)


def test_an_invoice_of_the_whole_carries_no_part() -> None:
    assert "raccord_part" not in body_of(order())["metadata"]
    assert reference_of(body_of(order())["metadata"] | {"raccord_part": "third"}) is None


def test_a_line_that_stripe_cannot_hold_exactly_is_refused_before_it_is_sent() -> None:
    with pytest.raises(Permanent, match=r"1\.005 KWD"):
        lines_body(order(line(unit_price="1.005"), currency="KWD"), RATES)


def test_the_reference_comes_back_from_the_metadata() -> None:
    reference = InvoiceReference(deal=DEAL, cycle=2, revision=3)
    assert reference_of(body_of(order(reference=reference))["metadata"]) == reference
    assert reference_of({}) is None
    assert (
        reference_of({"raccord_deal": "hubspot:987", "raccord_cycle": "x", "raccord_revision": "1"}) is None
    )
