"""Two sites of one legal entity: one customer, or a customer each, as a person says."""

import pytest

from raccord.domain.deal_won.difference import other_customer
from raccord.domain.deal_won.questions import OWN_CUSTOMER, SAME_CUSTOMER, one_siren_two_companies
from raccord.domain.values.parties import CustomerIdentity, IdentityKind
from tests.domain.samples import OTHER_SIRET, SIREN, SIRET, company, customer, deal, invoice


def identity(kind: IdentityKind, value: str) -> str:
    return CustomerIdentity(kind=kind, value=value).reference


@pytest.mark.parametrize(
    ("known", "same"),
    [
        (identity(IdentityKind.SIREN, SIREN), True),
        (identity(IdentityKind.SIRET, SIRET), True),
        (identity(IdentityKind.SIRET, OTHER_SIRET), False),
        (identity(IdentityKind.CRM, "crm:13"), False),
    ],
)
def test_an_invoice_of_the_companys_own_site_is_no_other_customers(known: str, same: bool) -> None:
    ours = deal(companies=(company(siret=SIRET),))
    assert (other_customer(ours, invoice(), (known,)) == ()) is same


def test_two_sites_may_each_be_a_customer_and_nobody_is_told_to_change_a_siren() -> None:
    apart = one_siren_two_companies("crm:12", "crm:13", customer("cus_1"), two_sites=True)
    assert [o.id for o in apart.options] == [SAME_CUSTOMER, OWN_CUSTOMER]
    assert apart.options[1].label.fr == "Un autre établissement : son propre client"
    either = one_siren_two_companies("crm:12", "crm:13", customer("cus_1"))
    assert [o.id for o in either.options] == [SAME_CUSTOMER]
    for ask in (apart, either):
        assert not any(
            "orrigez le SIREN" in p.remedy.fr or "orrect the SIREN" in p.remedy.en for p in ask.problems
        )
    assert apart.fingerprint != either.fingerprint
