"""Countries as people type them, and the departments with VAT rates of their own."""

import pytest
from babel import Locale

from raccord.domain.address import parse_country
from tests.domain.samples import address

NOT_COUNTRIES = {"AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "ZZ"}


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("France", "FR"),
        ("FRANCE ", "FR"),
        ("fr", "FR"),
        ("Etats-Unis", "US"),
        ("États Unis", "US"),
        ("USA", "US"),
        ("U.S.A.", "US"),
        ("Allemagne", "DE"),
        ("Deutschland", "DE"),
        ("GERMANY", "DE"),
        ("Alemania", "DE"),
        ("Royaume Uni", "GB"),
        ("UK", "GB"),
        ("Pays-Bas", "NL"),
        ("Hollande", "NL"),
        ("Nederland", "NL"),
        ("Belgie", "BE"),
        ("Espagne", "ES"),
        ("espana", "ES"),
        ("Côte d'Ivoire", "CI"),
        ("cote d’ivoire", "CI"),
        ("La Réunion", "RE"),
        ("Monaco", "MC"),
        ("Suisse", "CH"),
        ("Corée\u00a0du  Sud", "KR"),
        ("Grèce", "GR"),
    ],
)
def test_a_country_is_understood_as_people_type_it(typed: str, code: str) -> None:
    assert parse_country(typed) == code


@pytest.mark.parametrize(
    "typed", ["", " ", "-", "?", "Europe", "EU", "ZZ", "QO", "Paris", "75002", "Elbonia"]
)
def test_what_names_no_country_is_left_to_a_person(typed: str) -> None:
    assert parse_country(typed) is None


@pytest.mark.parametrize("language", ["fr", "en", "de", "es", "it", "nl"])
def test_a_name_in_one_language_never_means_another_country(language: str) -> None:
    for code, name in Locale(language).territories.items():
        if len(code) == 2 and code not in NOT_COUNTRIES:
            assert parse_country(name) == code, name


@pytest.mark.parametrize(
    ("country", "postal_code", "overseas"),
    [
        ("FR", "97110", True),
        ("FR", "97200", True),
        ("FR", "97300", True),
        ("FR", "97400", True),
        ("FR", "97600", True),
        ("FR", "97 110", True),
        ("FR", "F-97110", True),
        ("RE", "97400", True),
        ("GP", "", True),
        ("FR", "97500", True),
        ("FR", "97700", True),
        ("FR", "97800", True),
        ("FR", "98400", True),
        ("FR", "98600", True),
        ("FR", "98714", True),
        ("FR", "98800", True),
        ("PF", "98714", True),
        ("MC", "98000", False),
        ("FR", "97900", False),
        ("FR", "75002", False),
        ("FR", "09711", False),
        ("FR", "20000", False),
        ("FR", "98000", False),
        ("FR", "", False),
        ("DE", "97110", False),
        (None, "97110", False),
    ],
)
def test_overseas_departments_are_told_by_country_or_postal_code(
    country: str | None, postal_code: str, overseas: bool
) -> None:
    assert address(country=country, postal_code=postal_code).overseas is overseas


def test_an_address_is_kept_on_one_line_per_field() -> None:
    assert address(line1=" 1 rue\r\nde la\tPaix ").line1 == "1 rue de la Paix"
