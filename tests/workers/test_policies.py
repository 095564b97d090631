"""What the settings ask of a vendor is judged by what it says it can."""

from pathlib import Path
from typing import Any

import pytest

from raccord.connectors.capabilities import BillingCapabilities, InvoiceLimits, Uniqueness
from raccord.connectors.connection import CheckState
from raccord.domain.rules.invoicing import Delivery
from raccord.domain.values.invoice import PaymentMethod
from raccord.domain.values.totals import VatRounding
from raccord.settings.configuration import BadSettings
from tests.settings.written import configuration
from workers.policies import billing_checks, deal_won_policy

LIVE = 'invoice_deals_won_from = 2026-12-01\n[modes]\ndeal_won = "live"\n'


def able(**changes: Any) -> BillingCapabilities:
    said = {
        "uniqueness": Uniqueness.IDEMPOTENCY_KEY,
        "requests_per_second": 10,
        "requests_per_activity": 2,
        "vat_rounding": VatRounding.PER_RATE,
        "max_lines": 7,
        "texts": dict.fromkeys(InvoiceLimits.model_fields, 100),
    }
    return BillingCapabilities.model_validate(said | changes)


def test_the_vendors_own_rules_reach_the_flow(tmp_path: Path) -> None:
    policy = deal_won_policy(configuration(tmp_path), able(mails_leave=False))
    assert (policy.vat_rounding, policy.max_lines, policy.mails_leave) == (VatRounding.PER_RATE, 7, False)


def test_nobody_counts_on_a_vendor_that_sends_no_mail(tmp_path: Path) -> None:
    with pytest.raises(BadSettings, match="stripe e-mails no invoices"):
        deal_won_policy(configuration(tmp_path), able(delivers=False))
    ours = configuration(tmp_path, '[invoice]\ndelivery = "none"')
    assert deal_won_policy(ours, able(delivers=False)).invoice.delivery is Delivery.NONE


def test_nothing_is_issued_where_nothing_can_be_proven(tmp_path: Path) -> None:
    assert deal_won_policy(configuration(tmp_path), able(drafts=False))
    with pytest.raises(BadSettings, match="stripe has no drafts"):
        deal_won_policy(configuration(tmp_path, LIVE), able(drafts=False))


def test_a_queue_is_as_fast_as_its_requests_allow() -> None:
    assert able().activities_per_second == 5


IBAN = 'iban = "FR7630006000011234567890189"'


@pytest.mark.parametrize(
    ("written", "state", "found"),
    [
        ("", CheckState.WARN, "no IBAN; online: as the account of stripe offers by itself"),
        (IBAN, CheckState.OK, "IBAN FR76 3000 6000 0112 3456 7890 189; online: as the account of stripe"),
        ('footers = { fr = "IBAN FR76..." }', CheckState.OK, "IBAN in the footer; online"),
        (
            'payment_methods = ["card", "bank_transfer"]',
            CheckState.OK,
            "online: card, bank_transfer",
        ),
        ('payment_methods = ["card"]', CheckState.WARN, "no IBAN; online: card"),
        ('payment_methods = ["sepa_debit"]', CheckState.FAIL, "names sepa_debit, which stripe cannot offer"),
    ],
)
def test_doctor_says_how_customers_can_pay(
    tmp_path: Path, written: str, state: CheckState, found: str
) -> None:
    known = configuration(tmp_path, f"[invoice]\n{written}")
    offers = frozenset((PaymentMethod.CARD, PaymentMethod.BANK_TRANSFER))
    checks = {check.name: check for check in billing_checks(known, able(payment_methods=offers))}
    said = checks["payment means"]
    assert (said.state, found in said.found) == (state, True), said
    assert bool(said.remedy) is (state is not CheckState.OK)
