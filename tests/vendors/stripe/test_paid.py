"""The money of an invoice, as its own amounts, its payments, refunds and disputes tell it."""

from datetime import UTC, datetime
from typing import Any

import pytest

from raccord.connectors.errors import Forbidden, NotFound, Transient
from raccord.domain.values.payment import DisputeState, InvoiceMoney, PaymentMeans
from raccord.vendors.stripe.connector import StripeBilling
from tests.connectors.stub import Reply, Stub
from tests.vendors.stripe.money import FINALISED, PAID, charge, dispute, intent, issued, paid, part, told
from tests.vendors.stripe.samples import page, refusal

INVOICE, PARTS, DISPUTES = "GET /v1/invoices/in_1", "GET /v1/invoice_payments", "GET /v1/disputes"
PAID_AT = datetime.fromtimestamp(PAID, UTC)


@pytest.fixture(autouse=True)
def undisputed(stub: Stub) -> None:
    stub.on(DISPUTES, page())


async def read(billing: StripeBilling, stub: Stub, held: dict[str, Any], *parts: Any) -> InvoiceMoney:
    stub.on(INVOICE, held)
    stub.on(PARTS, page(*told(stub, *parts)))
    return await billing.read_money("in_1")


def sums(money: InvoiceMoney) -> tuple[str, str, str]:
    return str(money.paid), str(money.due), str(money.overpaid)


def shown(money: InvoiceMoney) -> list[tuple[str, str, PaymentMeans]]:
    return [(each.id, str(each.amount), each.means) for each in money.payments]


async def test_an_ordinary_card_payment_takes_four_requests(billing: StripeBilling, stub: Stub) -> None:
    money = await read(billing, stub, paid(), part())
    assert sums(money) == ("120.00 EUR", "0.00 EUR", "0.00 EUR")
    assert shown(money) == [("pi_1", "120.00 EUR", PaymentMeans.CARD)]
    assert (money.payments[0].paid_at, money.paid_at) == (PAID_AT, PAID_AT)
    assert (money.invoice.number, str(money.invoice.totals.gross)) == ("F-1", "120.00 EUR")
    assert len(stub.seen) == 4
    assert stub.last(PARTS).query["invoice"] == "in_1"


async def test_nothing_paid_is_all_due(billing: StripeBilling, stub: Stub) -> None:
    money = await read(billing, stub, issued(), part(status="open", amount_paid=None, by=begun()))
    assert sums(money) == ("0.00 EUR", "120.00 EUR", "0.00 EUR")
    assert (money.payments, money.paid_at, money.processing, money.failed) == ((), None, False, False)


def begun(id: str = "pi_1", **more: Any) -> dict[str, Any]:
    blank = {"amount_received": 0, "status": "requires_payment_method", "latest_charge": None}
    return intent(id, **{**blank, **more})


async def test_paid_elsewhere_is_a_payment_outside_on_its_own_day(billing: StripeBilling, stub: Stub) -> None:
    money = await read(billing, stub, paid())
    assert shown(money) == [("in_1/outside", "120.00 EUR", PaymentMeans.OUTSIDE)]
    assert money.payments[0].paid_at == money.paid_at == PAID_AT
    assert sums(money) == ("120.00 EUR", "0.00 EUR", "0.00 EUR")


async def test_a_balance_that_covers_it_is_set_off_on_the_day_of_issue(
    billing: StripeBilling, stub: Stub
) -> None:
    covered = {"amount_due": 0, "amount_paid": 0, "starting_balance": -500000, "ending_balance": -488000}
    money = await read(billing, stub, paid(**covered, moments={"paid_at": FINALISED}))
    assert shown(money) == [("in_1/balance", "120.00 EUR", PaymentMeans.CREDIT_BALANCE)]
    assert sums(money) == ("120.00 EUR", "0.00 EUR", "0.00 EUR")
    assert money.paid_at == datetime.fromtimestamp(FINALISED, UTC)


async def test_a_balance_that_covers_some_leaves_the_rest_to_a_payment(
    billing: StripeBilling, stub: Stub
) -> None:
    some = {"amount_due": 9000, "starting_balance": -3000, "ending_balance": 0}
    money = await read(billing, stub, paid(**some, amount_paid=9000), part(amount_paid=9000))
    assert shown(money) == [
        ("in_1/balance", "30.00 EUR", PaymentMeans.CREDIT_BALANCE),
        ("pi_1", "90.00 EUR", PaymentMeans.CARD),
    ]
    assert sums(money) == ("120.00 EUR", "0.00 EUR", "0.00 EUR")


async def test_part_payments_are_there_each_with_its_day(billing: StripeBilling, stub: Stub) -> None:
    second = intent("pi_2", amount=2000, amount_received=2000, latest_charge=charge("ch_2", amount=2000))
    parts = (
        part("inpay_2", amount_paid=2000, by=second, status_transitions={"paid_at": PAID + 100}),
        part(amount_paid=4000, by=intent(amount_received=4000)),
        part("inpay_3", amount_paid=None, status="open", by=begun("pi_3")),
        part("inpay_4", amount_paid=None, status="canceled", by=begun("pi_4")),
    )
    money = await read(billing, stub, issued(amount_paid=6000, amount_remaining=6000), *parts)
    assert sums(money) == ("60.00 EUR", "60.00 EUR", "0.00 EUR")
    assert shown(money) == [
        ("pi_1", "40.00 EUR", PaymentMeans.CARD),
        ("pi_2", "20.00 EUR", PaymentMeans.CARD),
    ]
    assert money.paid_at is None


async def test_the_rest_paid_elsewhere_is_outside(billing: StripeBilling, stub: Stub) -> None:
    money = await read(billing, stub, paid(), part(amount_paid=4000, by=intent(amount_received=4000)))
    assert [(id, amount) for id, amount, _ in shown(money)] == [
        ("pi_1", "40.00 EUR"),
        ("in_1/outside", "80.00 EUR"),
    ]


async def test_a_refund_is_deducted_nowhere_and_keeps_the_day(billing: StripeBilling, stub: Stub) -> None:
    refunded = part(by=intent(latest_charge=charge(amount_refunded=3000)))
    money = await read(billing, stub, paid(), refunded)
    assert str(money.payments[0].refunded) == "30.00 EUR"
    assert sums(money) == ("120.00 EUR", "0.00 EUR", "0.00 EUR")
    assert money.paid_at == PAID_AT


async def test_a_refund_of_what_pays_several_invoices_is_shared(billing: StripeBilling, stub: Stub) -> None:
    both = intent(amount_received=18000, latest_charge=charge(amount=18000, amount_refunded=9000))
    stub.on(INVOICE, paid())
    other = part("inpay_2", invoice="in_2", amount_paid=6000, by="pi_1")
    stub.on(PARTS, page(*told(stub, part(by=both))), page(part(by="pi_1"), other))
    money = await billing.read_money("in_1")
    assert str(money.payments[0].refunded) == "60.00 EUR"
    asked = stub.last(PARTS).query
    assert (asked["payment[type]"], asked["payment[payment_intent]"]) == ("payment_intent", "pi_1")


async def test_what_pays_nothing_is_refunded_first(billing: StripeBilling, stub: Stub) -> None:
    more = intent(amount_received=15000, latest_charge=charge(amount=15000, amount_refunded=3500))
    money = await read(billing, stub, paid(), part(by=more))
    assert str(money.payments[0].refunded) == "5.00 EUR"


async def test_what_is_overpaid_belongs_to_the_payment_that_brought_it(
    billing: StripeBilling, stub: Stub
) -> None:
    more = intent(amount_received=15000, latest_charge=charge(amount=15000))
    money = await read(billing, stub, paid(amount_overpaid=3000), part(by=more))
    assert shown(money) == [("pi_1", "150.00 EUR", PaymentMeans.CARD)]
    assert sums(money) == ("120.00 EUR", "0.00 EUR", "30.00 EUR")


async def test_payments_beyond_the_total_are_overpaid_though_stripe_does_not_say_so(
    billing: StripeBilling, stub: Stub
) -> None:
    money = await read(billing, stub, paid(), part("inpay_2", by=intent("pi_2"), amount_paid=2000), part())
    assert sums(money) == ("120.00 EUR", "0.00 EUR", "20.00 EUR")
    assert [str(each.amount) for each in money.payments] == ["120.00 EUR", "20.00 EUR"]


async def test_a_payment_between_the_two_answers_is_no_overpayment(
    billing: StripeBilling, stub: Stub
) -> None:
    stub.on(INVOICE, issued(), paid())
    stub.on(PARTS, page(*told(stub, part())))
    money = await billing.read_money("in_1")
    assert sums(money) == ("120.00 EUR", "0.00 EUR", "0.00 EUR")
    assert stub.count(INVOICE) == 2


async def test_a_payment_that_the_invoice_does_not_count_yet_is_not_owed_again(
    billing: StripeBilling, stub: Stub
) -> None:
    money = await read(billing, stub, issued(), part(amount_paid=4000, by=intent(amount_received=4000)))
    assert sums(money) == ("40.00 EUR", "80.00 EUR", "0.00 EUR")
    assert [str(each.amount) for each in money.payments] == ["40.00 EUR"]


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("needs_response", DisputeState.OPEN),
        ("under_review", DisputeState.OPEN),
        ("warning_needs_response", DisputeState.OPEN),
        ("warning_under_review", DisputeState.OPEN),
        ("appeal_under_review", DisputeState.OPEN),
        ("unheard_of", DisputeState.OPEN),
        ("won", DisputeState.WON),
        ("lost", DisputeState.LOST),
        ("warning_closed", None),
        ("prevented", None),
    ],
)
async def test_a_dispute_is_open_won_lost_or_nothing(
    billing: StripeBilling, stub: Stub, status: str, state: DisputeState | None
) -> None:
    stub.on(DISPUTES, page(dispute(status)))
    money = await read(billing, stub, paid(), part())
    assert [each.state for each in money.payments[0].disputes] == [state] * (state is not None)
    assert stub.last(DISPUTES).query["payment_intent"] == "pi_1"


@pytest.mark.parametrize(
    ("disputed", "refunded", "ours"),
    [(9000, 0, "60.00"), (18000, 0, "120.00"), (1, 0, "0.01"), (4500, 4500, "30.00")],
)
async def test_a_dispute_of_what_pays_several_invoices_is_shared(
    billing: StripeBilling, stub: Stub, disputed: int, refunded: int, ours: str
) -> None:
    both = intent(amount_received=18000, latest_charge=charge(amount=18000, amount_refunded=refunded))
    stub.on(INVOICE, paid())
    stub.on(DISPUTES, page(dispute(amount=disputed)))
    other = part("inpay_2", invoice="in_2", amount_paid=6000, by="pi_1")
    stub.on(PARTS, page(*told(stub, part(by=both))), page(part(by="pi_1"), other))
    (found,) = (await billing.read_money("in_1")).payments[0].disputes
    assert str(found.amount) == f"{ours} EUR"


async def test_a_debit_under_way_is_neither_paid_nor_failed(billing: StripeBilling, stub: Stub) -> None:
    debit = begun(status="processing", latest_charge=charge(status="pending"))
    money = await read(billing, stub, issued(), part(status="open", amount_paid=None, by=debit))
    assert (money.processing, money.failed, money.payments) == (True, False, ())


@pytest.mark.parametrize(
    "said", [{"last_payment_error": {"code": "card_declined"}}, {"latest_charge": charge(status="failed")}]
)
async def test_a_refused_attempt_is_failed_until_it_is_paid(
    billing: StripeBilling, stub: Stub, said: dict[str, Any]
) -> None:
    attempt = part(status="open", amount_paid=None, by=begun(**said))
    assert (await read(billing, stub, issued(), attempt)).failed
    assert not (await read(billing, stub, paid(), attempt, part("inpay_2", by=intent("pi_2")))).failed


async def test_what_was_attached_later_counts_from_its_own_day(billing: StripeBilling, stub: Stub) -> None:
    early = PAID - 5 * 86400
    attached = part(
        created=PAID,
        is_default=False,
        by=intent(latest_charge=charge(created=early)),
        status_transitions={"paid_at": PAID},
    )
    money = await read(billing, stub, paid(), attached)
    assert money.payments[0].paid_at == money.paid_at == datetime.fromtimestamp(early, UTC)


@pytest.mark.parametrize("charged", [PAID - 90_000, PAID - 10])
async def test_what_was_under_way_when_it_was_attached_counts_from_when_it_succeeded(
    billing: StripeBilling, stub: Stub, charged: int
) -> None:
    begun_at = PAID - 86_400 if charged < PAID - 60 else PAID - 30
    by = intent(latest_charge=charge(created=charged))
    money = await read(billing, stub, paid(), part(created=begun_at, by=by))
    assert money.payments[0].paid_at == money.paid_at == PAID_AT


@pytest.mark.parametrize("status", ["void", "paid"])
async def test_what_is_settled_waits_for_no_attempt(billing: StripeBilling, stub: Stub, status: str) -> None:
    attempts = (
        part("inpay_2", status="open", amount_paid=None, by=begun("pi_2", status="processing")),
        part("inpay_3", status="open", amount_paid=None, by=begun("pi_3", last_payment_error={"code": "x"})),
    )
    money = await read(billing, stub, paid(status=status), *attempts)
    assert (money.processing, money.failed) == (False, False)


async def test_a_debit_counts_from_when_it_succeeded(billing: StripeBilling, stub: Stub) -> None:
    debit = charge(created=FINALISED + 60, payment_method_details={"type": "sepa_debit"})
    money = await read(billing, stub, paid(), part(by=intent(latest_charge=debit)))
    assert (money.payments[0].means, money.payments[0].paid_at) == (PaymentMeans.SEPA_DEBIT, PAID_AT)


async def test_a_payment_that_a_person_noted_is_outside_with_its_refund(
    billing: StripeBilling, stub: Stub
) -> None:
    record = {
        "id": "pr_1",
        "created": PAID,
        "amount": {"value": 12000, "currency": "eur"},
        "amount_guaranteed": {"value": 12000, "currency": "eur"},
        "amount_refunded": {"value": 2000, "currency": "eur"},
        "reported_by": "self",
    }
    stub.on("GET /v1/payment_records/pr_1", record)
    money = await read(billing, stub, paid(), part(by="pr_1"))
    assert shown(money) == [("pr_1", "120.00 EUR", PaymentMeans.OUTSIDE)]
    assert str(money.payments[0].refunded) == "20.00 EUR"
    assert stub.count(DISPUTES) == 0


@pytest.mark.parametrize(
    ("kind", "means"),
    [
        ("card", PaymentMeans.CARD),
        ("card_present", PaymentMeans.CARD),
        ("sepa_debit", PaymentMeans.SEPA_DEBIT),
        ("customer_balance", PaymentMeans.BANK_TRANSFER),
        ("klarna", PaymentMeans.OTHER),
    ],
)
async def test_how_it_was_paid_is_told(
    billing: StripeBilling, stub: Stub, kind: str, means: PaymentMeans
) -> None:
    by = intent(latest_charge=charge(payment_method_details={"type": kind}))
    assert (await read(billing, stub, paid(), part(by=by))).payments[0].means is means


async def test_a_credit_note_before_payment_lowers_what_is_due(billing: StripeBilling, stub: Stub) -> None:
    lowered = {"amount_due": 9000, "amount_remaining": 9000, "pre_payment_credit_notes_amount": 3000}
    stub.on("GET /v1/credit_notes", page())
    money = await read(billing, stub, issued(**lowered))
    assert sums(money) == ("0.00 EUR", "90.00 EUR", "0.00 EUR")
    assert str(money.invoice.credited) == "30.00 EUR"


async def test_a_zero_total_was_never_paid(billing: StripeBilling, stub: Stub) -> None:
    zero = paid(total=0, amount_due=0, amount_paid=0, total_excluding_tax=0, total_taxes=[])
    money = await read(billing, stub, zero)
    assert (money.payments, money.paid_at, sums(money)) == ((), None, ("0.00 EUR",) * 3)


@pytest.mark.parametrize(("status", "due"), [("void", "0.00 EUR"), ("uncollectible", "120.00 EUR")])
async def test_what_is_void_owes_nothing_and_what_was_given_up_still_does(
    billing: StripeBilling, stub: Stub, status: str, due: str
) -> None:
    assert str((await read(billing, stub, issued(status=status))).due) == due


async def test_an_invoice_of_others_whose_tax_has_no_rate_is_read_all_the_same(
    billing: StripeBilling, stub: Stub
) -> None:
    foreign = paid(total_taxes=[{"amount": 2000, "tax_rate_details": None}], metadata={})
    assert str((await read(billing, stub, foreign, part())).invoice.totals.net) == "100.00 EUR"


@pytest.mark.parametrize("by", [intent(latest_charge="ch_1"), charge(payment_intent=None)])
async def test_a_charge_is_read_by_itself_where_nothing_shows_it(
    billing: StripeBilling, stub: Stub, by: dict[str, Any]
) -> None:
    stub.on("GET /v1/charges/ch_1", charge(payment_intent=None, amount_refunded=500))
    money = await read(billing, stub, paid(), part(by=by["id"]) if by["id"] == "ch_1" else part(by=by))
    assert shown(money) == [(by["id"], "120.00 EUR", PaymentMeans.CARD)]
    assert str(money.payments[0].refunded) == "5.00 EUR"


APPLIED = {"type": "applied_to_payment", "applied_to_payment": {"payment_intent": "pi_1"}}


def transferred(id: str, amount: int, ending: int, at: int, **more: Any) -> dict[str, Any]:
    known = {"id": id, "net_amount": amount, "ending_balance": ending, "created": at, "type": "funded"}
    return {**known, "currency": "eur", "customer": "cus_1", **more}


async def test_a_transfer_that_was_applied_later_counts_from_when_it_came(
    billing: StripeBilling, stub: Stub
) -> None:
    came = PAID - 3 * 86400
    moves = [
        transferred("t_4", -12000, 3000, PAID, **APPLIED),
        transferred("t_3", 11000, 15000, came),
        transferred("t_2", 4000, 4000, came - 86400),
        transferred("t_1", -900, 0, came - 2 * 86400, type="return_initiated"),
    ]
    stub.on("GET /v1/customers/cus_1/cash_balance_transactions", page(*moves))
    by = intent(latest_charge=charge(payment_method_details={"type": "customer_balance"}))
    money = await read(billing, stub, paid(), part(by=by))
    assert money.payments[0].paid_at == money.paid_at == datetime.fromtimestamp(came, UTC)
    assert (money.payments[0].means, stub.count(DISPUTES)) == (PaymentMeans.BANK_TRANSFER, 0)


@pytest.mark.parametrize(
    "answer", [refusal(403), refusal(404), refusal(404, "resource_missing"), Reply(page())]
)
async def test_a_transfer_whose_coming_is_not_told_counts_from_when_it_was_applied(
    billing: StripeBilling, stub: Stub, answer: Reply
) -> None:
    stub.on("GET /v1/customers/cus_1/cash_balance_transactions", answer)
    by = intent(latest_charge=charge(payment_method_details={"type": "customer_balance"}))
    money = await read(billing, stub, paid(), part(by=by))
    assert money.payments[0].paid_at == money.paid_at == PAID_AT


async def test_an_outage_makes_no_date(billing: StripeBilling, stub: Stub) -> None:
    stub.on("GET /v1/customers/cus_1/cash_balance_transactions", refusal(500))
    by = intent(latest_charge=charge(payment_method_details={"type": "customer_balance"}))
    with pytest.raises(Transient):
        await read(billing, stub, paid(), part(by=by))


@pytest.mark.parametrize(
    ("route", "permission"),
    [
        (PARTS, "Invoice payments: Read"),
        ("GET /v1/payment_intents/pi_1", "PaymentIntents: Read"),
        ("GET /v1/charges/ch_1", "Charges and Refunds: Read"),
        (DISPUTES, "Disputes: Read"),
    ],
)
async def test_what_the_key_may_not_see_is_refused_by_name(
    billing: StripeBilling, stub: Stub, route: str, permission: str
) -> None:
    stub.on(INVOICE, paid())
    stub.on(PARTS, page(part(by="pi_1")))
    stub.on("GET /v1/payment_intents/pi_1", intent(latest_charge="ch_1"))
    stub.on("GET /v1/charges/ch_1", charge())
    stub.on(route, refusal(403))
    with pytest.raises(Forbidden, match=permission):
        await billing.read_money("in_1")


async def test_an_invoice_that_is_gone_is_not_found(billing: StripeBilling, stub: Stub) -> None:
    stub.on(INVOICE, refusal(404, "resource_missing"))
    with pytest.raises(NotFound):
        await billing.read_money("in_1")
