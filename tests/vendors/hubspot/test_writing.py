from decimal import Decimal
from typing import Any

import pytest

from raccord.connectors.crm import Crm
from raccord.connectors.errors import NotFound
from tests.vendors.hubspot.account import DEAL
from tests.vendors.hubspot.conftest import Connect
from tests.vendors.hubspot.stub import Reply, Stub
from tests.vendors.hubspot.test_errors import FIELDS

SHOWN = {
    "billing_invoice_id": "in_1",
    "billing_invoice_number": "F-2026-0042",
    "billing_invoice_url": "https://pay.example/1",
    "billing_status": "issued",
    "billing_due_on": "2026-12-24",
    "billing_amount_net": "1000.00",
    "billing_amount_gross": "1200.00",
}


def showing(stub: Stub, **properties: Any) -> None:
    stub.on(f"GET {DEAL}", Reply({"id": "42", "properties": SHOWN | properties}))


async def test_the_whole_invoice_is_written_in_one_request(crm: Crm, stub: Stub) -> None:
    stub.on(f"PATCH {DEAL}", Reply({"id": "42", "properties": {}}))
    await crm.write_invoice("42", FIELDS)
    (asked,) = stub.seen
    assert asked.json == {"properties": SHOWN}


async def test_only_mapped_properties_are_written_and_a_missing_due_date_is_cleared(
    connect: Connect, stub: Stub
) -> None:
    stub.on(f"PATCH {DEAL}", Reply({"id": "42"}))
    names = {
        "invoice": {"number": "n_facture", "url": "", "status": "", "amount_net": "", "amount_gross": ""}
    }
    await connect(mapping=names).write_invoice("42", FIELDS.model_copy(update={"due_on": None}))
    assert stub.seen[0].json == {
        "properties": {"billing_invoice_id": "in_1", "n_facture": "F-2026-0042", "billing_due_on": ""}
    }


async def test_without_any_mapped_property_nothing_is_asked(connect: Connect, stub: Stub) -> None:
    names = ("id", "number", "url", "status", "due_on", "amount_net", "amount_gross")
    crm = connect(mapping={"invoice": dict.fromkeys(names, "")})
    assert await crm.shows_invoice("42", FIELDS)
    await crm.write_invoice("42", FIELDS)
    assert stub.seen == []


@pytest.mark.parametrize(
    "properties",
    [
        {},
        {"billing_amount_net": "1000", "billing_amount_gross": "1200.0"},
        {"billing_amount_gross": "1.2E3"},
        {"billing_due_on": "1798070400000"},
        {"billing_due_on": "2026-12-24T00:00:00Z"},
        {"billing_invoice_number": " F-2026-0042 "},
        {"billing_invoice_url": "https://pay.example/2"},
    ],
)
async def test_an_invoice_that_is_shown_is_recognised_as_hubspot_returns_it(
    crm: Crm, stub: Stub, properties: dict[str, str]
) -> None:
    showing(stub, **properties)
    assert await crm.shows_invoice("42", FIELDS)


@pytest.mark.parametrize(
    "properties",
    [
        {"billing_amount_net": "1000.01"},
        {"billing_amount_gross": "douze"},
        {"billing_amount_gross": None},
        {"billing_due_on": "2026-12-25"},
        {"billing_due_on": ""},
        {"billing_status": "paid"},
        {"billing_invoice_id": None},
        {"billing_invoice_url": None},
    ],
)
async def test_any_difference_asks_for_a_write(
    crm: Crm, stub: Stub, properties: dict[str, str | None]
) -> None:
    showing(stub, **properties)
    assert not await crm.shows_invoice("42", FIELDS)


async def test_a_due_date_that_should_be_empty_is_a_difference(crm: Crm, stub: Stub) -> None:
    open_ended = FIELDS.model_copy(update={"due_on": None})
    showing(stub)
    assert not await crm.shows_invoice("42", open_ended)
    showing(stub, billing_due_on=None)
    assert await crm.shows_invoice("42", open_ended)


async def test_a_property_that_hubspot_does_not_know_is_a_difference(crm: Crm, stub: Stub) -> None:
    stub.on(f"GET {DEAL}", Reply({"id": "42", "properties": {"billing_invoice_id": "in_1"}}))
    assert not await crm.shows_invoice("42", FIELDS)


async def test_a_vanished_deal_shows_nothing(crm: Crm, stub: Stub) -> None:
    with pytest.raises(NotFound):
        await crm.shows_invoice("42", FIELDS)
    with pytest.raises(NotFound):
        await crm.write_invoice("42", FIELDS)


CREDIT = {"billing_status": "credited", "billing_credit_notes": "F-1-CN-01", "billing_amount_credited": "120"}
CREDITED = FIELDS.model_copy(
    update={"status": "credited", "credit_notes": "F-1-CN-01", "credited": Decimal(120)}
)
NO_CREDIT = FIELDS.model_copy(update={"credited": Decimal(0)})


async def test_what_was_credited_is_written_with_its_number(crm: Crm, stub: Stub) -> None:
    stub.on(f"PATCH {DEAL}", Reply({"id": "42", "properties": {}}))
    await crm.write_invoice("42", CREDITED)
    (asked,) = stub.seen
    assert asked.json == {"properties": SHOWN | CREDIT}


async def test_a_credit_that_was_taken_back_is_cleared_where_it_stands(crm: Crm, stub: Stub) -> None:
    stub.on(f"PATCH {DEAL}", Reply({"id": "42", "properties": {}}))
    showing(stub, **CREDIT)
    assert not await crm.shows_invoice("42", NO_CREDIT)
    await crm.write_invoice("42", NO_CREDIT)
    cleared = {"billing_credit_notes": "", "billing_amount_credited": ""}
    assert stub.last(f"PATCH {DEAL}").json == {"properties": SHOWN | cleared}


async def test_an_account_without_these_properties_is_never_asked_to_clear_them(crm: Crm, stub: Stub) -> None:
    stub.on(f"PATCH {DEAL}", Reply({"id": "42", "properties": {}}))
    showing(stub)
    assert await crm.shows_invoice("42", NO_CREDIT)
    await crm.write_invoice("42", NO_CREDIT)
    assert stub.last(f"PATCH {DEAL}").json == {"properties": SHOWN}


async def test_the_number_of_a_deposit_is_written_beside_and_left_there_by_the_balance(
    crm: Crm, stub: Stub
) -> None:
    stub.on(f"PATCH {DEAL}", Reply({"id": "42", "properties": {}}))
    await crm.write_invoice("42", FIELDS.model_copy(update={"deposit_number": "F-2026-0042"}))
    (asked,) = stub.seen
    assert asked.json == {"properties": SHOWN | {"billing_deposit_number": "F-2026-0042"}}
    showing(stub, billing_deposit_number="F-2026-0042")
    assert await crm.shows_invoice("42", FIELDS)
    assert not await crm.shows_invoice("42", FIELDS.model_copy(update={"deposit_number": "F-2026-0041"}))
