"""What answers come to: few settings, everything in shadow, each mapped field one that a person chose."""

from datetime import date
from decimal import Decimal

import pytest

from raccord.domain.proposal.proposal import Accounts, Entry, desk_language, propose
from raccord.domain.proposal.questions import MAKE, questions
from raccord.domain.rules.vat import VatPolicy
from raccord.domain.values.described import BillingAccount, CrmAccount
from tests.domain.proposal.account import BILLING, COMPANIES, FULL, LINES, crm, unread

TODAY = date(2026, 11, 28)


def proposed(account: CrmAccount, billing: BillingAccount = BILLING, **answers: str) -> dict[str, Entry]:
    accounts = Accounts(account, billing, "hubspot", "stripe")
    entries = propose(accounts, questions(account, billing, TODAY), answers)
    found = {".".join(filter(None, (each.section, each.name))): each for each in entries}
    assert len(found) == len(entries), "nothing is said twice"
    return found


def test_everything_is_in_shadow_and_nothing_of_the_past_is_invoiced() -> None:
    found = proposed(FULL)
    assert {each.value for name, each in found.items() if name.startswith("modes.")} == {"shadow"}
    assert found["invoice_deals_won_from"].value == TODAY


def test_the_fields_that_were_found_are_mapped() -> None:
    found = proposed(FULL)
    prefix = "hubspot.mapping."
    mapping = {name.removeprefix(prefix): e.value for name, e in found.items() if name.startswith(prefix)}
    assert mapping == {
        "companies.siret": "numero_siret",
        "companies.siren": "",
        "companies.vat_number": "no_tva",
        "line_items.vat_rate": "taux_tva",
        "companies.billing_email": "mail_compta",
        "companies.payment_terms": "delai",
        "deals.language": "langue",
        "deals.service_date": "",
    }


def test_an_answer_counts_and_not_the_default() -> None:
    found = proposed(FULL, siret="none", billing_email="none", pipelines="7", amounts="gross", company="Acme")
    assert found["hubspot.mapping.companies.siret"].value == ""
    assert found["hubspot.mapping.companies.billing_email"].value == ""
    assert found["rollout.pipelines"].value == ("7",)
    assert found["invoice.amount_basis"].value == "gross"
    assert found["company.name"].value == "Acme"


def test_a_field_that_is_missing_is_named_as_it_will_be_made() -> None:
    found = proposed(crm(), vat_rate=MAKE)
    assert found["hubspot.mapping.line_items.vat_rate"].value == "vat_rate"
    assert found["hubspot.mapping.companies.siret"].value == "siret"
    assert found["hubspot.mapping.companies.payment_terms"].value == ""
    assert "vat.default_rate" not in found


def test_a_rate_for_lines_that_have_none_leaves_the_others_theirs() -> None:
    found = proposed(FULL, vat_rate="20")
    assert found["vat.default_rate"].value == Decimal(20)
    assert found["hubspot.mapping.line_items.vat_rate"].value == "taux_tva"
    assert proposed(crm(), vat_rate="20")["hubspot.mapping.line_items.vat_rate"].value == ""


def test_the_rates_are_the_usual_ones_and_those_of_the_billing_account() -> None:
    usual = tuple(map(Decimal, ("20", "10", "5.5", "2.1", "0")))
    overseas = BillingAccount(country="FR", vat_rates=(Decimal("8.5"), Decimal(0)))
    assert proposed(FULL)["vat.rates"].value == usual
    assert proposed(FULL, overseas)["vat.rates"].value == (*usual[:2], Decimal("8.5"), *usual[2:])
    assert "vat.rates" not in proposed(FULL, BillingAccount())


@pytest.mark.parametrize("found", ["0", "10", "20"])
def test_no_rate_that_an_account_happens_to_have_makes_an_exempt_seller_or_an_unknown_default(
    found: str,
) -> None:
    entries = proposed(FULL, BillingAccount(country="FR", vat_rates=(Decimal(found),)), vat_rate="20")
    given = {name: entries[f"vat.{name}"].value for name in ("rates", "default_rate")}
    policy = VatPolicy.model_validate(given)
    assert not policy.exempt_seller
    assert policy.default_rate in policy.rates


def test_what_could_not_be_read_stays_undecided_and_is_said_so() -> None:
    found = proposed(unread(FULL, COMPANIES, LINES))
    for name in ("companies.siret", "companies.siren", "companies.vat_number", "line_items.vat_rate"):
        entry = found[f"hubspot.mapping.{name}"]
        assert entry.value == "", "setup must not make a second one"
        assert [each.code for each in entry.remarks][1:] == ["init.file.undecided"]
    assert found["hubspot.mapping.companies.payment_terms"].value == ""
    assert found["hubspot.mapping.deals.language"].value == "langue"


def test_sections_of_both_connections_say_what_their_accounts_told() -> None:
    found = proposed(FULL)
    assert found["hubspot.account_id"].value == 144000001
    assert found["stripe.vat_country"].value == "FR"


def test_no_value_of_a_customer_stands_in_a_settings_file() -> None:
    said = " ".join(str(remark) for each in proposed(FULL).values() for remark in each.remarks)
    assert "compta@a.example" not in said
    assert "732 829" not in said


@pytest.mark.parametrize(
    ("country", "asked_in"),
    [("FR", "fr"), ("BE", "fr"), ("LU", "fr"), ("MC", "fr"), ("IE", "en"), ("DE", "en"), (None, "en")],
)
def test_people_are_asked_in_the_language_of_their_company_s_country(
    country: str | None, asked_in: str
) -> None:
    """Whoever reads English sets up a French company in an English terminal."""
    assert desk_language(BillingAccount(country=country), "en") == asked_in
    assert desk_language(BillingAccount(country=country), "fr") == "fr"
