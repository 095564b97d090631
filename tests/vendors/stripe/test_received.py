"""Payments that name no invoice, what waits for money, and putting one to the other."""

from datetime import UTC, datetime
from typing import Any

import pytest

from raccord.connectors.errors import Forbidden, NotFound, Permanent
from raccord.domain.values.payment import PaymentMeans
from raccord.vendors.stripe.connector import StripeBilling
from tests.connectors.stub import Reply, Stub
from tests.vendors.stripe.money import FINALISED, PAID, charge, dispute, intent, issued, paid, part
from tests.vendors.stripe.samples import page, refusal

INTENT, CHARGE, PARTS = "GET /v1/payment_intents/pi_1", "GET /v1/charges/ch_1", "GET /v1/invoice_payments"
LIST, ATTACH = "GET /v1/invoices", "POST /v1/invoices/in_1/attach_payment"
CASH = "GET /v1/customers/cus_1/cash_balance_transactions"


async def test_a_payment_that_names_no_invoice_says_who_paid_what_and_how(
    billing: StripeBilling, stub: Stub
) -> None:
    stub.on(INTENT, intent(description="Acompte"))
    stub.on(PARTS, page())
    found = await billing.read_payment("pi_1")
    assert (found.id, found.customer_id, found.payer) == ("pi_1", "cus_1", "Jean Dupont")
    assert (str(found.amount), found.means) == ("120.00 EUR", PaymentMeans.CARD)
    assert (found.description, found.invoices, found.settled) == ("Acompte", (), True)
    assert found.received_at == datetime.fromtimestamp(PAID - 2, UTC)
    assert found.page == "https://dashboard.stripe.com/test/payments/pi_1"


async def test_a_charge_stands_for_its_payment_intent(billing: StripeBilling, stub: Stub) -> None:
    stub.on(CHARGE, charge())
    stub.on(INTENT, intent())
    stub.on(PARTS, page(part(by="pi_1"), part("inpay_2", invoice="in_2", status="canceled", by="pi_1")))
    found = await billing.read_payment("ch_1")
    assert (found.id, found.invoices) == ("pi_1", ("in_1",))
    asked = stub.last(PARTS).query
    assert (asked["payment[type]"], asked["payment[payment_intent]"]) == ("payment_intent", "pi_1")


async def test_a_charge_without_a_payment_intent_stands_for_itself(
    billing: StripeBilling, stub: Stub
) -> None:
    stub.on(CHARGE, charge(payment_intent=None, customer=None))
    found = await billing.read_payment("ch_1")
    assert (found.id, found.customer_id, found.invoices, found.settled) == ("ch_1", "", (), True)
    assert stub.count(PARTS) == 0


async def test_what_went_back_is_deducted(billing: StripeBilling, stub: Stub) -> None:
    stub.on(PARTS, page())
    stub.on(INTENT, intent(latest_charge=charge(amount_refunded=2000)))
    assert str((await billing.read_payment("pi_1")).amount) == "100.00 EUR"
    stub.on("GET /v1/disputes", page(dispute("lost", amount=5000), dispute("needs_response")))
    stub.on(INTENT, intent(latest_charge=charge(disputed=True)))
    assert str((await billing.read_payment("pi_1")).amount) == "70.00 EUR"


@pytest.mark.parametrize("status", ["processing", "requires_payment_method", "canceled"])
async def test_money_that_is_not_there_is_not_settled(
    billing: StripeBilling, stub: Stub, status: str
) -> None:
    stub.on(INTENT, intent(status=status, amount_received=0, latest_charge=None))
    stub.on(PARTS, page(part(by="pi_1", status="open", amount_paid=None)))
    found = await billing.read_payment("pi_1")
    assert (found.settled, str(found.amount), found.invoices) == (False, "120.00 EUR", ("in_1",))


@pytest.mark.parametrize("id", ["pi_1", "ch_1", "pr_1", "cus_1:ccsbtxn_1"])
async def test_a_payment_that_is_gone_is_not_found(billing: StripeBilling, stub: Stub, id: str) -> None:
    stub.on("GET /v1/disputes", page())
    with pytest.raises(NotFound):
        await billing.read_payment(id)


def moved(id: str, amount: int, ending: int, **more: Any) -> dict[str, Any]:
    kind = "funded" if amount > 0 else "applied_to_payment"
    base = {"object": "customer_cash_balance_transaction", "currency": "eur", "customer": "cus_1"}
    moment = {"created": PAID, "net_amount": amount, "ending_balance": ending, "type": kind}
    return {"id": id, **base, **moment, **more}


def funded(id: str, amount: int, ending: int) -> dict[str, Any]:
    bank = {"type": "eu_bank_transfer", "reference": "F-1", "eu_bank_transfer": {"sender_name": "ACME"}}
    return moved(id, amount, ending, funded={"bank_transfer": bank})


def applied(id: str, amount: int, ending: int, to: str = "pi_1") -> dict[str, Any]:
    return moved(id, -amount, ending, applied_to_payment={"payment_intent": to})


async def test_a_transfer_that_pays_nothing_yet_waits(billing: StripeBilling, stub: Stub) -> None:
    stub.on(CASH, page(funded("ccsbtxn_2", 500, 12500), funded("ccsbtxn_1", 12000, 12000)))
    found = await billing.read_payment("cus_1:ccsbtxn_1")
    assert (found.id, found.customer_id, found.payer) == ("cus_1:ccsbtxn_1", "cus_1", "ACME")
    assert (str(found.amount), found.means) == ("120.00 EUR", PaymentMeans.BANK_TRANSFER)
    assert (found.description, found.invoices, found.settled) == ("F-1", (), True)
    assert found.page == "https://dashboard.stripe.com/test/customers/cus_1"


async def test_a_transfer_that_was_applied_names_its_invoice(billing: StripeBilling, stub: Stub) -> None:
    stub.on(CASH, page(applied("ccsbtxn_2", 12000, 0), funded("ccsbtxn_1", 12000, 12000)))
    stub.on(PARTS, page(part(by="pi_1")))
    found = await billing.read_payment("cus_1:ccsbtxn_1")
    assert (str(found.amount), found.invoices) == ("120.00 EUR", ("in_1",))


async def test_what_is_left_of_a_transfer_waits_by_itself(billing: StripeBilling, stub: Stub) -> None:
    stub.on(CASH, page(applied("ccsbtxn_2", 10000, 2000), funded("ccsbtxn_1", 12000, 12000)))
    found = await billing.read_payment("cus_1:ccsbtxn_1")
    assert (str(found.amount), found.invoices) == ("20.00 EUR", ())


async def test_money_leaves_the_oldest_transfer_first(billing: StripeBilling, stub: Stub) -> None:
    moves = [applied("ccsbtxn_3", 6000, 11000), funded("ccsbtxn_2", 12000, 17000)]
    stub.on(CASH, page(*moves, funded("ccsbtxn_1", 5000, 5000)))
    assert str((await billing.read_payment("cus_1:ccsbtxn_2")).amount) == "110.00 EUR"


async def test_transfers_in_another_currency_are_another_balance(billing: StripeBilling, stub: Stub) -> None:
    dollars = [applied("ccsbtxn_3", 9000, 0) | {"currency": "usd"}, funded("ccsbtxn_2", 9000, 9000)]
    dollars[1] |= {"currency": "usd"}
    stub.on(CASH, page(*dollars, funded("ccsbtxn_1", 12000, 12000)))
    assert str((await billing.read_payment("cus_1:ccsbtxn_1")).amount) == "120.00 EUR"


async def test_money_that_was_taken_off_a_payment_waits_again(billing: StripeBilling, stub: Stub) -> None:
    undone = moved("ccsbtxn_3", 12000, 12000, type="unapplied_from_payment")
    undone["unapplied_from_payment"] = {"payment_intent": "pi_1"}
    moves = [undone, applied("ccsbtxn_2", 12000, 0), funded("ccsbtxn_1", 12000, 12000)]
    stub.on(CASH, page(*moves))
    found = await billing.read_payment("cus_1:ccsbtxn_1")
    assert (str(found.amount), found.invoices) == ("120.00 EUR", ())


async def test_a_transfer_that_was_sent_back_is_nothing(billing: StripeBilling, stub: Stub) -> None:
    back = moved("ccsbtxn_2", -12000, 0, type="return_initiated")
    stub.on(CASH, page(back, funded("ccsbtxn_1", 12000, 12000)))
    assert str((await billing.read_payment("cus_1:ccsbtxn_1")).amount) == "0.00 EUR"


async def test_open_and_given_up_invoices_wait_the_newest_first(billing: StripeBilling, stub: Stub) -> None:
    old, settled = issued(id="in_1", created=FINALISED), issued(id="in_9", amount_remaining=0)
    given_up = issued(id="in_2", status="uncollectible", created=FINALISED + 9, amount_remaining=500)
    stub.on(LIST, page(old, settled), page(given_up))
    found = await billing.unpaid_invoices(customer_id="cus_1")
    assert [(each.id, str(each.due)) for each in found] == [("in_2", "5.00 EUR"), ("in_1", "120.00 EUR")]
    assert (found[1].number, found[1].customer) == ("F-1", "Acmé SARL")
    asked = [(each.query["status"], each.query["customer"]) for each in stub.asked(LIST)]
    assert asked == [("open", "cus_1"), ("uncollectible", "cus_1")]


async def test_the_whole_account_is_listed_up_to_a_limit(billing: StripeBilling, stub: Stub) -> None:
    def many(asked: Any) -> Any:
        start = int(asked.query.get("starting_after", "in_0").removeprefix("in_"))
        each = [issued(id=f"in_{n}") for n in range(start + 1, start + 101)]
        return Reply(page(*each, has_more=True))

    stub.on(LIST, many)
    assert len(await billing.unpaid_invoices(customer_id=None)) == 500
    assert stub.count(LIST) == 10
    assert "customer" not in stub.last(LIST).query


async def test_a_customer_that_is_gone_owes_nothing(billing: StripeBilling, stub: Stub) -> None:
    stub.on(LIST, refusal(400, "resource_missing", param="customer"))
    assert await billing.unpaid_invoices(customer_id="cus_1") == ()


@pytest.mark.parametrize("id", ["pi_1", "pr_1"])
async def test_a_payment_is_attached_once(billing: StripeBilling, stub: Stub, id: str) -> None:
    stub.on(PARTS, page(), page(part(by=id)))
    stub.on(ATTACH, paid())
    for _ in range(2):
        await billing.allocate_payment(id, "in_1", key="allocate/1")
    (asked,) = stub.asked(ATTACH)
    kind = "payment_intent" if id == "pi_1" else "payment_record"
    assert (asked.params, asked.headers["idempotency-key"]) == ({kind: id}, "allocate/1")


async def test_a_payment_of_another_invoice_may_pay_this_one_too(billing: StripeBilling, stub: Stub) -> None:
    stub.on(PARTS, page(part(by="pi_1", invoice="in_2")))
    stub.on(ATTACH, paid())
    await billing.allocate_payment("pi_1", "in_1", key="allocate/1")
    assert stub.count(ATTACH) == 1


@pytest.mark.parametrize("id", ["ch_1", "cus_1:ccsbtxn_1"])
async def test_what_stripe_attaches_to_nothing_is_left_to_its_dashboard(
    billing: StripeBilling, stub: Stub, id: str
) -> None:
    with pytest.raises(Permanent, match="Dashboard"):
        await billing.allocate_payment(id, "in_1", key="allocate/1")
    assert stub.seen == []


async def test_a_payment_that_stripe_does_not_attach_is_refused(billing: StripeBilling, stub: Stub) -> None:
    stub.on(PARTS, page())
    stub.on(ATTACH, refusal(400, "invoice_not_open"))
    with pytest.raises(Permanent, match="attach the payment pi_1 to the invoice in_1"):
        await billing.allocate_payment("pi_1", "in_1", key="allocate/1")


async def test_a_key_that_may_not_read_payments_says_so(billing: StripeBilling, stub: Stub) -> None:
    stub.on(INTENT, refusal(403))
    with pytest.raises(Forbidden, match="PaymentIntents: Read"):
        await billing.read_payment("pi_1")
