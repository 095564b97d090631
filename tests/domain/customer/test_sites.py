"""Two sites of one legal entity: one customer, or a customer each, as a person says."""

import pytest

from raccord.domain.deal_won.difference import other_customer
from raccord.domain.deal_won.questions import OWN_CUSTOMER, SAME_CUSTOMER, one_siren_two_companies
from raccord.domain.values.parties import CustomerIdentity, IdentityKind
from tests.domain.samples import (
    OTHER_SIREN,
    OTHER_SIRET,
    SIREN,
    SIRET,
    company,
    customer,
    deal,
    invoice,
    profile,
)
from tests.domain.spoken import say_remedy, spoken

BELGIAN, OTHER_BELGIAN = "BE0600610340", "BE0417285387"


def identity(kind: IdentityKind, value: str) -> str:
    return CustomerIdentity(kind=kind, value=value).reference


@pytest.mark.parametrize(
    ("known", "same"),
    [
        (identity(IdentityKind.SIREN, SIREN), True),
        (identity(IdentityKind.SIRET, SIRET), True),
        (identity(IdentityKind.SIRET, OTHER_SIRET), False),
        (identity(IdentityKind.CRM, "crm:13"), False),
        (identity(IdentityKind.CRM, "crm:12"), True),
        (identity(IdentityKind.CRM, "crm:9"), True),
    ],
)
def test_an_invoice_of_the_companys_own_site_is_no_other_customers(known: str, same: bool) -> None:
    ours = deal(companies=(company(siret=SIRET, merged=("9",)),))
    assert (other_customer(ours, invoice(), (known,), ()) == ()) is same


@pytest.mark.parametrize(
    ("linked", "numbers", "same"),
    [
        ("crm:12", {"siren": "", "siret": "", "vat_number": OTHER_BELGIAN}, True),
        ("crm:13", {"siren": "", "siret": "", "vat_number": OTHER_BELGIAN}, False),
        ("crm:12", {"siren": OTHER_SIREN, "siret": ""}, False),
    ],
    ids=["its record", "another record", "another legal entity"],
)
def test_a_corrected_number_of_another_country_makes_no_other_customer(
    linked: str, numbers: dict[str, str], same: bool
) -> None:
    ours, known = deal(companies=(company(**numbers),)), identity(IdentityKind.VAT, BELGIAN)
    assert (other_customer(ours, invoice(), (known,), (linked,)) == ()) is same


def test_two_sites_may_each_be_a_customer_and_nobody_is_told_to_change_a_siren() -> None:
    acme = customer("cus_1", name="Acme")
    apart = one_siren_two_companies(profile(), company(id="13"), acme, two_sites=True)
    assert [o.id for o in apart.options] == [SAME_CUSTOMER, OWN_CUSTOMER]
    assert spoken(apart.options[1].label, "fr") == "Un autre établissement : son propre client"
    either = one_siren_two_companies(profile(), company(id="13"), acme)
    assert [o.id for o in either.options] == [SAME_CUSTOMER]
    for ask in (apart, either):
        for found in ask.problems:
            assert "orrigez le SIREN" not in say_remedy(found, "fr")
            assert "orrect the SIREN" not in say_remedy(found, "en")
    assert apart.fingerprint != either.fingerprint
