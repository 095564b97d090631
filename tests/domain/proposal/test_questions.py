"""At most ten questions, each with a default that is one of its answers."""

from datetime import date

import pytest

from raccord.domain.proposal.questions import ALL, MAKE, MOST_QUESTIONS, NONE, Question, questions
from raccord.domain.values.described import BillingAccount, CrmAccount, Purpose
from tests.domain.proposal.account import (
    BILLING,
    COMPANIES,
    DEALS,
    FULL,
    LINES,
    PIPELINES,
    crm,
    field,
    slot,
    unread,
)

TODAY = date(2026, 11, 28)
BARE = crm()


def by_name(account: CrmAccount, billing: BillingAccount = BILLING) -> dict[str, Question]:
    return {each.name: each for each in questions(account, billing, TODAY)}


@pytest.mark.parametrize("account", [FULL, BARE, CrmAccount()], ids=["full", "bare", "unread"])
def test_there_are_ten_at_most_and_every_default_is_an_answer(account: CrmAccount) -> None:
    asked = questions(account, BILLING, TODAY)
    assert len(asked) <= MOST_QUESTIONS
    assert [each.name for each in asked if each.refuses(each.default)] == []


def test_the_best_field_is_proposed() -> None:
    asked = by_name(FULL)
    assert asked["siret"].default == "companies.numero_siret"
    assert asked["vat_number"].default == "companies.no_tva"
    assert asked["vat_rate"].default == "line_items.taux_tva"
    assert asked["billing_email"].default == "companies.mail_compta"
    assert asked["payment_terms"].default == "companies.delai"
    assert asked["language"].default == "deals.langue"


def test_a_bare_account_gets_the_fields_without_which_deals_stop_and_no_other() -> None:
    asked = by_name(BARE)
    made = [name for name, each in asked.items() if each.default == MAKE]
    assert made == ["siret", "vat_number", "vat_rate"]
    assert [asked[name].default for name in ("billing_email", "payment_terms", "language")] == [NONE] * 3


def test_nobody_is_asked_where_there_is_nothing_to_choose() -> None:
    asked = [each.name for each in questions(BARE, BILLING, TODAY) if each.asked]
    assert asked == ["company", "pipelines", "vat_rate", "amounts", "won_from"]


def test_an_unknown_rate_is_never_twenty_by_default() -> None:
    rate = by_name(BARE)["vat_rate"]
    assert rate.default == MAKE
    assert rate.choice("20")


def test_a_field_full_of_nonsense_is_offered_and_not_proposed() -> None:
    account = crm(companies=(field("siret_client", "n/c", "?"),))
    asked = by_name(account)["siret"]
    assert asked.default == MAKE
    assert asked.choice("companies.siret_client")
    assert asked.asked


def test_nobody_is_asked_about_fields_that_could_not_be_read() -> None:
    asked = by_name(unread(FULL, COMPANIES, LINES))
    assert {"siret", "vat_number", "vat_rate", "billing_email", "payment_terms"}.isdisjoint(asked)
    assert asked["language"].default == "deals.langue"
    either = slot(Purpose.PAYMENT_TERMS, COMPANIES, DEALS)
    half = unread(FULL, COMPANIES).model_copy(update={"slots": (either,)})
    assert by_name(half)["payment_terms"].default == NONE


def test_a_field_that_is_called_as_ours_is_not_made_again() -> None:
    asked = by_name(crm(companies=(field("siret", "n/c", "?"),)))["siret"]
    assert asked.choice(MAKE) is None
    assert asked.default == "companies.siret"


def test_only_pipelines_in_which_a_deal_can_be_won_are_offered() -> None:
    asked = by_name(FULL)["pipelines"]
    assert [each.key for each in asked.choices] == [ALL, "default", "7"]
    one = FULL.model_copy(update={"pipelines": PIPELINES[:1]})
    assert not by_name(one)["pipelines"].asked
    assert "pipelines" not in by_name(CrmAccount())


def test_the_company_is_called_as_its_billing_system_calls_it() -> None:
    assert by_name(FULL)["company"].default == "Hexalab SAS"
    assert by_name(FULL, BillingAccount())["company"].default


def test_what_is_no_answer_is_refused() -> None:
    asked = by_name(FULL)
    assert asked["won_from"].default == "2026-11-28"
    assert [asked["won_from"].refuses(each) for each in ("2026-12-01", "soon", "2026-02-30")] == [
        *(False, True, True),
    ]
    assert asked["company"].refuses("")
    assert asked["amounts"].refuses("both")
