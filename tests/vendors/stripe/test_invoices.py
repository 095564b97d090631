from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from raccord.connectors.connection import CheckState
from raccord.connectors.errors import DUE_DATE_PAST, VAT_RATE_MISSING, NotFound, Permanent
from raccord.domain.values.invoice import InvoiceReference, InvoiceState
from raccord.domain.values.money import Money
from raccord.domain.values.totals import Totals, VatRounding, VatTotal
from raccord.vendors.stripe.connector import StripeBilling
from tests.connectors.stub import Fault, Reply, Stub
from tests.vendors.stripe.samples import DEAL, invoice, line, order, page, refusal, tax, tax_rate

LIST, SEARCH, READ = "GET /v1/invoices", "GET /v1/invoices/search", "GET /v1/invoices/in_1"
RATES, ADD = "GET /v1/tax_rates", "POST /v1/invoices/in_1/add_lines"


def euros(amount: str) -> Money:
    return Money(amount=Decimal(amount), currency="EUR")


@pytest.fixture(autouse=True)
def rates(stub: Stub) -> None:
    stub.on(RATES, page(tax_rate("txr_20", 20), tax_rate("txr_55", 5.5)))
    stub.on("GET /v1/tax_rates/txr_20", tax_rate("txr_20", 20))
    stub.on("GET /v1/tax_rates/txr_20b", tax_rate("txr_20b", 20.0, active=False))
    stub.on("GET /v1/tax_rates/txr_55", tax_rate("txr_55", 5.5))
    stub.on(SEARCH, page())


def sent(invoice_id: str) -> dict[str, Any]:
    return {"id": f"evt_{invoice_id}", "object": "event", "data": {"object": {"id": invoice_id}}}


async def test_an_issued_invoice_is_read_as_stripe_holds_it(billing: StripeBilling, stub: Stub) -> None:
    stub.on(
        READ,
        invoice(
            status="open",
            number="F-1",
            hosted_invoice_url="https://invoice.stripe.com/i/1",
            status_transitions={"finalized_at": 1795388400},  # 2026-11-23 00:00 in Paris, still 22 in UTC
            pre_payment_credit_notes_amount=1000,
            post_payment_credit_notes_amount=250,
            metadata={
                "raccord_deal": "hubspot:987",
                "raccord_cycle": "2",
                "raccord_revision": "3",
                "raccord_content": "abc",
            },
        ),
    )
    found = await billing.read_invoice("in_1")
    assert found.state is InvoiceState.OPEN
    assert found.reference == InvoiceReference(deal=DEAL, cycle=2, revision=3)
    assert (found.number, found.url, found.content_hash) == ("F-1", "https://invoice.stripe.com/i/1", "abc")
    assert (found.due_on, found.issued_on) == (date(2026, 12, 22), date(2026, 11, 23))
    assert found.credited == euros("12.50")
    assert found.totals == order().totals(VatRounding.PER_LINE)


async def test_totals_are_stripes_own_figures_summed_per_percentage(
    billing: StripeBilling, stub: Stub
) -> None:
    first = page(
        {"id": "il_1", "amount": 10001, "taxes": [tax(2000, None)]},
        {"id": "il_2", "amount": 500, "taxes": [tax(28, None, "txr_55")]},
        has_more=True,
    )
    rest = page(
        {"id": "il_3", "amount": 300, "taxes": [tax(60, 300, "txr_20b")]}, {"id": "il_4", "amount": 7}
    )
    stub.on("GET /v1/invoices/in_1/lines", Reply(first), Reply(rest))
    taxes = [tax(2000, None), tax(28, None, "txr_55"), tax(60, 300, "txr_20b")]
    stub.on(READ, invoice(lines=first, total=12896, total_excluding_tax=None, total_taxes=taxes))
    found = await billing.read_invoice("in_1")
    assert found.line_count == 4
    assert found.totals == Totals(
        net=euros("108.08"),
        vat=(
            VatTotal(rate=Decimal("5.5"), base=euros("5.00"), vat=euros("0.28")),
            VatTotal(rate=Decimal(20), base=euros("103.01"), vat=euros("20.60")),
        ),
        gross=euros("128.96"),
    )


async def test_a_deals_invoices_come_from_link_customer_and_search_each_once(
    billing: StripeBilling, stub: Stub
) -> None:
    other = invoice(id="in_other", metadata={"raccord_deal": "hubspot:98"})
    stub.on(READ, invoice())
    stub.on(LIST, page(invoice(), other, has_more=True), page(invoice(id="in_2", status="void")))
    stub.on(SEARCH, page(invoice(id="in_2"), invoice(id="in_3"), invoice(id="in_gone")))
    stub.on("GET /v1/invoices/in_3", invoice(id="in_3", customer="cus_2"))
    found = await billing.invoices_of(DEAL, customer_id="cus_1", invoice_id="in_1")
    # The list is fresh and the search is not: in_2 is void, and in_gone was deleted.
    assert [(i.id, i.state.value) for i in found] == [("in_1", "draft"), ("in_2", "void"), ("in_3", "draft")]
    assert not stub.asked("GET /v1/invoices/in_2")
    assert [s.params for s in stub.asked(LIST)] == [
        {"customer": "cus_1", "limit": "100"},
        {"customer": "cus_1", "limit": "100", "starting_after": "in_other"},
    ]
    assert stub.asked(SEARCH)[0].params["query"] == "metadata['raccord_deal']:'hubspot:987'"


async def test_an_invoice_whose_metadata_was_wiped_still_claims_its_deal(
    billing: StripeBilling, stub: Stub
) -> None:
    stub.on(READ, invoice(metadata={}))
    (found,) = await billing.invoices_of(DEAL, customer_id=None, invoice_id="in_1")
    assert found.reference is None


@pytest.mark.parametrize("status", [400, 404])
async def test_a_customer_that_is_gone_has_no_invoices(
    billing: StripeBilling, stub: Stub, status: int
) -> None:
    stub.on(LIST, refusal(status, "resource_missing", param="customer"))
    assert await billing.invoices_of(DEAL, customer_id="cus_gone", invoice_id="in_gone") == ()


async def test_a_deleted_draft_is_not_found(billing: StripeBilling, stub: Stub) -> None:
    stub.on(READ, {"id": "in_1", "object": "invoice", "deleted": True})
    with pytest.raises(NotFound):
        await billing.read_invoice("in_1")


async def test_lines_are_added_once_with_their_rates(billing: StripeBilling, stub: Stub) -> None:
    asked = order(line(), line(vat_rate=Decimal("5.5"), quantity=Decimal("0.5")))
    content = {"raccord_content": asked.content_hash}
    stub.on(READ, invoice(lines=page(), total_taxes=[]), invoice(metadata=content))
    stub.on(ADD, invoice(metadata=content))
    filled = await billing.set_lines("in_1", asked, key="inv/1/lines")
    assert filled.content_hash == asked.content_hash
    again = await billing.set_lines("in_1", asked, key="inv/1/lines#1")
    assert again == filled
    (added,) = stub.asked(ADD)
    assert added.headers["idempotency-key"] == "inv/1/lines"
    assert added.params["lines[0][tax_rates][0]"] == "txr_20"
    assert added.params["lines[0][quantity]"] == "1"
    assert added.params["lines[1][tax_rates][0]"] == "txr_55"
    assert added.params["lines[1][quantity_decimal]"] == "0.5"
    assert added.params["lines[1][discountable]"] == "false"
    assert added.params["lines[1][price_data][unit_amount_decimal]"] == "10000"
    assert added.params["invoice_metadata[raccord_content]"] == asked.content_hash
    assert len(stub.asked(RATES)) == 2


async def test_lines_are_never_added_to_lines_of_another_content(billing: StripeBilling, stub: Stub) -> None:
    stub.on(READ, invoice(metadata={"raccord_content": "older"}))
    with pytest.raises(Permanent, match="already has lines"):
        await billing.set_lines("in_1", order(), key="k")
    assert not stub.asked(ADD)


async def test_a_rate_archived_since_it_was_found_is_replaced_at_once(
    billing: StripeBilling, stub: Stub
) -> None:
    assert await billing.find_vat_rate(Decimal(20)) == "txr_20"
    stub.on(RATES, page(tax_rate("txr_20b", 20)))
    stub.on(READ, invoice(lines=page(), total_taxes=[]))
    stub.on(ADD, refusal(400, None, param="lines[0][tax_rates]"), invoice())
    await billing.set_lines("in_1", order(), key="k")
    refused, added = stub.asked(ADD)
    rates = [asked.params["lines[0][tax_rates][0]"] for asked in (refused, added)]
    assert rates == ["txr_20", "txr_20b"]
    # Another content: under the same key Stripe would call it an error.
    assert [asked.headers["idempotency-key"] for asked in (refused, added)] == ["k", "k/rates"]


async def test_a_rate_archived_without_another_is_missing(billing: StripeBilling, stub: Stub) -> None:
    assert await billing.find_vat_rate(Decimal(20)) == "txr_20"
    stub.on(RATES, page())
    stub.on(READ, invoice(lines=page(), total_taxes=[]))
    stub.on(ADD, refusal(400, None, param="lines[0][tax_rates]"))
    with pytest.raises(Permanent, match="no active VAT rate of 20 %") as refused:
        await billing.set_lines("in_1", order(), key="k")
    assert refused.value.code == VAT_RATE_MISSING
    assert await billing.find_vat_rate(Decimal(20)) is None


async def test_a_refusal_that_no_rate_explains_is_asked_once(billing: StripeBilling, stub: Stub) -> None:
    stub.on(READ, invoice(lines=page(), total_taxes=[]))
    stub.on(ADD, refusal(400, "amount_too_large"))
    with pytest.raises(Permanent) as refused:
        await billing.set_lines("in_1", order(), key="k")
    assert refused.value.code == "amount_too_large"
    assert len(stub.asked(ADD)) == 1


@pytest.mark.parametrize("code", [None, "invoice_due_date_past", "parameter_invalid_integer"])
async def test_a_due_date_that_has_passed_is_told_apart(
    billing: StripeBilling, stub: Stub, code: str | None
) -> None:
    for route in ("POST /v1/invoices", "POST /v1/invoices/in_1/finalize"):
        stub.on(route, refusal(400, code, param="due_date"))
    for write in (billing.create_draft(order(), key="k"), billing.finalise("in_1", key="k")):
        with pytest.raises(Permanent, match="due date has passed") as refused:
            await write
        assert (refused.value.code, refused.value.field) == (DUE_DATE_PAST, "due_date")


@pytest.mark.parametrize(
    "other",
    [
        {"percentage": 20.5},
        {"inclusive": True},
        {"country": "BE"},
        {"country": None},
        {"tax_type": "gst"},
        {"active": False},
        {"rate_type": "flat_amount"},
    ],
)
async def test_only_an_active_exclusive_vat_rate_of_the_country_counts(
    billing: StripeBilling, stub: Stub, other: dict[str, Any]
) -> None:
    stub.on(RATES, page(tax_rate("txr_other", **{"percentage": 20, **other})))
    assert await billing.find_vat_rate(Decimal(20)) is None


async def test_our_own_rate_is_preferred_on_whatever_page_then_the_oldest(
    billing: StripeBilling, stub: Stub
) -> None:
    ours = tax_rate("txr_ours", 20, created=9, metadata={"raccord_vat": "20"})
    stub.on(
        RATES,
        page(tax_rate("txr_new", 2.1, created=5), tax_rate("txr_any", 20, created=1), has_more=True),
        page(ours, tax_rate("txr_old", 2.1, created=2)),
        page(tax_rate("txr_new", 2.1, created=5), tax_rate("txr_old", 2.1, created=2)),
    )
    assert await billing.find_vat_rate(Decimal("20.00")) == "txr_ours"
    assert await billing.find_vat_rate(Decimal("2.1")) == "txr_old"
    assert stub.asked(RATES)[0].params == {"active": "true", "inclusive": "false", "limit": "100"}
    assert stub.asked(RATES)[1].params["starting_after"] == "txr_any"


async def test_a_vat_rate_is_created_exactly_so(billing: StripeBilling, stub: Stub) -> None:
    stub.on("POST /v1/tax_rates", tax_rate("txr_new", 5.5))
    assert await billing.create_vat_rate(Decimal("5.50"), key="vat/5.5") == "txr_new"
    (asked,) = stub.seen
    assert asked.params == {
        "display_name": "TVA",
        "percentage": "5.5",
        "inclusive": "false",
        "country": "FR",
        "tax_type": "vat",
        "metadata[raccord_vat]": "5.5",
    }


async def test_finalising_keeps_stripes_own_reminders_off(billing: StripeBilling, stub: Stub) -> None:
    stub.on("POST /v1/invoices/in_1/finalize", invoice(status="open", number="F-1"))
    issued = await billing.finalise("in_1", key="inv/1/fin")
    assert (issued.state, issued.number) == (InvoiceState.OPEN, "F-1")
    assert stub.seen[0].params == {"auto_advance": "false"}
    assert stub.seen[0].headers["idempotency-key"] == "inv/1/fin"


async def test_discarding_a_draft_that_is_gone_is_success(billing: StripeBilling, stub: Stub) -> None:
    stub.on(
        "DELETE /v1/invoices/in_1",
        {"id": "in_1", "object": "invoice", "deleted": True},
        refusal(404, "resource_missing"),
        refusal(400, "invoice_not_editable"),
    )
    await billing.discard_draft("in_1", key="k")
    await billing.discard_draft("in_1", key="k")
    with pytest.raises(Permanent, match="finalised"):
        await billing.discard_draft("in_1", key="k")


async def test_delivered_means_an_event_of_this_invoice(billing: StripeBilling, stub: Stub) -> None:
    at = int(datetime.now(UTC).timestamp()) - 60
    stub.on(READ, invoice(status="open", status_transitions={"finalized_at": at}))
    events = "GET /v1/events"
    stub.on(events, page(sent("in_2"), has_more=True), page(sent("in_1")))
    assert await billing.was_delivered("in_1")
    assert stub.asked(events)[0].params == {"type": "invoice.sent", "created[gte]": str(at), "limit": "100"}
    stub.on(events, page(sent("in_2")))
    assert not await billing.was_delivered("in_1")
    stub.on(READ, invoice())
    assert not await billing.was_delivered("in_1")


async def test_an_old_invoice_is_not_sent_a_second_time_for_want_of_events(
    billing: StripeBilling, stub: Stub
) -> None:
    at = datetime.now(UTC) - timedelta(days=31)
    stub.on(READ, invoice(status="open", status_transitions={"finalized_at": int(at.timestamp())}))
    stub.on("GET /v1/events", page())
    with pytest.raises(Permanent, match="no longer be known") as refused:
        await billing.was_delivered("in_1")
    assert refused.value.code == "delivery_unknown"


async def test_delivering_asks_stripe_to_email(billing: StripeBilling, stub: Stub) -> None:
    stub.on("POST /v1/invoices/in_1/send", invoice(status="open"))
    await billing.deliver("in_1", key="inv/1/send")
    assert stub.seen[0].headers["idempotency-key"] == "inv/1/send"


async def test_the_check_names_each_missing_right(billing: StripeBilling, stub: Stub) -> None:
    for path in ("invoices", "customers", "tax_rates"):
        stub.on(f"GET /v1/{path}", page({"id": "x", "object": "x"}))
        stub.on(f"POST /v1/{path}/raccord_doctor", refusal(404, "resource_missing"))
    stub.on("POST /v1/customers/raccord_doctor", refusal(403))
    stub.on("GET /v1/events", refusal(403))
    found = {c.name: c for c in await billing.check()}
    assert found["Invoices"].state is CheckState.OK
    assert found["Tax rates"].state is CheckState.OK
    assert found["Customers"].state is CheckState.FAIL
    assert "“Customers” of the restricted key to Write" in found["Customers"].remedy
    assert "“Customers: Write”" in found["Customers"].found
    assert found["Events"].state is CheckState.FAIL
    assert "“Events” of the restricted key to Read" in found["Events"].remedy
    assert "TEST" in found["mode"].found
    assert found["reminders"].state is CheckState.WARN


async def test_the_check_says_when_stripe_is_out_of_reach(billing: StripeBilling, stub: Stub) -> None:
    for path in ("invoices", "customers", "tax_rates", "events"):
        stub.on(f"GET /v1/{path}", Reply(fault=Fault.RESET))
    failed = [check for check in await billing.check() if check.state is CheckState.FAIL]
    assert len([check for check in failed if not check.flow]) == 4


OF_PAYMENTS = {
    "Invoice payments": "GET /v1/invoice_payments",
    "PaymentIntents": "GET /v1/payment_intents",
    "Charges and Refunds": "GET /v1/charges",
    "Disputes": "GET /v1/disputes",
    "Payment records": "GET /v1/payment_records/raccord_doctor",
}


@pytest.mark.parametrize("row", OF_PAYMENTS)
async def test_the_rights_that_payments_need_are_checked_for_them_alone(
    billing: StripeBilling, stub: Stub, row: str
) -> None:
    for each in OF_PAYMENTS.values():
        stub.on(each, page())
    stub.on(OF_PAYMENTS["Payment records"], refusal(404, "resource_missing"))
    stub.on(OF_PAYMENTS[row], refusal(403))
    found = {check.name: check for check in await billing.check() if check.flow}
    assert {name: check.state is CheckState.OK for name, check in found.items()} == {
        name: name != row for name in OF_PAYMENTS
    }
    assert {check.flow for check in found.values()} == {"payment"}
    assert f"“{row}” of the restricted key to Read" in found[row].remedy
