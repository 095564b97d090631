"""Whom a mail of onboarding goes to, and how it calls them."""

from decimal import Decimal
from typing import Any

import pytest

from raccord.domain.onboarding.facts import Facts
from raccord.domain.rules.onboarding import PLACEHOLDERS
from raccord.domain.values.money import Money
from raccord.domain.values.parties import Contact, Owner
from tests.domain.samples import company, deal

ANNE = Contact(id="3", email="anne@acme.fr", first_name="Anne", last_name="Petit")
PAUL = Contact(id="4", email="paul@acme.fr", first_name="Paul", billing=True)
EURO = Money(amount=Decimal("120.00"), currency="EUR")
MARC = Contact(id="5", email="marc@acme.fr", first_name="Marc")
NOBODY, TWO = company(email=""), company(email="anne@acme.fr, x@acme.fr")


def facts(chosen: Contact | None = None, **changes: Any) -> Facts:
    return Facts(
        deal=deal(**changes), amounts=(EURO,), numbers=("F-1", "F-2"), company="Hexalab", chosen=chosen
    )


@pytest.mark.parametrize(
    ("found", "addresses", "name"),
    [
        (facts(contacts=(ANNE,)), ("compta@acme.fr",), ""),
        (
            facts(companies=(company(email="anne@acme.fr, x@acme.fr"),), contacts=(ANNE,)),
            ("anne@acme.fr", "x@acme.fr"),
            "Anne",
        ),
        (facts(companies=(NOBODY,), contacts=(ANNE,)), ("anne@acme.fr",), "Anne"),
        (facts(companies=(NOBODY,), contacts=(ANNE, PAUL)), ("paul@acme.fr",), "Paul"),
        (
            facts(chosen=ANNE, companies=(NOBODY,), contacts=(PAUL.model_copy(update={"billing": False}),)),
            ("anne@acme.fr",),
            "Anne",
        ),
        (facts(companies=(NOBODY,), contacts=()), (), ""),
        (facts(companies=(), contacts=(ANNE,)), (), ""),
        (facts(companies=(company(email="no address"),), contacts=()), (), ""),
    ],
)
def test_a_mail_goes_where_the_invoices_go(found: Facts, addresses: tuple[str, ...], name: str) -> None:
    assert (found.recipients, found.contact) == (addresses, name)


def test_every_placeholder_stands_for_something() -> None:
    owner = Owner(id="9", name="Sophie", email="sophie@hexalab.example")
    named = facts(companies=(NOBODY,), contacts=(ANNE,), owner=owner).named("120,00 €")
    assert tuple(named) == PLACEHOLDERS
    assert all(named.values())
    assert named["invoices"] == "F-1, F-2"
