import pytest

from raccord.domain.values.address import Address
from raccord.vendors.pipedrive import wire
from raccord.vendors.pipedrive.translation import address

GEOCODED = wire.Address(
    value="Rue du Frout 14, Quimper",
    country="France",
    admin_area_level_1="Bretagne",
    locality="Quimper",
    route="rue du Frout",
    street_number="14",
    postal_code="29000",
)


def test_geocoded_parts_are_taken_where_the_text_does_not_say_it_all() -> None:
    assert address(GEOCODED) == (
        Address(
            line1="14 rue du Frout", postal_code="29000", city="Quimper", region="Bretagne", country="FR"
        ),
        "France",
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "12 rue X, 75002 Paris, France",
            Address(line1="12 rue X", postal_code="75002", city="Paris", country="FR"),
        ),
        (
            "2 rue Neuve, Boîte 3, 1000 Bruxelles, Belgique",
            Address(line1="2 rue Neuve", line2="Boîte 3", postal_code="1000", city="Bruxelles", country="BE"),
        ),
        ("12 rue X\n75002 Paris", Address(line1="12 rue X", postal_code="75002", city="Paris")),
        ("12 rue X 75002 Paris", Address(line1="12 rue X", postal_code="75002", city="Paris")),
        ("Paris", Address(line1="Paris")),
        ("", Address()),
    ],
)
def test_an_address_that_was_only_typed_is_taken_apart(text: str, expected: Address) -> None:
    assert address(wire.Address(value=text))[0] == expected


def test_what_was_typed_comes_first_where_its_code_is_confirmed() -> None:
    typed = GEOCODED.model_copy(update={"value": "14 rue du Frout, Bâtiment B, 29000 Quimper"})
    found, country = address(typed)
    assert (found.line2, found.country, country) == ("Bâtiment B", "FR", "France")


def test_none_is_none() -> None:
    assert address(None) == (Address(), "")
