"""How an invoice is named, and when it no longer counts."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from raccord.domain.values.deal import DealRef, Discount
from raccord.domain.values.invoice import (
    CreditNote,
    Invoice,
    InvoiceLine,
    InvoiceOrder,
    InvoiceReference,
    InvoiceState,
    Part,
    PaymentMethod,
    billing_status,
    by_hand_between,
    fields_of,
    last_withdrawn,
    live_invoices,
    next_cycle,
)
from raccord.domain.values.money import Money
from raccord.domain.values.parties import TaxTreatment
from raccord.domain.values.totals import VatRounding
from tests.domain.samples import DEAL, invoice, priced, totals

LINE = InvoiceLine(
    name="Conseil",
    quantity=Decimal("0.333"),
    list_price=Decimal("100"),
    unit_price=Decimal("85"),
    discount=Discount(percent=Decimal("15")),
    vat_rate=Decimal("20"),
)
ORDER = InvoiceOrder(
    reference=InvoiceReference(deal=DEAL),
    customer_id="cus_1",
    currency="EUR",
    lines=(LINE,),
    issued_on=date(2026, 11, 22),
    due_on=date(2026, 12, 22),
    service_date=date(2026, 11, 20),
)

DRAFT, OPEN, PAID, BAD, VOID = (
    InvoiceState.DRAFT,
    InvoiceState.OPEN,
    InvoiceState.PAID,
    InvoiceState.UNCOLLECTIBLE,
    InvoiceState.VOID,
)
NOTHING_OWED: dict[str, Any] = {"totals": totals(priced("1", "0", "20"))}


@pytest.mark.parametrize(
    ("found", "live"),
    [
        (invoice(DRAFT), True),
        (invoice(OPEN), True),
        (invoice(PAID), True),
        (invoice(BAD), True),
        (invoice(VOID), False),
        (invoice(VOID, credited="60"), False),
        (invoice(PAID, credited="0.01"), True),
        (invoice(PAID, credited="119.99"), True),
        (invoice(PAID, credited="120.00"), False),
        (invoice(PAID, credited="120.01"), False),
        (invoice(OPEN, credited="120.00"), False),
        (invoice(PAID, **NOTHING_OWED), True),
    ],
)
def test_an_invoice_claims_its_deal_until_it_is_void_or_fully_credited(found: Invoice, live: bool) -> None:
    assert found.live is live


def test_only_void_and_fully_credited_invoices_open_a_new_cycle() -> None:
    paid, partly = invoice(PAID, id="in_1"), invoice(PAID, id="in_2", credited="60")
    void, credited = invoice(VOID, id="in_3"), invoice(PAID, id="in_4", credited="120")
    assert [next_cycle(()), next_cycle((paid, partly)), next_cycle((void,))] == [1, 1, 2]
    assert next_cycle((paid, void, credited, partly)) == 3
    assert live_invoices((paid, void, credited, partly)) == (paid, partly)


@pytest.mark.parametrize("state", InvoiceState)
def test_everything_but_a_draft_is_finalised(state: InvoiceState) -> None:
    assert invoice(state).finalised is (state is not DRAFT)


@pytest.mark.parametrize(
    ("state", "credited", "shown"),
    [
        (OPEN, "0", "issued"),
        (BAD, "0", "issued"),
        (PAID, "0", "paid"),
        (OPEN, "0.01", "partially_credited"),
        (PAID, "119.99", "partially_credited"),
        (PAID, "120", "credited"),
        (OPEN, "120", "credited"),
        (VOID, "0", "void"),
        (VOID, "60", "void"),
    ],
)
def test_a_deal_shows_what_became_of_its_invoice(state: InvoiceState, credited: str, shown: str) -> None:
    assert billing_status(invoice(state, credited=credited)) == shown


def test_the_last_withdrawn_invoice_is_the_one_that_was_issued_last() -> None:
    first = invoice(VOID, id="in_1", number="F-1", issued_on=date(2026, 11, 1))
    second = invoice(PAID, id="in_2", number="F-2", issued_on=date(2026, 11, 5), credited="120")
    live, draft = invoice(OPEN, id="in_3"), invoice(DRAFT, id="in_4")
    assert last_withdrawn((second, first, live, draft)) == second
    assert last_withdrawn((live, draft)) is None


def test_a_deal_shows_the_numbers_and_the_amount_of_credit_notes() -> None:
    notes = tuple(CreditNote(number=f"F-1-CN-0{n}", gross=Money.of_minor(3000, "EUR")) for n in (1, 2))
    fields = fields_of(invoice(OPEN, credited="60", credit_notes=notes))
    assert (fields.credit_notes, fields.credited) == ("F-1-CN-01, F-1-CN-02", Decimal(60))


def test_nothing_is_said_of_credit_on_a_new_invoice() -> None:
    assert fields_of(invoice(OPEN), new=True).credited is None
    assert fields_of(invoice(OPEN)).credited == 0


def test_a_reference_reads_deal_cycle_revision() -> None:
    reference = InvoiceReference(deal=DealRef(connection="crm", id="7"), cycle=2, revision=3)
    assert str(reference) == "crm:7/2/3"


def test_the_key_names_deal_cycle_revision_and_content() -> None:
    assert ORDER.key == f"inv/crm:7/1/1/{ORDER.content_hash}"
    assert len(ORDER.content_hash) == 16


def test_the_key_stays_the_same_from_release_to_release() -> None:
    # Another hash for the same order would replace every draft that is on its way during an upgrade.
    assert ORDER.key == "inv/crm:7/1/1/c5d84165178d70d6"


def test_the_same_order_read_again_has_the_same_key() -> None:
    again = InvoiceOrder.model_validate_json(ORDER.model_dump_json())
    assert again == ORDER
    assert again.key == ORDER.key


CHANGES: dict[str, dict[str, Any]] = {
    "cycle": {"reference": InvoiceReference(deal=DEAL, cycle=2)},
    "revision": {"reference": InvoiceReference(deal=DEAL, revision=2)},
    "deal": {"reference": InvoiceReference(deal=DealRef(connection="crm", id="8"))},
    "part": {"reference": InvoiceReference(deal=DEAL, part=Part.DEPOSIT)},
    "deposit": {"deducts": "in_7"},
    "customer": {"customer_id": "cus_2"},
    "currency": {"currency": "USD"},
    "one line more": {"lines": (LINE, LINE)},
    "quantity": {"lines": (LINE.model_copy(update={"quantity": Decimal("0.334")}),)},
    "price": {"lines": (LINE.model_copy(update={"unit_price": Decimal("85.01")}),)},
    "rate": {"lines": (LINE.model_copy(update={"vat_rate": Decimal("10")}),)},
    "name": {"lines": (LINE.model_copy(update={"name": "Audit"}),)},
    "description": {"lines": (LINE.model_copy(update={"description": "Phase 2"}),)},
    "discount": {"lines": (LINE.model_copy(update={"discount": None}),)},
    "issue date": {"issued_on": date(2026, 11, 23)},
    "due date": {"due_on": ORDER.due_on + timedelta(days=1)},
    "service date": {"service_date": date(2026, 11, 21)},
    "buyer's order": {"purchase_order": "PO-1"},
    "means of payment": {"payment_methods": (PaymentMethod.CARD,)},
    "siret": {"siret": "73282932000074"},
    "memo": {"memo": "Merci"},
    "footer": {"footer": "Autoliquidation"},
    "language": {"language": "en"},
    "treatment": {"tax_treatment": TaxTreatment.EXPORT},
}


@pytest.mark.parametrize("what", CHANGES)
def test_whatever_the_customer_would_read_differently_changes_the_key(what: str) -> None:
    changed = InvoiceOrder(**(dict(ORDER) | CHANGES[what]))
    assert changed.content_hash != ORDER.content_hash
    assert changed.key != ORDER.key


def test_every_field_of_an_order_counts_in_its_hash() -> None:
    touched = {field for change in CHANGES.values() for field in change}
    assert touched == set(InvoiceOrder.model_fields)


def test_no_name_or_address_is_in_the_key() -> None:
    named = ORDER.model_copy(update={"memo": "Jean Dupont", "customer_id": "cus_secret"})
    assert "Jean" not in named.key
    assert "cus_secret" not in named.key


def test_an_order_comes_to_the_totals_of_its_discounted_lines() -> None:
    found = ORDER.totals(VatRounding.PER_LINE)
    assert (str(found.net), str(found.gross)) == ("28.31 EUR", "33.97 EUR")


@pytest.mark.parametrize(
    ("service_date", "won_on", "since"),
    [
        (date(2026, 11, 20), date(2026, 11, 20), date(2026, 9, 21)),
        (date(2026, 11, 20), date(2026, 9, 1), date(2026, 7, 3)),
        (date(2026, 8, 31), None, date(2026, 7, 2)),
        (date(2027, 1, 31), None, date(2026, 9, 21)),
    ],
)
def test_an_invoice_written_by_hand_is_looked_for_around_the_sale_not_around_today(
    service_date: date, won_on: date | None, since: date
) -> None:
    assert by_hand_between(date(2026, 11, 20), service_date, won_on) == (since, date(2027, 1, 19))
