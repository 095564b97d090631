"""The story of a deal: every fact once, in the order of time, with where it is written."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from raccord.domain.desk.question import Choice
from raccord.domain.values.invoice import Invoice
from raccord.domain.values.money import Money
from raccord.domain.values.parties import Owner
from raccord.domain.values.payment import InvoiceMoney, Payment, PaymentMeans
from raccord.records.audit import Kind, Verdict
from starters.cli.story.facts import facts_of
from starters.cli.story.known import Known, Run
from tests.cli.story.knowing import NOW, asked, issued_rows, known, pair, row, said
from tests.domain.samples import deal, invoice, priced, totals
from tests.records.questions import answer


def told(found: Known, language: str = "en") -> list[tuple[str, str]]:
    return [(said(each.said, language), each.source) for each in facts_of(found)]


def test_an_invoiced_deal_is_told_from_its_audit() -> None:
    won = known(deal=deal(owner=Owner(id="77", name="Anne")), rows=issued_rows())
    assert told(won) == [
        ("Won by Anne.", "crm:7"),
        ("Customer Acme created in billing.", "audit 2"),
        ("Draft in billing: €100.00 net, €120.00 gross.", "audit 4"),
        ("The draft was read back: its totals equal those of the deal, to the cent.", "audit 5"),
        ("Invoice F-1 issued: €100.00 net, €120.00 gross.", "audit 6"),
        ("The invoice was mailed to its customer by billing.", "audit 8"),
    ]


@pytest.mark.parametrize(
    ("made", "lines"),
    [(invoice(), Verdict.FOUND), (invoice(totals=totals(priced("1", "0", "20"))), Verdict.DONE)],
    ids=["with its lines", "without"],
)
def test_a_draft_is_told_once_whether_it_is_made_with_its_lines_or_without(
    made: Invoice, lines: Verdict
) -> None:
    rows = (
        *pair(1, "billing.create_draft", **made.model_dump(mode="json")),
        *pair(3, "billing.set_lines", verdict=lines, **invoice().model_dump(mode="json")),
    )
    assert [said for said, _ in told(known(deal=None, rows=rows))] == [
        "Draft in billing: €100.00 net, €120.00 gross."
    ]


def test_it_is_told_in_french() -> None:
    assert ("Facture F-1 émise : 100,00 € HT, 120,00 € TTC.", "audit 6") in told(
        known(rows=issued_rows()), "fr"
    )


def test_the_days_of_the_company_count() -> None:
    """Won on the 20th is from midnight in Paris on."""
    (won,) = facts_of(known())
    assert won.day_only
    assert won.at == datetime(2026, 11, 19, 23, tzinfo=UTC)


def test_a_refusal_is_told_with_the_vendor_s_words() -> None:
    rows = pair(1, "billing.finalise", verdict=Verdict.REFUSED, error="no address")
    assert told(known(deal=None, rows=rows))[-1] == (
        "Issuing the invoice: refused. “no address”",
        "audit 2",
    )


def test_a_server_s_error_is_no_refusal() -> None:
    rows = pair(1, "billing.deliver", verdict=Verdict.SERVER_ERROR, error="500")
    assert told(known(deal=None, rows=rows)) == [
        ("Mailing the invoice: begun; how it ended is not known yet.", "audit 2")
    ]


def test_what_is_found_done_was_not_done_again() -> None:
    rows = (*pair(1, "billing.deliver"), *pair(3, "billing.deliver", verdict=Verdict.FOUND))
    assert told(known(deal=None, rows=rows)) == [
        ("The invoice was mailed to its customer by billing.", "audit 2")
    ]


@pytest.mark.parametrize(
    ("cause", "there"),
    [("deal-won/crm/7 run", True), ("deal-won/crm/8 run", False), ("payment/billing/in_8 run", False)],
)
def test_what_flows_of_other_deals_did_is_none_of_its_story(cause: str, there: bool) -> None:
    rows = (row(1, Kind.OUTCOME, "billing.deliver", verdict="done", object="billing:cus_1", cause=cause),)
    assert bool(told(known(deal=None, rows=rows))) is there


def test_what_was_begun_and_came_to_no_end_is_told_as_that() -> None:
    rows = (row(1, Kind.INTENT, "mail.send"),)
    assert told(known(deal=None, rows=rows)) == [("Mail: begun; how it ended is not known yet.", "audit 1")]


def test_what_cannot_be_unsealed_is_still_told() -> None:
    rows = (row(2, Kind.OUTCOME, "billing.finalise", verdict="done"),)
    assert told(known(deal=None, rows=rows)) == [("Written: billing.finalise.", "audit 2")]


def test_a_question_and_its_answer_name_who_and_the_audit_s_row() -> None:
    at = NOW + timedelta(hours=1)
    settled = asked(answer=answer(Choice.CANCEL), answered_at=at, closed_at=at)
    decision = row(9, Kind.NOTE, "desk.decision", detail={"incident": "7bdaa0c7"})
    found = known(deal=None, questions=(settled,), rows=(decision,))
    assert told(found) == [
        ("Question for Anne Canari: Deal won, cannot be invoiced yet: 1 point to settle", "inbox 7bdaa0c7"),
        ("cli:anne answered: Do not invoice this deal", "audit 9"),
    ]
    assert facts_of(found)[0].points == settled.question.problems


def test_a_question_that_settled_itself_says_so() -> None:
    settled = asked(closed_at=NOW + timedelta(hours=1))
    (_, end) = told(known(deal=None, questions=(settled,)))
    assert end[0].startswith("The question settled itself")


def test_money_is_told_by_the_payment_s_own_moment_and_id() -> None:
    def euro(amount: str) -> Money:
        return Money(amount=Decimal(amount), currency="EUR")

    paid = Payment(
        id="pi_1",
        amount=euro("120"),
        paid_at=NOW,
        means=PaymentMeans.CARD,
        refunded=euro("20"),
    )
    money = InvoiceMoney(
        invoice=invoice(number="F-1"), paid=euro("120"), due=euro("0"), overpaid=euro("0"), payments=(paid,)
    )
    (fact,) = told(known(deal=None, invoices=(money,)))
    assert fact == (
        "€120.00 received for F-1 (card). Of it, €20.00 went back to the customer.",
        "billing:pi_1",
    )


def test_the_latest_run_is_told_by_its_flow() -> None:
    run = Run(workflow_id="deal-won/crm/7", running=True, began_at=NOW)
    other = Run(workflow_id="payment/billing/in_1", running=True, began_at=NOW)
    assert told(known(deal=None, runs=(run, other))) == [
        ("Raccord looks at the deal (its latest run).", "deal-won/crm/7")
    ]


def test_a_deal_that_is_not_won_has_no_day_of_winning() -> None:
    assert told(known(deal=deal(won=False, won_on=date(2026, 11, 20)))) == []
