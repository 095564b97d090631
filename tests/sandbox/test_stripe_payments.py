"""Payments of invoices: by card, debit, transfer and elsewhere, in whole and in part."""

from collections.abc import Awaitable
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
import stripe

from sandbox.stripe.person import StripePerson
from tests.sandbox.stripe_bench import Bench, line
from tests.sandbox.test_stripe_invoices import TRANSFER, refused

ONLY_SOMETIMES = {
    "allowed_payment_method_types",
    "authorization_code",
    "failure_balance_transaction",
    "failure_reason",
    "hooks",
    "instructions_email",
    "level3",
    "next_action",
    "payment_details",
    "payment_record",
    "presentment_details",
    "radar_options",
    "refunds",
    "transfer",
}


def fields(thing: stripe.StripeObject) -> set[str]:
    return set(thing.to_dict()) - ONLY_SOMETIMES


def documented(kind: type[stripe.StripeObject], *, but: str = "") -> set[str]:
    return set(kind.__annotations__) - {"OBJECT_NAME", but} - ONLY_SOMETIMES


@pytest.fixture
def finance(bench: Bench) -> StripePerson:
    return StripePerson(bench.control)


async def kinds_after(bench: Bench, doing: Awaitable[Any]) -> list[str]:
    """The types of the events that something causes, in the order they were written."""
    before = len((await bench.state())["events"])
    await doing
    return [event["type"] for event in (await bench.state())["events"][before:]]


async def the_payment(bench: Bench, invoice: str, **wanted: Any) -> stripe.InvoicePayment:
    params: Any = {"invoice": invoice, **wanted}
    listed = await bench.client.v1.invoice_payments.list_async(params)
    (payment,) = listed.data
    return payment


async def test_a_card_pays_what_the_invoice_asks_for(bench: Bench, finance: StripePerson) -> None:
    invoice = await bench.issued()
    payment = await the_payment(bench, invoice.id, status="open")
    assert (payment.is_default, payment.amount_requested) == (True, 12000)
    kinds = await kinds_after(bench, finance.pay_by_card(invoice.id))
    assert kinds == [
        "charge.succeeded",
        "payment_intent.succeeded",
        "invoice.updated",
        "invoice_payment.paid",
        "invoice.updated",
        "invoice.paid",
        "invoice.payment_succeeded",
    ]
    intent = await bench.client.v1.payment_intents.retrieve_async(
        str(payment.payment.payment_intent), {"expand": ["latest_charge.balance_transaction"]}
    )
    charge: Any = intent.latest_charge
    assert fields(intent) == documented(stripe.PaymentIntent)
    assert fields(charge) == documented(stripe.Charge)
    assert set(charge.balance_transaction.to_dict()) == documented(stripe.BalanceTransaction)
    assert (charge.amount, charge.payment_method_details.type, charge.paid) == (12000, "card", True)
    read = await bench.client.v1.invoices.retrieve_async(
        invoice.id, {"expand": ["payments.data.payment.payment_intent", "amount_paid_off_stripe"]}
    )
    assert (read.status, read.amount_paid, read.amount_paid_off_stripe) == ("paid", 12000, 0)
    assert read.payments
    assert read.payments.data[0].payment.payment_intent.status == "succeeded"  # type: ignore[union-attr]


async def test_a_payment_has_the_date_at_which_it_happened(bench: Bench, finance: StripePerson) -> None:
    at = datetime(2026, 10, 31, 23, 30, tzinfo=UTC)
    card, record, whole = [await bench.issued() for _ in range(3)]
    await finance.pay_by_card(card.id, at=at)
    await finance.pay_part(record.id, 12000, at=at)
    await finance.pay(whole.id, at=at)
    for invoice in (card, record, whole):
        read = await bench.client.v1.invoices.retrieve_async(invoice.id)
        assert read.status_transitions.paid_at == int(at.timestamp())
    for payment in (await bench.client.v1.invoice_payments.list_async({"status": "paid"})).data:
        assert payment.status_transitions.paid_at == int(at.timestamp())
    assert {e["created"] for e in await bench.events("invoice.paid")} == {int(at.timestamp())}


@pytest.mark.parametrize("own", [True, False])
async def test_a_payment_that_is_attached_later_may_keep_its_date(
    bench: Bench, finance: StripePerson, own: bool
) -> None:
    await bench.settings(attached_with_own_date=own)
    came = datetime(2026, 10, 31, 23, 30, tzinfo=UTC)
    invoice = await bench.issued()
    charged = await finance.charge_by_link(5000, customer=str(invoice.customer), at=came)
    amount = {"amount_requested[currency]": "eur", "amount_requested[value]": "7000"}
    reported = {"initiated_at": str(int(came.timestamp())), "payment_method_details[type]": "custom"}
    record = await finance.post("/v1/payment_records/report_payment", **amount, **reported)
    attach = bench.client.v1.invoices.attach_payment_async
    await attach(invoice.id, {"payment_intent": charged["id"]})
    whole = await attach(invoice.id, {"payment_record": record["id"]})
    payments = (await bench.client.v1.invoice_payments.list_async({"status": "paid"})).data
    dates = {payment.status_transitions.paid_at for payment in payments}
    assert (dates == {int(came.timestamp())}) is own
    assert whole.status_transitions.paid_at
    assert whole.status_transitions.paid_at > int(came.timestamp())


async def test_only_people_can_say_when_something_happens(bench: Bench) -> None:
    headers = {"X-Sandbox-At": "1000"}
    made = await bench.raw("POST", "/v1/customers", data={"name": "Acme"}, headers=headers)
    assert made.json()["created"] > 1000


async def test_paid_elsewhere_leaves_no_trace_of_a_payment(bench: Bench, finance: StripePerson) -> None:
    invoice = await bench.issued(line(unit="130539"))
    kinds = await kinds_after(bench, finance.pay(invoice.id))
    assert kinds == ["payment_intent.canceled", "invoice.updated", "invoice.paid"]
    read = await bench.client.v1.invoices.retrieve_async(invoice.id, {"expand": ["amount_paid_off_stripe"]})
    assert (read.status, read.amount_paid, read.amount_paid_off_stripe) == ("paid", 130539, 130539)
    assert (await bench.client.v1.invoice_payments.list_async({"status": "paid"})).data == []
    assert (await bench.client.v1.charges.list_async()).data == []


async def test_a_declined_card_changes_nothing_but_is_told(bench: Bench, finance: StripePerson) -> None:
    invoice = await bench.issued()
    kinds = await kinds_after(bench, finance.fail_payment(invoice.id))
    assert kinds == [
        "charge.failed",
        "payment_intent.payment_failed",
        "invoice.updated",
        "invoice.payment_failed",
    ]
    read = await bench.client.v1.invoices.retrieve_async(invoice.id)
    assert (read.status, read.attempted, read.attempt_count, read.amount_remaining) == (
        "open",
        True,
        1,
        12000,
    )
    intent = str((await the_payment(bench, invoice.id, status="open")).payment.payment_intent)
    told = await bench.client.v1.payment_intents.retrieve_async(intent)
    assert told.status == "requires_payment_method"
    assert told.last_payment_error
    assert told.last_payment_error.decline_code == "generic_decline"
    with pytest.raises(stripe.CardError) as error:
        await bench.client.v1.payment_intents.confirm_async(
            intent, {"payment_method": "pm_card_chargeDeclinedInsufficientFunds"}
        )
    assert (error.value.http_status, error.value.code) == (402, "card_declined")
    assert error.value.error
    assert error.value.error.decline_code == "insufficient_funds"
    await finance.pay_by_card(invoice.id)
    assert (await finance.invoice(invoice.id))["status"] == "paid"


async def test_a_bank_that_wants_to_see_the_payer_is_told_and_the_payment_can_go_on(
    bench: Bench, finance: StripePerson
) -> None:
    invoice = await bench.issued()
    intent = str((await the_payment(bench, invoice.id)).payment.payment_intent)
    confirm = bench.client.v1.payment_intents.confirm_async
    asked = await confirm(intent, {"payment_method": "pm_card_authenticationRequired"})
    assert asked.status == "requires_action"
    assert len(await bench.events("invoice.payment_action_required")) == 1
    await finance.pay_by_card(invoice.id)
    assert (await finance.invoice(invoice.id))["status"] == "paid"


@pytest.mark.parametrize(("failed", "status"), [("", "paid"), ("insufficient_funds", "open")])
async def test_a_debit_is_processing_until_the_bank_speaks(
    bench: Bench, finance: StripePerson, failed: str, status: str
) -> None:
    invoice = await bench.issued()
    intent = await finance.pay_by_debit(invoice.id)
    assert intent["status"] == "processing"
    (charge,) = (await bench.client.v1.charges.list_async({"payment_intent": intent["id"]})).data
    assert (charge.status, charge.paid, (await finance.invoice(invoice.id))["status"]) == (
        "pending",
        False,
        "open",
    )
    await refused(
        bench.client.v1.invoices.pay_async(invoice.id, {"paid_out_of_band": True}), match="processing"
    )
    await refused(bench.client.v1.invoices.void_invoice_async(invoice.id), match="processing")
    await finance.settle_debit(invoice.id, failed=failed)
    assert (await finance.invoice(invoice.id))["status"] == status
    assert len(await bench.events("invoice.payment_failed")) == (status == "open")
    with pytest.raises(httpx.HTTPStatusError, match="payment_intent_unexpected_state"):
        await finance.settle_debit(intent["id"])


async def test_banks_are_no_part_of_the_api(bench: Bench, finance: StripePerson) -> None:
    invoice = await bench.issued()
    intent = await finance.pay_by_debit(invoice.id)
    answer = await bench.raw("POST", f"/bank/debits/{intent['id']}")
    assert (answer.status_code, answer.json()["error"]["type"]) == (404, "invalid_request_error")


async def test_parts_come_by_every_means_and_the_invoice_asks_for_the_rest(
    bench: Bench, finance: StripePerson
) -> None:
    invoice = await bench.issued()
    await finance.pay_by_card(invoice.id, 4000)
    await finance.pay_part(invoice.id, 3000)
    await finance.pay_by_transfer(invoice.id, 2000)
    read = await bench.client.v1.invoices.retrieve_async(invoice.id, {"expand": ["amount_paid_off_stripe"]})
    assert (read.status, read.amount_paid, read.amount_remaining) == ("open", 9000, 3000)
    assert read.amount_paid_off_stripe == 3000
    rest = await the_payment(bench, invoice.id, status="open")
    assert (rest.is_default, rest.amount_requested) == (True, 3000)
    await finance.pay_by_card(invoice.id)
    payments = (await bench.client.v1.invoice_payments.list_async({"invoice": invoice.id})).data
    assert sorted(p.amount_paid or 0 for p in payments) == [2000, 3000, 3000, 4000]
    assert (await finance.invoice(invoice.id))["status"] == "paid"
    assert (len(await bench.events("invoice_payment.paid")), len(await bench.events("invoice.paid"))) == (
        4,
        1,
    )
    kinds = {c.payment_method_details.type for c in (await bench.client.v1.charges.list_async()).data}  # type: ignore[union-attr]
    assert kinds == {"card", "customer_balance"}


@pytest.mark.parametrize(("included", "paid"), [(True, 15000), (False, 12000)])
async def test_too_much_is_credited_to_the_customer(
    bench: Bench, finance: StripePerson, included: bool, paid: int
) -> None:
    await bench.settings(overpaid_counts_as_paid=included)
    invoice = await bench.issued()
    await finance.pay_by_card(invoice.id, 5000)
    await finance.pay_by_card(invoice.id, 10000)
    read = await bench.client.v1.invoices.retrieve_async(invoice.id)
    assert (read.status, read.amount_remaining, read.amount_overpaid, read.amount_paid) == (
        "paid",
        0,
        3000,
        paid,
    )
    assert len(await bench.events("invoice.overpaid")) == 1
    customer = str(invoice.customer)
    assert (await bench.client.v1.customers.retrieve_async(customer)).balance == -3000
    (moved,) = (await bench.client.v1.customers.balance_transactions.list_async(customer)).data
    assert (moved.type, moved.amount, moved.invoice) == ("invoice_overpaid", -3000, invoice.id)


async def test_a_payment_under_way_when_the_rest_is_paid_is_too_much(
    bench: Bench, finance: StripePerson
) -> None:
    invoice = await bench.issued()
    debit = await finance.pay_by_debit(invoice.id, 12000)
    await finance.pay_by_card(invoice.id)
    await finance.settle_debit(debit["id"])
    read = await finance.invoice(invoice.id)
    assert (read["status"], read["amount_overpaid"]) == ("paid", 12000)
    assert len(await bench.events("invoice.paid")) == 1


async def test_what_cannot_be_attached_is_refused(bench: Bench, finance: StripePerson) -> None:
    attach = bench.client.v1.invoices.attach_payment_async
    invoice, other = await bench.issued(), await bench.issued()
    stranger = await finance.charge_by_link(1000, customer=str(other.customer))
    await refused(attach(invoice.id, {"payment_intent": stranger["id"]}), match="another customer")
    dollars = await finance.charge_by_link(1000, currency="usd")
    await refused(attach(invoice.id, {"payment_intent": dollars["id"]}), match="another currency")
    await refused(attach(invoice.id, {"payment_intent": "pi_none"}), code="resource_missing")
    await refused(attach(invoice.id), code="parameter_missing")
    both: Any = {"payment_intent": "pi_1", "payment_record": "pr_1"}
    await refused(attach(invoice.id, both), code="parameters_exclusive")
    guest = await finance.charge_by_link(1000)
    await attach(invoice.id, {"payment_intent": guest["id"]})
    await refused(attach(other.id, {"payment_intent": guest["id"]}), match="already attached")
    draft = await bench.draft(line())
    await refused(attach(draft.id, {"payment_intent": guest["id"]}), match="draft")


async def test_a_payment_link_names_no_invoice(bench: Bench, finance: StripePerson) -> None:
    guest = await finance.charge_by_link(130539, email="compta@acme.example")
    (charge,) = (await bench.client.v1.charges.list_async({"payment_intent": guest["id"]})).data
    assert (charge.customer, charge.billing_details.email) == (None, "compta@acme.example")
    customer = (await bench.customer()).id
    await finance.charge_by_link(2000, customer=customer)
    intents = await bench.client.v1.payment_intents.list_async({"customer": customer})
    assert [intent.amount for intent in intents.data] == [2000]
    found = await bench.client.v1.invoice_payments.list_async(
        {"payment": {"type": "payment_intent", "payment_intent": guest["id"]}}
    )
    assert found.data == []


async def test_a_transfer_pays_the_invoice_that_asks_for_one(bench: Bench, finance: StripePerson) -> None:
    invoice = await bench.issued(payment_settings=TRANSFER)
    kinds = await kinds_after(bench, finance.pay_by_transfer(invoice.id, 5000))
    assert kinds == [
        "customer_cash_balance_transaction.created",
        "cash_balance.funds_available",
        "customer_cash_balance_transaction.created",
        "payment_intent.partially_funded",
    ]
    assert (await finance.invoice(invoice.id))["amount_paid"] == 0
    await finance.pay_by_transfer(invoice.id, 7000)
    assert (await finance.invoice(invoice.id))["status"] == "paid"
    (charge,) = (await bench.client.v1.charges.list_async()).data
    assert charge.payment_method_details
    assert (charge.amount, charge.payment_method_details.type) == (12000, "customer_balance")


async def test_a_transfer_that_nothing_asks_for_waits_in_the_cash_balance(
    bench: Bench, finance: StripePerson
) -> None:
    invoice = await bench.issued()
    customer = str(invoice.customer)
    await finance.receive_transfer(customer, 15000, reference="Merci")
    cash = await bench.client.v1.customers.cash_balance.retrieve_async(customer)
    assert cash.available
    assert cash.available["eur"] == 15000
    (landed,) = (await bench.client.v1.customers.cash_balance_transactions.list_async(customer)).data
    assert (landed.type, landed.net_amount, landed.ending_balance) == ("funded", 15000, 15000)
    assert landed.funded
    assert landed.funded.bank_transfer.reference == "Merci"
    await finance.apply_transfer(invoice.id, 12000)
    assert (await finance.invoice(invoice.id))["status"] == "paid"
    left = await bench.client.v1.customers.cash_balance.retrieve_async(customer)
    assert left.available
    assert left.available["eur"] == 3000


async def test_a_transfer_finds_its_invoice_by_number_then_by_sum(
    bench: Bench, finance: StripePerson
) -> None:
    customer = (await bench.customer()).id
    first, second, third = [
        await bench.issued(line(unit=unit), customer=customer, payment_settings=TRANSFER)
        for unit in ("10000", "20000", "30000")
    ]
    await finance.receive_transfer(customer, 20000)
    await finance.receive_transfer(customer, 30000, reference=f"Facture {third.number}")
    states = [(await finance.invoice(each.id))["status"] for each in (first, second, third)]
    assert states == ["open", "paid", "paid"]


async def test_an_account_may_apply_transfers_by_hand_alone(bench: Bench, finance: StripePerson) -> None:
    await bench.settings(transfers_reconciled=False)
    invoice = await bench.issued(payment_settings=TRANSFER)
    await finance.receive_transfer(str(invoice.customer), 12000)
    assert (await finance.invoice(invoice.id))["status"] == "open"
    intent = str((await the_payment(bench, invoice.id)).payment.payment_intent)
    apply = bench.client.v1.payment_intents.apply_customer_balance_async
    await refused(apply(intent, {"amount": 12001}), match="less than the amount")
    await apply(intent)
    assert (await finance.invoice(invoice.id))["status"] == "paid"


async def test_a_payment_that_is_given_up_returns_its_transfers(bench: Bench, finance: StripePerson) -> None:
    invoice = await bench.issued(payment_settings=TRANSFER)
    await finance.pay_by_transfer(invoice.id, 5000)
    await finance.void(invoice.id)
    customer = str(invoice.customer)
    moves = (await bench.client.v1.customers.cash_balance_transactions.list_async(customer)).data
    assert [(m.type, m.net_amount) for m in moves] == [
        ("unapplied_from_payment", 5000),
        ("applied_to_payment", -5000),
        ("funded", 5000),
    ]


@pytest.mark.parametrize(
    ("params", "code"),
    [
        ({"amount": 1000}, "parameter_missing"),
        ({"amount": 49, "currency": "eur"}, "amount_too_small"),
        ({"amount": 1000, "currency": "eur", "customer": "cus_none"}, "resource_missing"),
        ({"amount": 1000, "currency": "eur", "payment_method_types": ["card"]}, "parameter_unknown"),
        ({"amount": 1000, "currency": "eur", "confirm": True}, "payment_intent_unexpected_state"),
        (
            {"amount": 1000, "currency": "eur", "confirm": True, "payment_method": "pm_none"},
            "resource_missing",
        ),
    ],
)
async def test_an_intent_that_makes_no_sense_is_refused(bench: Bench, params: Any, code: str) -> None:
    await refused(bench.client.v1.payment_intents.create_async(params), code=code)


async def test_an_intent_is_paid_once_and_only_by_what_it_takes(bench: Bench, finance: StripePerson) -> None:
    await bench.settings(payment_methods=["card"])
    invoice = await bench.issued()
    with pytest.raises(httpx.HTTPStatusError, match="payment_intent_incompatible_payment_method"):
        await finance.pay_by_debit(invoice.id)
    intent = await finance.pay_by_card(invoice.id)
    await refused(
        bench.client.v1.payment_intents.confirm_async(intent["id"], {"payment_method": "pm_card_visa"}),
        code="payment_intent_unexpected_state",
    )
    await refused(
        bench.client.v1.payment_intents.cancel_async(intent["id"]), code="payment_intent_unexpected_state"
    )


async def test_an_uncollectible_invoice_can_still_be_paid_by_card(
    bench: Bench, finance: StripePerson
) -> None:
    invoice = await bench.issued()
    await finance.mark_uncollectible(invoice.id)
    await finance.pay_by_card(invoice.id)
    assert (await finance.invoice(invoice.id))["status"] == "paid"


@pytest.mark.parametrize(
    ("path", "expand", "works"),
    [
        ("charges/{charge}", "payment_intent.customer", True),
        ("charges/{charge}", "balance_transaction.source", True),
        ("charges", "data.refunds.data.balance_transaction", True),
        ("charges/{charge}", "invoice", False),
        ("payment_intents/{intent}", "latest_charge.refunds", True),
        ("payment_intents/{intent}", "invoice", False),
        ("payment_intents/{intent}", "charges", False),
        ("invoice_payments", "data.invoice.customer", True),
        ("invoice_payments", "data.payment.payment_intent.latest_charge", True),
        ("invoice_payments", "data.payment.payment_intent.latest_charge.refunds", False),
        ("invoice_payments", "data.payment.colour", False),
        ("customers/{customer}", "cash_balance", True),
    ],
)
async def test_only_what_is_documented_can_be_expanded(
    bench: Bench, finance: StripePerson, path: str, expand: str, works: bool
) -> None:
    invoice = await bench.issued()
    intent = await finance.pay_by_card(invoice.id)
    await finance.refund(invoice.id, 100)
    names = {"charge": intent["latest_charge"], "intent": intent["id"], "customer": invoice.customer}
    answer = await bench.raw("GET", f"/v1/{path.format_map(names)}", params={"expand[]": expand})
    assert answer.status_code == (200 if works else 400)
    if not works:
        assert answer.json()["error"]["message"].startswith(("This property", "You cannot expand"))


@pytest.mark.parametrize(
    ("denied", "path"),
    [
        ("rak_payment_intent_read", "payment_intents"),
        ("rak_charge_read", "charges"),
        ("rak_charge_read", "refunds"),
        ("rak_dispute_read", "disputes"),
        ("rak_balance_read", "balance_transactions"),
        ("rak_invoice_payment_read", "invoice_payments"),
    ],
)
async def test_each_row_of_the_keys_permissions_counts(bench: Bench, denied: str, path: str) -> None:
    assert (await bench.raw("GET", f"/v1/{path}")).status_code == 200
    await bench.settings(denied=[denied])
    answer = await bench.raw("GET", f"/v1/{path}")
    assert answer.status_code == 403
    assert denied in answer.json()["error"]["message"]
