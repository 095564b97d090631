"""What answers come to: few settings, everything in shadow, each mapped field one that a person chose."""

from datetime import date
from decimal import Decimal

from raccord.domain.proposal.proposal import Accounts, Entry, propose
from raccord.domain.proposal.questions import MAKE, questions
from raccord.domain.values.described import BillingAccount, CrmAccount
from tests.domain.proposal.account import BILLING, FULL, crm

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


def test_the_rates_are_those_of_the_billing_account_and_zero() -> None:
    assert proposed(FULL)["vat.rates"].value == (Decimal(20), Decimal("5.5"), Decimal(0))
    assert "vat.rates" not in proposed(FULL, BillingAccount())


def test_sections_of_both_connections_say_what_their_accounts_told() -> None:
    found = proposed(FULL)
    assert found["hubspot.account_id"].value == 144000001
    assert found["stripe.vat_country"].value == "FR"


def test_no_value_of_a_customer_stands_in_a_settings_file() -> None:
    said = " ".join(str(remark) for each in proposed(FULL).values() for remark in each.remarks)
    assert "compta@a.example" not in said
    assert "732 829" not in said
