"""What follows once a deal is paid: each step once, in its order, as long as the money is there."""

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from raccord.connectors.errors import RateLimited, Transient
from raccord.domain.rules.modes import Mode
from raccord.domain.values.invoice import InvoiceState
from raccord.domain.values.money import Money
from raccord.domain.values.payment import DisputeState
from raccord.domain.values.working_hours import WorkingHours
from tests.workflows.customer_onboarding.paid import MAIL, START, TASK, TELL, Paid, payment, states
from tests.workflows.house import REF, House, needs_server

pytestmark = needs_server
EURO = Money(amount=Decimal("120.00"), currency="EUR")


@pytest.fixture
def paid(at_home: House) -> Paid:
    return Paid(at_home)


async def test_every_step_is_carried_out_once_in_its_order(paid: Paid) -> None:
    await paid.work()
    end = await paid.outcome()
    assert end["ending"] == "onboarded"
    assert list(states(end).items()) == [
        ("kick-off", "done"),
        ("welcome", "done"),
        ("tell", "done"),
        ("out", "done"),
    ]
    (task,) = paid.home.crm.tasks.values()
    assert (task.subject, task.owner_id, task.deal_id) == ("Call Acme", "9", REF.id)
    assert task.body.replace("\u00a0", " ") == "120,00 € came in for Refonte (IN_1)."
    (mail,) = paid.home.mailer.arrived
    assert (mail.to, mail.language) == (("compta@acme.fr",), "fr")
    assert mail.subject.startswith("[TEST] Bienvenue chez Hexalab")
    assert "Sophie Martin" in mail.text
    (posted,) = paid.home.messenger.messages.values()
    assert posted.notice.title == "🎉 [TEST] Acme has paid"
    assert (posted.notice.points, posted.notice.people) == (
        ("Thank Sophie Martin.",),
        ("sophie@hexalab.example",),
    )
    make, books = paid.home.outbound.events
    assert make == books
    body = json.loads(make.body)
    assert body["type"] == "customer.onboarding"
    assert body["data"] == {
        "crm": {"connection": "hubspot", "deal": "7"},
        "billing": {"connection": "stripe", "customer": "cus_1", "invoices": ["in_1"]},
        "amounts": [{"amount": "120.00", "currency": "EUR"}],
    }
    await paid.begin()
    assert states(await paid.end()) == states(end)
    assert (len(paid.home.crm.tasks), paid.mails, len(paid.told), len(paid.home.outbound.events)) == (
        1,
        1,
        1,
        2,
    )
    assert (await paid.home.records.audit.verify()).ok


async def test_nothing_is_begun_before_the_time_for_a_refund_is_over(paid: Paid) -> None:
    await paid.work(rules="")
    began = await paid.home.now()
    await paid.outcome(skip=timedelta(minutes=5))
    (posted,) = paid.home.messenger.messages.values()
    assert await paid.home.now() - began >= timedelta(hours=1)
    (task,) = paid.home.crm.tasks.values()
    assert task.due_at == WorkingHours().days_after(began + timedelta(hours=1), 2)
    assert posted.ref == f"{START.key}/tell"


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"payments": (payment(EURO, refunded=EURO),)}, "refunded"),
        ({"payments": (payment(EURO, dispute=DisputeState.OPEN),)}, "disputed"),
        ({"payments": (payment(EURO, dispute=DisputeState.LOST),)}, "disputed"),
        ({"due": EURO}, "open"),
    ],
    ids=["refunded", "disputed", "lost", "open"],
)
async def test_money_that_left_again_stops_it_and_coming_back_begins_it(
    paid: Paid, changes: dict[str, Any], reason: str
) -> None:
    await paid.work()
    before = paid.home.billing.money["in_1"]
    await paid.home.records.claims.claim(START.key, "an earlier step")
    paid.now(**changes)
    end = await paid.outcome()
    assert (end["ending"], end["reason"], end["steps"]) == ("not_paid", reason, [])
    assert (paid.tasks, paid.mails, paid.told) == ([], 0, [])
    assert await paid.home.records.claims.holder(START.key) is None
    paid.home.billing.money["in_1"] = before
    assert (await paid.outcome())["ending"] == "onboarded"


async def test_a_dispute_that_was_won_stops_nothing(paid: Paid) -> None:
    await paid.work()
    paid.now(payments=(payment(EURO, dispute=DisputeState.WON),))
    assert (await paid.outcome())["ending"] == "onboarded"


@pytest.mark.parametrize("reason", ["void", "credited", "nothing_to_pay"])
async def test_what_was_voided_or_credited_or_came_to_nothing_is_never_onboarded(
    paid: Paid, reason: str
) -> None:
    match reason:
        case "void":
            changed = paid.home.billing.money["in_1"].invoice.model_copy(update={"state": InvoiceState.VOID})
            paid.now(invoice=changed)
        case "credited":
            paid.now(invoice=paid.home.billing.money["in_1"].invoice.model_copy(update={"credited": EURO}))
        case _:
            paid.have("in_1", gross="0")
    await paid.work()
    await paid.home.records.claims.claim(START.key, "an earlier step")
    end = await paid.outcome()
    assert (end["ending"], end["reason"], end["steps"]) == ("not_paid", reason, [])
    assert await paid.home.records.claims.holder(START.key) is not None


async def test_a_refund_between_two_steps_stops_what_is_left(paid: Paid) -> None:
    await paid.work()
    paid.home.crm.before("create_task", paid.refund)
    end = await paid.outcome()
    assert (end["ending"], end["reason"], states(end)) == ("not_paid", "refunded", {"kick-off": "done"})
    assert (paid.mails, paid.told, paid.home.outbound.events) == (0, [], [])


async def test_a_customer_who_paid_before_is_known(paid: Paid) -> None:
    paid.have("in_0", issued_on=datetime(2026, 5, 2, tzinfo=UTC).date())
    await paid.work()
    assert (await paid.outcome())["ending"] == "known_customer"
    await paid.work(rules='settle = 0\ncustomers = "all"')
    assert (await paid.outcome())["ending"] == "onboarded"


async def test_of_two_first_deals_one_is_welcomed(paid: Paid) -> None:
    await paid.work()
    assert (await paid.outcome())["ending"] == "onboarded"
    other = REF.model_copy(update={"id": "8"})
    paid.home.have(paid.home.crm.deals[REF.id].model_copy(update={"ref": other}))
    paid.have("in_0", issued_on=datetime(2026, 11, 1, tzinfo=UTC).date())
    handle = await paid.home.started(
        "CustomerOnboarding",
        START.model_copy(update={"deal": other, "invoices": ("in_0",), "settled": True}),
        id="onboarding/hubspot/8",
    )
    assert (await handle.result())["ending"] == "known_customer"


@pytest.mark.parametrize("mode", [Mode.SHADOW, Mode.DRAFT])
async def test_unless_payments_are_live_nothing_is_done_and_nothing_is_remembered(
    paid: Paid, mode: Mode
) -> None:
    await paid.work()
    paid.rule(mode)
    await paid.home.records.claims.claim(START.key, "an earlier step")
    assert (await paid.outcome())["ending"] == "not_live"
    assert await paid.home.records.claims.holder(START.key) is None
    assert await paid.home.written() == []


async def test_a_deleted_deal_is_told(paid: Paid) -> None:
    await paid.work()
    del paid.home.crm.deals[REF.id]
    assert (await paid.outcome())["ending"] == "deleted"


async def test_with_test_credentials_mails_are_held(paid: Paid) -> None:
    await paid.work(mail="")
    end = await paid.outcome()
    assert (end["ending"], states(end)["welcome"], paid.mails) == ("onboarded", "held", 0)


async def test_a_step_that_is_put_off_holds_the_others_up_for_minutes_only(paid: Paid) -> None:
    await paid.work(MAIL + TELL)
    later = RateLimited("Greylisted.", retry_after=timedelta(hours=2))
    paid.home.mailer.fail(later, "addressed", times=2)
    await paid.begin()
    await paid.called(paid.home.mailer, "addressed", 1)
    assert paid.told == []
    await paid.home.pass_time(timedelta(minutes=11))
    await paid.until(lambda: len(paid.told) == 1)
    for attempt in (2, 3):
        await paid.home.pass_time(timedelta(hours=2))
        await paid.called(paid.home.mailer, "addressed", attempt)
    end = await paid.end()
    assert list(states(end)) == ["tell", "welcome"]
    assert (end["ending"], paid.mails) == ("onboarded", 1)


@pytest.mark.slow
async def test_an_endpoint_that_is_dead_for_days_is_told_at_the_end_and_asks_nobody(paid: Paid) -> None:
    await paid.work()
    paid.home.outbound.fail(Transient("make did not take the event (status 404)."), "send")
    await paid.begin()
    await paid.called(paid.home.outbound, "send", 8)
    held = await paid.home.records.stuck.list()
    assert {(each.connection, each.flow) for each in held} == {("make", START.key), ("books", START.key)}
    for _ in range(7):
        await paid.home.pass_time(timedelta(hours=12))
    end = await paid.end()
    assert states(end) == {"kick-off": "done", "welcome": "done", "tell": "done", "out": "undelivered"}
    assert end["ending"] == "onboarded"
    assert await paid.home.records.waiting.list(open_only=False) == ()
    # Every five minutes for three days, to two endpoints, would be over 1,700.
    assert 100 < paid.home.outbound.calls["send"] < 200


async def test_steps_that_are_off_are_left_out(paid: Paid) -> None:
    await paid.work(TASK + "on = false\n" + TELL)
    assert states(await paid.outcome()) == {"tell": "done"}
