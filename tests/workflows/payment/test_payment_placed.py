"""A payment that names no invoice, in one process."""

from datetime import timedelta
from typing import Any

import pytest

from raccord.domain.desk.question import Choice
from raccord.domain.rules.modes import Mode
from tests.domain.payment.money import euros, money, received
from tests.domain.samples import invoice
from tests.front_door.stack import until
from tests.workflows.house import House, needs_server

pytestmark = needs_server


@pytest.fixture
async def home(at_home: House) -> House:
    """A house in live mode, with an unpaid invoice of 120.00 EUR, which belongs to no deal."""
    await at_home.work()
    found = money(of=invoice(id="in_1", number="F-1"))
    at_home.billing.money["in_1"] = found
    return at_home


async def end_of(home: House, payment: str) -> dict[str, Any]:
    return await home.end(f"placed/stripe/{payment}")


async def asked(home: House) -> Any:
    """Wait until finance is asked; an invoice may claim the payment within moments, which are skipped."""

    async def there() -> bool:
        await home.pass_time(timedelta(seconds=10))
        return bool(await home.records.waiting.list())

    await until(there, what="finance is asked")
    return (await home.records.waiting.list())[0]


async def test_a_payment_that_names_its_invoice_wakes_it_and_asks_nobody(home: House) -> None:
    home.billing.payments["pi_9"] = received(invoices=("in_1",))
    await home.place("pi_9")
    assert (await end_of(home, "pi_9"))["ending"] == "placed"
    assert (await home.end("payment/stripe/in_1"))["ending"] == "of_no_deal"
    assert await home.records.waiting.list() == ()


async def test_one_that_names_none_is_asked_about_once_and_pays_what_finance_says(home: House) -> None:
    home.billing.payments["pi_9"] = received()
    await home.place("pi_9")
    row = await asked(home)
    assert row.question.cause == "unmatched_payment"
    assert [option.id for option in row.question.options] == ["in_1"]
    for key in ("again", "and again"):
        await home.place("pi_9", key=key)
    assert len(await home.records.waiting.list()) == 1
    await home.answer(row, Choice.CHOOSE, "in_1")
    assert (await end_of(home, "pi_9"))["ending"] == "placed"
    assert home.billing.allocations == [("pi_9", "in_1")]
    assert home.billing.money["in_1"].due == euros("0")


async def test_for_no_invoice_is_an_answer_that_lasts(home: House) -> None:
    home.billing.payments["pi_9"] = received()
    await home.place("pi_9")
    await home.answer(await asked(home), Choice.SKIP)
    assert (await end_of(home, "pi_9"))["ending"] == "for_no_invoice"
    await home.place("pi_9", key="again")
    assert (await end_of(home, "pi_9"))["ending"] == "for_no_invoice"
    home.billing.money["in_2"] = money(of=invoice(id="in_2", number="F-2"))
    await home.place("pi_9", key="after another invoice")
    assert (await end_of(home, "pi_9"))["ending"] == "for_no_invoice"


@pytest.mark.parametrize(
    ("payment", "ending"),
    [
        (received(settled=False), "not_received"),
        (received("0"), "not_received"),
        (received("5", customer_id=""), "not_ours"),
        (received("5", customer_id="cus_9"), "not_ours"),
    ],
)
async def test_what_has_not_come_or_is_nobodys_business_asks_nobody(
    home: House, payment: Any, ending: str
) -> None:
    home.billing.payments["pi_9"] = payment
    await home.place("pi_9")
    assert (await end_of(home, "pi_9"))["ending"] == ending


async def test_a_stranger_whose_amount_an_invoice_waits_for_is_asked_about(home: House) -> None:
    home.billing.payments["pi_9"] = received(customer_id="", payer="ACME SA")
    await home.place("pi_9")
    assert [option.id for option in (await asked(home)).question.options] == ["in_1"]


async def test_it_is_settled_by_itself_when_somebody_books_it_in_billing(home: House) -> None:
    home.billing.payments["pi_9"] = received()
    await home.place("pi_9")
    await asked(home)
    await home.billing.allocate_payment("pi_9", "in_1", key="dashboard")
    await home.place("pi_9", key="allocated")
    assert (await end_of(home, "pi_9"))["ending"] == "placed"
    assert await home.records.waiting.list() == ()


async def test_what_only_a_person_can_book_offers_no_button_that_would_be_refused(home: House) -> None:
    home.billing.payments["pi_9"] = received(by_hand=True)
    await home.place("pi_9")
    row = await asked(home)
    assert row.question.options == ()
    assert any("F-1" in str(detail.label) for detail in row.question.details)
    assert "stripe/allocated payment/cus_1" in row.question.watched


async def test_shadow_says_what_it_would_ask(at_home: House) -> None:
    await at_home.work(Mode.SHADOW)
    at_home.billing.money["in_1"] = money(of=invoice(id="in_1", number="F-1"))
    at_home.billing.payments["pi_9"] = received()
    await at_home.place("pi_9")
    assert (await end_of(at_home, "pi_9"))["ending"] == "problems"
    assert at_home.billing.allocations == []
