"""What a company's fields mean where they were typed otherwise than asked for."""

from typing import Any

import pytest

from raccord.domain.deal_won.understood import understood
from tests.domain.samples import address, company

SIREN, SIRET = "732829320", "73282932000074"


@pytest.mark.parametrize(
    ("typed", "siren", "siret"),
    [
        ({"siret": SIREN}, SIREN, ""),
        ({"siret": "732 829 320"}, SIREN, ""),
        ({"siret": SIRET}, "", SIRET),
        ({"siret": "732829321"}, "", "732829321"),
        ({"siren": SIREN, "siret": SIREN}, SIREN, ""),
        ({"siren": "552100554", "siret": SIREN}, "552100554", SIREN),
        ({"siren": "-", "siret": SIRET}, "", SIRET),
        ({"siren": "732 829 320", "siret": SIREN}, SIREN, ""),
        ({"siren": SIREN, "siret": "732 829 320"}, SIREN, ""),
        ({"siren": "732 829 320 00074", "siret": SIRET}, "", SIRET),
        ({"siren": "NC", "siret": "néant"}, "", ""),
    ],
)
def test_nine_valid_digits_in_the_field_of_the_siret_are_a_siren(
    typed: dict[str, str], siren: str, siret: str
) -> None:
    found = understood(company(**({"siren": "", "siret": "", "vat_number": ""} | typed)))
    assert (found.siren, found.siret) == (siren, siret)


@pytest.mark.parametrize(
    ("typed", "siren", "siret"),
    [
        ({"siret": "SIRET : 732 829 320 00074"}, "", "732 829 320 00074"),
        ({"siret": "N° SIRET 73282932000074"}, "", SIRET),
        ({"siret": "SIREN 732829320"}, SIREN, ""),
        ({"siren": "732 829 320 RCS Lyon"}, "732 829 320", ""),
        ({"siren": "RCS Lyon B 732 829 320"}, "732 829 320", ""),
        ({"siren": SIRET}, "", SIRET),
        ({"siren": SIRET, "siret": SIRET}, "", SIRET),
        ({"vat_number": SIRET}, "", SIRET),
        ({"vat_number": SIREN}, SIREN, ""),
        ({"vat_number": "732 829 320", "siret": SIRET}, SIREN, SIRET),
        ({"siren": "RCS Lyon 732 829 321"}, "RCS Lyon 732 829 321", ""),
        ({"siret": "73282932000074 / 73282932000082"}, "", "73282932000074 / 73282932000082"),
        ({"siret": "A732829320"}, "", "A732829320"),
        ({"siret": "732829320B"}, "", "732829320B"),
        ({"siret": "agence 2 : 732829320"}, "", "agence 2 : 732829320"),
    ],
)
def test_words_around_a_proven_number_change_nothing(typed: dict[str, str], siren: str, siret: str) -> None:
    found = understood(company(**({"siren": "", "siret": "", "vat_number": ""} | typed)))
    assert (found.siren, found.siret) == (siren, siret)


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ({"vat_number": "44732829320"}, "FR44732829320"),
        ({"vat_number": "44 732 829 320"}, "FR44732829320"),
        ({"vat_number": "44732829320", "siret": SIREN}, "FR44732829320"),
        ({"vat_number": "45732829320"}, "45732829320"),
        ({"vat_number": "96552100554"}, "96552100554"),
        ({"vat_number": "44732829320", "siret": ""}, "FR44732829320"),
        ({"vat_number": "45732829320", "siret": ""}, "45732829320"),
        ({"vat_number": "44732829320", "siret": "à venir"}, "44732829320"),
        ({"vat_number": "44732829320", "siret": "", "address": address(country=None)}, "44732829320"),
        ({"vat_number": "44732829320", "address": address(country="BE")}, "44732829320"),
        ({"vat_number": "TVA : FR44732829320"}, "FR44732829320"),
        ({"vat_number": "N° TVA intracommunautaire : FR44732829320"}, "FR44732829320"),
        ({"vat_number": "N° de TVA FR44732829320"}, "FR44732829320"),
        ({"vat_number": "", "siren": "FR44732829320"}, "FR44732829320"),
        ({"vat_number": "FR44732829320", "siren": "FR44732829320"}, "FR44732829320"),
        ({"vat_number": "0403.019.261", "siret": "", "address": address(country="BE")}, "BE0403019261"),
        ({"vat_number": "B58378431", "siret": "", "address": address(country="ES")}, "ESB58378431"),
        ({"vat_number": "094259216", "siret": "", "address": address(country="GR")}, "EL094259216"),
        ({"vat_number": "136695977", "siret": "", "address": address(country="DE")}, "136695977"),
        ({"vat_number": "732829320", "siret": "", "address": address(country="BE")}, "732829320"),
    ],
)
def test_a_vat_number_without_its_country_is_of_where_the_company_is_in_france_its_own_or_stays(
    typed: dict[str, Any], number: str
) -> None:
    assert understood(company(**typed)).vat_number == number


@pytest.mark.parametrize(
    "typed",
    [
        "-",
        "0",
        "non",
        "NC",
        "n/a",
        "néant",
        "Non assujetti",
        "non assujettie à la TVA",
        "non soumis",
        "en cours",
        "En cours d'attribution",
        "en attente",
        "sans objet",
        "Exonéré",
        "franchise en base",
        "TVA non applicable, art. 293 B du CGI",
        "aucune",
        "pas de TVA",
        "FR",
        "auto-entrepreneur",
        "Auto entrepreneuse",
        "Micro-entreprise",
        "association exonérée",
        "Association",
        "particulier",
    ],
)
def test_words_in_place_of_the_vat_number_are_no_number(typed: str) -> None:
    assert understood(company(vat_number=typed)).vat_number == ""


@pytest.mark.parametrize("typed", ["FR44732829320", "FR00732829320", "BE0123", "ATU1234567", "voir Anne"])
def test_what_may_be_a_number_stays_to_be_judged(typed: str) -> None:
    assert understood(company(vat_number=typed)).vat_number == typed


@pytest.mark.parametrize(
    ("typed", "country"),
    [
        ({}, "FR"),
        ({"siren": "", "siret": "", "vat_number": "FR44732829320"}, "FR"),
        ({"siren": "", "siret": "", "vat_number": ""}, None),
        ({"siren": "732829321", "siret": "", "vat_number": ""}, None),
        ({"country_text": "Elbonia"}, None),
        ({"address": address(country=None, postal_code="97400")}, None),
        ({"address": address(country=None, postal_code="98000")}, None),
        ({"address": address(country=None, postal_code="")}, None),
        ({"address": address(country="BE")}, "BE"),
        ({"address": address(country="FR", postal_code="98000", city="Monaco")}, "MC"),
        ({"address": address(country="FR", postal_code="98800")}, "FR"),
    ],
)
def test_a_french_number_with_a_metropolitan_postal_code_is_in_france(
    typed: dict[str, Any], country: str | None
) -> None:
    found = company(**({"address": address(country=None)} | typed))
    assert understood(found).address.country == country
