"""Money that comes in, from Stripe's webhook to the deal and the channel; many deals side by side.

The stories of the first act meet Stripe as it is; those of the second decide themselves which events arrive.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.front_door.account import TWO_LINES_GROSS
from tests.front_door.desk import message_about, words_of
from tests.front_door.judge import every_write_has_its_pair
from tests.front_door.payments import (
    FINANCE,
    NET,
    ONE_BY_ONE,
    Billed,
    at_rest,
    billed,
    issued,
    raise_limits,
    shows,
    told,
    told_of,
)
from tests.front_door.stack import Lane, TemporalServer, until
from tests.front_door.test_privacy import nowhere_in_clear
from tests.front_door.test_sweep import swept

Story = Callable[[Lane], Awaitable[None]]
FIRST: list[Story] = []
SECOND: list[Story] = []
CANARY, MAIL = "Zyxwvut Canari", "canari@zyxwvut.example"
IN_FULL, IN_WORDS = "1305.39", "1 305,39"
PARIS = ZoneInfo("Europe/Paris")
OWNER, FINANCE_USER = "<@U0CAMILLE>", "<@U0ANNE>"


def first(story: Story) -> Story:
    FIRST.append(story)
    return story


def second(story: Story) -> Story:
    SECOND.append(story)
    return story


async def invoiced(lane: Lane, company: str | None = None) -> Billed:
    """Win a deal and wait for its invoice."""
    account = lane.account
    deal = await account.deal(company)
    await account.win(deal)
    assert (await lane.outcome(deal))["ending"] == "invoiced"
    (invoice,) = await account.invoices(deal)
    return Billed(deal, invoice["id"], invoice["number"], invoice["customer"])


async def seen_open(lane: Lane, **options: Any) -> Billed:
    """Issue an invoice, and wait until its deal shows it as one to be paid."""
    found = await billed(lane.account, **options)
    await shows(lane, found.deal, status="open", due=IN_FULL)
    return found


async def statuses(lane: Lane, deal: str) -> list[str]:
    """Return which statuses we wrote to a deal, one after the other."""
    written = [
        json.loads(request["body"])["properties"].get("billing_payment_status")
        for request in await lane.account.requests(vendor="hubspot")
        if request["method"] == "PATCH" and request["path"].endswith(f"/deals/{deal}")
        if "x-sandbox-actor" not in request["headers"]
    ]
    return [each for each in written if each]


@first
async def a_won_deal_s_invoice_paid_by_card_is_shown_and_its_salesperson_told_once(lane: Lane) -> None:
    its = await invoiced(lane)
    await shows(lane, its.deal, status="open", paid="0.00", due=IN_FULL, on="", means="")
    await lane.account.billing.pay_by_card(its.invoice)
    shown = await shows(lane, its.deal, status="paid", paid=IN_FULL, due="0.00", means="card")
    assert its.number in str(shown["billing_payment_details"])
    (said,) = await told(lane, its.number, f"Facture {its.number} payée : 1 305,39 €")
    assert OWNER in said
    assert FINANCE_USER not in said
    assert "30 jours d'avance" in said


@first
async def part_payments_are_told_one_by_one_until_nothing_is_due(lane: Lane) -> None:
    its = await seen_open(lane)
    await lane.account.billing.pay_part(its.invoice, 40000)
    await shows(lane, its.deal, status="partly_paid", paid="400.00", due="905.39", on="")
    await told(lane, its.number, "400,00")
    await lane.account.billing.pay_part(its.invoice, 20000)
    await shows(lane, its.deal, status="partly_paid", paid="600.00", due="705.39", on="")
    await told(lane, its.number, "400,00", "200,00")
    await lane.account.billing.pay_by_transfer(its.invoice)
    await shows(lane, its.deal, status="paid", paid=IN_FULL, due="0.00", means="bank_transfer")
    _, _, last = await told(lane, its.number, "400,00", "200,00", "705,39")
    assert "virement" in last


@first
async def several_invoices_of_a_deal_are_shown_together(lane: Lane) -> None:
    one = await seen_open(lane)
    other = await billed(lane.account, deal=one.deal, customer=one.customer)
    await shows(lane, one.deal, status="open", due="2610.78")
    await lane.account.billing.pay_by_card(other.invoice)
    await shows(lane, one.deal, status="partly_paid", paid=IN_FULL, due=IN_FULL, on="")
    await lane.account.billing.pay(one.invoice)
    await shows(lane, one.deal, status="paid", paid="2610.78", due="0.00")


@first
async def paid_out_of_band_is_paid_on_its_own_day_and_told_once(lane: Lane) -> None:
    its = await seen_open(lane)
    await lane.account.billing.pay(its.invoice, at=datetime(2026, 11, 27, 22, 30, tzinfo=UTC))
    await shows(lane, its.deal, status="paid", paid=IN_FULL, on="2026-11-27", means="outside")
    (said,) = await told(lane, its.number, "payée")
    assert "hors de l'outil de facturation" in said


@first
async def what_a_credit_balance_pays_is_paid_when_it_was_issued(lane: Lane) -> None:
    account = lane.account
    customer = (await account.stripe_post("/v1/customers", email="avoir@atelier.example"))["id"]
    await account.billing.give_balance(customer, 500000)
    its = await billed(account, customer=customer)
    today = (await account.billing.invoice(its.invoice))["status_transitions"]["finalized_at"]
    shown = await shows(lane, its.deal, status="paid", due="0.00", means="credit_balance")
    assert shown["billing_paid_on"] == day_in_paris(today)
    await told(lane, its.number, "payée")


@first
async def a_refund_keeps_the_day_of_payment_and_is_told_once_however_often_its_event_comes(
    lane: Lane,
) -> None:
    account = lane.account
    its = await seen_open(lane)
    await account.billing.pay_by_card(its.invoice, at=datetime(2026, 11, 20, 9, tzinfo=UTC))
    await shows(lane, its.deal, status="paid", on="2026-11-20")
    await told(lane, its.number, "payée")
    refund = await account.billing.refund(its.invoice, 30539, reason="requested_by_customer")
    await shows(lane, its.deal, status="partly_refunded", paid=IN_FULL, due="0.00", on="2026-11-20")
    _, said = await told(lane, its.number, "payée", "305,39")
    assert OWNER in said
    assert FINANCE_USER in said
    (event,) = await account.billing.events("refund.created", refund["id"])
    assert await account.billing.resend(event) == [200]
    await flow_is_over(lane, its)
    assert await statuses(lane, its.deal) == ["open", "paid", "partly_refunded"]
    assert len(await told_of(lane, its.number)) == 2


@first
async def a_dispute_that_is_won_leaves_the_deal_paid(lane: Lane) -> None:
    its = await seen_open(lane)
    await lane.account.billing.pay_by_card(its.invoice)
    await told(lane, its.number, "payée")
    opened = await lane.account.billing.dispute(its.invoice)
    await shows(lane, its.deal, status="disputed", paid=IN_FULL)
    _, said = await told(lane, its.number, "payée", IN_WORDS)
    assert FINANCE_USER in said
    await lane.account.billing.win_dispute(opened["id"])
    await shows(lane, its.deal, status="paid", paid=IN_FULL, due="0.00")
    await told(lane, its.number, "payée", IN_WORDS, IN_WORDS)


@first
async def a_dispute_that_is_lost_takes_the_money_back(lane: Lane) -> None:
    its = await seen_open(lane)
    await lane.account.billing.pay_by_card(its.invoice)
    await told(lane, its.number, "payée")
    opened = await lane.account.billing.dispute(its.invoice)
    await told(lane, its.number, "payée", IN_WORDS)
    await lane.account.billing.lose_dispute(opened["id"])
    await shows(lane, its.deal, status="refunded", paid=IN_FULL)
    *_, said = await told(lane, its.number, "payée", IN_WORDS, IN_WORDS)
    assert FINANCE_USER in said


@first
async def a_credit_note_lowers_what_is_due_until_nothing_is_left(lane: Lane) -> None:
    its = await invoiced(lane)
    await shows(lane, its.deal, status="open")
    await lane.account.billing.credit(its.invoice, 30539)
    await shows(lane, its.deal, status="open", due="1000.00")
    await lane.account.billing.credit(its.invoice, TWO_LINES_GROSS - 30539)
    await shows(lane, its.deal, status="credited", due="0.00", on="")
    assert await told_of(lane, its.number) == []


@first
async def a_voided_invoice_owes_nothing_and_nobody_is_told_of_money(lane: Lane) -> None:
    its = await seen_open(lane)
    await lane.account.billing.void(its.invoice)
    await shows(lane, its.deal, status="void", due="0.00", on="")
    assert await told_of(lane, its.number) == []


@first
async def what_was_given_up_may_be_paid_all_the_same(lane: Lane) -> None:
    its = await seen_open(lane)
    await lane.account.billing.mark_uncollectible(its.invoice)
    await shows(lane, its.deal, status="uncollectible", due=IN_FULL)
    await lane.account.billing.pay(its.invoice)
    await shows(lane, its.deal, status="paid", due="0.00", means="outside")
    await told(lane, its.number, "payée")


@first
async def half_past_eleven_utc_on_the_31st_is_the_first_in_paris(lane: Lane) -> None:
    winter, summer = await seen_open(lane), await seen_open(lane)
    await lane.account.billing.pay_by_card(winter.invoice, at=datetime(2026, 10, 31, 23, 30, tzinfo=UTC))
    await lane.account.billing.pay_by_card(summer.invoice, at=datetime(2026, 7, 31, 22, 30, tzinfo=UTC))
    await shows(lane, winter.deal, status="paid", on="2026-11-01")
    await shows(lane, summer.deal, status="paid", on="2026-08-01")
    (said,) = await told(lane, winter.number, "payée")
    assert "01/11/2026" in said


@first
async def an_invoice_of_no_deal_is_one_s_when_a_command_says_so(lane: Lane) -> None:
    account = lane.account
    customer = (await account.stripe_post("/v1/customers", email="libre@atelier.example"))["id"]
    invoice = await issued(account, customer, NET)
    await account.billing.pay_by_card(invoice["id"])
    flow = lane.client.get_workflow_handle(f"payment/stripe/{invoice['id']}")
    await until(lambda: begun(lane, f"payment/stripe/{invoice['id']}"), what="its flow has begun")
    assert (await flow.result())["ending"] == "of_no_deal"
    deal = await account.deal(lines=[])
    done = await lane.command("payments", "link", invoice["id"], deal)
    assert done.returncode == 0, done.stderr
    assert deal in done.stdout
    await shows(lane, deal, status="paid", paid=IN_FULL, means="card")


@first
async def an_invoice_by_hand_is_offered_to_its_customer_s_deals_and_never_guessed(lane: Lane) -> None:
    account = lane.account
    company = await account.company()
    known = await invoiced(lane, company)
    deal = await account.deal(company, lines=[], amount=IN_FULL)
    await account.win(deal)
    await lane.question(deal)
    by_hand = await issued(account, known.customer, NET)
    await account.billing.pay_by_card(by_hand["id"])
    row = await lane.question(by_hand["id"], cause="whose_invoice")
    assert [option.id for option in row.question.options] == [deal, "never"]
    assert (await account.crm.shown_payment(deal))["billing_payment_status"] is None
    pressed = await account.press(await message_about(lane, by_hand["number"]), "De ")
    assert pressed["status"] == 200
    await shows(lane, deal, status="paid", paid=IN_FULL)


@first
async def a_payment_by_link_is_asked_about_once_and_pays_what_finance_says(lane: Lane) -> None:
    account = lane.account
    its = await seen_open(lane)
    intent = await account.billing.charge_by_link(NET, customer=its.customer)
    (event,) = await account.billing.events("payment_intent.succeeded", intent["id"])
    await account.billing.resend(event)
    row = await lane.question(intent["id"], cause="unmatched_payment")
    assert [option.id for option in row.question.options] == [its.invoice]
    await account.billing.resend(event)
    asked = await message_about(lane, intent["id"])
    assert its.number in words_of(asked)
    assert (await account.press(asked, its.number))["status"] == 200
    await shows(lane, its.deal, status="paid", paid=IN_FULL, due="0.00", means="card")
    end = await lane.client.get_workflow_handle(f"placed/stripe/{intent['id']}").result()
    assert end["ending"] == "placed"
    await account.billing.resend(event)
    paid = [
        p for p in await account.stripe("/v1/invoice_payments", invoice=its.invoice) if p["status"] == "paid"
    ]
    assert [p["amount_paid"] for p in paid] == [NET]


@first
async def whoever_paid_is_named_to_people_alone(lane: Lane) -> None:
    account = lane.account
    customer = (await account.stripe_post("/v1/customers", email=MAIL, name=CANARY))["id"]
    its = await seen_open(lane, customer=customer)
    await account.billing.pay_by_card(its.invoice, 40000)
    (said,) = await told(lane, its.number, "400,00")
    assert CANARY in said
    intent = await account.billing.charge_by_link(4321, customer=customer, email=MAIL)
    row = await lane.question(intent["id"], cause="unmatched_payment")
    assert MAIL in row.question.name


@second
async def the_last_event_first_changes_nothing(lane: Lane) -> None:
    its = await billed(lane.account)
    await lane.account.billing.pay_by_card(its.invoice)
    await arrives(lane, "invoice.paid", its)
    await shows(lane, its.deal, status="paid")
    await told(lane, its.number, "payée")
    for kind in ("invoice.finalized", "invoice.created"):
        await arrives(lane, kind, its)
    await flow_is_over(lane, its)
    assert await statuses(lane, its.deal) == ["paid"]
    assert len(await told_of(lane, its.number)) == 1


@second
async def a_failure_that_comes_after_the_payment_it_preceded_alerts_nobody(lane: Lane) -> None:
    its = await billed(lane.account)
    now = datetime.now(UTC)
    await lane.account.billing.fail_payment(its.invoice, at=now - timedelta(seconds=1))
    await lane.account.billing.pay_by_card(its.invoice, at=now)
    for kind in ("invoice.paid", "invoice.updated"):
        await arrives(lane, kind, its)
    await shows(lane, its.deal, status="paid")
    await told(lane, its.number, "payée")
    await arrives(lane, "invoice.payment_failed", its)
    await flow_is_over(lane, its)
    assert await statuses(lane, its.deal) == ["paid"]
    assert len(await told_of(lane, its.number)) == 1


@second
async def what_an_event_brings_is_told_whenever_the_money_came(lane: Lane) -> None:
    its = await billed(lane.account)
    await lane.account.billing.pay_by_card(its.invoice, at=datetime.now(UTC) - timedelta(days=3))
    await arrives(lane, "invoice.paid", its)
    await shows(lane, its.deal, status="paid")
    await told(lane, its.number, "payée")
    refund = await lane.account.billing.refund(its.invoice, 100)
    (event,) = await lane.account.billing.events("refund.created", refund["id"])
    await lane.account.billing.resend(event)
    await told(lane, its.number, "payée", "1,00")


@second
async def a_backfill_shows_what_was_paid_and_tells_nobody(lane: Lane) -> None:
    its = await invoiced(lane)
    await lane.account.billing.pay_by_card(its.invoice)
    unseen = await lane.command("backfill", "--since", "2020-01-01")
    assert (unseen.returncode, "--dry-run" in unseen.stderr) == (1, True)
    counted = await lane.command("backfill", "--since", "2020-01-01", "--dry-run", "--json")
    assert counted.returncode == 0, counted.stderr
    assert json.loads(counted.stdout)["invoices"] >= 1
    assert (await lane.account.crm.shown_payment(its.deal))["billing_payment_status"] != "paid"
    done = await lane.command("backfill", "--since", "2020-01-01")
    assert done.returncode == 0, done.stderr
    await shows(lane, its.deal, status="paid")
    await flow_is_over(lane, its)
    await arrives(lane, "invoice.paid", its)
    await flow_is_over(lane, its)
    assert await told_of(lane, its.number) == []


def day_in_paris(unix: int) -> str:
    return datetime.fromtimestamp(unix, PARIS).date().isoformat()


async def arrives(lane: Lane, kind: str, its: Billed) -> None:
    """Let the events of a type about an invoice arrive now, which Stripe had held back."""
    ids = await lane.account.billing.events(kind, its.invoice)
    assert ids, f"there was no {kind}"
    for id_ in ids:
        assert await lane.account.billing.resend(id_) == [200]


async def begun(lane: Lane, flow: str) -> bool:
    return bool([w async for w in lane.client.list_workflows(f"WorkflowId = '{flow}'")])


async def flow_is_over(lane: Lane, its: Billed) -> None:
    """Wait until no flow of an invoice runs, and the news are told."""
    flows = (f"payment/stripe/{its.invoice}", "payment-news")
    query = f"WorkflowId IN {flows} AND ExecutionStatus = 'Running'"

    async def over() -> bool:
        return (await lane.client.count_workflows(query)).count == 0

    await until(over, what=f"the flow of {its.number} is over")


@pytest.fixture(scope="module")
async def paying(server: TemporalServer, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Lane]:
    overrides = ONE_BY_ONE | {
        "RACCORD_PAYMENT__FINANCE": json.dumps([FINANCE]),
        "RACCORD_DESK__TASKS": "false",
    }
    where = tmp_path_factory.mktemp("paying")
    async with Lane(server, where, "paying", payment="live", overrides=overrides) as lane:
        await raise_limits(lane.account)
        await until(lambda: swept(lane), what="the sweep of the start is over: it would find payments, too")
        yield lane


@pytest.fixture(scope="module")
async def first_act(paying: Lane, request: pytest.FixtureRequest) -> dict[Story, asyncio.Task[None]]:
    """Every story of it that is to be played, begun."""
    return {story: asyncio.ensure_future(story(paying)) for story in chosen(FIRST, request)}


@pytest.fixture(scope="module")
async def second_act(
    paying: Lane, first_act: dict[Story, asyncio.Task[None]], request: pytest.FixtureRequest
) -> dict[Story, asyncio.Task[None]]:
    await asyncio.gather(*first_act.values(), return_exceptions=True)
    await at_rest(paying)
    await paying.account.settings("stripe", held=["*"])
    return {story: asyncio.ensure_future(story(paying)) for story in chosen(SECOND, request)}


def chosen(stories: list[Story], request: pytest.FixtureRequest) -> list[Story]:
    """Leave out the stories whose tests this run left out."""
    items = [item for item in request.session.items if isinstance(item, pytest.Function)]
    named = [item.callspec.params.get("story") for item in items if hasattr(item, "callspec")]
    return [story for story in stories if story in named]


def name_of(story: Story) -> str:
    return story.__name__


@pytest.mark.parametrize("story", FIRST, ids=name_of)
async def test_the_deal_shows_what_stripe_has_and_people_hear_of_it_once(
    first_act: dict[Story, asyncio.Task[None]], story: Story
) -> None:
    await first_act[story]


@pytest.mark.parametrize("story", SECOND, ids=name_of)
async def test_events_are_only_hints(second_act: dict[Story, asyncio.Task[None]], story: Story) -> None:
    await second_act[story]


async def test_nothing_of_whoever_paid_is_stored_in_clear_and_every_write_was_intended(
    paying: Lane, second_act: dict[Story, asyncio.Task[None]]
) -> None:
    await asyncio.gather(*second_act.values(), return_exceptions=True)
    await at_rest(paying)
    await nowhere_in_clear(paying, CANARY, MAIL, "zyxwvut", there="payment/stripe/in_")
    every_write_has_its_pair(await paying.audit(), await paying.account.requests())
