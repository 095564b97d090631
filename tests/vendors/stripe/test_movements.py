"""How Stripe is asked for what moved, and what becomes of answers that are not as documented."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from raccord.domain.values.movement import MovementKind, MovementPage
from raccord.vendors.stripe.connector import StripeBilling
from tests.connectors.stub import Stub
from tests.vendors.stripe.money import PAID, dispute, issued, paid, part
from tests.vendors.stripe.samples import page

SINCE = date(2026, 10, 26)
LISTS = ("invoices", "invoices", "invoice_payments", "refunds", "disputes", "credit_notes", "events")


def first_second(day: str) -> int:
    return int(datetime.fromisoformat(day).replace(tzinfo=UTC).timestamp())


def of_invoice(**more: Any) -> dict[str, Any]:
    """A payment of an invoice as it is listed with its invoice."""
    return {**part(by="pi_1"), "invoice": paid(), **more}


def refund(**more: Any) -> dict[str, Any]:
    base = {"id": "re_1", "object": "refund", "amount": 10_001, "currency": "eur", "created": PAID + 60}
    return {**base, "status": "succeeded", "payment_intent": "pi_1", "charge": "ch_1", **more}


def note(**more: Any) -> dict[str, Any]:
    base = {"id": "cn_1", "object": "credit_note", "invoice": "in_1", "currency": "eur", "created": PAID}
    return {**base, "status": "issued", "total": 3000, "pre_payment_amount": 1000, **more}


def event(id: str, invoice: str, created: int) -> dict[str, Any]:
    return {"id": id, "object": "event", "data": {"object": {"id": invoice, "created": created}}}


@pytest.fixture
def empty(stub: Stub) -> Stub:
    """An account in which nothing ever happened."""
    for name in LISTS:
        stub.on(f"GET /v1/{name}", page())
    return stub


async def parts(billing: StripeBilling) -> list[MovementPage]:
    found = [await billing.list_movements(since=SINCE, after="")]
    while found[-1].after:
        found.append(await billing.list_movements(since=SINCE, after=found[-1].after))
    return found


async def test_a_part_is_one_request_of_a_hundred(billing: StripeBilling, empty: Stub) -> None:
    assert len(await parts(billing)) == len(LISTS)
    assert [each.path.removeprefix("/v1/") for each in empty.seen] == list(LISTS)
    asked = [{name: value for name, value in each.query.items() if name != "limit"} for each in empty.seen]
    assert {each.query["limit"] for each in empty.seen} == {"100"}
    # Days of Paris: winter time began the day before, and what lies before that is of summer.
    begins = {"created[gte]": str(first_second("2026-10-25T23:00"))}
    assert asked == [
        {"created[gte]": str(first_second("2026-07-27T22:00")), "expand[0]": "data.payments"},
        {"status": "open", "expand[0]": "data.payments"},
        {
            "status": "paid",
            "expand[0]": "data.invoice",
            "created[gte]": str(first_second("2025-10-25T22:00")),
        },
        begins,
        begins,
        begins,
        begins
        | {
            "types[0]": "invoice.marked_uncollectible",
            "types[1]": "invoice.paid",
            "types[2]": "invoice.voided",
        },
    ]


async def test_a_list_goes_on_behind_its_last_and_then_the_next_one_begins(
    billing: StripeBilling, empty: Stub
) -> None:
    empty.on("GET /v1/refunds", page(refund(status="failed"), has_more=True), page())
    found = [each.after for each in await parts(billing)]
    assert found == ["open", "payments", "refunds", "refunds:re_1", "disputes", "credit_notes", "settled", ""]
    assert empty.last("GET /v1/refunds").query["starting_after"] == "re_1"


async def test_what_cannot_be_read_hides_nothing_else(billing: StripeBilling, empty: Stub) -> None:
    def without(name: str, whole: dict[str, Any]) -> dict[str, Any]:
        return {key: value for key, value in whole.items() if key != name}

    none = page()
    empty.on(
        "GET /v1/invoices",
        page(
            without("total", issued(id="in_9", payments=none)),
            issued(id="in_8", payments=none, status="lost"),
            issued(id="in_7", payments=none, currency="isk", amount_due=101),
            issued(id="in_6", payments=page(without("status", part(by="pi_1")))),
            issued(id="in_1", payments=none),
        ),
        none,
    )
    empty.on("GET /v1/invoice_payments", page(of_invoice(id="inpay_9", invoice="in_1"), of_invoice()))
    empty.on("GET /v1/credit_notes", page(without("total", note(id="cn_9")), note()))
    empty.on("GET /v1/events", page({"id": "evt_9", "data": {}}))
    found = await parts(billing)
    assert [each.listed.invoice.id for each in found[0].invoices] == ["in_1"]
    assert [each.unreadable for each in found] == [
        ("in_9", "in_8", "in_7", "in_6"),
        (),
        ("inpay_9",),
        (),
        (),
        ("cn_9",),
        ("evt_9",),
    ]
    assert [one.id for each in found for one in each.movements] == ["inpay_1", "cn_1"]


async def test_a_refund_is_shared_by_what_its_payment_pays_and_no_cent_is_lost(
    billing: StripeBilling, empty: Stub
) -> None:
    empty.on("GET /v1/refunds", page(refund()))
    paid_with = [
        part(id="inpay_1", by="pi_1", invoice="in_1", amount_paid=5000),
        part(id="inpay_2", by="pi_1", invoice="in_2", amount_paid=5000),
        part(id="inpay_3", by="pi_1", invoice="in_3", amount_paid=5000),
        part(id="inpay_4", by="pi_1", invoice="in_4", amount_paid=None, status="open"),
    ]
    empty.on("GET /v1/invoice_payments", page(), page(*paid_with))
    movements = (await parts(billing))[3].movements
    assert [(each.id, each.amount.minor) for each in movements] == [
        ("re_1/in_1", 3333),
        ("re_1/in_2", 3334),
        ("re_1/in_3", 3334),
    ]
    assert {(each.kind, each.owed) for each in movements} == {(MovementKind.REFUNDED, Decimal(0))}


@pytest.mark.parametrize("payment", [None, "pi_1"])
async def test_what_went_back_of_no_invoice_is_left_out(
    billing: StripeBilling, empty: Stub, payment: str | None
) -> None:
    empty.on("GET /v1/refunds", page(refund(payment_intent=payment)))
    empty.on("GET /v1/disputes", page(dispute("lost", payment_intent=payment)))
    assert [each.movements for each in await parts(billing)] == [()] * len(LISTS)


async def test_what_was_forgiven_is_owed_no_more(billing: StripeBilling, empty: Stub) -> None:
    forgiven = paid(amount_paid=9000, payments=page(part(by="pi_1", amount_paid=9000)))
    empty.on("GET /v1/invoices", page(forgiven), page())
    ((invoice, *_), *_) = [each.invoices for each in await parts(billing)]
    assert [(each.kind.value, each.amount.minor) for each in invoice.movements] == [
        ("issued", 12000),
        ("received", 9000),
        ("credited", 3000),
    ]
    assert sum(each.owed for each in invoice.movements) == 0


async def test_an_old_invoice_is_read_once_whatever_happened_to_it(
    billing: StripeBilling, empty: Stub
) -> None:
    old, young = first_second("2026-07-27T21:59:59"), first_second("2026-07-27T22:00")
    empty.on("GET /v1/events", page(event("evt_3", "in_1", old), event("evt_2", "in_2", young)), page())
    empty.on("GET /v1/invoices/in_1", paid())
    movements = (await parts(billing))[-1].movements
    assert [(each.id, each.invoice_id) for each in movements] == [
        ("in_1/issued", "in_1"),
        ("in_1/outside", "in_1"),
    ]
    assert empty.count("GET /v1/invoices/in_1") == 1
    assert empty.count("GET /v1/invoices/in_2") == 0


async def test_an_expanded_list_that_is_missing_or_goes_on_is_asked_for(
    billing: StripeBilling, empty: Stub
) -> None:
    first = paid(id="in_2", payments=page(part(by="pi_1"), has_more=True))
    empty.on("GET /v1/invoices", page(first, paid(id="in_1")), page())
    empty.on("GET /v1/invoice_payments", page(part(by="pi_1")))
    found = (await parts(billing))[0].invoices
    assert [[one.id for one in each.movements] for each in found] == [
        ["in_2/issued", "inpay_1"],
        ["in_1/issued", "inpay_1"],
    ]
    asked = [each.query.get("invoice") for each in empty.asked("GET /v1/invoice_payments")]
    assert asked[:2] == ["in_2", "in_1"]
