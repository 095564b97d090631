"""Which companies are there twice, and which are not though they look so."""

import pytest

from raccord.domain.data_quality.companies import (
    Alike,
    expected_vat_number,
    invalid_numbers,
    known,
    near,
    twins,
)
from raccord.domain.values.identifiers import parse_vat_number, vat_number_of_siren
from raccord.domain.values.parties import Company
from tests.domain import samples
from tests.domain.samples import GERMAN_VAT, OTHER_SIREN, SIREN, SIRET, VAT


def firm(id: str, **said: str) -> Company:
    return samples.company(id=id, **({"siret": "", "email": ""} | said))


def grouped(
    alike: Alike, *companies: Company, deals: dict[str, int] | None = None
) -> list[tuple[str, list[str]]]:
    counts = deals or {}
    sharing = [known(each, deals=counts.get(each.id, 0)) for each in companies]
    return [(each.why, [one.id for one in each.companies]) for each in twins(sharing, alike)]


def test_two_records_with_one_siren_are_one_company_and_the_busier_is_kept() -> None:
    found = grouped(
        Alike.SIREN, firm("1", siren=SIREN), firm("2", siret=SIRET), firm("3", vat_number=VAT), deals={"3": 2}
    )
    assert found == [("siren", ["3", "1", "2"])]


def test_the_same_site_twice_says_so() -> None:
    assert grouped(Alike.SIREN, firm("1", siret=SIRET), firm("2", siret=SIRET)) == [("siret", ["1", "2"])]


def test_sites_of_one_legal_entity_are_customers_of_their_own() -> None:
    assert grouped(Alike.SIREN, firm("1", siret=SIRET), firm("2", siret="73282932000082")) == []


def test_a_third_record_goes_with_one_of_two_sites_and_not_with_both() -> None:
    found = grouped(
        Alike.SIREN, firm("1", siret=SIRET), firm("2", siret="73282932000082"), firm("3", siren=SIREN)
    )
    assert found == [("siren", ["1", "3"])]


def test_a_foreign_vat_number_is_shared_like_a_siren() -> None:
    one, other = samples.abroad("DE", id="1", vat_number=GERMAN_VAT), samples.abroad("DE", id="2")
    assert known(other).vat == ""
    both = (one, one.model_copy(update={"id": "2", "vat_number": f"{GERMAN_VAT[:2]} {GERMAN_VAT[2:]}"}))
    assert grouped(Alike.VAT, *both) == [("vat", ["1", "2"])]


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("Menuiserie Kerjean", "MENUISERIE KERJEAN SARL", True),
        ("Menuiserie Kerjean", "Menuiserie Kerjan", True),
        ("Café de l’Étoile", "Cafe de l'Etoile", True),
        ("Acme", "Acme GmbH", True),
        ("Transports Maël", "Transports Maël (dépôt Vannes)", False),
        ("Carrefour", "Carrefour Voyages", False),
        ("Acme", "Acme France", False),
        ("Acme", "Groupe Acme", False),
        ("Hamel Distribution", "Hamel Logistique", False),
        ("ACME", "ACMA Industries", False),
        ("SARL", "SAS", False),
        ("", "Acme", False),
    ],
)
def test_names_are_near_where_a_person_would_say_so(one: str, other: str, alike: bool) -> None:
    assert near(one, other) is alike
    assert near(other, one) is alike


def test_a_shared_domain_needs_a_near_name() -> None:
    acme, again = firm("1", name="Acme", domain="acme.fr"), firm("2", name="ACME SAS", domain="www.acme.fr")
    sister = firm("3", name="Botanic", domain="acme.fr")
    assert grouped(Alike.DOMAIN, acme, again, sister) == [("domain", ["1", "2"])]


def test_two_sirens_are_two_companies_whatever_domain_they_share() -> None:
    one = firm("1", siren=SIREN, domain="acme.fr")
    assert grouped(Alike.DOMAIN, one, firm("2", siren=OTHER_SIREN, domain="acme.fr")) == []


def test_a_siren_and_a_foreign_vat_number_are_two_companies_whatever_domain_they_share() -> None:
    here = firm("1", name="Acme SAS", siren=SIREN, domain="acme.com")
    there = samples.abroad("DE", id="2", name="Acme GmbH", vat_number=GERMAN_VAT, domain="acme.com", email="")
    assert grouped(Alike.DOMAIN, here, there) == []
    assert grouped(Alike.DOMAIN, here, there.model_copy(update={"vat_number": ""})) == [
        ("domain", ["1", "2"])
    ]


def test_an_address_at_a_provider_makes_nobody_the_same() -> None:
    assert known(firm("1", domain="", email="acme@gmail.com")).domain == ""
    assert known(firm("1", domain="", email="compta@acme.fr")).domain == "acme.fr"


def test_the_key_of_a_french_vat_number_is_computed() -> None:
    assert vat_number_of_siren(SIREN) == VAT
    assert parse_vat_number(vat_number_of_siren(OTHER_SIREN)) == samples.OTHER_VAT


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({"siret": SIRET}, VAT),
        ({"siren": SIREN, "vat_number": "FR00732829320"}, VAT),
        ({"siren": SIREN, "vat_number": VAT}, ""),
        ({"siren": SIREN, "vat_number": samples.OTHER_VAT}, VAT),
        ({}, ""),
    ],
)
def test_a_missing_or_wrong_vat_number_can_be_told(said: dict[str, str], expected: str) -> None:
    assert expected_vat_number(firm("1", **said)) == expected


@pytest.mark.parametrize("typed", ["non assujetti", "Auto-entrepreneur", "en cours", "néant", "n/a"])
def test_whoever_is_said_to_have_no_vat_number_is_given_none(typed: str) -> None:
    assert expected_vat_number(firm("1", siren=SIREN, vat_number=typed)) == ""


def test_a_siren_in_the_field_of_the_vat_number_still_tells_it() -> None:
    assert expected_vat_number(firm("1", vat_number=SIREN)) == VAT


def test_no_vat_number_is_expected_of_private_persons_or_abroad() -> None:
    assert expected_vat_number(samples.abroad("DE", siren=SIREN)) == ""
    assert expected_vat_number(samples.company(individual=True)) == ""


def test_a_number_that_is_typed_wrong_is_told_also_without_a_deal_and_a_missing_one_is_not() -> None:
    (found,) = invalid_numbers(firm("1", siret="73282932000075"))
    assert found.message.code == "company.identifier_invalid"
    assert invalid_numbers(firm("1")) == ()


@pytest.mark.parametrize("number", ["GB123456789", "CHE-123.456.788 MWST"])
def test_a_vat_number_that_may_be_of_anywhere_is_not_called_wrong(number: str) -> None:
    nowhere = samples.company(siret="", vat_number=number, address=samples.address(country=None))
    assert invalid_numbers(nowhere) == ()
    assert [each.field for each in invalid_numbers(firm("1", vat_number=number))] == ["vat_number"]
