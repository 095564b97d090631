"""Flow 2 in one process: what an invoice brought, on its deal and in the channel."""

import itertools
import random
import secrets
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from raccord.domain.desk.question import Choice, watch_key
from raccord.domain.payment.status import PaymentStatus, status_of
from raccord.domain.rules.modes import Mode
from raccord.domain.values.deal import PaymentFields
from raccord.domain.values.invoice import InvoiceReference, InvoiceState, fields_of
from raccord.domain.values.parties import CustomerIdentity, IdentityKind, Owner
from raccord.domain.values.payment import DisputeState, InvoiceMoney
from tests.domain.payment.money import dispute, euros, money, payment
from tests.domain.samples import invoice
from tests.front_door.stack import until
from tests.workflows.house import REF, House, needs_server

pytestmark = needs_server


def of_the_deal(*payments: Any, id: str = "in_1", deal: str = REF.id, **changes: Any) -> InvoiceMoney:
    """An invoice that carries a deal's reference, and its money."""
    found = money(*payments, **changes)
    reference = InvoiceReference(deal=REF.model_copy(update={"id": deal}))
    its = {"id": id, "reference": reference, "number": found.invoice.number or "F-1"}
    return found.model_copy(update={"invoice": found.invoice.model_copy(update=its)})


def by_hand(*payments: Any, **changes: Any) -> InvoiceMoney:
    """An invoice that somebody wrote without Raccord."""
    found = money(*payments, **changes)
    its = {"id": "in_9", "reference": None, "number": "F-9", "issued_on": date(2026, 11, 20)}
    return found.model_copy(update={"invoice": found.invoice.model_copy(update=its)})


@pytest.fixture
async def home(at_home: House) -> House:
    """A house that works in live mode."""
    at_home.edit(owner=Owner(id="77", name="Anne", email="anne@hexalab.example"))
    await at_home.work()
    return at_home


def brings(home: House, found: InvoiceMoney) -> None:
    home.billing.money[found.invoice.id] = found


def shown(home: House) -> PaymentFields:
    return home.crm.payments[REF.id]


async def told(home: House, count: int) -> list[str]:
    """Wait until so many messages were posted, and return their titles."""

    async def there() -> bool:
        await home.pass_time(timedelta(seconds=15))
        return len(home.messenger.messages) >= count

    await until(there, what=f"{count} message(s)")
    return [posted.notice.title for posted in home.messenger.messages.values()]


async def test_a_paid_invoice_is_shown_with_the_day_of_its_payment_and_told_once(home: House) -> None:
    brings(home, of_the_deal(payment()))
    end = await home.pay("in_1")
    assert (end["ending"], end["status"]) == ("shown", "paid")
    fields = shown(home)
    assert (fields.status, fields.paid, fields.due) == ("paid", (euros("120"),), (euros("0"),))
    assert (fields.paid_on, fields.means) == (date(2026, 11, 1), "card")
    (title,) = await told(home, 1)
    assert "F-1" in title
    again = await home.pay("in_1", key="again")
    assert not again["changed"]
    assert len(await told(home, 1)) == 1
    assert (await home.written()).count("crm.write_payment") == 1


async def test_part_payments_are_told_one_by_one_and_the_rest_is_due(home: House) -> None:
    brings(home, of_the_deal(payment("40")))
    await home.pay("in_1")
    assert (shown(home).status, shown(home).due, shown(home).paid_on) == ("partly_paid", (euros("80"),), None)
    await told(home, 1)
    brings(home, of_the_deal(payment("40"), payment("80", id="pi_2")))
    await home.pay("in_1")
    assert (shown(home).status, shown(home).due) == ("paid", (euros("0"),))
    assert len(await told(home, 2)) == 2


async def test_a_credit_note_lowers_what_is_due_at_once(home: House) -> None:
    brings(home, of_the_deal(payment("40")))
    await home.pay("in_1")
    credited = of_the_deal(payment("40"), of=invoice(InvoiceState.OPEN, number="F-1", credited="30"))
    brings(home, credited)
    await home.pay("in_1", key="credit note")
    assert (shown(home).status, shown(home).due) == ("partly_paid", (euros("50"),))


async def test_money_that_went_over_from_a_credited_invoice_counts_once(home: House) -> None:
    old = of_the_deal(payment(), of=invoice(InvoiceState.PAID, number="F-1", credited="120"))
    moved = payment(id="in_2/balance", means="credit_balance")
    for found in (old, of_the_deal(moved, id="in_2")):
        home.billing.invoices[found.invoice.id] = found.invoice
        brings(home, found)
    await home.pay("in_2")
    assert (shown(home).status, shown(home).paid) == ("paid", (euros("120"),))


async def test_what_came_meanwhile_for_another_invoice_is_shown_by_whoever_writes_last(home: House) -> None:
    for id in ("in_1", "in_2"):
        home.billing.invoices[id] = of_the_deal(id=id).invoice
    brings(home, of_the_deal(payment(), id="in_1"))
    brings(home, of_the_deal(id="in_2"))
    await home.pay("in_1")
    assert shown(home).status == "partly_paid"
    home.crm.payments.clear()

    async def paid_too() -> None:
        brings(home, of_the_deal(payment(id="pi_2"), id="in_2"))

    home.crm.before("write_payment", paid_too)
    await home.tell_of_money("in_1", key="sweep", thorough=True)
    await home.end("payment/stripe/in_1")
    assert shown(home).status == "paid"


async def test_the_invoices_of_united_deals_count_together(home: House) -> None:
    survivor = home.crm.deals[REF.id].model_copy(update={"ref": REF.model_copy(update={"id": "8"})})
    for found in (of_the_deal(payment(), id="in_1"), of_the_deal(id="in_2", deal="8")):
        home.billing.invoices[found.invoice.id] = found.invoice
        brings(home, found)
    home.crm.deals = {"8": survivor, REF.id: survivor}
    await home.pay("in_1")
    assert home.crm.payments["8"].status == "partly_paid"
    await home.pay("in_2")
    assert home.crm.payments["8"].status == "partly_paid"
    assert len(home.crm.payments["8"].details.split("\n")) == 2
    assert len(await told(home, 1)) == 1


async def test_two_deals_that_show_the_number_are_both_offered(home: House) -> None:
    copy = home.crm.deals[REF.id].model_copy(update={"ref": REF.model_copy(update={"id": "8"})})
    home.have(copy)
    found = by_hand(payment())
    brings(home, found)
    home.crm.shown = {id: fields_of(found.invoice) for id in (REF.id, "8")}
    await home.tell_of_money("in_9")
    row = await home.question("whose_invoice")
    assert [option.id for option in row.question.options] == [REF.id, "8", "never"]
    await home.answer(row, Choice.CHOOSE, "8")
    await home.end("payment/stripe/in_9")
    assert list(home.crm.payments) == ["8"]


async def test_a_deal_moves_when_it_is_paid_and_stays_where_a_person_moves_it_back(home: House) -> None:
    home.crm.unpaid_stage.add(REF.id)
    brings(home, of_the_deal(payment("40")))
    await home.pay("in_1")
    assert home.crm.unpaid_stage == {REF.id}
    brings(home, of_the_deal(payment("40"), payment("80", id="pi_2")))
    await home.pay("in_1")
    assert home.crm.unpaid_stage == set()
    home.crm.unpaid_stage.add(REF.id)
    looked = home.crm.calls["shows_payment"]
    await (await home.tell_of_money("in_1", key="by hand", thorough=True)).result()
    assert home.crm.calls["shows_payment"] > looked
    assert (home.crm.unpaid_stage, home.crm.calls["move_to_paid_stage"]) == ({REF.id}, 1)


async def test_the_payments_of_several_invoices_are_shown_together(home: House) -> None:
    for id in ("in_1", "in_2"):
        home.billing.invoices[id] = of_the_deal(id=id).invoice
    brings(home, of_the_deal(payment(), id="in_1"))
    brings(home, of_the_deal(id="in_2"))
    await home.pay("in_1")
    assert (shown(home).status, shown(home).paid, shown(home).due) == (
        "partly_paid",
        (euros("120"),),
        (euros("120"),),
    )
    brings(home, of_the_deal(payment(id="pi_2"), id="in_2"))
    await home.pay("in_2")
    assert (shown(home).status, shown(home).due) == ("paid", (euros("0"),))
    assert len(shown(home).details.split("\n")) == 2


async def test_a_credit_note_on_an_open_invoice_lowers_what_is_due_and_is_no_news(home: House) -> None:
    brings(home, of_the_deal())
    await home.pay("in_1")
    assert (shown(home).status, shown(home).due) == ("open", (euros("120"),))
    brings(home, of_the_deal(of=invoice(number="F-1", credited="20")))
    await home.pay("in_1", key="credited")
    assert (shown(home).status, shown(home).due) == ("open", (euros("100"),))
    assert "messaging.post" not in await home.written()


async def test_shadow_writes_and_tells_nothing(at_home: House) -> None:
    await at_home.work(Mode.SHADOW)
    brings(at_home, of_the_deal(payment()))
    end = await at_home.pay("in_1")
    assert (end["ending"], end["status"]) == ("shadow", "paid")
    assert (at_home.crm.payments, await at_home.written()) == ({}, [])


async def test_draft_shows_and_tells_nobody(at_home: House) -> None:
    await at_home.work(Mode.DRAFT)
    brings(at_home, of_the_deal(payment()))
    await at_home.pay("in_1")
    assert shown(at_home).status == "paid"
    assert "messaging.post" not in await at_home.written()


async def test_what_is_filled_in_is_shown_and_nobody_hears_of_it(home: House) -> None:
    brings(home, of_the_deal(payment()))
    await home.pay("in_1", quiet=True)
    assert shown(home).status == "paid"
    brings(home, of_the_deal(payment(refunded=euros("20"))))
    await home.pay("in_1")
    (title,) = await told(home, 1)
    assert "20" in title


async def test_a_draft_and_an_invoice_that_is_gone_have_nothing_to_be_paid(home: House) -> None:
    brings(home, money(of=invoice(InvoiceState.DRAFT)))
    assert (await home.pay("in_1"))["ending"] == "not_issued"
    assert (await home.pay("in_7"))["ending"] == "not_issued"
    assert home.crm.payments == {}


async def test_a_deal_that_is_gone_ends_it_without_a_question(home: House) -> None:
    home.crm.deals.clear()
    brings(home, of_the_deal(payment()))
    assert (await home.pay("in_1"))["ending"] == "deal_gone"
    assert await home.records.waiting.list() == ()


async def test_the_number_on_a_deal_says_whose_an_invoice_is(home: House) -> None:
    found = by_hand(payment())
    brings(home, found)
    home.crm.shown[REF.id] = fields_of(found.invoice)
    end = await home.pay("in_9")
    assert (end["ending"], shown(home).status) == ("shown", "paid")


async def known_customer(home: House) -> None:
    company = home.crm.deals[REF.id].companies[0]
    identity = CustomerIdentity(kind=IdentityKind.CRM, value=company.id)
    await home.records.links.link_customer(identity.reference, "stripe", "cus_1", f"hubspot:{company.id}")


async def test_an_invoice_by_hand_for_a_known_customer_is_offered_and_never_guessed(home: House) -> None:
    await known_customer(home)
    brings(home, by_hand(payment()))
    await home.tell_of_money("in_9")
    row = await home.question("whose_invoice")
    assert home.crm.payments == {}
    assert [option.id for option in row.question.options] == [REF.id, "never"]
    await home.answer(row, Choice.CHOOSE, REF.id)
    end = await home.end("payment/stripe/in_9")
    assert (end["ending"], shown(home).status) == ("shown", "paid")
    brings(home, by_hand(payment(refunded=euros("20"))))
    await home.pay("in_9")
    assert shown(home).status == "partly_refunded"


@pytest.mark.parametrize("lags", [False, True])
async def test_the_number_that_a_person_types_on_a_deal_answers_the_question(
    home: House, *, lags: bool
) -> None:
    await known_customer(home)
    found = by_hand(payment())
    brings(home, found)
    await home.tell_of_money("in_9")
    row = await home.question("whose_invoice")
    home.crm.search_lags = lags
    home.crm.shown[REF.id] = fields_of(found.invoice)
    woken = await home.records.waiting.watching([watch_key(REF.connection, "deal", REF.id)])
    assert list(woken) == [row.flow]
    await home.tell_of_money("in_9", key="deal.propertyChange")
    assert (await home.end(row.flow))["ending"] == "shown"
    assert shown(home).status == "paid"


@pytest.mark.parametrize(("choice", "option"), [(Choice.SKIP, ""), (Choice.CHOOSE, "never")])
async def test_an_invoice_of_no_deal_is_not_asked_about_again(
    home: House, choice: Choice, option: str
) -> None:
    await known_customer(home)
    brings(home, by_hand(payment("40")))
    await home.tell_of_money("in_9")
    await home.answer(await home.question("whose_invoice"), choice, option)
    assert (await home.end("payment/stripe/in_9"))["ending"] == "of_no_deal"
    brings(home, by_hand(payment("40"), payment("80", id="pi_2")))
    assert (await home.pay("in_9"))["ending"] == "of_no_deal"
    assert home.crm.payments == {}


async def linked(home: House, invoice: str, deal: str) -> dict[str, Any]:
    """Say at the command line whose an invoice is."""
    await home.records.payments.belongs(invoice, "stripe", REF.model_copy(update={"id": deal}))
    await home.tell_of_money(invoice, key="command line", thorough=True)
    return await home.end(f"payment/stripe/{invoice}")


def second_deal(home: House) -> None:
    home.have(home.crm.deals[REF.id].model_copy(update={"ref": REF.model_copy(update={"id": "8"})}))


async def test_a_deal_whose_only_invoice_is_another_s_shows_no_payment_any_more(home: House) -> None:
    second_deal(home)
    brings(home, of_the_deal(payment()))
    await home.pay("in_1")
    assert shown(home).status == "paid"
    assert (await linked(home, "in_1", "8"))["deal"]["id"] == "8"
    assert (shown(home), home.crm.payments["8"].status) == (PaymentFields(), "paid")
    assert len(await told(home, 2)) == 2


async def test_an_invoice_that_carries_one_deal_and_was_given_to_another_counts_there_alone(
    home: House,
) -> None:
    second_deal(home)
    for id, paid in (("in_1", (payment(),)), ("in_2", ())):
        brings(home, of_the_deal(*paid, id=id))
        home.billing.invoices[id] = home.billing.money[id].invoice
        await home.pay(id)
    assert (shown(home).status, shown(home).paid) == ("partly_paid", (euros("120"),))
    await linked(home, "in_1", "8")
    assert (shown(home).status, shown(home).paid) == ("open", (euros("0"),))
    assert (home.crm.payments["8"].status, home.crm.payments["8"].due) == ("paid", (euros("0"),))
    brings(home, of_the_deal(payment("40", id="pi_2"), id="in_2"))
    await home.pay("in_2", key="part")
    assert (shown(home).status, shown(home).paid) == ("partly_paid", (euros("40"),))


async def test_an_invoice_whose_marking_a_person_changed_counts_at_the_deal_that_it_names_now(
    home: House,
) -> None:
    second_deal(home)
    brings(home, of_the_deal(payment()))
    await home.pay("in_1")
    brings(home, of_the_deal(payment(), deal="8"))
    await home.pay("in_1", key="metadata")
    assert (shown(home), home.crm.payments["8"].status) == (PaymentFields(), "paid")


async def test_what_a_deal_that_is_gone_showed_keeps_nothing_from_the_one_it_is_of(home: House) -> None:
    second_deal(home)
    brings(home, of_the_deal(payment()))
    await home.pay("in_1")
    del home.crm.deals[REF.id]
    await linked(home, "in_1", "8")
    assert (shown(home).status, home.crm.payments["8"].status) == ("paid", "paid")


async def test_nobody_is_asked_about_an_invoice_that_nothing_ties_to_a_deal(home: House) -> None:
    brings(home, by_hand(payment()))
    assert (await home.pay("in_9"))["ending"] == "of_no_deal"
    await known_customer(home)
    home.edit(won=False)
    brings(home, by_hand(payment(refunded=euros("1"))))
    assert (await home.pay("in_9"))["ending"] == "of_no_deal"
    home.edit(won=True, amount=Decimal("7"), won_on=date(2020, 1, 1))
    brings(home, by_hand(payment(refunded=euros("2"))))
    assert (await home.pay("in_9"))["ending"] == "of_no_deal"


STATES = (
    of_the_deal(),
    of_the_deal(payment("40")),
    of_the_deal(payment()),
    of_the_deal(payment(refunded=euros("20"))),
    of_the_deal(payment(disputes=(dispute(),))),
    of_the_deal(payment(disputes=(dispute(DisputeState.LOST),))),
)
"""What an invoice may come to, in the order in which a sad story goes."""
STORIES = 24


async def test_any_order_of_events_lost_doubled_or_late_ends_with_what_billing_has(home: House) -> None:
    """Five changes; events about them come in any order, some twice, some never, some after the last."""
    seed = secrets.randbits(32)
    chance = random.Random(seed)  # noqa: S311 - the order of a test
    orders = list(itertools.permutations(range(1, len(STATES))))
    stories = [orders[0], orders[-1], *chance.sample(orders, STORIES - 2)]
    for number, story in enumerate(stories):
        id = f"in_{number + 100}"
        for at, state in enumerate(story):
            own = STATES[at + 1].invoice.model_copy(update={"id": id, "number": f"F-{number}"})
            brings(home, STATES[at + 1].model_copy(update={"invoice": own}))
            if state % 3:
                for copy in range(1 + state % 2):
                    await home.tell_of_money(id, key=f"{state}.{copy}")
        # The last of them is the one that is never lost: lost for good, the sweep tells of it.
        await home.tell_of_money(id, key="late", thorough=True)
        end = await home.end(f"payment/stripe/{id}")
        assert end["status"] == PaymentStatus.REFUNDED, f"seed {seed}, story {story}"
        assert status_of(home.billing.money[id]) is PaymentStatus.REFUNDED
        assert shown(home).status == "refunded"
        del home.billing.money[id]
    print(f"\norders of five events played: {len(stories)}, seed {seed}")  # noqa: T201
    assert len(stories) == STORIES
