"""Countries as people type them, and the departments with VAT rates of their own."""

import pytest
from babel import Locale

from raccord.domain.values.address import parse_country, says_nothing
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
        ("EL", "GR"),
        ("République tchèque", "CZ"),
        ("Czech Republic", "CZ"),
        ("Grande-Bretagne", "GB"),
        ("Great Britain", "GB"),
        ("Angleterre", "GB"),
        ("England", "GB"),
        ("Écosse", "GB"),
        ("Irlande du Nord", "GB"),
        ("Northern Ireland", "GB"),
        ("The Netherlands", "NL"),
        ("Les Pays-Bas", "NL"),
        ("L'Allemagne", "DE"),
        ("République française", "FR"),
        ("United States of America", "US"),
        ("États-Unis d'Amérique", "US"),
        ("FRA", "FR"),
        ("DEU", "DE"),
        ("gbr", "GB"),
        ("CZE", "CZ"),
        ("NLD", "NL"),
    ],
)
def test_a_country_is_understood_as_people_type_it(typed: str, code: str) -> None:
    assert parse_country(typed) == code


@pytest.mark.parametrize(
    "typed", ["", " ", "-", "?", "Europe", "EU", "ZZ", "QO", "Paris", "75002", "Elbonia", "SUN", "The", "Les"]
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
        ("FR", "BP 12 97400", False),
        ("FR", "", False),
        ("DE", "97110", False),
        (None, "97110", False),
    ],
)
def test_overseas_departments_are_told_by_country_or_postal_code(
    country: str | None, postal_code: str, overseas: bool
) -> None:
    assert address(country=country, postal_code=postal_code).overseas is overseas


@pytest.mark.parametrize(
    ("country", "typed", "code"),
    [
        ("FR", "75002", "75002"),
        ("FR", " 75 002 ", "75002"),
        ("FR", "F-75002", "75002"),
        ("FR", "FR-75002", "75002"),
        ("FR", "fr 75002", "75002"),
        ("FR", "01000", "01000"),
        ("MC", "98000", "98000"),
        ("MC", "MC-98000", "98000"),
        ("MC", "97400", None),
        ("FR", "1000", None),
        ("FR", "750022", None),
        ("FR", "ABC", None),
        ("FR", "2A004", None),
        ("FR", "BP 12 97400", None),
        ("FR", "75002 CEDEX", None),
        ("FR", "00000", None),
        ("FR", "", None),
    ],
)
def test_a_french_postal_code_is_five_digits(country: str, typed: str, code: str | None) -> None:
    assert address(country=country, postal_code=typed).french_postal_code == code


@pytest.mark.parametrize(
    "typed",
    [
        "",
        " ",
        "-",
        "?",
        ".",
        "n/a",
        "N.A.",
        "NA",
        "xx",
        "XXX",
        "néant",
        "Inconnu",
        "N.C.",
        "Unknown",
        "à compléter",
    ],
)
def test_what_is_typed_to_get_past_a_field_says_nothing(typed: str) -> None:
    assert says_nothing(typed)


@pytest.mark.parametrize(
    "typed", ["Y", "Eu", "X", "1664", "Aucun", "Nancy", "Nantes", "Néant-sur-Yvel", "東京"]
)
def test_a_short_or_odd_name_is_a_name(typed: str) -> None:
    assert not says_nothing(typed)


def test_an_address_is_kept_on_one_line_per_field() -> None:
    assert address(line1=" 1 rue\r\nde la\tPaix ").line1 == "1 rue de la Paix"
