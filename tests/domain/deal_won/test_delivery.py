"""Who is sent an invoice: companies by e-mail, public bodies as the company has decided."""

import pytest

from raccord.domain.deal_won.party_rules import mailed
from raccord.domain.desk.problems import Cause
from raccord.domain.rules.invoicing import Delivery, PublicBodies
from raccord.domain.values.deal import Deal
from tests.domain.deal_won.selling import plan_of, problems_of
from tests.domain.samples import company, deal, policy, rules

STATE, TOWN, FIRM = "110002011", "217500016", "732829320"


def _sold_to(siren: str) -> Deal:
    return deal(companies=(company(siren=siren, siret="", vat_number=""),))


@pytest.mark.parametrize("siren", [STATE, TOWN])
def test_a_public_body_is_a_question_until_somebody_decides(siren: str) -> None:
    (only,) = problems_of(_sold_to(siren))
    assert (only.cause, only.field) == (Cause.COMPANY, "siren")
    for decided in (
        {"public_bodies": PublicBodies.BY_HAND},
        {"public_bodies": PublicBodies.VENDOR},
        {"delivery": Delivery.NONE},
    ):
        assert plan_of(_sold_to(siren), policy(invoice=rules(**decided))).profile.siren == siren


@pytest.mark.parametrize(
    ("siren", "rule", "sent"),
    [
        (STATE, PublicBodies.BY_HAND, False),
        (TOWN, PublicBodies.BY_HAND, False),
        (STATE, PublicBodies.VENDOR, True),
        (FIRM, PublicBodies.BY_HAND, True),
        (FIRM, PublicBodies.ASK, True),
    ],
)
def test_only_what_is_handed_in_by_hand_is_not_mailed(siren: str, rule: PublicBodies, sent: bool) -> None:
    assert mailed(_sold_to(siren), rules(public_bodies=rule)) is sent
    assert mailed(_sold_to(siren), rules(public_bodies=rule, delivery=Delivery.NONE)) is False


def test_an_invoice_that_nobody_mails_needs_no_address_and_takes_none_that_is_no_address() -> None:
    def sold(siren: str, email: str) -> Deal:
        there = company(siren=siren, siret="", vat_number="", email=email)
        return deal(companies=(there,), contacts=())

    by_hand = policy(invoice=rules(public_bodies=PublicBodies.BY_HAND))
    nobody = policy(invoice=rules(delivery=Delivery.NONE))
    for siren, by in ((TOWN, by_hand), (FIRM, nobody)):
        assert plan_of(sold(siren, ""), by).profile.email == ""
        (only,) = problems_of(sold(siren, "mairie"), by)
        assert (only.cause, only.field) == (Cause.EMAIL, "billing_email")
    (only,) = problems_of(sold(FIRM, ""), by_hand)
    assert (only.cause, only.field) == (Cause.EMAIL, "billing_email")
