"""To whom an invoice goes, when it is a question, and what a person's answer is worth."""

from typing import Any

import pytest

from raccord.domain.deal_won.quality import Examination, examine
from raccord.domain.deal_won.questions import quality
from raccord.domain.deal_won.recipients import with_billing_contact
from raccord.domain.deal_won.said import MOST_CONTACTS, Said, told
from raccord.domain.rules.invoicing import Delivery
from raccord.domain.values.deal import Deal
from raccord.domain.values.parties import Contact
from tests.domain.samples import TODAY, company, deal, policy, rules

ANNE = Contact(id="3", email="anne@acme.fr", first_name="Anne", last_name="Durand")
BEN = Contact(id="4", email="ben@acme.fr", first_name="Ben")


def having(*contacts: Contact, email: str = "", **changes: Any) -> Deal:
    """A deal of a company with this billing e-mail, and of these contacts."""
    return deal(companies=(company(email=email),), contacts=contacts, **changes)


def judged(found: Deal) -> Examination:
    return examine(found, policy(), TODAY)


def sent_to(found: Deal) -> str:
    plan = judged(found).plan
    assert plan
    return plan.profile.email


def test_several_contacts_and_none_for_billing_is_one_question_with_one_answer_each() -> None:
    verdict = judged(having(ANNE, BEN))
    (only,) = verdict.problems
    assert (only.message.code, only.record.id, only.field) == (
        "company.several_contacts",
        "12",
        "billing_email",
    )
    assert [option.id for option in verdict.options] == ["billing_contact=3", "billing_contact=4"]
    assert quality(verdict.problems, verdict.options).options == verdict.options


NO_QUESTION: dict[str, tuple[Deal, str]] = {
    "one contact": (having(ANNE), "anne@acme.fr"),
    "the company's own address": (having(ANNE, BEN, email="compta@acme.fr"), "compta@acme.fr"),
    "an address of the company that says nothing": (having(BEN, email="-"), "ben@acme.fr"),
    "only one has an address": (having(Contact(id="2"), BEN), "ben@acme.fr"),
    "only one has an address that is one": (having(Contact(id="2", email="n/a"), BEN), "ben@acme.fr"),
    "one address for all": (having(ANNE, Contact(id="5", email="Anne@ACME.fr ")), "anne@acme.fr"),
    "one is marked": (having(ANNE, BEN.model_copy(update={"billing": True})), "ben@acme.fr"),
    "one is marked and has no address": (having(Contact(id="2", billing=True), BEN), "ben@acme.fr"),
}


@pytest.mark.parametrize("case", NO_QUESTION)
def test_nobody_is_asked_what_is_clear(case: str) -> None:
    found, address = NO_QUESTION[case]
    assert sent_to(found) == address


def test_nobody_is_asked_about_an_invoice_that_nobody_mails() -> None:
    by_hand = policy(invoice=rules(delivery=Delivery.NONE))
    assert examine(having(ANNE, BEN), by_hand, TODAY).problems == ()


def test_a_marked_contact_with_a_mistyped_address_is_not_passed_over() -> None:
    mistyped = Contact(id="2", email="anne@acme", billing=True)
    (only,) = judged(having(mistyped, BEN)).problems
    assert only.message.code == "company.email_invalid"


def test_of_several_that_are_marked_the_first_is_taken_with_a_warning() -> None:
    both = (each.model_copy(update={"billing": True}) for each in (ANNE, BEN))
    verdict = judged(having(*both))
    assert verdict.plan
    assert verdict.plan.profile.email == "anne@acme.fr"
    assert "company.several_billing_contacts" in [each.message.code for each in verdict.warnings]


def test_the_contact_whom_a_person_chose_is_as_good_as_marked() -> None:
    elsewhere = Contact(id="9", email="compta@acme.fr")
    assert sent_to(with_billing_contact(having(ANNE, BEN), BEN)) == "ben@acme.fr"
    assert sent_to(with_billing_contact(having(ANNE, BEN), elsewhere)) == "compta@acme.fr"
    # Who has no address any more receives nothing: the others are asked about again.
    assert judged(with_billing_contact(having(ANNE, BEN), Contact(id="9"))).options


def test_a_question_offers_no_more_contacts_than_anybody_reads() -> None:
    crowd = tuple(Contact(id=str(n), email=f"p{n}@acme.fr") for n in range(30))
    assert len(judged(having(*crowd)).options) == MOST_CONTACTS


def test_an_answer_is_read_from_its_option() -> None:
    assert told("billing_contact=a=b") == ("billing_contact", "a=b")
    said = Said().having("billing_contact=3").having("billing_contact=4")
    assert said.billing_contact == "4"
