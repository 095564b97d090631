"""The life of an invoice, through Stripe's own client."""

import time
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
import stripe

from sandbox.stripe.person import StripePerson
from tests.sandbox.stripe_bench import DAY, Bench, line

ONLY_ON_REQUEST = {"OBJECT_NAME", "deleted", "amount_paid_off_stripe", "confirmation_secret", "payments"}


async def refused(call: Any, *, code: str | None = None, match: str = ".") -> stripe.InvalidRequestError:
    with pytest.raises(stripe.InvalidRequestError, match=match) as error:
        await call
    assert code is None or error.value.code == code
    return error.value


async def test_an_invoice_and_its_lines_have_every_field_of_the_official_types(bench: Bench) -> None:
    invoice = await bench.issued()
    assert set(invoice.to_dict()) == set(stripe.Invoice.__annotations__) - ONLY_ON_REQUEST
    (item,) = invoice.lines.data
    assert set(item.to_dict()) == set(stripe.InvoiceLineItem.__annotations__) - {"OBJECT_NAME"}


async def test_number_and_links_appear_when_it_is_finalised_and_not_before(bench: Bench) -> None:
    draft = await bench.draft(line())
    assert (draft.status, draft.number, draft.hosted_invoice_url, draft.invoice_pdf) == (
        "draft",
        None,
        None,
        None,
    )
    invoice = await bench.client.v1.invoices.finalize_invoice_async(draft.id)
    assert invoice.status == "open"
    assert invoice.number is not None
    assert invoice.number.startswith("F-20")
    assert invoice.hosted_invoice_url
    assert invoice.invoice_pdf
    assert invoice.status_transitions.finalized_at


async def test_numbers_have_no_gap_even_when_drafts_are_deleted(bench: Bench) -> None:
    customer = (await bench.customer()).id
    numbers = []
    for _ in range(3):
        spare = await bench.draft(line(), customer=customer)
        await bench.client.v1.invoices.delete_async(spare.id)
        numbers.append((await bench.issued(line(), customer=customer)).number or "")
    assert [number.rpartition("-")[2] for number in numbers] == ["0001", "0002", "0003"]


async def test_an_issued_invoice_can_be_neither_edited_nor_deleted(bench: Bench) -> None:
    invoices, invoice = bench.client.v1.invoices, await bench.issued()
    item = invoice.lines.data[0].id
    calls = [
        invoices.update_async(invoice.id, {"description": "x"}),
        invoices.delete_async(invoice.id),
        invoices.finalize_invoice_async(invoice.id),
        invoices.add_lines_async(invoice.id, {"lines": [line()]}),
        invoices.update_lines_async(invoice.id, {"lines": [{"id": item, "amount": 1}]}),
        invoices.remove_lines_async(invoice.id, {"lines": [{"id": item, "behavior": "delete"}]}),
    ]
    for call in calls:
        await refused(call, code="invoice_not_editable")
    marked = await invoices.update_async(invoice.id, {"metadata": {"seen": "1"}})
    assert marked.metadata is not None
    assert marked.metadata["seen"] == "1"


async def test_an_empty_draft_cannot_be_finalised(bench: Bench) -> None:
    draft = await bench.draft()
    await refused(
        bench.client.v1.invoices.finalize_invoice_async(draft.id), code="invoice_no_customer_line_items"
    )


async def test_a_deleted_draft_is_gone(bench: Bench) -> None:
    draft = await bench.draft()
    assert (await bench.client.v1.invoices.delete_async(draft.id)).deleted is True
    error = await refused(bench.client.v1.invoices.retrieve_async(draft.id), code="resource_missing")
    assert error.http_status == 404


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"due_date": 2_000_000_000, "days_until_due": 3}, "parameters_exclusive"),
        ({"days_until_due": None}, "parameter_missing"),
        ({"due_date": 1_000_000_000, "days_until_due": None}, None),
        ({"collection_method": "charge_automatically"}, None),
        ({"currency": "EUR"}, None),
        ({"custom_fields": [{"name": str(n), "value": "x"} for n in range(5)]}, None),
        ({"custom_fields": [{"name": "n" * 41, "value": "x"}]}, None),
        ({"default_tax_rates": ["txr_none"]}, "resource_missing"),
        ({"days_until_due": "soon"}, "parameter_invalid_integer"),
        ({"colour": "red"}, "parameter_unknown"),
        ({"customer": None}, "parameter_missing"),
    ],
)
async def test_an_invoice_that_makes_no_sense_is_refused(
    bench: Bench, changes: dict[str, Any], code: str | None
) -> None:
    sound = {
        "customer": (await bench.customer()).id,
        "collection_method": "send_invoice",
        "days_until_due": 30,
    }
    wanted = {key: value for key, value in {**sound, **changes}.items() if value is not None}
    error = await refused(bench.client.v1.invoices.create_async(wanted), code=code)  # type: ignore[arg-type]
    assert error.http_status == 400
    assert (await bench.state())["invoices"] == []


async def test_the_due_date_counts_from_creation_and_must_lie_ahead_when_finalised(bench: Bench) -> None:
    draft = await bench.draft(line(), days_until_due=30)
    assert draft.due_date == draft.created + 30 * DAY
    await bench.settings(clock_offset=31 * DAY)
    await refused(bench.client.v1.invoices.finalize_invoice_async(draft.id), match="due date")


async def test_an_account_may_finalise_after_the_due_date(bench: Bench) -> None:
    draft = await bench.draft(line(), days_until_due=30)
    await bench.settings(clock_offset=31 * DAY, late_finalisation=True)
    assert (await bench.client.v1.invoices.finalize_invoice_async(draft.id)).status == "open"


async def test_a_draft_cannot_be_given_a_due_date_that_has_passed(bench: Bench) -> None:
    draft = await bench.draft(line())
    update = bench.client.v1.invoices.update_async(draft.id, {"due_date": int(time.time()) - 1})
    error = await refused(update, match="due date")
    assert (error.http_status, error.param) == (400, "due_date")


@pytest.mark.parametrize(
    ("longest", "too_long"),
    [
        ({"description": "x" * 1500}, {"description": "x" * 1501}),
        ({"footer": "x" * 5000}, {"footer": "x" * 5001}),
        (
            {"custom_fields": [{"name": "n" * 40, "value": "v" * 140}] * 4},
            {"custom_fields": [{"name": "n" * 41, "value": "v"}]},
        ),
        ({"custom_fields": []}, {"custom_fields": [{"name": "n", "value": "v" * 141}]}),
        ({"custom_fields": []}, {"custom_fields": [{"name": "n", "value": "v"}] * 5}),
        ({"metadata": {"k" * 40: "v" * 500}}, {"metadata": {"k": "v" * 501}}),
        ({"metadata": {}}, {"metadata": {"k" * 41: "v"}}),
    ],
)
async def test_texts_of_an_invoice_have_limits(
    bench: Bench, longest: dict[str, Any], too_long: dict[str, Any]
) -> None:
    draft = await bench.draft()
    await bench.client.v1.invoices.update_async(draft.id, longest)  # type: ignore[arg-type]
    error = await refused(bench.client.v1.invoices.update_async(draft.id, too_long))  # type: ignore[arg-type]
    assert error.http_status == 400


@pytest.mark.parametrize(
    "too_long", [{"description": "x" * 501}, {"price_data.product_data.name": "x" * 251}], ids=str
)
async def test_texts_of_a_line_have_limits(bench: Bench, too_long: dict[str, str]) -> None:
    draft = await bench.draft()
    (field, text), *_ = too_long.items()

    def wanted(said: str) -> Any:
        one = line()
        if field == "description":
            return [{**one, "description": said}]
        return [{**one, "price_data": {**one["price_data"], "product_data": {"name": said}}}]

    error = await refused(bench.client.v1.invoices.add_lines_async(draft.id, {"lines": wanted(text)}))
    assert (error.http_status, "must be at most" in str(error)) == (400, True)
    await bench.client.v1.invoices.add_lines_async(draft.id, {"lines": wanted(text[:-1])})


TRANSFER: Any = {
    "payment_method_types": ["customer_balance"],
    "payment_method_options": {
        "customer_balance": {
            "funding_type": "bank_transfer",
            "bank_transfer": {"type": "eu_bank_transfer", "eu_bank_transfer": {"country": "FR"}},
        }
    },
}


async def test_an_invoice_offers_what_its_account_and_currency_have(bench: Bench) -> None:
    update = bench.client.v1.invoices.update_async
    euros = await bench.draft()
    made = await update(euros.id, {"payment_settings": TRANSFER})
    assert made.payment_settings.payment_method_types == ["customer_balance"]
    assert made.payment_settings.payment_method_options is not None
    await bench.settings(payment_methods=["card"])
    sepa: Any = {"payment_settings": {"payment_method_types": ["sepa_debit"]}}
    await refused(update(euros.id, sepa), match="sepa_debit is invalid")
    await bench.settings(payment_methods=["card", "customer_balance", "sepa_debit"])
    dollars = await bench.draft(currency="usd")
    await refused(update(dollars.id, sepa), match="usd is not supported by sepa_debit")
    nowhere: Any = {"payment_settings": {"payment_method_types": ["customer_balance"]}}
    await refused(update((await bench.draft()).id, nowhere), match="bank transfer options")


async def test_a_clock_set_back_makes_invoices_that_are_overdue_today(bench: Bench) -> None:
    await bench.settings(clock_offset=-40 * DAY)
    await bench.issued(days_until_due=30)
    await bench.settings(clock_offset=0)
    overdue = await bench.client.v1.invoices.list_async(
        {"status": "open", "collection_method": "send_invoice", "due_date": {"lt": int(time.time())}}
    )
    assert len(overdue.data) == 1


@pytest.mark.parametrize(
    ("wrong", "code", "match"),
    [
        ({"description": "x"}, "parameter_missing", "price_data"),
        ({"amount": 5, "quantity": 2}, "parameters_exclusive", "only specify one"),
        (line(unit="-1"), None, "out of range"),
        (line(unit="1.1234567890123"), None, "12 decimal places"),
        (line(quantity="-1"), None, "out of range"),
        (line(tax_rates=["txr_none"]), "resource_missing", "No such tax rate"),
        ({"amount": "1.5"}, "parameter_invalid_integer", "Invalid integer"),
        (
            {"price_data": {"currency": "usd", "unit_amount": 1, "product_data": {"name": "x"}}},
            None,
            "currency",
        ),
        ({"price_data": {"currency": "eur", "unit_amount": 1}}, "parameter_missing", "product"),
        (
            {"price_data": {"currency": "eur", "unit_amount": -1, "product_data": {"name": "x"}}},
            "parameter_invalid_integer",
            "greater than or equal to 0",
        ),
        ({"amount": 1, "metadata": {"k" * 41: "v"}}, None, "40 characters"),
        ({"amount": 1, "metadata": {"k": "v" * 501}}, None, "500 characters"),
        ({"amount": 1, "metadata": {str(n): "v" for n in range(51)}}, None, "50 keys"),
    ],
)
async def test_one_wrong_line_refuses_all_lines(
    bench: Bench, wrong: Any, code: str | None, match: str
) -> None:
    draft = await bench.draft()
    await refused(
        bench.client.v1.invoices.add_lines_async(draft.id, {"lines": [line(), wrong]}),
        code=code,
        match=match,
    )
    assert (await bench.state())["invoices"][0]["lines"]["data"] == []


async def test_tax_behaviour_must_agree_with_the_rate(bench: Bench) -> None:
    draft, rate = await bench.draft(), await bench.vat(inclusive=False)
    wrong = line(tax_rates=[rate])
    wrong["price_data"]["tax_behavior"] = "inclusive"
    await refused(
        bench.client.v1.invoices.add_lines_async(draft.id, {"lines": [wrong]}),
        match="do not agree",
    )


async def test_an_invoice_embeds_ten_lines_pages_the_rest_and_holds_250(bench: Bench) -> None:
    draft = await bench.draft(*[{"amount": n, "description": f"line {n}"} for n in range(1, 251)])
    assert (len(draft.lines.data), draft.lines.has_more) == (10, True)
    assert draft.total == sum(range(1, 251))
    paged = await bench.client.v1.invoices.line_items.list_async(draft.id, {"limit": 100})
    amounts = [item.amount async for item in paged.auto_paging_iter()]
    assert amounts == list(range(1, 251))
    await refused(
        bench.client.v1.invoices.add_lines_async(draft.id, {"lines": [{"amount": 1}]}), match="at most 250"
    )


async def test_lines_can_be_updated_and_removed_in_place(bench: Bench) -> None:
    draft = await bench.draft(line("100"), line("200"))
    first, second = draft.lines.data
    changed = await bench.client.v1.invoices.update_lines_async(
        draft.id, {"lines": [{"id": first.id, "quantity": 3, "description": "Trois"}]}
    )
    assert [(item.amount, item.description) for item in changed.lines.data] == [
        (300, "Trois"),
        (200, "Conseil"),
    ]
    left = await bench.client.v1.invoices.remove_lines_async(
        draft.id, {"lines": [{"id": second.id, "behavior": "delete"}]}
    )
    assert [item.id for item in left.lines.data] == [first.id]


async def test_customer_data_follows_the_customer_until_it_is_frozen(bench: Bench) -> None:
    customer = await bench.customer(email="old@acme.example")
    draft = await bench.draft(line(), customer=customer.id)
    await bench.client.v1.customers.update_async(customer.id, {"email": "new@acme.example"})
    issued = await bench.client.v1.invoices.finalize_invoice_async(draft.id)
    await bench.client.v1.customers.update_async(customer.id, {"email": "later@acme.example"})
    read = await bench.client.v1.invoices.retrieve_async(draft.id)
    assert issued.customer_email == read.customer_email == "new@acme.example"


async def test_every_send_mails_once_and_a_draft_is_finalised_by_it(bench: Bench) -> None:
    await bench.settings(mails_in_test=True)
    invoices = bench.client.v1.invoices
    draft = await bench.draft(line(tax_rates=[await bench.vat()]))
    sent = await invoices.send_invoice_async(draft.id)
    assert sent.status == "open"
    assert sent.number is not None
    (mail,) = await bench.emails()
    assert mail["to"] == ["compta@ateliers.example"]
    assert sent.number in mail["subject"]
    assert "120,00\u00a0€" in mail["text"]
    assert str(sent.hosted_invoice_url) in mail["text"]
    await invoices.send_invoice_async(draft.id)
    assert len(await bench.emails()) == 2
    assert len(await bench.events("invoice.sent")) == 2


async def test_with_a_test_key_nothing_leaves_though_the_event_says_so(bench: Bench) -> None:
    invoice = await bench.issued()
    await bench.client.v1.invoices.send_invoice_async(invoice.id)
    assert (len(await bench.events("invoice.sent")), await bench.emails()) == (1, [])


async def test_the_mail_speaks_the_customers_language(bench: Bench) -> None:
    await bench.settings(mails_in_test=True)
    customer = await bench.customer(preferred_locales=["en-GB"])
    invoice = await bench.issued(customer=customer.id)
    await bench.client.v1.invoices.send_invoice_async(invoice.id)
    (mail,) = await bench.emails()
    assert mail["subject"].startswith("Invoice F-")
    assert "€120.00" in mail["text"]


async def test_a_customer_without_email_cannot_be_mailed_and_the_draft_stays(bench: Bench) -> None:
    customer = await bench.client.v1.customers.create_async({"name": "Sans adresse"})
    draft = await bench.draft(line(), customer=customer.id)
    await refused(bench.client.v1.invoices.send_invoice_async(draft.id), match="Missing email")
    assert (await bench.client.v1.invoices.retrieve_async(draft.id)).status == "draft"
    assert await bench.emails() == []


async def test_paid_out_of_band_settles_the_invoice_once(bench: Bench) -> None:
    invoices, invoice = bench.client.v1.invoices, await bench.issued()
    await refused(invoices.pay_async(invoice.id), match="default_payment_method")
    paid = await invoices.pay_async(invoice.id, {"paid_out_of_band": True})
    assert (paid.status, paid.amount_paid, paid.amount_remaining) == ("paid", 12000, 0)
    assert paid.status_transitions.paid_at
    await refused(invoices.pay_async(invoice.id, {"paid_out_of_band": True}), match="already paid")
    assert len(await bench.events("invoice.paid")) == 1


async def test_a_partial_payment_leaves_the_invoice_open(bench: Bench) -> None:
    invoice = await bench.issued()
    for value, status, remaining in ((5000, "open", 7000), (7000, "paid", 0)):
        record = await bench.client.v1.payment_records.report_payment_async(
            {
                "amount_requested": {"currency": "eur", "value": value},
                "initiated_at": int(time.time()),
                "payment_method_details": {"type": "custom", "custom": {"display_name": "virement"}},
                "outcome": "guaranteed",
                "guaranteed": {"guaranteed_at": int(time.time())},
            }
        )
        after = await bench.client.v1.invoices.attach_payment_async(invoice.id, {"payment_record": record.id})
        assert (after.status, after.amount_remaining) == (status, remaining)
    payments = await bench.client.v1.invoice_payments.list_async({"invoice": invoice.id, "status": "paid"})
    assert [payment.amount_paid for payment in payments.data] == [7000, 5000]
    assert len(await bench.events("invoice_payment.paid")) == 2
    assert len(await bench.events("invoice.paid")) == 1


async def test_void_is_final_and_uncollectible_can_still_be_paid(bench: Bench) -> None:
    invoices = bench.client.v1.invoices
    void = await invoices.void_invoice_async((await bench.issued()).id)
    assert (void.status, bool(void.status_transitions.voided_at)) == ("void", True)
    await refused(invoices.pay_async(void.id, {"paid_out_of_band": True}), match="void")
    await refused(invoices.send_invoice_async(void.id), match="void")
    lost = await invoices.mark_uncollectible_async((await bench.issued()).id)
    assert lost.status == "uncollectible"
    assert (await invoices.pay_async(lost.id, {"paid_out_of_band": True})).status == "paid"


async def test_a_total_of_zero_is_paid_when_it_is_finalised(bench: Bench) -> None:
    invoice = await bench.issued(line(unit="0"))
    assert (invoice.status, invoice.amount_due) == ("paid", 0)
    assert len(await bench.events("invoice.paid")) == 1


async def test_a_credit_balance_is_used_first_and_tiny_sums_go_onto_the_balance(bench: Bench) -> None:
    customer = await bench.customer(balance=-4000)
    invoice = await bench.issued(line(), customer=customer.id)
    assert (invoice.total, invoice.amount_due, invoice.starting_balance) == (10000, 6000, -4000)
    tiny = await bench.issued(line(unit="49"), customer=customer.id)
    assert (tiny.status, tiny.amount_due) == ("paid", 0)
    assert (await bench.client.v1.customers.retrieve_async(customer.id)).balance == 49


async def test_an_own_number_is_unique_in_the_account(bench: Bench) -> None:
    await bench.draft(line(), number="R-1")
    await refused(bench.draft(line(), number="R-1"), match="already used")


async def test_an_older_account_numbers_each_customer_for_itself(bench: Bench) -> None:
    await bench.settings(numbers_per_customer=True)
    customer = await bench.customer()
    numbers = [(await bench.issued(customer=customer.id)).number for _ in range(2)]
    assert numbers == [f"{customer.invoice_prefix}-0001", f"{customer.invoice_prefix}-0002"]
    other = await bench.issued(customer=(await bench.customer()).id)
    assert str(other.number).endswith("-0001")


async def test_the_account_tells_its_own_tax_ids(bench: Bench) -> None:
    (own,) = (await bench.client.v1.tax_ids.list_async({"owner": {"type": "self"}})).data
    account = await bench.client.v1.accounts.retrieve_current_async()
    assert own.type == "eu_vat"
    assert account.settings
    assert account.settings.invoices
    assert account.settings.invoices.default_account_tax_ids == [own.id]
    await bench.settings(own_tax_id="none")
    assert (await bench.client.v1.tax_ids.list_async()).data == []


async def test_a_credit_note_lowers_what_is_due_and_a_full_one_settles_it(bench: Bench) -> None:
    invoice = await bench.issued()
    notes = bench.client.v1.credit_notes
    item = invoice.lines.data[0].id
    note = await notes.create_async(
        {
            "invoice": invoice.id,
            "lines": [{"type": "invoice_line_item", "invoice_line_item": item, "amount": 5000}],
        }
    )
    assert set(note.to_dict()) == set(stripe.CreditNote.__annotations__) - {"OBJECT_NAME"}
    assert (note.total, note.subtotal, note.number, note.type) == (
        6000,
        5000,
        f"{invoice.number}-CN-01",
        "pre_payment",
    )
    read = await bench.client.v1.invoices.retrieve_async(invoice.id)
    assert (read.status, read.amount_due, read.amount_remaining, read.total) == ("open", 6000, 6000, 12000)
    assert read.pre_payment_credit_notes_amount == 6000
    await notes.create_async({"invoice": invoice.id, "amount": 6000})
    assert (await bench.client.v1.invoices.retrieve_async(invoice.id)).status == "paid"
    assert len((await notes.list_async({"invoice": invoice.id})).data) == 2
    await refused(notes.create_async({"invoice": invoice.id, "amount": 1, "out_of_band_amount": 2}))


async def test_a_credit_note_is_computed_without_being_issued(bench: Bench) -> None:
    invoice = await bench.issued()
    item: Any = {"type": "invoice_line_item", "invoice_line_item": invoice.lines.data[0].id, "amount": 10000}
    notes = bench.client.v1.credit_notes
    seen = await notes.preview_async({"invoice": invoice.id, "lines": [item]})
    assert (seen.total, seen.total_excluding_tax) == (12000, 10000)
    assert (await notes.list_async({"invoice": invoice.id})).data == []
    assert (await bench.client.v1.invoices.retrieve_async(invoice.id)).amount_remaining == 12000
    await refused(notes.preview_async({"invoice": invoice.id, "amount": 12001}), match="between")


async def test_a_credit_note_of_an_open_invoice_can_be_taken_back(bench: Bench) -> None:
    invoice = await bench.issued()
    notes = bench.client.v1.credit_notes
    note = await notes.create_async({"invoice": invoice.id, "amount": 2000})
    assert (await notes.void_credit_note_async(note.id)).status == "void"
    read = await bench.client.v1.invoices.retrieve_async(invoice.id)
    assert (read.amount_remaining, read.pre_payment_credit_notes_amount) == (12000, 0)
    assert len(await bench.events("credit_note.voided")) == 1
    await refused(notes.void_credit_note_async(note.id), match="already void")


async def test_a_credit_note_on_a_paid_invoice_says_where_the_money_went(bench: Bench) -> None:
    invoice = await bench.issued()
    await bench.client.v1.invoices.pay_async(invoice.id, {"paid_out_of_band": True})
    notes = bench.client.v1.credit_notes
    await refused(notes.create_async({"invoice": invoice.id, "amount": 2000}), match="sum of credit amount")
    await refused(
        notes.create_async({"invoice": invoice.id, "amount": 12001, "out_of_band_amount": 12001}),
        match="between",
    )
    note = await notes.create_async({"invoice": invoice.id, "amount": 2000, "out_of_band_amount": 2000})
    assert note.type == "post_payment"
    read = await bench.client.v1.invoices.retrieve_async(invoice.id)
    assert (read.status, read.post_payment_credit_notes_amount) == ("paid", 2000)


async def test_parameters_the_sandbox_cannot_honour_are_refused_by_name(bench: Bench) -> None:
    await refused(bench.draft(automatic_tax={"enabled": True}), match="does not simulate.*'automatic_tax'")


async def test_an_invoice_that_is_late_already_is_found_by_its_due_date_alone(bench: Bench) -> None:
    now, finance = datetime.now(UTC).replace(microsecond=0), StripePerson(bench.control)
    customer = (await bench.customer()).id
    late = await finance.issue(
        customer, 10_000, created_at=now - timedelta(days=40), due_at=now - timedelta(days=10)
    )
    await finance.issue(customer, 10_000, created_at=now - timedelta(days=40), due_at=now + timedelta(days=9))
    found = await bench.client.v1.invoices.list_async(
        {"status": "open", "due_date": {"lt": int(time.time())}}
    )
    assert [(each.id, each.due_date) for each in found.data] == [
        (late, int((now - timedelta(days=10)).timestamp()))
    ]


async def test_people_move_the_due_date_of_an_open_invoice_and_the_api_does_not(bench: Bench) -> None:
    invoice, finance = await bench.issued(), StripePerson(bench.control)
    path = f"/dashboard/invoices/{invoice.id}/due_date"
    assert (await bench.raw("POST", path, data={"days_ago": "8"})).status_code == 404
    await refused(bench.client.v1.invoices.update_async(invoice.id, {"due_date": int(time.time()) + 99}))
    yesterday = datetime.now(UTC).replace(microsecond=0) - timedelta(days=1)
    await finance.move_due_date(invoice.id, yesterday)
    assert (await finance.invoice(invoice.id))["due_date"] == int(yesterday.timestamp())
    told = (await bench.events("invoice.updated"))[-1]["data"]
    assert told["previous_attributes"] == {"due_date": invoice.due_date}
    await finance.pay(invoice.id)
    with pytest.raises(httpx.HTTPStatusError, match="400"):
        await finance.move_due_date(invoice.id, yesterday)


async def test_days_ago_are_days_of_the_account(bench: Bench) -> None:
    await bench.settings(day_seconds=10)
    invoice, finance = await bench.issued(), StripePerson(bench.control)
    before = int(time.time())
    moved = await finance.post(f"/dashboard/invoices/{invoice.id}/due_date", days_ago="8")
    assert before - 80 <= moved["due_date"] <= int(time.time()) - 80
