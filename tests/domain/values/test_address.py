"""What an address tells of VAT and of itself."""

import pytest

from raccord.domain.values.address import says_nothing
from tests.domain.samples import address


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
        ("FR", "75002 CEDEX", "75002"),
        ("FR", "75379 Cedex 08", "75379"),
        ("FR", "CEDEX", None),
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


@pytest.mark.parametrize(
    ("country", "typed", "fits"),
    [
        ("BE", "1000", True),
        ("BE", "B-1000", True),
        ("BE", "69003", False),
        ("DE", "D-10115", True),
        ("DE", "1011", False),
        ("NL", "1012 AB", True),
        ("PT", "1000-001", True),
        ("PT", "1000", True),
        ("PT", "10000", False),
        ("US", "10001-1234", True),
        (None, "1", True),
    ],
)
def test_a_postal_code_has_the_digits_of_its_country(country: str | None, typed: str, fits: bool) -> None:
    assert address(postal_code=typed, country=country).has_its_digits is fits
