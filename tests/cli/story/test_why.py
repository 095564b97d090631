"""Why a deal stands as it does: one reason each, the true one."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any, cast

import pytest

from raccord.connectors.billing import BillingReader
from raccord.connectors.errors import NotFound
from raccord.domain.desk.question import Choice
from raccord.domain.dunning.plan import Plan
from raccord.domain.dunning.silence import Silence, Silent
from raccord.domain.rules.modes import Mode
from raccord.domain.rules.rollout import Rollout
from raccord.domain.service.findings import Finding, FindingKind
from raccord.domain.values.invoice import Invoice, InvoiceState
from raccord.domain.values.message import Message
from raccord.domain.values.money import Money
from raccord.domain.values.payment import InvoiceMoney
from raccord.records.links import DealLink
from raccord.records.stuck import StuckFlow
from raccord.texts.owing import silent
from starters.cli.story.known import Known, Run, Source
from starters.cli.story.reading import money_of
from starters.cli.story.why import why
from tests.cli.story.knowing import NOW, asked, issued_rows, known, said
from tests.domain.samples import deal, invoice, policy
from tests.records.questions import answer


def euro(amount: str) -> Money:
    return Money(amount=Decimal(amount), currency="EUR")


def money(found: Invoice, *, due: str = "120", **changes: Any) -> InvoiceMoney:
    base: dict[str, Any] = {"paid": euro("0"), "due": euro(due), "overpaid": euro("0")}
    return InvoiceMoney(invoice=found, **(base | changes))


def reasons(found: Known) -> list[str]:
    return [said(each) if isinstance(each, Message) else each.message.code for each in why(found)]


ISSUED = invoice(number="F-1", issued_on=date(2026, 11, 20), due_on=date(2026, 12, 20))


@pytest.mark.parametrize(
    ("found", "because"),
    [
        (known(deal=deal(won=False)), "Out of scope: the deal is not won."),
        (known(deal=None, gone=True), "The CRM has no such deal: it was deleted, or never was."),
        (
            known(mode=Mode.SHADOW),
            "Raccord runs in shadow: it computes invoices and issues none ([modes] deal_won).",
        ),
        (
            known(mode=Mode.SHADOW, policy=policy(rollout=Rollout(begin=Mode.SHADOW))),
            "Its salesperson or its pipeline is in shadow: Raccord computes the invoice and issues none "
            "(`raccord shadow ladder`).",
        ),
        (
            known(runs=(Run(workflow_id="deal-won/crm/7", running=True, began_at=NOW),)),
            "Its flow is at work on it now.",
        ),
        (
            known(),
            "Raccord has never looked at it: no webhook told of it, and the sweep has not come by. "
            "`raccord flows start 7` looks now.",
        ),
        (
            known(rows=issued_rows()),
            "Nothing that is known keeps it from being invoiced. `raccord flows start 7` has it looked at "
            "again.",
        ),
    ],
)
def test_a_deal_is_not_invoiced_for_one_reason(found: Known, because: str) -> None:
    assert reasons(found) == ["Not invoiced.", because]


def test_in_shadow_it_says_what_would_come_of_the_deal() -> None:
    looked: dict[str, Any] = {"deal": known().ref, "at": NOW}
    fine = Finding(kind=FindingKind.WOULD_INVOICE, net=euro("100"), gross=euro("120"), **looked)
    assert reasons(known(mode=Mode.SHADOW, verdict=fine))[-1] == (
        "Outside shadow it would be invoiced: €100.00 net, €120.00 gross."
    )
    asks = Finding(kind=FindingKind.WOULD_ASK, net=euro("100"), **looked)
    assert reasons(known(mode=Mode.SHADOW, verdict=asks))[-1] == "Outside shadow a person would be asked:"


def test_a_question_is_the_reason_with_each_point_and_where_it_is_answered() -> None:
    assert reasons(known(questions=(asked(),))) == [
        "Not invoiced.",
        "An answer is awaited from Anne Canari since 22 Nov 10:00: Deal won, cannot be invoiced yet: 1 point "
        "to settle (`raccord inbox show 7bdaa0c7`)",
        "company.siret_abroad",
    ]


CANCELLED = asked(answer=answer(Choice.CANCEL), answered_at=NOW, closed_at=NOW, remembered=True)
BEGAN_AFTER = NOW + timedelta(minutes=5)


def run(state: str = "", *, running: bool = False) -> Run:
    return Run(workflow_id="deal-won/crm/7", running=running, began_at=BEGAN_AFTER, state=state)


def test_who_gave_it_up_is_named() -> None:
    assert reasons(known(questions=(CANCELLED,))) == [
        "Not invoiced.",
        "cli:anne decided so on 22 Nov 10:00: Do not invoice this deal.",
    ]


@pytest.mark.parametrize(
    ("found", "because"),
    [
        # `flows start` withdrew the answer.
        (
            known(questions=(CANCELLED.model_copy(update={"remembered": False}),), runs=(run(running=True),)),
            "Its flow is at work on it now.",
        ),
        # What was asked is not what is wrong now.
        (known(questions=(CANCELLED,), runs=(run(running=True),)), "Its flow is at work on it now."),
        (
            known(questions=(CANCELLED,), runs=(run("already_invoiced"),)),
            "Nothing that is known keeps it from being invoiced. `raccord flows start 7` has it looked at "
            "again.",
        ),
    ],
)
def test_an_answer_before_the_newest_run_is_no_reason(found: Known, because: str) -> None:
    assert reasons(found) == ["Not invoiced.", because]


def test_an_answer_that_ended_the_newest_run_too_is_the_reason() -> None:
    assert "cli:anne decided so" in reasons(known(questions=(CANCELLED,), runs=(run("closed"),)))[1]


def test_a_deal_that_was_united_points_to_the_other() -> None:
    (only,) = reasons(known(link=DealLink(merged_into="8")))
    assert "united it into deal 8" in only


def test_a_connection_that_holds_it_up_is_named() -> None:
    stuck = StuckFlow(connection="billing", flow="deal-won/crm/7", cause="down", since=NOW, met_at=NOW)
    assert any(
        "billing has not let it go on since 22 Nov 10:00" in each for each in reasons(known(stuck=(stuck,)))
    )


def test_an_open_invoice_waits_for_its_money_until_its_day() -> None:
    open_ = known(invoices=(money(ISSUED),))
    assert reasons(open_) == [
        "Invoiced on 20 Nov 2026: F-1, €120.00 gross.",
        "€120.00 is awaited for invoice F-1, by 20 Dec 2026.",
    ]
    late = replace(open_, now=NOW + timedelta(days=40))
    assert "€120.00 is awaited for invoice F-1: due on 20 Dec 2026, 12 days late." in reasons(late)


def test_nobody_is_reminded_in_shadow() -> None:
    found = known(invoices=(money(ISSUED),), dunning_mode=Mode.SHADOW)
    assert reasons(found)[-1] == "Nobody is reminded: reminders run in shadow ([modes] dunning)."


def test_a_paid_invoice_waits_for_nothing() -> None:
    paid = ISSUED.model_copy(update={"state": InvoiceState.PAID})
    assert reasons(known(invoices=(money(paid, due="0"),))) == [
        "Invoiced on 20 Nov 2026: F-1, €120.00 gross."
    ]


def test_a_debit_under_way_is_no_delay() -> None:
    assert reasons(known(invoices=(money(ISSUED, processing=True),)))[-1] == (
        "A payment of invoice F-1 is under way and not settled yet."
    )


def test_without_the_billing_system_the_records_say_that_it_was_invoiced() -> None:
    assert reasons(known(link=DealLink(number="F-1"))) == ["Invoiced, as the records have it: F-1."]


UNREAD = frozenset({Source.BILLING})


def test_without_the_billing_system_nothing_is_said_to_be_not_invoiced() -> None:
    assert reasons(known(unread=UNREAD)) == [
        "Whether it is invoiced is not known: the billing system could not be asked."
    ]
    deposit = known(unread=UNREAD, link=DealLink(deposit_number="F-1"))
    assert reasons(deposit)[0] == "Invoiced, as the records have it: F-1."


@pytest.mark.parametrize(
    "found",
    [
        known(deal=None, rows=issued_rows(), unread=frozenset({Source.CRM})),
        known(unread=frozenset({Source.TEMPORAL})),
    ],
)
def test_what_could_not_be_asked_is_no_reason(found: Known) -> None:
    assert reasons(found) == ["Not invoiced.", "Why is not known: not everything could be asked."]


def test_a_question_about_its_customer_is_not_why_it_is_not_invoiced() -> None:
    about_customer = asked(flow="contact/billing/cus_1")
    assert (
        "Nothing that is known keeps it" in reasons(known(questions=(about_customer,), rows=issued_rows()))[1]
    )


class Forgetful:
    """A billing system that has no `in_gone`."""

    async def read_money(self, id_: str) -> InvoiceMoney:
        if id_ == "in_gone":
            raise NotFound("no such invoice")
        return money(ISSUED)


async def test_an_invoice_that_is_gone_takes_no_other_with_it() -> None:
    found = await money_of(cast("BillingReader", Forgetful()), ("in_gone", ISSUED.id))
    assert [each.invoice.id for each in found] == [ISSUED.id]


def reminded(next_of: str, *silences: Silent) -> Known:
    owed = SimpleNamespace(id=next_of)
    following = SimpleNamespace(at=NOW, due=SimpleNamespace(level=1, invoices=(owed,)))
    customer: Any = SimpleNamespace(
        plan=Plan(silent=silences), next=following, account=None, memory=SimpleNamespace(rounds=(), words=())
    )
    return known(invoices=(money(ISSUED),), customer=customer)


def test_the_next_reminder_counts_where_it_is_about_the_deal_s_own_invoice() -> None:
    assert reasons(reminded(ISSUED.id))[-1].startswith("Reminders: reminder 1, now")


def test_another_deal_s_reminder_is_not_this_one_s() -> None:
    ours = Silent(why=Silence.DISPUTED, invoice_id=ISSUED.id)
    theirs = Silent(why=Silence.LAST_SENT, invoice_id="in_8")
    found = reasons(reminded("in_8", theirs, ours))
    assert not [each for each in found if each.startswith("Reminders")]
    assert found[-1] == f"Nobody is reminded now: {said(silent(ours))}."


def test_a_voided_invoice_is_none() -> None:
    void = ISSUED.model_copy(update={"state": InvoiceState.VOID})
    assert reasons(known(invoices=(money(void, due="0"),), rows=issued_rows()))[0] == "Not invoiced."
