"""A customer's invoices, whoever wrote them, and what an invoice bills."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from raccord.connectors.errors import Auth, NotFound
from raccord.domain.values.clock import BusinessClock
from raccord.domain.values.invoice import InvoicedLine, InvoiceState
from raccord.domain.values.money import Money
from raccord.domain.values.parties import Customer
from raccord.vendors.stripe.connector import StripeBilling
from tests.connectors.stub import Reply, Stub
from tests.vendors.stripe.samples import PROFILE, customer, invoice, page, refusal, settings, tax, tax_rate

LIST, READ = "GET /v1/invoices", "GET /v1/invoices/in_1"
SINCE, UNTIL = date(2026, 11, 1), date(2026, 11, 30)


def at(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp())


async def listed(billing: StripeBilling) -> list[str]:
    return [i.id for i in await billing.invoices_of_customer("cus_1", since=SINCE, until=UNTIL)]


async def test_invoices_of_others_are_listed_with_net_and_gross(billing: StripeBilling, stub: Stub) -> None:
    theirs = invoice(
        created=at("2026-11-20T10:00"), status="open", number="F-9", metadata={}, total_taxes=None
    )
    stub.on(LIST, page(theirs))
    (found,) = await billing.invoices_of_customer("cus_1", since=SINCE, until=UNTIL)
    assert (found.number, found.state, found.reference) == ("F-9", InvoiceState.OPEN, None)
    assert found.totals.net == Money(amount=Decimal("100.00"), currency="EUR")
    assert found.totals.gross == Money(amount=Decimal("120.00"), currency="EUR")


async def test_a_tax_without_a_rate_hinders_nothing(billing: StripeBilling, stub: Stub) -> None:
    automatic = tax(2000, 10000) | {"tax_rate_details": None}
    stub.on(LIST, page(invoice(created=at("2026-11-20T10:00"), metadata={}, total_taxes=[automatic])))
    assert await listed(billing) == ["in_1"]


async def test_days_are_those_of_the_company(billing: StripeBilling, stub: Stub) -> None:
    moments = {
        "in_before": "2026-10-31T22:30",  # still October in Paris
        "in_first": "2026-10-31T23:30",
        "in_last": "2026-11-30T22:30",
        "in_after": "2026-11-30T23:30",  # already December in Paris
    }
    stub.on(LIST, page(*(invoice(id=id_, created=at(moment)) for id_, moment in moments.items())))
    assert await listed(billing) == ["in_first", "in_last"]


async def test_what_stands_since_a_day_is_listed_by_its_issue(billing: StripeBilling, stub: Stub) -> None:
    first = {"status_transitions": {"finalized_at": at("2026-10-31T23:30")}, "status": "paid"}
    before = {"status_transitions": {"finalized_at": at("2026-10-31T22:30")}, "status": "open"}
    rows = [
        invoice(id="in_4", **first),
        invoice(id="in_3", **first | {"status": "void"}),
        invoice(id="in_2", **before),
        invoice(id="in_1", status="draft"),
    ]
    stub.on(LIST, Reply(page(*rows[:2], has_more=True)), Reply(page(*rows[2:])))
    assert await billing.issued_since(SINCE) == ("in_4",)
    assert stub.last(LIST).query["collection_method"] == "send_invoice"
    assert int(stub.last(LIST).query["created[gte]"]) == at("2026-08-02T22:00")


async def test_a_draft_counts_by_creation_and_an_issued_invoice_by_its_issue_too(
    billing: StripeBilling, stub: Stub
) -> None:
    issued = {"finalized_at": at("2026-11-01T09:00")}
    stub.on(
        LIST,
        page(
            invoice(id="in_old_draft", created=at("2026-10-30T09:00")),
            invoice(id="in_issued", created=at("2026-10-30T09:00"), status="open", status_transitions=issued),
        ),
    )
    assert await listed(billing) == ["in_issued"]


async def test_the_window_is_the_companys_days_and_one_more_on_each_side(
    billing: StripeBilling, stub: Stub
) -> None:
    stub.on(LIST, page())
    await listed(billing)
    (asked,) = stub.asked(LIST)
    assert int(asked.params["created[gte]"]) == at("2026-10-30T23:00")
    assert int(asked.params["created[lte]"]) == at("2026-12-01T22:59:59")


async def test_a_short_day_is_looked_up_at_its_own_instants(stub: Stub) -> None:
    clock = BusinessClock(day_length=timedelta(seconds=10), epoch=datetime(2026, 11, 1, tzinfo=UTC))
    quick = StripeBilling("stripe", settings(stub.url), clock)
    moment = clock.epoch + timedelta(seconds=95)
    stub.on(LIST, page(invoice(created=int(moment.timestamp()))))
    day = clock.date_of(moment)
    assert len(await quick.invoices_of_customer("cus_1", since=day, until=day)) == 1
    (asked,) = stub.asked(LIST)
    assert int(asked.params["created[gte]"]) == int(clock.epoch.timestamp()) + 80
    assert int(asked.params["created[lte]"]) == int(clock.epoch.timestamp()) + 109
    await quick.close()


async def test_net_is_gross_without_taxes_where_stripe_does_not_say_it(
    billing: StripeBilling, stub: Stub
) -> None:
    stub.on(LIST, page(invoice(created=at("2026-11-20T10:00"), total_excluding_tax=None)))
    (found,) = await billing.invoices_of_customer("cus_1", since=SINCE, until=UNTIL)
    assert found.totals.net == Money(amount=Decimal("100.00"), currency="EUR")


async def test_every_page_is_read_and_only_this_customers(billing: StripeBilling, stub: Stub) -> None:
    first, second = (invoice(id=id_, created=at("2026-11-20T10:00")) for id_ in ("in_1", "in_2"))
    stub.on(LIST, page(first, has_more=True), page(second))
    assert await listed(billing) == ["in_1", "in_2"]
    asked = stub.asked(LIST)
    assert [each.params["customer"] for each in asked] == ["cus_1"] * 2
    assert asked[1].params["starting_after"] == "in_1"
    assert int(asked[0].params["created[gte]"]) < at("2026-10-31T23:00")


async def test_a_customer_that_is_gone_has_no_invoices(billing: StripeBilling, stub: Stub) -> None:
    stub.on(LIST, refusal(400, code="resource_missing", param="customer"))
    assert await listed(billing) == []


async def test_lines_come_with_their_name_quantity_net_and_rate(billing: StripeBilling, stub: Stub) -> None:
    stub.on("GET /v1/tax_rates/txr_20", tax_rate("txr_20", 20))
    lines = page(
        {
            "id": "il_1",
            "amount": 10000,
            "description": "Conseil",
            "quantity": 1,
            "quantity_decimal": "2.5",
            "taxes": [tax(2000, 10000)],
        },
        {"id": "il_2", "amount": 500, "description": None, "quantity": 3, "taxes": []},
    )
    stub.on(READ, invoice(lines=lines))
    assert await billing.invoiced_lines("in_1") == (
        InvoicedLine(
            name="Conseil",
            quantity=Decimal("2.5"),
            net=Money(amount=Decimal("100.00"), currency="EUR"),
            vat_rate=Decimal(20),
        ),
        InvoicedLine(name="", quantity=Decimal(3), net=Money(amount=Decimal("5.00"), currency="EUR")),
    )


async def test_a_line_written_by_hand_comes_to_its_net(billing: StripeBilling, stub: Stub) -> None:
    stub.on("GET /v1/tax_rates/txr_20", tax_rate("txr_20", 20))
    included = tax(2000, 10000) | {"tax_behavior": "inclusive"}
    lines = page(
        {"id": "il_1", "amount": 12000, "subtotal": 12000, "quantity": 1, "taxes": [included]},
        {"id": "il_2", "amount": 900, "subtotal": 1000, "discount_amounts": [{"amount": 100}], "taxes": []},
        {"id": "il_3", "amount": 700, "taxes": [tax(140, 700) | {"tax_rate_details": None}]},
    )
    stub.on(READ, invoice(lines=lines))
    found = await billing.invoiced_lines("in_1")
    assert [(f"{line.net.amount}", line.vat_rate) for line in found] == [
        ("100.00", Decimal(20)),
        ("9.00", None),
        ("7.00", None),
    ]


async def test_all_lines_of_a_long_invoice_are_read_in_order(billing: StripeBilling, stub: Stub) -> None:
    every = [{"id": f"il_{n}", "amount": n, "description": f"{n}", "taxes": []} for n in range(1, 26)]
    stub.on(READ, invoice(lines=page(*every[:10], has_more=True)))
    stub.on("GET /v1/invoices/in_1/lines", Reply(page(*every[:20], has_more=True)), Reply(page(*every[20:])))
    assert [line.name for line in await billing.invoiced_lines("in_1")] == [f"{n}" for n in range(1, 26)]


async def test_the_lines_of_an_invoice_that_is_gone_are_not_found(billing: StripeBilling, stub: Stub) -> None:
    stub.on(READ, refusal(404, code="resource_missing"))
    with pytest.raises(NotFound):
        await billing.invoiced_lines("in_1")


async def test_a_probe_with_a_revoked_key_is_refused(billing: StripeBilling, stub: Stub) -> None:
    stub.on(LIST, refusal(401))
    with pytest.raises(Auth):
        await billing.probe()


async def test_a_customer_of_a_united_company_is_searched_too(billing: StripeBilling, stub: Stub) -> None:
    theirs = customer("cus_9", metadata={"crm_company_id": "hubspot:41"})
    stub.on("GET /v1/customers", page())
    stub.on("GET /v1/customers/search", page(theirs))
    stub.on("GET /v1/customers/cus_9", theirs)
    profile = PROFILE.model_copy(update={"former_companies": ("hubspot:41",)})
    found: tuple[Customer, ...] = await billing.find_customers(profile, linked_id=None)
    assert [c.id for c in found] == ["cus_9"]
    (search,) = stub.asked("GET /v1/customers/search")
    assert "metadata['crm_company_id']:'hubspot:41'" in search.params["query"]


async def test_no_united_company_is_left_out_however_many_there_are(
    billing: StripeBilling, stub: Stub
) -> None:
    stub.on("GET /v1/customers", page())
    stub.on("GET /v1/customers/search", page())
    many = tuple(f"hubspot:{n}" for n in range(100, 125))
    await billing.find_customers(PROFILE.model_copy(update={"former_companies": many}), linked_id=None)
    queries = [asked.params["query"] for asked in stub.asked("GET /v1/customers/search")]
    assert all(sum(f"'{company}'" in query for query in queries) == 1 for company in many)
    assert all(query.count("metadata[") <= 10 for query in queries)


def test_stripe_transmits_to_no_platform(billing: StripeBilling) -> None:
    assert not billing.capabilities.einvoicing


async def test_every_issued_invoice_is_listed_part_by_part(billing: StripeBilling, stub: Stub) -> None:
    """One that is unreadable is named and hides no other; a draft and an older one are left out."""
    issued = {"status_transitions": {"finalized_at": at("2026-11-20T10:00")}, "metadata": {}}
    stub.on(
        LIST,
        page(
            invoice(id="in_4", status="open", amount_remaining=7000, **issued),
            invoice(id="in_3", status="novel", **issued),
            invoice(id="in_2", status="draft", metadata={}),
            has_more=True,
        ),
        page(invoice(id="in_1", status="paid", amount_remaining=0, **issued), has_more=False),
    )
    first = await billing.list_invoices(since=SINCE, after="")
    rest = await billing.list_invoices(since=SINCE, after=first.after)
    assert [(each.invoice.id, each.due.amount) for each in first.invoices] == [("in_4", Decimal("70.00"))]
    assert (first.unreadable, first.after) == (("in_3",), "in_2")
    assert [(each.invoice.id, each.due.amount) for each in rest.invoices] == [("in_1", Decimal(0))]
    assert rest.after == ""
    assert stub.asked(LIST)[1].query["starting_after"] == "in_2"


def credit_note(id: str, **more: Any) -> dict[str, Any]:
    return {
        "id": id,
        "object": "credit_note",
        "number": f"F-1-{id}",
        "invoice": invoice(id="in_0", status="paid", number="F-1"),
        "currency": "eur",
        "created": at("2026-11-20T10:00"),
        "status": "issued",
        "total": 6000,
        "total_excluding_tax": 5000,
        **more,
    }


async def test_every_credit_note_is_listed_with_its_invoice(billing: StripeBilling, stub: Stub) -> None:
    """By the date that it bears; one taken back is left out, one that is unreadable is named."""
    stub.on(
        "GET /v1/credit_notes",
        page(
            credit_note("cn_5"),
            credit_note("cn_4", status="void"),
            credit_note("cn_3", invoice="in_0"),
            credit_note("cn_2", effective_at=at("2026-10-20T10:00")),
            has_more=True,
        ),
        page(
            credit_note(
                "cn_1",
                created=at("2026-09-20T10:00"),
                effective_at=at("2026-11-01T10:00"),
                total_excluding_tax=None,
                total_taxes=[tax(1000, 5000)],
            )
        ),
    )
    first = await billing.list_credit_notes(since=SINCE, after="")
    rest = await billing.list_credit_notes(since=SINCE, after=first.after)
    (five,), (one,) = first.notes, rest.notes
    assert (five.number, str(five.issued_on), five.invoice.number) == ("F-1-cn_5", "2026-11-20", "F-1")
    assert (five.net, five.vat, five.gross) == tuple(Money.of_minor(n, "EUR") for n in (5000, 1000, 6000))
    assert (one.net, str(one.issued_on)) == (five.net, "2026-11-01")
    assert (first.unreadable, first.after, rest.after) == (("cn_3",), "cn_2", "")
    asked = stub.asked("GET /v1/credit_notes")
    assert asked[0].query["expand[0]"] == "data.invoice"
    assert asked[1].query["starting_after"] == "cn_2"


async def test_customers_are_listed_with_what_identifies_them(billing: StripeBilling, stub: Stub) -> None:
    stub.on("GET /v1/customers", page(customer("cus_2"), has_more=True), page(customer("cus_1")))
    first = await billing.list_customers(after="")
    rest = await billing.list_customers(after=first.after)
    assert [each.id for each in (*first.customers, *rest.customers)] == ["cus_2", "cus_1"]
    assert (first.after, rest.after) == ("cus_2", "")
