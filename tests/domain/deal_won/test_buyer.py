"""An invoice must say of its buyer what the gate proved."""

from typing import Any

import pytest

from raccord.domain.deal_won.buyer import AS_PRINTED, printed_otherwise
from raccord.domain.desk.question import Ask
from raccord.domain.values.address import Address
from raccord.domain.values.invoice import Buyer
from raccord.domain.values.parties import CustomerIdentity, CustomerProfile, IdentityKind, TaxTreatment
from tests.domain.spoken import say_reason

SIREN, SIRET = "732829320", "73282932000074"
PARIS = Address(line1="12 rue de l'Été", line2="Bâtiment B", postal_code="75011", city="Paris", country="FR")
BUYER = Buyer(name="Hexa-Lab SARL", email="compta@hexalab.example", address=PARIS, identifiers=(SIREN,))


def profile(**changes: Any) -> CustomerProfile:
    return CustomerProfile(
        identity=CustomerIdentity(kind=IdentityKind.SIREN, value=SIREN),
        crm_company="hubspot:7",
        **{"name": "Hexa-Lab SARL", "email": "compta@hexalab.example", "address": PARIS, "siren": SIREN}
        | changes,
    )


def asked(buyer: Buyer, wanted: CustomerProfile | None = None, *, siret: str = "") -> Ask | None:
    return printed_otherwise(buyer, wanted or profile(), customer_id="cus_1", siret=siret)


def fields(ask: Ask | None) -> list[str]:
    return [p.field for p in ask.problems] if ask else []


@pytest.mark.parametrize(
    "buyer",
    [
        BUYER,
        BUYER.model_copy(update={"name": "HEXA LAB S.A.R.L."}),
        BUYER.model_copy(
            update={
                "address": PARIS.model_copy(
                    update={"line1": "12, RUE DE L’ETE - BATIMENT B", "line2": "", "city": "PARIS"}
                )
            }
        ),
        BUYER.model_copy(update={"identifiers": (SIRET,)}),
        BUYER.model_copy(update={"identifiers": ("FR44732829320",)}),
    ],
    ids=["same", "case and punctuation", "address on one line", "by its SIRET", "by its VAT number"],
)
def test_a_buyer_described_alike_is_no_question(buyer: Buyer) -> None:
    assert asked(buyer) is None


def test_what_the_invoice_prints_beside_its_customer_counts() -> None:
    assert asked(BUYER.model_copy(update={"identifiers": ()}), siret=SIRET) is None


def test_what_the_law_wants_and_the_invoice_would_lack_must_be_repaired() -> None:
    ask = asked(Buyer())
    assert fields(ask) == ["name", "billing_email", "address", "siren"]
    assert ask is not None
    assert ask.options == ()
    assert SIREN in say_reason(ask.problems[3], "fr")


def test_another_recipient_than_the_crms_is_a_question_with_a_way_out() -> None:
    former = BUYER.model_copy(update={"email": "ancienne@hexalab.example"})
    ask = asked(former)
    assert ask is not None
    assert (fields(ask), [o.id for o in ask.options]) == (["billing_email"], [AS_PRINTED])
    for language in ("fr", "en"):
        said = say_reason(ask.problems[0], language)
        assert "ancienne@hexalab.example" in said
        assert "compta@hexalab.example" in said
    assert asked(BUYER.model_copy(update={"email": "Compta@HEXALAB.example"})) is None
    assert printed_otherwise(former, profile(), customer_id="cus_1", mailed=False) is None
    assert (
        printed_otherwise(
            BUYER.model_copy(update={"email": ""}), profile(), customer_id="cus_1", mailed=False
        )
        is None
    )


def test_reverse_charge_needs_the_buyers_vat_number() -> None:
    wanted = profile(siren=None, vat_number="DE136695976", tax_treatment=TaxTreatment.REVERSE_CHARGE)
    lacking = BUYER.model_copy(update={"identifiers": ("DE 811907980",)})
    assert fields(asked(lacking, wanted)) == ["vat_number"]
    assert asked(BUYER.model_copy(update={"identifiers": ("DE 136 695 976",)}), wanted) is None
    assert asked(lacking, wanted.model_copy(update={"tax_treatment": TaxTreatment.TAXED})) is None


def test_another_company_s_siren_is_not_the_buyer_s() -> None:
    assert fields(asked(BUYER.model_copy(update={"identifiers": ("552100554",)}))) == ["siren"]


def test_a_private_person_has_no_siren_to_print() -> None:
    assert asked(BUYER.model_copy(update={"identifiers": ()}), profile(siren=None)) is None


def test_a_name_or_an_address_that_differs_may_be_issued_as_it_is() -> None:
    lille = PARIS.model_copy(update={"postal_code": "59000", "city": "Lille"})
    ask = asked(BUYER.model_copy(update={"name": "Hexalab Nord", "address": lille}))
    assert fields(ask) == ["name", "address"]
    assert ask is not None
    assert [o.id for o in ask.options] == [AS_PRINTED]
    assert "« Hexalab Nord »" in say_reason(ask.problems[0], "fr")
    assert "59000 Lille" in say_reason(ask.problems[1], "en")


def test_a_difference_beside_something_lacking_cannot_be_waved_through() -> None:
    ask = asked(BUYER.model_copy(update={"name": "Hexalab Nord", "identifiers": ()}))
    assert fields(ask) == ["siren", "name"]
    assert ask is not None
    assert ask.options == ()
