"""E-mail addresses as they are typed and pasted."""

import pytest

from raccord.domain.values.email import parse_email, parse_emails


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("anne.durand@hexalab.example", "anne.durand@hexalab.example"),
        (" Anne@Hexalab.example ", "Anne@Hexalab.example"),
        ("mailto:anne@hexalab.example", "anne@hexalab.example"),
        ("MAILTO:anne@hexalab.example", "anne@hexalab.example"),
        ("<anne@hexalab.example>", "anne@hexalab.example"),
        ("Anne Durand <anne@hexalab.example>", "anne@hexalab.example"),
        ('"Durand, Anne" <anne@hexalab.example>', "anne@hexalab.example"),
        ("(anne@hexalab.example)", "anne@hexalab.example"),
        ("anne@hexalab.example.", "anne@hexalab.example"),
        ("anne@hexalab.example,", "anne@hexalab.example"),
        ("anne @ hexalab.example", "anne@hexalab.example"),
        ("anne@hexalab..example", "anne@hexalab.example"),
        ("\u200banne@hexalab.example\ufeff", "anne@hexalab.example"),
        ("\u202aanne@hexalab.example\u202c", "anne@hexalab.example"),
        ("an\u00adne@hexalab.example", "anne@hexalab.example"),
        ("anne+factures@hexalab.example", "anne+factures@hexalab.example"),
        ("o'neil@hexalab.example", "o'neil@hexalab.example"),
        ("compta@société.fr", "compta@société.fr"),
        ("compta@hexalab.test", "compta@hexalab.test"),
        ("E-mail : anne@hexalab.example", "anne@hexalab.example"),
        ("Service comptabilité : anne@hexalab.example", "anne@hexalab.example"),
        ("anne@hexalab.example (comptabilité)", "anne@hexalab.example"),
        ("« anne@hexalab.example »", "anne@hexalab.example"),
        ("“anne@hexalab.example”", "anne@hexalab.example"),
        ("mailto:anne@hexalab.example?subject=Facture", "anne@hexalab.example"),
    ],
)
def test_an_address_is_cleaned_where_its_meaning_is_certain(typed: str, address: str) -> None:
    assert parse_emails(typed) == (address,)


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "-",
        "néant",
        "anne",
        "anne@",
        "@hexalab.example",
        "anne@hexalab",
        "anne..durand@hexalab.example",
        "anne durand@hexalab.example",
        "anne@hexalab.example@x.example",
        "anne.hexalab.example",
        "anne(at)hexalab.example",
        "http://hexalab.example",
        "anne@hexa lab.example",
        "anne@hexalab.example; à confirmer",
        "\u202e",
        "comptabilité@hexalab.example",
        "ancien : anne@hexalab.example",
        "ne plus utiliser : anne@hexalab.example",
        "anne@hexalab.example (ancienne)",
        "voir anne@hexalab.example",
    ],
)
def test_what_is_no_address_is_left_to_a_person(typed: str) -> None:
    assert parse_emails(typed) == ()


@pytest.mark.parametrize(
    "typed",
    [
        "a@x.example; b@x.example",
        "a@x.example,b@x.example",
        "a@x.example / b@x.example",
        "a@x.example ou b@x.example",
        "a@x.example b@x.example",
        "a@x.example\nb@x.example",
        "A <a@x.example>; B <b@x.example>",
        "a@x.example; b@x.example; a@x.example;",
        "Compta : a@x.example ; Contact : b@x.example",
    ],
)
def test_of_several_addresses_each_is_read_once_in_their_order(typed: str) -> None:
    assert parse_emails(typed) == ("a@x.example", "b@x.example")
    assert parse_email(typed) is None
