"""Flow 1 from its start to each of its ends, in one process."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from activities.effects import UNKNOWN
from raccord.connectors.errors import Permanent, Poison
from raccord.domain.desk.question import Choice
from raccord.domain.rules.modes import Mode
from raccord.domain.values.deal import DealRef
from raccord.domain.values.money import Money
from raccord.domain.values.parties import CustomerIdentity, IdentityKind
from tests.domain import samples
from tests.workflows.house import REF, House, needs_server

pytestmark = needs_server
NO_POSTCODE: dict[str, Any] = {"companies": (samples.company(address=samples.address(postal_code="")),)}


ABOUT_A_QUESTION = ("messaging.", "crm.create_task", "crm.complete_task")
"""Also a task: time skipped to the flow's end may pass before a message hears of its answer."""


async def nothing_was_written(home: House) -> None:
    """Beside the question itself, which is told."""
    assert [effect for effect in await home.written() if not effect.startswith(ABOUT_A_QUESTION)] == []
    assert (home.billing.customers, home.billing.invoices, home.crm.shown) == ({}, {}, {})


async def test_a_won_deal_becomes_one_invoice(at_home: House) -> None:
    await at_home.work()
    end = await at_home.outcome()
    (invoice,) = at_home.billing.issued
    assert (end["ending"], end["number"]) == ("invoiced", invoice.number)
    assert invoice.totals.gross.amount == Decimal("120.00")
    assert at_home.billing.mails == [invoice.id]
    assert at_home.crm.shown[REF.id].number == invoice.number
    assert len(at_home.billing.customers) == 1
    assert await at_home.written() == [
        "billing.create_customer",
        "billing.create_vat_rate",
        "billing.create_draft",
        "billing.set_lines",
        "billing.finalise",
        "billing.deliver",
        "crm.write_invoice",
    ]
    assert (await at_home.records.audit.verify()).ok


async def test_a_deal_won_before_the_cut_over_is_left_alone(at_home: House) -> None:
    at_home.edit(won_on=date(2019, 12, 31))
    await at_home.work()
    end = await at_home.outcome()
    assert (end["ending"], end["reason"]) == ("not_for_us", "before_cut_over")
    await nothing_was_written(at_home)


async def test_a_deal_that_has_its_invoice_gets_no_other(at_home: House) -> None:
    await at_home.work()
    await at_home.outcome()
    assert (await at_home.outcome(thorough=True))["ending"] == "already_invoiced"
    assert (len(at_home.billing.invoices), len(at_home.billing.mails)) == (1, 1)


async def test_an_echo_of_our_own_write_ends_after_one_read(at_home: House) -> None:
    await at_home.work()
    await at_home.outcome()
    before = at_home.crm.calls + at_home.billing.calls
    end = await at_home.outcome()
    assert (end["ending"], end["echo"]) == ("already_invoiced", True)
    assert at_home.crm.calls + at_home.billing.calls - before == {"read_deal": 1}


@pytest.mark.parametrize(
    ("changes", "reason"),
    [({"won": False}, "not_won"), ({"won_on": samples.TODAY.replace(year=2019)}, "before_cut_over")],
)
async def test_a_deal_that_is_not_ours_is_left_alone(
    at_home: House, changes: dict[str, Any], reason: str
) -> None:
    at_home.edit(**changes)
    await at_home.work()
    end = await at_home.outcome()
    assert (end["ending"], end["reason"]) == ("not_for_us", reason)
    await nothing_was_written(at_home)


async def test_a_deleted_deal_ends(at_home: House) -> None:
    at_home.crm.deals.clear()
    await at_home.work()
    end = await at_home.outcome()
    assert (end["ending"], end["reason"]) == ("not_for_us", "deleted")


async def test_a_deal_that_was_merged_away_is_left_to_the_one_that_is_left(at_home: House) -> None:
    survivor = DealRef(connection="hubspot", id="8")
    at_home.crm.deals = dict.fromkeys((REF.id, survivor.id), samples.deal(ref=survivor))
    await at_home.work()
    end = await at_home.outcome()
    assert (end["ending"], end["reason"]) == ("not_for_us", "merged")


async def test_shadow_says_what_it_would_do_and_writes_nothing(at_home: House) -> None:
    await at_home.work(Mode.SHADOW)
    end = await at_home.outcome()
    assert end["ending"] == "shadow"
    assert "120" in str(end["findings"])
    await nothing_was_written(at_home)
    (kept,) = await at_home.records.findings.verdicts()
    assert kept.computed
    assert kept.computed.totals.gross.amount == Decimal(120)


async def test_shadow_names_the_problems_and_asks_nobody(at_home: House) -> None:
    at_home.edit(**NO_POSTCODE)
    await at_home.work(Mode.SHADOW)
    end = await at_home.outcome()
    assert (end["ending"], [p["cause"] for p in end["problems"]]) == ("problems", ["address"])
    assert await at_home.records.waiting.list() == ()
    await nothing_was_written(at_home)


async def test_a_deal_that_a_person_gives_up_is_closed_and_stays_so(at_home: House) -> None:
    at_home.edit(**NO_POSTCODE)
    await at_home.work()
    await at_home.change()
    await at_home.answer(await at_home.question("address"), Choice.CANCEL)
    assert (await at_home.end())["ending"] == "closed"
    assert (await at_home.outcome(thorough=True))["ending"] == "closed"
    await nothing_was_written(at_home)


async def test_an_approval_says_what_the_mail_will_ask_for_where_the_customer_owes_more(
    at_home: House,
) -> None:
    identity = CustomerIdentity(kind=IdentityKind.SIREN, value=samples.SIREN)
    owed = Money(amount=Decimal(30), currency="EUR")
    known = samples.customer(reference=identity.reference, siren=samples.SIREN, balance=owed)
    at_home.billing.customers[known.id] = known
    await at_home.work(Mode.DRAFT)
    await at_home.change()
    row = await at_home.question("approval")
    told = {w.message.code: w.message.params for w in row.question.warnings}
    assert str(told["customer.owes_balance"]["asked"]) == "150.00 EUR"
    await at_home.answer(row, Choice.CHOOSE, "issue")
    end = await at_home.end()
    assert "customer.owes_balance" in [w["message"]["code"] for w in end["warnings"]]


async def test_a_draft_that_does_not_come_to_our_totals_is_never_issued(at_home: House) -> None:
    at_home.billing.miscalculates = True
    await at_home.work()
    await at_home.change()
    row = await at_home.question("totals")
    assert at_home.billing.issued == []
    at_home.billing.miscalculates = False
    for draft in at_home.billing.invoices:
        at_home.billing.recalculate(draft)
    await at_home.answer(row, Choice.RETRY)
    assert (await at_home.end())["ending"] == "invoiced"
    assert len(at_home.billing.invoices) == 1


async def test_what_the_vendor_refuses_is_asked_and_the_same_step_goes_on(at_home: House) -> None:
    at_home.billing.fail(Permanent("The account is not activated."), "create_draft")
    await at_home.work()
    await at_home.change()
    row = await at_home.question("refused")
    assert "The account is not activated." in str(row.question.problems[0])
    at_home.billing.heal()
    await at_home.answer(row, Choice.RETRY)
    assert (await at_home.end())["ending"] == "invoiced"
    assert (len(at_home.billing.customers), len(at_home.billing.invoices)) == (1, 1)


async def test_a_deal_whose_answer_nobody_understands_waits_as_one_question(at_home: House) -> None:
    at_home.crm.fail(Poison("Its answer has not the documented shape."), "read_deal")
    await at_home.work()
    await at_home.change()
    row = await at_home.question("unreadable_answer")
    at_home.crm.heal()
    await at_home.answer(row, Choice.RETRY)
    assert (await at_home.end())["ending"] == "invoiced"


async def test_an_invoice_that_cannot_be_mailed_is_skipped_by_a_person_and_never_mailed(
    at_home: House,
) -> None:
    at_home.billing.fail(Permanent("No e-mail address."), "deliver")
    await at_home.work()
    await at_home.change()
    await at_home.answer(await at_home.question("refused"), Choice.SKIP)
    assert (await at_home.end())["ending"] in ("invoiced", "already_invoiced")
    at_home.billing.heal()
    assert (await at_home.outcome(thorough=True))["ending"] == "already_invoiced"
    assert at_home.billing.mails == []
    assert at_home.crm.shown[REF.id].number == at_home.billing.issued[0].number


async def test_a_mail_of_unknown_fate_is_a_question_of_its_own_that_reading_again_cannot_answer(
    at_home: House,
) -> None:
    at_home.billing.fail(Permanent("Our own words.", code=UNKNOWN), "deliver")
    await at_home.work()
    await at_home.change()
    asked = (row := await at_home.question("unknown_mail")).question
    assert "Our own words." not in str(asked)
    assert (asked.allows(Choice.RETRY), asked.allows(Choice.SKIP)) == (False, True)
    await at_home.answer(row, Choice.SKIP)
    assert (await at_home.end())["ending"] in ("invoiced", "already_invoiced")
    assert at_home.billing.mails == []
