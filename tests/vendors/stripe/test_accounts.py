"""A customer with what it owes, and who owes something late."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from raccord.connectors.errors import Forbidden, Transient
from raccord.domain.values.account import Account, OwedInvoice
from raccord.domain.values.clock import BusinessClock
from raccord.vendors.stripe.connector import StripeBilling
from tests.connectors.stub import Reply, Stub
from tests.vendors.stripe.money import PAID, charge, dispute, intent, issued, part
from tests.vendors.stripe.samples import DEAL, customer, page, refusal, settings

CUSTOMER, LIST, PARTS = "GET /v1/customers/cus_1", "GET /v1/invoices", "GET /v1/invoice_payments"
INTENTS, INTENT, DISPUTES = "GET /v1/payment_intents", "GET /v1/payment_intents/pi_1", "GET /v1/disputes"
BLANK: dict[str, Any] = {"amount_received": 0, "status": "requires_payment_method", "latest_charge": None}
OPEN: dict[str, Any] = {"status": "open", "amount_paid": None}


@pytest.fixture(autouse=True)
def quiet(stub: Stub) -> None:
    stub.on(CUSTOMER, customer("cus_1"))
    stub.on(DISPUTES, page())


def open_invoice(*payments: dict[str, Any], **more: Any) -> dict[str, Any]:
    """An invoice as a list shows it whose payments were expanded."""
    return issued(payments=page(*payments), **more)


def asked(id: str = "pi_1", invoice: str = "in_1") -> dict[str, Any]:
    """What every open invoice has: a payment that nobody began."""
    return part(f"inpay_{id}", invoice=invoice, by=id, **OPEN)


async def owed(billing: StripeBilling, stub: Stub, *invoices: dict[str, Any]) -> tuple[OwedInvoice, ...]:
    stub.on(LIST, page(*invoices))
    return (await billing.read_account("cus_1")).invoices


async def who(billing: StripeBilling, stub: Stub, *tax_ids: tuple[str, str], **more: Any) -> Account:
    stub.on(LIST, page())
    stub.on(CUSTOMER, customer("cus_1", *tax_ids, **more))
    return await billing.read_account("cus_1")


async def test_an_account_takes_three_requests_however_much_is_open(
    billing: StripeBilling, stub: Stub
) -> None:
    ids = [f"in_{n}" for n in range(1, 41)]
    stub.on(INTENTS, page(*(intent(f"pi_{id}", **BLANK) for id in ids)))
    every = await owed(billing, stub, *(open_invoice(asked(f"pi_{id}", id), id=id) for id in ids))
    assert {each.id for each in every} == set(ids)
    assert len(stub.seen) == 3
    wanted = stub.last(LIST).query
    assert (wanted["customer"], wanted["status"], wanted["collection_method"]) == (
        "cus_1",
        "open",
        "send_invoice",
    )


async def test_what_is_owed_is_told_with_all_that_a_mail_needs(billing: StripeBilling, stub: Stub) -> None:
    stub.on(INTENTS, page(intent(**BLANK)))
    link = "https://invoice.stripe.com/i/1"
    (found,) = await owed(billing, stub, open_invoice(asked(), hosted_invoice_url=link))
    assert (found.id, found.number, found.url, found.deal) == ("in_1", "F-1", link, DEAL)
    assert (str(found.due), str(found.total)) == ("120.00 EUR", "120.00 EUR")
    assert (found.issued_on, found.disputed, found.processing) == (date(2026, 10, 26), False, False)


async def test_a_due_date_is_the_companys_day(billing: StripeBilling, stub: Stub) -> None:
    stub.on(INTENTS, page())
    last_second = int(datetime(2026, 4, 1, 21, 59, 59, tzinfo=UTC).timestamp())
    first, second = await owed(
        billing,
        stub,
        issued(id="in_2", due_date=last_second + 1, payments=page()),
        issued(due_date=last_second, payments=page()),
    )
    assert [(each.id, each.due_on) for each in (first, second)] == [
        ("in_1", date(2026, 4, 1)),
        ("in_2", date(2026, 4, 2)),
    ]


async def test_what_a_part_payment_and_a_credit_note_left_is_owed(billing: StripeBilling, stub: Stub) -> None:
    left = {"amount_paid": 4000, "amount_due": 11000, "amount_remaining": 7000}
    credited = {"pre_payment_credit_notes_amount": 1000}
    stub.on(INTENTS, page(intent("pi_2", amount_received=4000)))
    (found,) = await owed(billing, stub, open_invoice(part(by="pi_2", amount_paid=4000), **left, **credited))
    assert (str(found.due), str(found.total)) == ("70.00 EUR", "120.00 EUR")


async def test_nothing_left_is_nothing_owed(billing: StripeBilling, stub: Stub) -> None:
    assert await owed(billing, stub, open_invoice(amount_remaining=0)) == ()


async def test_a_payment_that_came_meanwhile_is_not_owed_any_more(billing: StripeBilling, stub: Stub) -> None:
    stub.on(INTENTS, page(intent()))
    assert await owed(billing, stub, open_invoice(part(by="pi_1"))) == ()


async def test_a_debit_under_way_is_told(billing: StripeBilling, stub: Stub) -> None:
    stub.on(INTENTS, page(intent(**BLANK | {"status": "processing"})))
    (found,) = await owed(billing, stub, open_invoice(asked()))
    assert (found.processing, found.disputed, str(found.due)) == (True, False, "120.00 EUR")


@pytest.mark.parametrize(
    ("status", "contested"),
    [
        ("needs_response", True),
        ("under_review", True),
        ("warning_needs_response", True),
        ("something_new", True),
        ("won", False),
        ("lost", False),
        ("warning_closed", False),
        ("prevented", False),
    ],
)
async def test_a_part_payment_that_the_bank_contests_is_told_while_undecided(
    billing: StripeBilling, stub: Stub, status: str, contested: bool
) -> None:
    part_paid = {"amount_paid": 4000, "amount_remaining": 8000}
    stub.on(INTENTS, page(intent("pi_2", amount_received=4000), intent(**BLANK)))
    stub.on(DISPUTES, page(dispute(status, payment_intent="pi_2")))
    (found,) = await owed(
        billing, stub, open_invoice(asked(), part(by="pi_2", amount_paid=4000), **part_paid)
    )
    assert found.disputed is contested
    assert stub.last(DISPUTES).query["payment_intent"] == "pi_2"


async def test_payments_that_the_list_does_not_hold_are_read_by_themselves(
    billing: StripeBilling, stub: Stub
) -> None:
    stub.on(INTENTS, page(intent("pi_8"), intent("pi_9", latest_charge="ch_9")))
    stub.on(INTENT, intent(**BLANK | {"status": "processing"}))
    (found,) = await owed(billing, stub, open_invoice(asked()))
    assert found.processing


async def test_payments_in_another_form_than_intents_are_read_where_a_bank_holds_them(
    billing: StripeBilling, stub: Stub
) -> None:
    noted = part("inpay_2", by="pr_1", amount_paid=1000)
    stub.on("GET /v1/charges/ch_1", charge(payment_intent=None, status="pending"))
    direct = part("inpay_3", by="ch_1", **OPEN)
    (found,) = await owed(
        billing, stub, open_invoice(noted, direct, amount_paid=1000, amount_remaining=11000)
    )
    assert (found.processing, str(found.due)) == (True, "110.00 EUR")
    assert stub.count(INTENTS) == 0


async def test_payments_that_are_not_expanded_in_full_are_listed(billing: StripeBilling, stub: Stub) -> None:
    stub.on(INTENTS, page(intent(**BLANK | {"status": "processing"})))
    stub.on(PARTS, page(asked()))
    cut = issued(payments=page(part(by="pi_7", **OPEN), has_more=True))
    for held in (cut, issued()):
        (found,) = await owed(billing, stub, held)
        assert found.processing
    assert stub.last(PARTS).query["invoice"] == "in_1"


async def test_open_invoices_are_all_read_page_by_page(billing: StripeBilling, stub: Stub) -> None:
    pages = [page(open_invoice(id="in_2"), has_more=True), page(open_invoice(id="in_1"))]
    stub.on(LIST, *(Reply(each) for each in pages))
    found = (await billing.read_account("cus_1")).invoices
    assert [each.id for each in found] == ["in_2", "in_1"]
    assert stub.last(LIST).query["starting_after"] == "in_2"


async def test_what_has_no_due_date_is_never_late(billing: StripeBilling, stub: Stub) -> None:
    assert await owed(billing, stub, open_invoice(due_date=None)) == ()


async def test_a_customer_is_told_with_its_language_place_and_page(
    billing: StripeBilling, stub: Stub
) -> None:
    place = {"line1": "1 rue de la Paix", "postal_code": "75002", "city": "Paris", "country": "FR"}
    found = await who(billing, stub, preferred_locales=["en-GB", "fr"], address=place)
    assert (found.customer_id, found.name, found.email) == ("cus_1", "Acmé SARL", "compta@acme.example")
    assert (found.language, found.address.on_one_line) == ("en", "1 rue de la Paix, 75002 Paris, FR")
    assert found.page == "https://dashboard.stripe.com/test/customers/cus_1"
    assert (found.gone, found.invoices) == (False, ())


@pytest.mark.parametrize(
    ("tax_ids", "named", "told"),
    [
        ([("fr_siren", "732829320")], {}, ("732829320", True)),
        ([("eu_vat", "FR44732829320")], {}, ("732829320", True)),
        ([("gb_vat", "GB123456789")], {}, ("", True)),
        ([("fr_spi", "1234567890123")], {}, ("", None)),
        ([], {"business_name": "Acmé"}, ("", True)),
        ([], {"individual_name": "Jean Dupont"}, ("", False)),
        ([], {}, ("", None)),
    ],
)
async def test_a_business_is_told_from_a_person_where_stripe_knows(
    billing: StripeBilling,
    stub: Stub,
    tax_ids: list[tuple[str, str]],
    named: dict[str, str],
    told: tuple[str, bool | None],
) -> None:
    found = await who(billing, stub, *tax_ids, **named)
    assert (found.siren, found.business) == told


async def test_a_customer_that_says_little_is_read_all_the_same(billing: StripeBilling, stub: Stub) -> None:
    found = await who(billing, stub, name=None, email=None, preferred_locales=[], address=None)
    assert (found.name, found.email, found.language, found.gone) == ("", "", "", False)


async def test_a_deleted_customer_is_gone(billing: StripeBilling, stub: Stub) -> None:
    stub.on(CUSTOMER, {"id": "cus_1", "object": "customer", "deleted": True})
    stub.on(LIST, refusal(400, "resource_missing", param="customer"))
    assert await billing.read_account("cus_1") == Account(customer_id="cus_1", gone=True)


async def test_a_customer_that_never_was_is_gone(billing: StripeBilling, stub: Stub) -> None:
    stub.on(CUSTOMER, refusal(404, "resource_missing"))
    stub.on(LIST, refusal(404, "resource_missing", param="customer"))
    assert (await billing.read_account("cus_1")).gone


async def test_a_customer_is_never_gone_for_a_fault(billing: StripeBilling, stub: Stub) -> None:
    stub.on(LIST, page())
    stub.on(CUSTOMER, refusal(503))
    with pytest.raises(Transient):
        await billing.read_account("cus_1")


async def test_what_a_key_may_not_see_is_never_taken_for_nothing(billing: StripeBilling, stub: Stub) -> None:
    stub.on(LIST, page(open_invoice(asked())))
    stub.on(INTENTS, refusal(403))
    with pytest.raises(Forbidden, match="PaymentIntents: Read"):
        await billing.read_account("cus_1")


async def test_who_owes_something_late_is_named_once_the_oldest_invoice_first(
    billing: StripeBilling, stub: Stub
) -> None:
    late = [("in_4", "cus_2", 100), ("in_3", "cus_1", 100), ("in_2", "cus_3", 0), ("in_1", "cus_2", 100)]
    rows = [issued(id=id, customer=of, amount_remaining=left) for id, of, left in late]
    stub.on(LIST, Reply(page(*rows[:2], has_more=True)), Reply(page(*rows[2:])))
    assert await billing.customers_owing(due_before=date(2026, 11, 27)) == ("cus_2", "cus_1")
    assert stub.last(LIST).query["starting_after"] == "in_3"


async def test_late_is_by_the_due_date_before_the_companys_day_began(
    billing: StripeBilling, stub: Stub
) -> None:
    stub.on(LIST, page())
    for day, began in (
        (date(2026, 11, 27), datetime(2026, 11, 26, 23, tzinfo=UTC)),
        (date(2026, 7, 14), datetime(2026, 7, 13, 22, tzinfo=UTC)),
    ):
        await billing.customers_owing(due_before=day)
        wanted = stub.last(LIST).query
        assert wanted["due_date[lt]"] == str(int(began.timestamp()))
        assert (wanted["status"], wanted["collection_method"]) == ("open", "send_invoice")
        assert "created[lt]" not in wanted


async def test_a_day_of_a_few_seconds_ends_within_one(stub: Stub) -> None:
    epoch = datetime.fromtimestamp(PAID, UTC)
    clock = BusinessClock(day_length=timedelta(seconds=2.5), epoch=epoch)
    billing = StripeBilling("stripe", settings(stub.url), clock)
    stub.on(LIST, page())
    await billing.customers_owing(due_before=epoch.date() + timedelta(days=1))
    await billing.close()
    assert stub.last(LIST).query["due_date[lt]"] == str(PAID + 3)
