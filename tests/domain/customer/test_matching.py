"""Which billing customer is this company? A wrong yes sends a company's invoice to another one."""

import unicodedata
from itertools import permutations
from typing import Any

import pytest

from raccord.domain.customer.matching import Evidence, choose_customer, contradictions
from raccord.domain.values.parties import Customer, CustomerIdentity, CustomerProfile, IdentityKind
from tests.domain.samples import (
    OTHER_SIREN,
    OTHER_SIRET,
    OTHER_VAT,
    SIREN,
    SIRET,
    VAT,
    company,
    customer,
    profile,
)

SECOND_SITE = "73282932000082"
OURS = profile().identity.reference
EMAIL = "compta@acme.fr"
LINK, REFERENCE, IDENTIFIER, BY_EMAIL = (
    Evidence.LINK,
    Evidence.REFERENCE,
    Evidence.IDENTIFIER,
    Evidence.EMAIL,
)

# (what billing holds, what is stored as link, who is proven by what, who is put before a person)
CASES: dict[str, tuple[list[Customer], str | None, tuple[str, Evidence] | None, set[str]]] = {
    "nobody found": ([], None, None, set()),
    "linked": ([customer("a")], "a", ("a", LINK), set()),
    "linked and renamed since": ([customer("a", name="Acme Group", email=EMAIL)], "a", ("a", LINK), set()),
    "the link beats the reference": ([customer("a"), customer("b", reference=OURS)], "a", ("a", LINK), set()),
    "the link beats the SIREN": ([customer("b", siren=SIREN), customer("a")], "a", ("a", LINK), set()),
    "a link to a customer that is gone": (
        [customer("b", reference=OURS)],
        "a",
        ("b", REFERENCE),
        set(),
    ),
    "our reference": ([customer("a", reference=OURS)], None, ("a", REFERENCE), set()),
    "our reference beats SIREN": (
        [customer("a", siren=SIREN), customer("b", reference=OURS)],
        None,
        ("b", REFERENCE),
        set(),
    ),
    "our reference twice": (
        [customer("a", reference=OURS), customer("b", reference=OURS)],
        None,
        None,
        {"a", "b"},
    ),
    "our reference twice, one linked": (
        [customer("a", reference=OURS), customer("b", reference=OURS)],
        "b",
        ("b", LINK),
        set(),
    ),
    "same SIREN": ([customer("a", siren=SIREN)], None, ("a", IDENTIFIER), set()),
    "same SIREN under a trade name": (
        [customer("a", siren=SIREN, name="ACME FRANCE SAS")],
        None,
        ("a", IDENTIFIER),
        set(),
    ),
    "same SIREN, a VAT number of another country": (
        [customer("a", siren=SIREN, vat_number="DE136695976")],
        None,
        ("a", IDENTIFIER),
        set(),
    ),
    "same SIREN twice": ([customer("a", siren=SIREN), customer("b", siren=SIREN)], None, None, {"a", "b"}),
    "same SIREN and same VAT number on two": (
        [customer("a", siren=SIREN), customer("b", vat_number=VAT)],
        None,
        None,
        {"a", "b"},
    ),
    "same VAT number": ([customer("a", vat_number=VAT)], None, ("a", IDENTIFIER), set()),
    "same VAT number, another SIREN": (
        [customer("a", vat_number=VAT, siren=OTHER_SIREN)],
        None,
        None,
        {"a"},
    ),
    "same SIREN of another reference": (
        [customer("a", siren=SIREN, reference="another")],
        None,
        None,
        set(),
    ),
    "SIREN beats e-mail": (
        [customer("a", email=EMAIL), customer("b", siren=SIREN)],
        None,
        ("b", IDENTIFIER),
        set(),
    ),
    "same e-mail": ([customer("a", email=EMAIL)], None, ("a", BY_EMAIL), set()),
    "same e-mail and name": ([customer("a", email=EMAIL, name="ACME ")], None, ("a", BY_EMAIL), set()),
    "same e-mail in other letters": ([customer("a", email="Compta@Acme.FR")], None, ("a", BY_EMAIL), set()),
    "same e-mail twice": ([customer("a", email=EMAIL), customer("b", email=EMAIL)], None, None, {"a", "b"}),
    "same e-mail, another SIREN": ([customer("a", email=EMAIL, siren=OTHER_SIREN)], None, None, set()),
    "same e-mail, another VAT number": (
        [customer("a", email=EMAIL, vat_number=OTHER_VAT)],
        None,
        None,
        {"a"},
    ),
    "same e-mail, another name": ([customer("a", email=EMAIL, name="Cabinet Durand")], None, None, {"a"}),
    "same e-mail, another company's reference": (
        [customer("a", email=EMAIL, reference="another")],
        None,
        None,
        set(),
    ),
    "one clean and one contradicted e-mail": (
        [customer("a", email=EMAIL, siren=OTHER_SIREN), customer("b", email=EMAIL)],
        None,
        ("b", BY_EMAIL),
        set(),
    ),
    "same name alone": ([customer("a", name="Acme")], None, None, {"a"}),
    "same name, another e-mail": ([customer("a", name="Acme", email="x@y.fr")], None, None, {"a"}),
    "same name, another SIREN": ([customer("a", name="Acme", siren=OTHER_SIREN)], None, None, set()),
    "same name, another VAT number": (
        [customer("a", name="Acme", vat_number="DE811907980")],
        None,
        None,
        set(),
    ),
    "same name, another's reference": ([customer("a", name="Acme", reference="f" * 20)], None, None, set()),
    "same SIREN and site": ([customer("a", siren=SIREN, siret=SIRET)], None, ("a", Evidence.SITE), set()),
    "same SIREN, another site": ([customer("a", siren=SIREN, siret=SECOND_SITE)], None, None, {"a"}),
    "same VAT number, another site": (
        [customer("a", vat_number=VAT, siret=SECOND_SITE)],
        None,
        None,
        {"a"},
    ),
    "same e-mail and SIREN, another site": (
        [customer("a", siren=SIREN, siret=SECOND_SITE, email=EMAIL)],
        None,
        None,
        {"a"},
    ),
    "the site beats the SIREN": (
        [customer("a", siren=SIREN), customer("b", siren=SIREN, siret=SIRET)],
        None,
        ("b", Evidence.SITE),
        set(),
    ),
    "the other site beside one of the SIREN": (
        [customer("a", siren=SIREN, siret=SECOND_SITE), customer("b", siren=SIREN)],
        None,
        ("b", IDENTIFIER),
        set(),
    ),
    "a stranger": ([customer("a", name="Durand", email="d@durand.fr", siren=OTHER_SIREN)], None, None, set()),
    "a stranger beside ours": (
        [customer("a", siren=OTHER_SIREN), customer("b", siren=SIREN)],
        None,
        ("b", IDENTIFIER),
        set(),
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_the_strongest_evidence_decides_and_a_tie_is_a_question(name: str) -> None:
    found, linked, proven, candidates = CASES[name]
    for order in permutations(found):
        choice = choose_customer(order, profile(), linked)
        chosen = (choice.customer.id, choice.evidence) if choice.customer else None
        assert chosen == proven
        assert {c.id for c in choice.candidates} == candidates


@pytest.mark.parametrize("there", ["CAFE LEON & FILS", "Café Léon - Fils", "cafe leon fils"])
def test_a_name_in_other_letters_is_the_same_name(there: str) -> None:
    wanted = profile(name="Café Léon & Fils")
    assert choose_customer((customer("a", name=there, email=EMAIL),), wanted, None).evidence is BY_EMAIL
    assert contradictions(customer("a", name=there), wanted) == ()
    assert contradictions(customer("a", name="Café Léo & Fils"), wanted) == ("name",)


WITHOUT_IDENTIFIERS: dict[str, Any] = {"siren": None, "siret": None, "vat_number": None}


@pytest.mark.parametrize(
    "found",
    [customer("a"), customer("a", siren=SIREN), customer("a", vat_number=VAT), customer("a", siren="")],
)
def test_two_unknown_identifiers_are_never_equal(found: Customer) -> None:
    choice = choose_customer((found,), profile(**WITHOUT_IDENTIFIERS), None)
    assert (choice.customer, choice.candidates) == (None, ())


def test_two_missing_emails_are_never_equal() -> None:
    choice = choose_customer((customer("a"), customer("b")), profile(email=""), None)
    assert (choice.customer, choice.candidates) == (None, ())


@pytest.mark.parametrize("evidence", [{"siren": SIREN}, {"vat_number": VAT}, {"email": EMAIL}])
def test_a_customer_of_another_company_is_never_adopted(evidence: dict[str, str]) -> None:
    taken = customer("a", name="Acme", reference="another", **evidence)
    choice = choose_customer((taken,), profile(), None)
    assert (choice.customer, choice.candidates) == (None, ())


@pytest.mark.parametrize(
    "against",
    [{"siren": OTHER_SIREN}, {"vat_number": OTHER_VAT}, {"name": "Durand"}, {"reference": "another"}],
)
def test_an_email_that_anything_contradicts_is_no_proof(against: dict[str, str]) -> None:
    assert choose_customer((customer("a", email=EMAIL, **against),), profile(), None).customer is None


@pytest.mark.parametrize(
    ("found", "against"),
    [
        (customer(), ()),
        (customer(siren=SIREN, vat_number=VAT, name="ACME", reference=OURS), ()),
        (customer(siren=OTHER_SIREN), ("siren",)),
        (customer(siren=SIREN, siret=SECOND_SITE), ("siret",)),
        (customer(vat_number=OTHER_VAT), ("vat_number",)),
        (customer(name="Durand"), ("name",)),
        (customer(reference="another"), ("reference",)),
        (
            customer(siren=OTHER_SIREN, vat_number=OTHER_VAT, name="Durand", reference="another"),
            ("reference", "siren", "vat_number", "name"),
        ),
    ],
)
def test_what_speaks_against_a_match_is_named(found: Customer, against: tuple[str, ...]) -> None:
    assert contradictions(found, profile()) == against


def test_a_name_is_compared_in_any_case_spacing_and_unicode_form() -> None:
    ours: CustomerProfile = profile(name="Société Générale")
    decomposed = unicodedata.normalize("NFD", "SOCIÉTÉ  générale")
    assert contradictions(customer(name=decomposed), ours) == ()


def test_evidence_is_listed_strongest_first() -> None:
    named = [LINK, REFERENCE, Evidence.COMPANY, Evidence.SITE, IDENTIFIER, BY_EMAIL]
    assert list(Evidence)[:6] == named


def test_a_company_that_got_its_siren_after_its_first_invoice_keeps_its_customer() -> None:
    before = customer("a", reference="of the CRM company", crm_company=profile().crm_company)
    choice = choose_customer((before,), profile(), None)
    assert (choice.customer, choice.evidence) == (before, Evidence.COMPANY)


def test_a_company_whose_siren_became_another_is_not_the_same_customer() -> None:
    before = customer("a", reference="old", crm_company=profile().crm_company, siren=OTHER_SIREN)
    assert choose_customer((before,), profile(), None).customer is None


UNITED = profile(former_companies=("crm:9", "crm:10"))


@pytest.mark.parametrize("former", ["crm:9", "crm:10", "crm:12"])
def test_a_customer_of_a_company_that_was_united_with_ours_is_ours(former: str) -> None:
    theirs = customer("a", crm_company=former, reference="another", name="Acme Lyon")
    choice = choose_customer((theirs,), UNITED, None)
    assert (choice.customer, choice.evidence) == (theirs, Evidence.COMPANY)


@pytest.mark.parametrize("against", [{"siren": OTHER_SIREN}, {"vat_number": OTHER_VAT}])
def test_a_united_company_with_another_number_stays_another_customer(against: dict[str, str]) -> None:
    theirs = customer("a", crm_company="crm:9", **against)
    assert choose_customer((theirs,), UNITED, None).customer is None


def test_two_customers_of_united_companies_are_put_before_a_person() -> None:
    both = (customer("a", crm_company="crm:9"), customer("b", crm_company="crm:12"))
    assert {c.id for c in choose_customer(both, UNITED, None).candidates} == {"a", "b"}
    linked = choose_customer(both, UNITED, "b")
    assert (linked.customer, linked.evidence) == (both[1], Evidence.LINK)


def test_a_stranger_of_another_company_is_not_taken_for_a_united_one() -> None:
    assert choose_customer((customer("a", crm_company="crm:11"),), UNITED, None).customer is None


SITE = profile(identity=CustomerIdentity(kind=IdentityKind.SIRET, value=SIRET))

# Of a site that is a customer of its own: what billing holds, who is proven by what, who is only proposed.
SITES: dict[str, tuple[Customer, Evidence | None, bool]] = {
    "the legal entity's customer": (customer(siren=SIREN, vat_number=VAT, reference=OURS), None, False),
    "same SIREN, site unknown": (customer(siren=SIREN), None, True),
    "same name, e-mail and SIREN, site unknown": (
        customer(siren=SIREN, name="Acme", email=EMAIL),
        None,
        True,
    ),
    "same VAT number, site unknown": (customer(vat_number=VAT), None, True),
    "same SIREN, another site": (customer(siren=SIREN, siret=SECOND_SITE, email=EMAIL), None, False),
    "same site": (customer(siren=SIREN, siret=SIRET), Evidence.SITE, False),
    "our reference": (customer(reference=SITE.identity.reference), REFERENCE, False),
}


@pytest.mark.parametrize("name", SITES)
def test_a_site_with_a_customer_of_its_own_is_never_the_customer_of_its_company(name: str) -> None:
    found, evidence, proposed = SITES[name]
    choice = choose_customer((found,), SITE, None)
    assert (choice.evidence, choice.candidates) == (evidence, (found,) if proposed else ())


def test_a_site_is_apart_from_a_company_with_another_siret_only() -> None:
    assert profile().site_beside(company(siret=SECOND_SITE)) == SITE
    assert profile().site_beside(company(siret=SIRET)) is None
    assert profile().site_beside(company(siret="")) is None
    assert profile().site_beside(company(siret="73282932000079")) is None
    assert profile(siret=None).site_beside(company(siret=OTHER_SIRET)) is None


def test_a_site_is_another_identity_than_its_company() -> None:
    assert profile().site == SITE
    assert SITE.identity.reference != OURS
    assert profile(siret=None).site is None
