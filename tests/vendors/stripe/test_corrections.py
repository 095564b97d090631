"""Credit notes and voided invoices as Stripe tells them, and the credit note that a person would issue."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from raccord.connectors.errors import Forbidden
from raccord.vendors.stripe.connector import StripeBilling
from tests.connectors.stub import Reply, Stub
from tests.vendors.stripe.samples import DEAL, invoice, page, refusal, tax, tax_rate

SINCE = datetime(2026, 11, 1, tzinfo=UTC)
NOTES, PREVIEW = "GET /v1/credit_notes", "GET /v1/credit_notes/preview"
ISSUED: dict[str, Any] = {"status": "open", "number": "F-1", "amount_remaining": 12000}


@pytest.fixture(autouse=True)
def rates(stub: Stub) -> None:
    stub.on("GET /v1/tax_rates/txr_20", tax_rate("txr_20", 20.0))


def note(number: str, total: int, status: str = "issued") -> dict[str, Any]:
    return {"id": f"cn_{number}", "object": "credit_note", "number": number, "total": total, "status": status}


def event(kind: str, **shown: Any) -> dict[str, Any]:
    return {"id": f"evt_{shown['id']}", "object": "event", "type": kind, "data": {"object": shown}}


async def test_an_invoice_carries_the_credit_notes_that_count(billing: StripeBilling, stub: Stub) -> None:
    stub.on("GET /v1/invoices/in_1", invoice(**ISSUED, pre_payment_credit_notes_amount=3000))
    stub.on(NOTES, page(note("F-1-CN-03", 2000), note("F-1-CN-02", 500, "void"), note("F-1-CN-01", 1000)))
    found = await billing.read_invoice("in_1")
    assert [str(each.gross) for each in found.credit_notes] == ["10.00 EUR", "20.00 EUR"]
    assert [each.number for each in found.credit_notes] == ["F-1-CN-01", "F-1-CN-03"]
    assert stub.last(NOTES).query["invoice"] == "in_1"


async def test_an_invoice_without_credit_is_read_without_asking_for_any(
    billing: StripeBilling, stub: Stub
) -> None:
    stub.on("GET /v1/invoices/in_1", invoice(**ISSUED))
    assert (await billing.read_invoice("in_1")).credit_notes == ()
    assert stub.count(NOTES) == 0


@pytest.mark.parametrize("answer", [refusal(403, "x"), refusal(404), Reply(b"<html>", 404), refusal(500)])
async def test_who_may_not_list_credit_notes_sees_their_amount_all_the_same(
    billing: StripeBilling, stub: Stub, answer: Reply
) -> None:
    stub.on("GET /v1/invoices/in_1", invoice(**ISSUED, post_payment_credit_notes_amount=3000))
    stub.on(NOTES, answer)
    found = await billing.read_invoice("in_1")
    assert (str(found.credited), found.credit_notes) == ("30.00 EUR", ())


async def test_what_was_corrected_is_named_each_once_and_no_invoice_is_read(
    billing: StripeBilling, stub: Stub
) -> None:
    stub.on(
        "GET /v1/events",
        page(
            event("credit_note.created", id="cn_1", invoice="in_1"),
            event("credit_note.voided", id="cn_1", invoice="in_1"),
            event("credit_note.created", id="cn_2", invoice="in_2"),
            event("invoice.voided", **invoice(id="in_2", status="void")),
            event("invoice.voided", **invoice(id="in_3", status="void", metadata={})),
            event("invoice.sent", id="in_4"),
        ),
    )
    found = await billing.corrected_since(SINCE)
    assert [(each.invoice_id, each.deal, each.told) for each in found.invoices] == [
        ("in_1", None, False),
        ("in_2", DEAL, True),
        ("in_3", None, True),
    ]
    assert found.unreadable == 0
    assert {each.route for each in stub.seen} == {"GET /v1/events"}
    asked = stub.last("GET /v1/events")
    assert asked.query["created[gte]"] == str(int(SINCE.timestamp()))
    assert asked.query["types[0]"] == "credit_note.created"


async def test_an_invoice_that_nobody_could_read_hides_no_other(billing: StripeBilling, stub: Stub) -> None:
    foreign = invoice(
        id="in_2", status="void", metadata={}, total_taxes=[{**tax(2000, 10000), "tax_rate_details": None}]
    )
    stub.on("GET /v1/events", page(event("invoice.voided", **foreign), event("invoice.voided", **invoice())))
    found = await billing.corrected_since(SINCE)
    assert [(each.invoice_id, each.deal) for each in found.invoices] == [("in_2", None), ("in_1", DEAL)]


async def test_events_of_other_kinds_and_shapes_hide_no_other(billing: StripeBilling, stub: Stub) -> None:
    whole = invoice(id="in_2")
    stub.on(
        "GET /v1/events",
        page(
            {"id": "evt_1", "type": "balance.available", "data": {"object": {"available": []}}},
            {"id": "evt_2", "type": "ping", "data": None},
            {"id": "evt_3", "type": "invoice.voided", "data": {"object": {"status": "void"}}},
            {"id": "evt_4", "type": "credit_note.created", "data": {"object": {"invoice": None}}},
            {"id": "evt_5", "type": "credit_note.created", "data": {"object": {"invoice": whole}}},
            {"id": "evt_6", "type": "credit_note.created", "data": {"object": {"invoice": "in_1"}}},
        ),
    )
    found = await billing.corrected_since(SINCE)
    assert [(each.invoice_id, each.deal) for each in found.invoices] == [("in_2", DEAL), ("in_1", None)]
    assert found.unreadable == 2


async def test_a_key_that_may_not_read_events_says_so(billing: StripeBilling, stub: Stub) -> None:
    stub.on("GET /v1/events", refusal(403))
    with pytest.raises(Forbidden, match="Events: Read"):
        await billing.corrected_since(SINCE)


async def test_a_whole_credit_is_computed_line_by_line_and_never_issued(
    billing: StripeBilling, stub: Stub
) -> None:
    stub.on("GET /v1/invoices/in_1", invoice(**ISSUED))
    computed = {"total": 12000, "total_excluding_tax": 10000, "total_taxes": [tax(2000, 10000)]}
    stub.on(PREVIEW, computed)
    found = await billing.preview_credit(await billing.read_invoice("in_1"))
    assert found.totals
    assert [str(found.totals.net), str(found.totals.gross)] == ["100.00 EUR", "120.00 EUR"]
    assert [(each.rate, str(each.vat)) for each in found.totals.vat] == [(Decimal(20), "20.00 EUR")]
    asked = stub.last(PREVIEW).query
    assert (asked["invoice"], asked["lines[0][invoice_line_item]"]) == ("in_1", "il_1")
    assert asked["lines[0][amount]"] == "10000"
    assert {each.method for each in stub.seen} == {"GET"}
    assert f"curl {stub.url}/v1/credit_notes" in found.request
    assert "'lines[0][invoice_line_item]=il_1'" in found.request
    assert "credit/in_1/0" in found.request


async def test_what_is_left_after_a_credit_is_a_sum_and_what_was_paid_goes_back_outside(
    billing: StripeBilling, stub: Stub
) -> None:
    paid = invoice(status="paid", number="F-1", amount_remaining=0, post_payment_credit_notes_amount=3000)
    stub.on("GET /v1/invoices/in_1", paid)
    stub.on(NOTES, page())
    stub.on(PREVIEW, {"total": 9000, "total_excluding_tax": 9000, "total_taxes": []})
    found = await billing.preview_credit(await billing.read_invoice("in_1"))
    assert (str(found.credited), found.totals, found.remark) == ("90.00 EUR", None, "")
    asked = stub.last(PREVIEW).query
    assert (asked["amount"], asked["out_of_band_amount"]) == ("9000", "9000")


async def test_a_balance_is_credited_as_a_sum(billing: StripeBilling, stub: Stub) -> None:
    held = invoice(**ISSUED)
    held["lines"]["data"].append({**held["lines"]["data"][0], "id": "il_2", "amount": -3000})
    stub.on("GET /v1/invoices/in_1", held)
    stub.on(PREVIEW, {"total": 12000, "total_excluding_tax": 12000, "total_taxes": []})
    found = await billing.preview_credit(await billing.read_invoice("in_1"))
    assert str(found.credited) == "120.00 EUR"
    asked = stub.last(PREVIEW).query
    assert (asked["amount"], "lines[0][amount]" in asked) == ("12000", False)


async def test_a_stripe_that_computes_nothing_is_told_and_the_rest_stands(
    billing: StripeBilling, stub: Stub
) -> None:
    stub.on("GET /v1/invoices/in_1", invoice(**ISSUED))
    stub.on(PREVIEW, refusal(403))
    found = await billing.preview_credit(await billing.read_invoice("in_1"))
    assert (str(found.credited), found.totals) == ("120.00 EUR", None)
    assert "Credit notes: Read" in found.remark
