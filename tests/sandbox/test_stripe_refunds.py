"""Money that is given back: refunds, failed ones, and credit notes that refund."""

from typing import Any

import pytest
import stripe

from sandbox.stripe.person import StripePerson
from tests.sandbox.stripe_bench import Bench, line
from tests.sandbox.test_stripe_invoices import refused
from tests.sandbox.test_stripe_payments import documented, fields, kinds_after


@pytest.fixture
def finance(bench: Bench) -> StripePerson:
    return StripePerson(bench.control)


async def paid(bench: Bench, finance: StripePerson, **params: Any) -> tuple[stripe.Invoice, stripe.Charge]:
    """An invoice of 120 EUR that a card has paid."""
    invoice = await bench.issued(**params)
    intent = await finance.pay_by_card(invoice.id)
    return invoice, await bench.client.v1.charges.retrieve_async(intent["latest_charge"])


async def test_a_refund_leaves_the_invoice_paid_and_its_date_alone(
    bench: Bench, finance: StripePerson
) -> None:
    invoice, charge = await paid(bench, finance)
    before = await bench.client.v1.invoices.retrieve_async(invoice.id)
    kinds = await kinds_after(bench, finance.refund(invoice.id, 3000, reason="requested_by_customer"))
    assert kinds == ["refund.created", "charge.refunded"]
    assert await bench.client.v1.invoices.retrieve_async(invoice.id) == before
    (refund,) = (await bench.client.v1.refunds.list_async({"charge": charge.id})).data
    assert fields(refund) == documented(stripe.Refund, but="description")
    assert (refund.amount, refund.status, refund.reason) == (3000, "succeeded", "requested_by_customer")
    read = await bench.client.v1.charges.retrieve_async(charge.id, {"expand": ["refunds"]})
    assert (read.amount_refunded, read.refunded) == (3000, False)
    assert read.refunds
    assert [each.id for each in read.refunds.data] == [refund.id]
    moved = await bench.client.v1.balance_transactions.list_async({"type": "refund"})
    assert [(each.source, each.amount) for each in moved.data] == [(refund.id, -3000)]


async def test_a_charge_is_refunded_in_parts_until_nothing_is_left(
    bench: Bench, finance: StripePerson
) -> None:
    _, charge = await paid(bench, finance)
    create = bench.client.v1.refunds.create_async
    await create({"charge": charge.id, "amount": 3000})
    await refused(create({"charge": charge.id, "amount": 9001}), match="greater than unrefunded amount")
    rest = await create({"payment_intent": str(charge.payment_intent)})
    assert rest.amount == 9000
    await refused(create({"charge": charge.id}), code="charge_already_refunded")
    read = await bench.client.v1.charges.retrieve_async(charge.id)
    assert (read.amount_refunded, read.refunded) == (12000, True)
    found = await bench.client.v1.refunds.list_async({"payment_intent": str(charge.payment_intent)})
    assert [each.amount for each in found.data] == [9000, 3000]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"charge": None}, "parameter_missing"),
        ({"payment_intent": "pi_1"}, "parameters_exclusive"),
        ({"charge": "ch_none"}, "resource_missing"),
        ({"amount": 0}, "parameter_invalid_integer"),
        ({"currency": "usd"}, None),
        ({"reason": "bored"}, None),
        ({"colour": "red"}, "parameter_unknown"),
    ],
)
async def test_a_refund_that_makes_no_sense_is_refused(
    bench: Bench, finance: StripePerson, changes: dict[str, Any], code: str | None
) -> None:
    _, charge = await paid(bench, finance)
    wanted: Any = {k: v for k, v in {"charge": charge.id, **changes}.items() if v is not None}
    await refused(bench.client.v1.refunds.create_async(wanted), code=code)
    assert (await bench.state())["refunds"] == []


async def test_money_that_has_not_come_cannot_be_given_back(bench: Bench, finance: StripePerson) -> None:
    debit = await finance.pay_by_debit((await bench.issued()).id)
    create = bench.client.v1.refunds.create_async
    await refused(create({"payment_intent": debit["id"]}), code="payment_intent_unexpected_state")
    await refused(create({"charge": debit["latest_charge"]}), code="charge_not_refundable")


async def test_a_refund_can_be_pending_and_fail_later(bench: Bench, finance: StripePerson) -> None:
    await bench.settings(refunds_pending=True)
    invoice, charge = await paid(bench, finance)
    refund = await finance.refund(invoice.id)
    assert refund["status"] == "pending"
    kinds = await kinds_after(bench, finance.fail_refund(refund["id"]))
    assert kinds == ["refund.updated", "refund.failed", "charge.updated"]
    read = await bench.client.v1.refunds.retrieve_async(refund["id"])
    assert (read.status, read.failure_reason) == ("failed", "declined")
    again = await bench.client.v1.charges.retrieve_async(charge.id)
    assert (again.amount_refunded, again.refunded) == (0, False)
    await finance.refund(invoice.id)


async def test_of_several_payments_the_one_that_has_enough_is_refunded(
    bench: Bench, finance: StripePerson
) -> None:
    invoice = await bench.issued()
    await finance.pay_by_card(invoice.id, 2000)
    await finance.pay_by_card(invoice.id, 10000)
    assert (await finance.refund(invoice.id, 9000))["amount"] == 9000
    assert (await finance.refund(invoice.id, 1500))["amount"] == 1500
    with pytest.raises(LookupError, match="given back"):
        await finance.refund(invoice.id, 9000)


async def test_what_was_paid_elsewhere_is_given_back_elsewhere(bench: Bench, finance: StripePerson) -> None:
    record = await finance.pay_part((await bench.issued()).id, 4000)
    details: Any = {"outcome": "refunded", "processor_details": {"type": "custom"}}
    report = bench.client.v1.payment_records.report_refund_async
    first: Any = {**details, "amount": {"currency": "eur", "value": 1000}}
    part = await report(record["id"], first)
    assert part.amount_refunded.value == 1000
    assert (await report(record["id"], details)).amount_refunded.value == 4000
    await refused(report(record["id"], details), match="left to refund")


@pytest.mark.parametrize(("to_cash", "held"), [(False, 0), (True, 4000)])
async def test_a_transfer_may_be_given_back_to_the_cash_balance(
    bench: Bench, finance: StripePerson, to_cash: bool, held: int
) -> None:
    await bench.settings(refunds_to_cash=to_cash)
    invoice = await bench.issued()
    await finance.pay_by_transfer(invoice.id)
    await finance.refund(invoice.id, 4000)
    cash = await bench.client.v1.customers.cash_balance.retrieve_async(str(invoice.customer))
    assert cash.available
    assert cash.available["eur"] == held


@pytest.mark.parametrize("back", ["refund", "credit", "out_of_band"])
async def test_a_credit_note_of_a_paid_invoice_says_where_the_money_goes(
    bench: Bench, finance: StripePerson, back: str
) -> None:
    invoice, charge = await paid(bench, finance)
    note = await finance.credit(invoice.id, 5000, back=back)
    assert (note["type"], note["post_payment_amount"], note["pre_payment_amount"]) == (
        "post_payment",
        5000,
        0,
    )
    read = await bench.client.v1.invoices.retrieve_async(invoice.id)
    assert (read.status, read.post_payment_credit_notes_amount, read.amount_paid) == ("paid", 5000, 12000)
    customer = await bench.client.v1.customers.retrieve_async(str(invoice.customer))
    refunded = (await bench.client.v1.charges.retrieve_async(charge.id)).amount_refunded
    assert (customer.balance, refunded) == (
        (-5000 if back == "credit" else 0),
        (5000 if back == "refund" else 0),
    )
    assert len(note["refunds"]) == (back == "refund")
    assert (note["customer_balance_transaction"] is not None) == (back == "credit")


async def test_a_credit_note_can_name_a_refund_that_was_made_before(
    bench: Bench, finance: StripePerson
) -> None:
    invoice, _ = await paid(bench, finance)
    other, _ = await paid(bench, finance)
    refund = (await finance.refund(invoice.id, 5000))["id"]
    create = bench.client.v1.credit_notes.create_async
    await refused(
        create({"invoice": other.id, "amount": 5000, "refunds": [{"refund": refund}]}), match="not of a"
    )
    note = await create({"invoice": invoice.id, "amount": 5000, "refunds": [{"refund": refund}]})
    assert [each.refund for each in note.refunds] == [refund]
    again: Any = {"invoice": invoice.id, "amount": 5000, "refunds": [{"refund": refund}]}
    await refused(create(again), match="not linked")


async def test_a_credit_note_can_be_for_what_is_open_and_what_was_paid(
    bench: Bench, finance: StripePerson
) -> None:
    invoice = await bench.issued()
    await finance.pay_by_card(invoice.id, 9000)
    note = await finance.credit(invoice.id, 5000, back="refund")
    assert (note["type"], note["pre_payment_amount"], note["post_payment_amount"]) == ("mixed", 3000, 2000)
    read = await finance.invoice(invoice.id)
    assert (read["status"], read["amount_remaining"]) == ("paid", 0)
    with pytest.raises(stripe.InvalidRequestError, match="open invoice"):
        await bench.client.v1.credit_notes.void_credit_note_async(note["id"])


async def test_nothing_can_be_refunded_of_what_was_paid_elsewhere(
    bench: Bench, finance: StripePerson
) -> None:
    invoice = await bench.issued()
    await finance.pay(invoice.id)
    create = bench.client.v1.credit_notes.create_async
    await refused(create({"invoice": invoice.id, "amount": 5000, "refund_amount": 5000}), match="no charge")


async def test_a_credit_balance_that_pays_all_is_no_payment(bench: Bench, finance: StripePerson) -> None:
    customer = (await bench.customer()).id
    await finance.give_balance(customer, 500000)
    invoice = await bench.issued(line(unit="130539"), customer=customer)
    assert (invoice.status, invoice.amount_due, invoice.amount_paid) == ("paid", 0, 0)
    assert (invoice.starting_balance, invoice.ending_balance) == (-500000, -369461)
    assert invoice.status_transitions.paid_at == invoice.status_transitions.finalized_at
    assert (await bench.client.v1.invoice_payments.list_async({"invoice": invoice.id})).data == []
    assert (await bench.state())["payment_intents"] == []
    moves = (await bench.client.v1.customers.balance_transactions.list_async(customer)).data
    assert [(m.type, m.amount, m.ending_balance, m.invoice) for m in moves] == [
        ("applied_to_invoice", 130539, -369461, invoice.id),
        ("adjustment", -500000, -500000, None),
    ]
    assert set(moves[0].to_dict()) == documented(stripe.CustomerBalanceTransaction)
    note = await finance.credit(invoice.id, 130539, back="credit")
    assert note["post_payment_amount"] == 130539


async def test_the_balance_keeps_its_currency_and_every_change_of_it(
    bench: Bench, finance: StripePerson
) -> None:
    customer = (await bench.customer(balance=-100)).id
    await bench.client.v1.customers.update_async(customer, {"balance": -300})
    await finance.give_balance(customer, 50)
    transactions = bench.client.v1.customers.balance_transactions
    moves = (await transactions.list_async(customer)).data
    assert [(m.type, m.amount, m.ending_balance) for m in moves] == [
        ("adjustment", -50, -350),
        ("adjustment", -200, -300),
        ("initial", -100, -100),
    ]
    assert (await transactions.retrieve_async(customer, moves[0].id)).amount == -50
    await refused(transactions.create_async(customer, {"amount": 1, "currency": "usd"}), match="currency")


async def test_a_void_invoice_gives_the_balance_back(bench: Bench, finance: StripePerson) -> None:
    customer = (await bench.customer(balance=-4000)).id
    invoice = await bench.issued(customer=customer)
    assert invoice.amount_due == 8000
    await finance.void(invoice.id)
    assert (await bench.client.v1.customers.retrieve_async(customer)).balance == -4000
