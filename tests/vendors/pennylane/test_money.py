"""Money that came: bank movements, payments that Pennylane collects, marks by hand; and what changed."""

import asyncio
from datetime import UTC, datetime, timedelta
from functools import partial
from types import SimpleNamespace
from typing import Any

import pytest

from raccord.connectors.errors import Auth, Forbidden, NotFound, Permanent, RateLimited, Transient
from raccord.connectors.http import client, limiter
from raccord.domain.payment.status import PaymentStatus, status_of
from raccord.domain.rules.timing import Timing
from raccord.domain.values.clock import BusinessClock
from raccord.domain.values.invoice import InvoiceState, billing_status
from raccord.domain.values.movement import MovementKind
from raccord.domain.values.payment import PaymentMeans
from raccord.vendors.pennylane.connector import PennylaneBilling
from raccord.vendors.pennylane.settings import PennylaneSettings
from tests.connectors.conformance.samples import today
from tests.connectors.stub import Asked, Reply, Stub
from tests.vendors.pennylane.conftest import refused, settings
from tests.vendors.pennylane.samples import by_filter, customer, filters, issued, some

DAY = timedelta(days=1)
By = tuple[str | None, str | None]
"""A credit note, a bank movement."""


def moved(id: int, amount: str, day: str) -> dict[str, Any]:
    return {"id": id, "label": "VIR SEPA", "date": day, "currency_amount": amount}


def collected(status: str, amount: str = "120.00") -> dict[str, Any]:
    return {
        "id": 3,
        "label": "GC",
        "currency_amount": amount,
        "status": status,
        "updated_at": "2026-11-23T08:00:00Z",
    }


def told(money: Any) -> tuple[str, str, list[tuple[str, str, str]]]:
    payments = [(each.id, str(each.amount), each.means.value) for each in money.payments]
    return str(money.paid), str(money.due), payments


async def test_a_part_payment_is_what_pennylane_says_is_not_left(
    stub: Stub, billing: PennylaneBilling
) -> None:
    """A bank movement may pay several invoices: only as much of it counts."""
    stub.on("GET /customer_invoices/7", issued(status="partially_paid", remaining_amount_with_tax="80.00"))
    stub.on("GET /customer_invoices/7/matched_transactions", some(moved(1, "300.00", "2026-11-22")))
    money = await billing.read_money("7")
    assert told(money) == ("40.00 EUR", "80.00 EUR", [("transaction/1", "40.00 EUR", "bank_transfer")])
    assert (money.paid_at, money.invoice.state) == (None, InvoiceState.OPEN)


async def test_the_last_movement_of_the_bank_dates_the_payment(stub: Stub, billing: PennylaneBilling) -> None:
    paid = issued(status="paid", paid=True, remaining_amount_with_tax="0.0")
    stub.on("GET /customer_invoices/7", paid)
    both = some(moved(2, "80.00", "2026-11-25"), moved(1, "40.00", "2026-11-22"))
    stub.on("GET /customer_invoices/7/matched_transactions", both)
    # The collection that one of them is, is the same payment.
    stub.on("GET /customer_invoices/7/payments", some(collected("paid_out", "80.00")))
    money = await billing.read_money("7")
    assert [each.id for each in money.payments] == ["transaction/1", "transaction/2"]
    assert (str(money.paid), str(money.due)) == ("120.00 EUR", "0.00 EUR")
    assert money.paid_at == datetime(2026, 11, 24, 23, tzinfo=UTC), "the day begins in Paris"


async def test_what_was_marked_by_hand_is_dated_by_the_change(stub: Stub, billing: PennylaneBilling) -> None:
    stub.on("GET /customer_invoices/7", issued(status="paid", paid=True, remaining_amount_with_tax=None))
    money = await billing.read_money("7")
    assert told(money) == ("120.00 EUR", "0.00 EUR", [("invoice/7/outside", "120.00 EUR", "outside")])
    assert money.paid_at == datetime(2026, 11, 21, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("status", "processing", "failed"),
    [("pending", True, False), ("failed", False, True), ("refunded", False, False)],
)
async def test_a_debit_is_under_way_or_failed(
    stub: Stub, billing: PennylaneBilling, status: str, processing: bool, failed: bool
) -> None:
    stub.on("GET /customer_invoices/7", issued(status="late"))
    stub.on("GET /customer_invoices/7/payments", some(collected(status)))
    money = await billing.read_money("7")
    assert (money.processing, money.failed, money.payments) == (processing, failed, ())


async def test_a_debit_that_arrived_is_a_payment(stub: Stub, billing: PennylaneBilling) -> None:
    stub.on("GET /customer_invoices/7", issued(status="paid", paid=True, remaining_amount_with_tax="0"))
    stub.on("GET /customer_invoices/7/payments", some(collected("confirmed")))
    (payment,) = (await billing.read_money("7")).payments
    assert (payment.id, payment.means) == ("payment/3", PaymentMeans.SEPA_DEBIT)


async def test_money_that_went_back_is_told_as_refunded(stub: Stub, billing: PennylaneBilling) -> None:
    stub.on("GET /customer_invoices/7", issued(status="partially_paid", remaining_amount_with_tax="30.00"))
    both = some(moved(1, "120.00", "2026-11-22"), moved(2, "-30.00", "2026-11-25"))
    stub.on("GET /customer_invoices/7/matched_transactions", both)
    (payment,) = (await billing.read_money("7")).payments
    assert (str(payment.amount), str(payment.refunded)) == ("120.00 EUR", "30.00 EUR")


async def test_what_was_credited_is_not_paid(stub: Stub, billing: PennylaneBilling) -> None:
    note = issued(id=9, status="credit_note", currency_amount="-120.00", credited_invoice={"id": 7})
    stub.on("GET /customer_invoices/7", issued(status="cancelled", remaining_amount_with_tax="0.00"))
    stub.on("GET /customer_invoices", by_filter("credit_note", note))
    money = await billing.read_money("7")
    assert told(money) == ("0.00 EUR", "0.00 EUR", [])
    assert money.invoice.withdrawn
    # It stands in the books beside its credit note, which a voided one would not.
    assert (status_of(money), billing_status(money.invoice)) == (PaymentStatus.CREDITED, "credited")


@pytest.mark.parametrize(
    ("stands", "by", "moved_by"),
    [
        (("partially_cancelled", "60.00"), ("60.00", None), []),
        (("paid", "0.00"), ("60.00", "60.00"), [("received", "60.00 EUR")]),
        (("paid", "0.00"), ("60.00", "120.00"), [("received", "120.00 EUR")]),
        (("cancelled", "0.00"), ("120.00", None), []),
        (("cancelled", "0.00"), (None, None), [("credited", "120.00 EUR")]),
        (("cancelled", "120.00"), (None, None), [("credited", "120.00 EUR")]),
    ],
)
async def test_what_was_credited_is_no_money_received(
    stub: Stub, billing: PennylaneBilling, stands: tuple[str, str], by: By, moved_by: list[tuple[str, str]]
) -> None:
    """Both lists and the invoice by itself tell the same; a credit note tells of itself."""
    (status, left), (credited, came) = stands, by
    one = issued(status=status, paid=status == "paid", remaining_amount_with_tax=left)
    note = issued(id=9, status="credit_note", currency_amount=f"-{credited}", credited_invoice={"id": 7})
    stub.on("GET /customer_invoices/7", one)
    stub.on("GET /customer_invoices", by_filter("credit_note", *([note] if credited else [])))
    stub.on(
        "GET /customer_invoices/7/matched_transactions",
        some(*([moved(1, came, "2026-11-22")] if came else [])),
    )
    told = (await billing.read_movements("7")).movements
    assert [(each.kind.value, str(each.amount)) for each in told[1:]] == moved_by
    received = sum(each.amount.amount for each in told if each.kind is MovementKind.RECEIVED)
    assert (await billing.read_money("7")).paid.amount == received


async def test_a_list_tells_what_was_credited_in_part(stub: Stub, billing: PennylaneBilling) -> None:
    """Only credit notes say whose they are: those of all customers in question are one list."""
    part = issued(id=8, status="partially_cancelled", remaining_amount_with_tax="90.00", date="2026-11-18")
    rest = issued(id=9, status="paid", paid=True, remaining_amount_with_tax="0.00", customer={"id": 43})
    whole = issued(id=10, status="cancelled", remaining_amount_with_tax="0.00", customer={"id": 44})
    notes = [
        issued(id=90 + place, status="credit_note", currency_amount=amount, credited_invoice={"id": id})
        for place, (id, amount) in enumerate(((8, "-10.00"), (8, "-20.00"), (9, "-5.00"), (1, "-7.00")))
    ]

    def answer(asked: Asked) -> Reply:
        conditions = {each["field"]: each["value"] for each in filters(asked)}
        return Reply(some(*(notes if "customer_id" in conditions else (issued(), part, rest, whole))))

    stub.on("GET /customer_invoices", answer)
    found = (await billing.list_invoices(since=today(), after="")).invoices
    assert [(each.invoice.id, str(each.invoice.credited), str(each.due)) for each in found] == [
        ("7", "0.00 EUR", "120.00 EUR"),
        ("8", "30.00 EUR", "90.00 EUR"),
        ("9", "5.00 EUR", "0.00 EUR"),
        ("10", "120.00 EUR", "0.00 EUR"),
    ]
    assert stub.count("GET /customer_invoices") == 2
    asked = {each["field"]: each["value"] for each in filters(stub.last("GET /customer_invoices"))}
    assert (asked["customer_id"], asked["date"]) == (["42", "43"], "2026-11-18")


async def test_lists_name_their_customers_by_one_request(stub: Stub, billing: PennylaneBilling) -> None:
    """An invoice itself says their ids alone."""
    gone, note = {"id": 44}, {"status": "credit_note", "credited_invoice": {"id": 7}}
    listed = [issued(), issued(id=8, customer={"id": 43}), issued(id=9), issued(id=10, customer=gone)]
    stub.on("GET /customer_invoices/7", issued())
    stub.on("GET /customer_invoices", some(*listed))
    stub.on("GET /customers", by_filter("id", customer(), customer(id=43, name="Hiver SA")))
    names = ["Été SARL", "Hiver SA", "Été SARL", ""]
    page = await billing.list_invoices(since=today(), after="")
    assert [each.invoice.buyer.name if each.invoice.buyer else "" for each in page.invoices] == names
    assert filters(stub.last("GET /customers")) == [
        {"field": "id", "operator": "in", "value": ["42", "43", "44"]}
    ]
    assert stub.count("GET /customers") == 1
    assert [each.customer for each in await billing.unpaid_invoices(customer_id=None)] == names
    moved = await billing.list_movements(since=today() - DAY * 10_000, after="")
    assert [each.customer for each in moved.invoices] == names
    stub.on("GET /customer_invoices", some(issued(id=11, currency_amount="-120.00", **note)))
    (one,) = (await billing.list_credit_notes(since=today(), after="")).notes
    assert one.invoice.buyer
    assert one.invoice.buyer.name == "Été SARL"
    assert stub.count("GET /customers") == 4


async def test_who_owes_is_found_without_asking_for_the_status(stub: Stub, billing: PennylaneBilling) -> None:
    """Neither status nor due date can be asked for: what is open is told apart here."""
    late = {"status": "late", "deadline": (today() - DAY).isoformat()}
    listed = [
        issued(**late),
        issued(id=8, **late | {"status": "paid", "paid": True, "remaining_amount_with_tax": "0.00"}),
        issued(id=9, **late | {"status": "archived"}),
        issued(id=10, **late | {"status": "credit_note", "credited_invoice": {"id": 7}}),
        issued(id=11, **late | {"status": "proforma"}),
        issued(id=12, deadline=today().isoformat(), customer={"id": 43}),
    ]
    stub.on("GET /customer_invoices", some(*listed))
    assert await billing.customers_owing(due_before=today()) == ("42",)
    asked = {each["field"]: each["value"] for each in filters(stub.last("GET /customer_invoices"))}
    assert asked.keys() == {"draft", "credit_note", "date"}
    assert (asked["draft"], asked["credit_note"]) == ("false", "false")


@pytest.mark.parametrize("status", ["refused", "rejected", "in_dispute"])
async def test_an_invoice_that_the_platform_refused_is_disputed(
    stub: Stub, billing: PennylaneBilling, status: str
) -> None:
    stub.on("GET /customers/42", customer())
    late = (today() - DAY).isoformat()
    of_both = issued(e_invoicing={"status": status}, deadline=late), issued(id=8)
    stub.on("GET /customer_invoices", some(*of_both))
    stub.on("GET /customer_invoices/7/payments", some(collected("submitted")))
    owed, later = (await billing.read_account("42")).invoices
    assert (owed.disputed, owed.processing, owed.url) == (True, True, "")
    assert (later.id, later.processing) == ("8", False), "nobody is asked for what is not late"
    assert stub.count("GET /customer_invoices/8/payments") == 0


async def test_whoever_is_late_with_sixty_invoices_is_read_within_a_step(
    stub: Stub, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At Pennylane's real pace: the wait for one's turn passes at once, and is counted."""
    passed = 0.0

    async def pass_by(seconds: float) -> None:
        nonlocal passed
        passed += seconds
        await asyncio.sleep(0)

    monkeypatch.setattr(limiter, "asyncio", SimpleNamespace(sleep=pass_by, Lock=asyncio.Lock))
    monkeypatch.setattr(client, "Limiter", partial(limiter.Limiter, now=lambda: passed))
    pace, timeout = PennylaneSettings.model_fields["requests_per_second"].default, timedelta(seconds=9)
    late = [issued(id=id, deadline=(today() - id * DAY).isoformat()) for id in range(1, 61)]
    stub.on("GET /customers/42", customer())
    stub.on("GET /customer_invoices", some(*late))
    for each in late:
        stub.on(f"GET /customer_invoices/{each['id']}/payments", some(collected("submitted")))
    billing = PennylaneBilling(
        "pennylane", settings(stub, requests_per_second=pace, timeout=timeout), BusinessClock()
    )
    owed = (await billing.read_account("42")).invoices
    await billing.close()
    assert len(owed) == 60
    asked = {each.id for each in owed if each.processing}
    assert asked == {str(id) for id in range(1, len(asked) + 1)}, "those that are due last"
    assert len(asked) >= 20
    assert passed < Timing().step_timeout.total_seconds() * 3 / 4


@pytest.mark.parametrize("left", ["120.00", "111.00"], ids=["in dollars", "in euros"])
async def test_an_invoice_in_another_currency_is_owed_or_paid_whichever_its_rest_is_in(
    stub: Stub, billing: PennylaneBilling, left: str
) -> None:
    dollars = {"currency": "USD", "amount": "111.00", "deadline": (today() - DAY).isoformat()}
    one = issued(**dollars, status="late", remaining_amount_with_tax=left)
    stub.on("GET /customers/42", customer())
    stub.on("GET /customer_invoices", some(one))
    stub.on("GET /customer_invoices/7", one, issued(**dollars, paid=True, status="paid"))
    (owed,) = (await billing.read_account("42")).invoices
    assert str(owed.due) == "120.00 USD"
    assert told(await billing.read_money("7")) == ("0.00 USD", "120.00 USD", [])
    euros = moved(1, "111.00", "2026-11-22") | {"currency": "EUR"}
    stub.on("GET /customer_invoices/7/matched_transactions", some(euros))
    money = await billing.read_money("7")
    assert told(money) == ("120.00 USD", "0.00 USD", [("transaction/1", "120.00 USD", "bank_transfer")])
    assert money.paid_at == datetime(2026, 11, 21, 23, tzinfo=UTC), "the day of the movement, not its amount"


async def test_what_is_left_in_part_of_another_currency_is_what_its_own_movements_leave(
    stub: Stub, billing: PennylaneBilling
) -> None:
    """No page says in which currency that rest is: nobody is reminded of an amount that may be wrong."""
    part = issued(
        currency="USD",
        amount="111.00",
        status="late",
        deadline=(today() - DAY).isoformat(),
        remaining_amount_with_tax="60.00",
    )
    stub.on("GET /customers/42", customer())
    stub.on("GET /customer_invoices", by_filter("date", part))
    stub.on("GET /customer_invoices/7", part)
    both = (
        moved(1, "50.00", "2026-11-22") | {"currency": "USD"},
        moved(2, "9.00", "2026-11-23") | {"currency": "EUR"},
    )
    stub.on("GET /customer_invoices/7/matched_transactions", some(*both))
    assert told(await billing.read_money("7")) == (
        "50.00 USD",
        "70.00 USD",
        [("transaction/1", "50.00 USD", "bank_transfer")],
    )
    assert str((await billing.read_movements("7")).listed.due) == "70.00 USD"
    assert await billing.customers_owing(due_before=today()) == ()
    assert (await billing.list_invoices(since=today() - 30 * DAY, after="")).unreadable == ("7",)


async def test_other_documents_that_changed_are_no_invoices(stub: Stub, billing: PennylaneBilling) -> None:
    """The one list of changes has estimates, orders and credit notes too."""
    now = datetime.now(UTC)
    documents = [
        issued(id=1, status="proforma"),
        issued(id=2, status="credit_note", currency_amount="-120.00", credited_invoice={"id": 7}),
        issued(id=3, status="archived", currency_amount="-120.00"),
        issued(id=4, status="estimate_pending"),
        issued(id=5),
        issued(id=6, status="of a later version"),
    ]
    stub.on("GET /changelogs/customer_invoices", some(*(change(id, "update", now) for id in range(1, 9))))
    stub.on("GET /customer_invoices", by_filter("id", *documents))
    found = await billing.money_changed(now - timedelta(hours=1), until=None)
    assert found.invoices == ("7", "5", "6", "8")
    for each in documents[:4]:
        stub.on(f"GET /customer_invoices/{each['id']}", each)
        with pytest.raises(NotFound, match="no invoice"):
            await billing.read_money(str(each["id"]))


def change(id: int, operation: str, at: datetime) -> dict[str, Any]:
    stamp = at.isoformat().replace("+00:00", "Z")
    return {"id": id, "operation": operation, "processed_at": stamp, "created_at": stamp, "updated_at": stamp}


async def test_what_changed_is_named_once_and_what_is_gone_is_not(
    stub: Stub, billing: PennylaneBilling
) -> None:
    now = datetime.now(UTC)
    since = now - timedelta(hours=1)
    entries = [
        change(1, "insert", now),
        change(2, "update", now),
        change(1, "update", now),
        change(3, "delete", now),
    ]
    stub.on("GET /changelogs/customer_invoices", some(*entries, {"id": "x"}))
    found = await billing.money_changed(since, until=None)
    assert (found.invoices, found.unreadable, found.seen_to) == (("2", "1"), 1, None)
    asked = stub.last("GET /changelogs/customer_invoices").query
    assert datetime.fromisoformat(asked["start_date"]) - since < timedelta(milliseconds=1)
    assert "cursor" not in asked


async def test_a_look_back_stays_within_the_four_weeks_that_are_kept(
    stub: Stub, billing: PennylaneBilling
) -> None:
    """Anything older is refused with 422."""
    stub.on("GET /changelogs/customers", some())
    await billing.details_changed(datetime.now(UTC) - timedelta(weeks=9), until=None)
    asked = stub.last("GET /changelogs/customers").query["start_date"]
    assert datetime.now(UTC) - datetime.fromisoformat(asked) < timedelta(weeks=4)


async def test_the_rest_of_a_long_list_begins_where_this_answer_ends(
    stub: Stub, billing: PennylaneBilling
) -> None:
    """A thousand changes of one moment are walked through: start and cursor together are refused."""
    since = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=1)
    later = since + timedelta(minutes=1)
    stub.on(
        "GET /changelogs/customer_invoices",
        some(change(1, "update", since), following="c2"),
        some(change(2, "update", later), following="c3"),
    )
    found = await billing.money_changed(since, until=None)
    assert (found.invoices, found.seen_to) == (("1", "2"), later)
    assert set(stub.last("GET /changelogs/customer_invoices").query) == {"cursor", "limit"}


@pytest.mark.parametrize("following", ["c2", None])
async def test_a_list_of_customers_says_whether_there_are_more(
    stub: Stub, billing: PennylaneBilling, following: str | None
) -> None:
    since = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=1)
    later = since + timedelta(minutes=1)
    stub.on("GET /changelogs/customers", some(change(1, "update", later), following=following))
    found = await billing.details_changed(since, until=None)
    assert (found.ids, found.more, found.seen_to == later) == (("1",), bool(following), bool(following))


async def test_what_changed_after_the_time_asked_for_is_not_skipped(
    stub: Stub, billing: PennylaneBilling
) -> None:
    """The next look begins where this one says that it ended."""
    until = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=1)
    entries = [
        change(1, "update", until - timedelta(minutes=1)),
        change(2, "update", until + timedelta(minutes=1)),
    ]
    for of in ("customer_invoices", "customers"):
        stub.on(f"GET /changelogs/{of}", some(*entries, following="c2"))
    since = until - timedelta(hours=1)
    money = await billing.money_changed(since, until=until)
    assert (money.invoices, money.seen_to) == (("1",), None)
    details = await billing.details_changed(since, until=until)
    assert (details.ids, details.seen_to) == (("1",), until)


@pytest.mark.parametrize(
    ("reply", "error", "said"),
    [
        (refused(422, "Date is too early"), Permanent, "Date is too early"),
        (
            Reply(
                {
                    "error": "unprocessable_entity",
                    "message": "Bad date",
                    "details": {"field": "date", "issue": "x"},
                },
                422,
            ),
            Permanent,
            "Bad date",
        ),
        (
            Reply(
                {"message": "deadline is missing", "field": "deadline", "code": "NotExistRequiredKey"}, 400
            ),
            Permanent,
            "NotExistRequiredKey",
        ),
        (Reply({"error": "Forbidden", "status": 403}, 403), Forbidden, "customer_invoices:all"),
        (Reply({"error": "Unauthorized", "status": 401}, 401), Auth, "token"),
        (Reply({"error": "Not found", "status": 404}, 404), NotFound, "another company"),
        (Reply(b"<html>", 404), Transient, "base_url"),
        (Reply({"error": "x", "status": 503}, 503), Transient, "503"),
    ],
)
async def test_every_shape_of_a_refusal_is_read(
    stub: Stub, billing: PennylaneBilling, reply: Reply, error: type[Exception], said: str
) -> None:
    stub.on("GET /customer_invoices/7", reply)
    with pytest.raises(error, match=said) as caught:
        await billing.read_invoice("7")
    assert type(caught.value) is error


async def test_the_limit_is_told_in_plain_text_and_obeyed(stub: Stub, billing: PennylaneBilling) -> None:
    text = b"Rate limit exceeded. Please retry in 3 seconds."
    stub.on("GET /customer_invoices/7", Reply(text, 429, {"retry-after": "3", "Content-Type": "text/plain"}))
    with pytest.raises(RateLimited) as waiting:
        await billing.read_invoice("7")
    assert waiting.value.retry_after == timedelta(seconds=3)
