"""What each of Stripe's events tells to read again, from a delivery and from the list of events alike."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from raccord.connectors.errors import Forbidden
from raccord.connectors.webhooks import HintKind, UnreadableBody, WebhookEvents
from raccord.vendors.stripe import changes
from raccord.vendors.stripe.connector import StripeBilling
from raccord.vendors.stripe.customer_events import CUSTOMER_TYPES
from raccord.vendors.stripe.happened import TELLS, TYPES
from raccord.vendors.stripe.webhook import OTHER_MODE, webhooks
from tests.connectors.stub import Asked, Reply, Stub
from tests.vendors.stripe.money import charge, dispute, intent, issued, paid, part
from tests.vendors.stripe.samples import page, refusal, settings

INVOICE, PAYMENT, ALLOCATED = HintKind.INVOICE, HintKind.PAYMENT, HintKind.ALLOCATED_PAYMENT
AT = 1793170800
NOTE = {"id": "cn_1", "object": "credit_note", "invoice": "in_1"}
REFUND = {"id": "re_1", "object": "refund", "charge": "ch_1", "payment_intent": "pi_1"}
CASH = {
    "id": "ccsbtxn_1",
    "object": "customer_cash_balance_transaction",
    "customer": "cus_1",
    "type": "funded",
}
APPLIED = CASH | {"type": "applied_to_payment", "applied_to_payment": {"payment_intent": "pi_1"}}
UNAPPLIED = CASH | {"type": "unapplied_from_payment", "unapplied_from_payment": {"payment_intent": "pi_1"}}
CUSTOMER = {"id": "cus_1", "object": "customer", "email": "a@x.example"}
TAX_ID = {"id": "txi_1", "object": "tax_id", "customer": "cus_1", "type": "eu_vat", "value": "FR44732829320"}
THE_CUSTOMER = [(HintKind.CUSTOMER, "cus_1")]
THE_INVOICE, THE_PAYMENT = [(INVOICE, "in_1")], [(PAYMENT, "pi_1")]

TOLD: list[tuple[str, dict[str, Any], list[tuple[HintKind, str]]]] = [
    ("invoice.paid", paid(), THE_INVOICE),
    ("invoice.payment_failed", issued(), THE_INVOICE),
    ("invoice.finalized", issued(), THE_INVOICE),
    ("invoice.updated", issued(), THE_INVOICE),
    ("invoice.voided", issued(status="void"), THE_INVOICE),
    ("invoice.marked_uncollectible", issued(status="uncollectible"), THE_INVOICE),
    ("invoice.overpaid", paid(amount_overpaid=1), THE_INVOICE),
    ("credit_note.created", NOTE, THE_INVOICE),
    ("credit_note.updated", NOTE, THE_INVOICE),
    ("credit_note.voided", NOTE | {"invoice": paid()}, THE_INVOICE),
    ("invoice_payment.paid", part(by="pi_1"), [*THE_INVOICE, (ALLOCATED, "pi_1")]),
    ("invoice_payment.paid", part(by="pr_1"), [*THE_INVOICE, (ALLOCATED, "pr_1")]),
    ("invoice_payment.paid", part(by="ch_1"), [*THE_INVOICE, (ALLOCATED, "ch_1")]),
    ("payment_intent.succeeded", intent(), THE_PAYMENT),
    ("payment_intent.processing", intent(), THE_PAYMENT),
    ("payment_intent.payment_failed", intent(), THE_PAYMENT),
    ("charge.succeeded", charge(payment_intent=None), [(PAYMENT, "ch_1")]),
    ("charge.refunded", charge(), THE_PAYMENT),
    ("charge.refunded", charge(payment_intent=None), [(PAYMENT, "ch_1")]),
    ("refund.created", REFUND, THE_PAYMENT),
    ("refund.updated", REFUND | {"payment_intent": None}, [(PAYMENT, "ch_1")]),
    ("refund.failed", REFUND | {"payment_intent": intent()}, THE_PAYMENT),
    ("charge.dispute.created", dispute(), THE_PAYMENT),
    ("charge.dispute.closed", dispute(payment_intent=None), [(PAYMENT, "ch_1")]),
    ("charge.dispute.funds_withdrawn", dispute(), THE_PAYMENT),
    ("charge.dispute.funds_reinstated", dispute(), THE_PAYMENT),
    ("customer_cash_balance_transaction.created", CASH, [(PAYMENT, "cus_1:ccsbtxn_1")]),
    ("customer_cash_balance_transaction.created", APPLIED, [(ALLOCATED, "cus_1")]),
    ("customer_cash_balance_transaction.created", UNAPPLIED, [(ALLOCATED, "cus_1"), (PAYMENT, "pi_1")]),
    ("customer.created", CUSTOMER, THE_CUSTOMER),
    ("customer.updated", CUSTOMER, THE_CUSTOMER),
    ("customer.deleted", CUSTOMER, THE_CUSTOMER),
    ("customer.tax_id.created", TAX_ID, THE_CUSTOMER),
    ("customer.tax_id.updated", TAX_ID | {"customer": CUSTOMER}, THE_CUSTOMER),
    ("customer.tax_id.deleted", TAX_ID, THE_CUSTOMER),
]
NOT_USED = (
    # What another event of the same moment tells.
    ("charge.succeeded", charge()),
    ("invoice.payment_succeeded", paid()),
    # Drafts, and what the customer or a mail did.
    ("invoice.created", issued(status="draft")),
    ("invoice.updated", issued(status="draft")),
    ("invoice.deleted", issued(status="draft")),
    ("invoice.finalization_failed", issued(status="draft")),
    ("invoice.sent", issued()),
    ("invoice.payment_action_required", issued()),
    # Only where somebody configured automations.
    ("invoice.overdue", issued()),
    ("invoice.will_be_due", issued()),
    ("payment_intent.created", intent()),
    ("payout.paid", {"id": "po_1"}),
)


def event(kind: str, shown: Any, **more: Any) -> dict[str, Any]:
    data = {"object": shown, **more.pop("data", {})}
    known = {"id": "evt_1", "object": "event", "type": kind, "livemode": False, "created": AT, "data": data}
    return {"api_version": "2026-10-28.endive", "request": {"id": None}, **known, **more}


def delivered(content: Any, **more: Any) -> WebhookEvents:
    source = webhooks(settings(webhook_secret="whsec_0000000000000000", **more))
    return source.parse(json.dumps(content).encode())


@pytest.mark.parametrize(("kind", "shown", "told"), TOLD)
def test_an_event_tells_what_to_read_again(
    kind: str, shown: dict[str, Any], told: list[tuple[HintKind, str]]
) -> None:
    found = delivered(event(kind, shown))
    assert [(hint.kind, hint.id) for hint in found.hints] == told
    assert {hint.key for hint in found.hints} == {"evt_1"}
    assert {hint.occurred_at for hint in found.hints} == {datetime.fromtimestamp(AT, UTC)}
    assert (found.ignored, found.unreadable) == ((), ())


def test_the_kinds_of_records_that_stripe_tells_of_are_these() -> None:
    assert {kind for _, _, told in TOLD for kind, _ in told} == TELLS


@pytest.mark.parametrize(("kind", "shown"), NOT_USED)
def test_an_event_that_tells_nothing_is_counted_by_its_type(kind: str, shown: dict[str, Any]) -> None:
    assert delivered(event(kind, shown)) == WebhookEvents(ignored=(kind,))


def test_every_event_that_is_asked_for_is_tried_here() -> None:
    assert {kind for kind, _, _ in TOLD} == {*TYPES, *CUSTOMER_TYPES}


@pytest.mark.parametrize(
    ("before", "wakes"),
    [
        ({"amount_paid": 0, "status": "open"}, True),
        ({"metadata": {"raccord_deal": None}}, True),
        ({"due_date": 1}, True),
        ({"webhooks_delivered_at": None}, False),
        ({"description": "a"}, False),
        ({}, False),
        (None, True),
        ("unreadable", True),
    ],
)
def test_an_update_wakes_a_flow_when_money_hangs_on_what_changed(before: Any, wakes: bool) -> None:
    found = delivered(event("invoice.updated", issued(), data={"previous_attributes": before}))
    assert bool(found.hints) is wakes
    assert found.ignored == (() if wakes else ("invoice.updated",))


@pytest.mark.parametrize(
    ("before", "wakes"),
    [
        ({"email": "b@x.example"}, True),
        ({"address": {"city": "Lyon"}}, True),
        ({"business_name": None, "balance": 0}, True),
        ({"preferred_locales": []}, True),
        *(({name: None}, False) for name in ("balance", "delinquent", "invoice_settings", "metadata")),
        ({"next_invoice_sequence": 1, "default_source": None, "currency": None}, False),
        (None, True),
    ],
)
def test_a_customer_wakes_a_flow_when_a_detail_of_it_changed(before: Any, wakes: bool) -> None:
    found = delivered(event("customer.updated", CUSTOMER, data={"previous_attributes": before}))
    assert bool(found.hints) is wakes
    assert found.ignored == (() if wakes else ("customer.updated",))


def test_a_card_payment_of_an_invoice_wakes_one_flow_of_each_kind() -> None:
    happened = [
        ("charge.succeeded", charge()),
        ("payment_intent.succeeded", intent()),
        ("invoice_payment.paid", part(by="pi_1")),
        ("invoice.updated", paid()),
        ("invoice.paid", paid()),
        ("invoice.payment_succeeded", paid()),
    ]
    hints = [hint for kind, shown in happened for hint in delivered(event(kind, shown)).hints]
    assert {(hint.kind, hint.id) for hint in hints} == {*THE_INVOICE, *THE_PAYMENT, (ALLOCATED, "pi_1")}


@pytest.mark.parametrize(("key", "live"), [("rk_live_0000", False), ("rk_test_0000", True)])
def test_an_event_of_the_other_mode_has_no_effect(key: str, live: bool) -> None:
    found = delivered(event("invoice.paid", paid(), livemode=live), api_key=key)
    assert found == WebhookEvents(ignored=(OTHER_MODE,))
    assert delivered(event("invoice.paid", paid(), livemode=not live), api_key=key).hints


def test_a_thin_event_is_set_aside() -> None:
    thin = {
        "id": "evt_test_1",
        "object": "v2.core.event",
        "type": "v1.billing.meter.error_report_triggered",
        "livemode": False,
        "created": "2026-11-27T08:00:00.000Z",
        "related_object": {"id": "in_1", "type": "invoice"},
    }
    (kept,) = delivered(thin).unreadable
    assert json.loads(kept)["related_object"]["id"] == "in_1"


@pytest.mark.parametrize(
    "broken",
    [
        {},
        event("invoice.paid", None),
        event("invoice.paid", []),
        event("invoice.paid", {}),
        event("invoice.paid", {"id": 7}),
        event("invoice.paid", {"id": ""}),
        event("invoice.paid", {"id": "../in_1"}),
        event("invoice.paid", {"id": "in_\ud800"}),
        event("invoice.paid", {"id": "in_" + "1" * 253}),
        event("invoice.paid", paid()) | {"data": None},
        event("invoice.paid", paid()) | {"data": []},
        event("invoice.paid", paid(), id=None),
        event("invoice.paid", paid(), id=["evt_1"]),
        event("invoice.paid", paid(), created=None),
        event("invoice.paid", paid(), created="1793170800"),
        event("invoice.paid", paid(), created=True),
        event("invoice.paid", paid(), created=1.5),
        event("invoice.paid", paid(), created=10**29),
        event("invoice.paid", paid(), created=-(10**20)),
        event("invoice.paid", paid(), livemode=None),
        event("invoice.paid", paid(), livemode="false"),
        event("invoice.paid", paid(), livemode=0),
        event("invoice.paid", paid(), object="invoice"),
        event("", paid()),
        event("invoice.paid\n", paid()),
        event("x" * 256, paid()),
        event("invoice.paid", paid()) | {"type": 7},
        event("invoice.paid", paid()) | {"type": ["invoice.paid"]},
        event("credit_note.created", {"id": "cn_1"}),
        event("credit_note.created", NOTE | {"invoice": 7}),
        event("invoice_payment.paid", part(by="pi_1") | {"payment": None}),
        event("invoice_payment.paid", part(by="pi_1") | {"payment": {"type": "payment_intent"}}),
        event("invoice_payment.paid", part(by="pi_1") | {"payment": {"payment_intent": {}}}),
        event("refund.created", {"id": "re_1", "object": "refund"}),
        event("charge.dispute.created", dispute(charge=None, payment_intent=None)),
        event("customer_cash_balance_transaction.created", CASH | {"customer": None}),
        event("customer.updated", {"object": "customer"}),
        event("customer.tax_id.created", TAX_ID | {"customer": None}),
        event("customer_cash_balance_transaction.created", UNAPPLIED | {"unapplied_from_payment": {}}),
    ],
    ids=lambda broken: str(broken.get("type", "nothing"))[:40].strip(),
)
def test_an_event_of_another_shape_is_set_aside(broken: dict[str, Any]) -> None:
    found = delivered(broken)
    assert (found.hints, found.ignored, len(found.unreadable)) == ((), (), 1)


@pytest.mark.parametrize("body", [b"[]", b"7", b'"invoice.paid"', b"null", b"{", b'{"id": 1, "id": 2}'])
def test_a_body_that_is_no_object_is_unreadable(body: bytes) -> None:
    with pytest.raises(UnreadableBody):
        webhooks(settings(webhook_secret="whsec_0000000000000000")).parse(body)


SINCE = datetime(2026, 11, 1, tzinfo=UTC)
EVENTS = "GET /v1/events"


async def test_the_list_of_events_names_whose_money_changed_each_once(
    billing: StripeBilling, stub: Stub
) -> None:
    first = [
        event("invoice.paid", paid()),
        event("credit_note.created", NOTE | {"invoice": "in_2"}),
        event("invoice.updated", issued(id="in_7", status="draft")),
        event("payment_intent.succeeded", intent("pi_9")),
    ]
    second = [event("invoice_payment.paid", part(by="pi_1")), event("payment_intent.succeeded", intent())]
    stub.on(EVENTS, page(*first), page(*second))
    found = await billing.money_changed(SINCE, until=None)
    assert (found.invoices, found.payments, found.unreadable) == (("in_1", "in_2"), ("pi_9",), 0)
    asked = [each.query for each in stub.asked(EVENTS)]
    types = [[value for name, value in each.items() if name.startswith("types[")] for each in asked]
    assert max(map(len, types)) <= 20
    assert sorted(kind for each in types for kind in each) == sorted(TYPES)
    assert {each["created[gte]"] for each in asked} == {str(int(SINCE.timestamp()))}


def listing(every: list[dict[str, Any]]) -> Callable[[Asked], Reply]:
    """Answer with the events of the span that is asked for, the newest first."""

    def answer(asked: Asked) -> Reply:
        types = {value for name, value in asked.query.items() if name.startswith("types[")}
        first, last = int(asked.query["created[gte]"]), int(asked.query.get("created[lt]", 2**40))
        found = [each for each in every if each["type"] in types and first <= each["created"] < last]
        return Reply(page(*sorted(found, key=lambda each: -each["created"])))

    return answer


async def test_a_list_that_is_too_long_is_read_in_parts_and_no_event_is_missed(
    billing: StripeBilling, stub: Stub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(changes, "MOST_EVENTS", 10)
    start = int(SINCE.timestamp())
    seconds = [start, *range(start + 9, start + 400, 7), *[start + 500] * 15, start + 2_000_000]
    every = [event("invoice.paid", paid(id=f"in_{n}"), created=at) for n, at in enumerate(seconds)]
    stub.on(EVENTS, listing(every))
    named, since, parts = list[str](), SINCE, 0
    until = SINCE + timedelta(days=29)
    while True:
        found = await billing.money_changed(since, until=until)
        assert len(found.invoices) <= 15
        named += found.invoices
        parts += 1
        if found.seen_to is None:
            break
        assert since < found.seen_to < until
        since = found.seen_to
    assert sorted(named) == sorted(f"in_{n}" for n in range(len(seconds)))
    assert 6 < parts < 40


async def test_a_payment_that_was_reversed_is_named_though_its_invoice_is_too(
    billing: StripeBilling, stub: Stub
) -> None:
    stub.on(
        EVENTS, page(event("invoice_payment.paid", part(by="pi_1"))), page(event("refund.created", REFUND))
    )
    assert (await billing.money_changed(SINCE, until=None)).payments == ("pi_1",)


async def test_an_event_that_nobody_can_read_is_counted_and_hides_no_other(
    billing: StripeBilling, stub: Stub
) -> None:
    stub.on(EVENTS, page(event("invoice.paid", {}), event("invoice.paid", paid())), page())
    found = await billing.money_changed(SINCE, until=None)
    assert (found.invoices, found.unreadable) == (("in_1",), 1)


async def test_a_key_that_may_not_read_events_says_so(billing: StripeBilling, stub: Stub) -> None:
    stub.on(EVENTS, refusal(403))
    with pytest.raises(Forbidden, match="Events: Read"):
        await billing.money_changed(SINCE, until=None)
