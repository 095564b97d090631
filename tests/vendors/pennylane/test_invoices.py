"""Invoices: the draft that is asked for, found again, issued once and sent once."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from raccord.connectors.errors import (
    DUE_DATE_PAST,
    VAT_RATE_MISSING,
    AmbiguousWrite,
    Permanent,
    RateLimited,
)
from raccord.domain.values.deal import Discount
from raccord.domain.values.invoice import InvoiceOrder, InvoiceState, Part
from raccord.domain.values.money import exponent
from raccord.domain.values.parties import TaxTreatment
from raccord.vendors.pennylane.api import BURST
from raccord.vendors.pennylane.connector import PennylaneBilling
from raccord.vendors.pennylane.orders import draft_body, reference_of
from raccord.vendors.pennylane.settings import PennylaneSettings
from raccord.vendors.pennylane.vat import VatCodes
from tests.connectors.conformance.samples import DEAL, line, order, today
from tests.connectors.stub import Asked, Fault, Reply, Stub
from tests.vendors.pennylane import samples
from tests.vendors.pennylane.conftest import refused
from tests.vendors.pennylane.samples import by_filter, filters, invoice, issued, some

DAY = timedelta(days=1)
CODES = VatCodes(
    PennylaneSettings.model_validate({"token": "t" * 20, "zero_vat_codes": {"exempt": "exempt"}})
)


def body(wanted: InvoiceOrder) -> Any:
    return draft_body(wanted, CODES)


def test_a_draft_is_exactly_this() -> None:
    """Without `draft` it would be a legal invoice; money is text, the quantity alone is a number."""
    lines = (
        line(quantity=Decimal("1.5"), price="19.99", description="Deux jours"),
        line(
            name="Livre",
            price="9",
            list_price=Decimal(10),
            discount=Discount(percent=Decimal(10)),
            vat_rate=Decimal("5.5"),
        ),
    )
    wanted = order("42", *lines, siret="73282932000074", memo="Merci", footer="Pénalités")
    assert body(wanted) == {
        "draft": True,
        "date": today().isoformat(),
        "deadline": (today() + 30 * DAY).isoformat(),
        "customer_id": 42,
        "currency": "EUR",
        "external_reference": "crm:987/1/1",
        "label": f"Raccord {wanted.content_hash}",
        "language": "fr_FR",
        "pdf_description": "SIRET\u00a0: 73282932000074\n"
        f"Date de prestation\u00a0: {today():%d/%m/%Y}\nMerci",
        "special_mention": "Pénalités",
        "invoice_lines": [
            {
                "label": "Conseil",
                "quantity": 1.5,
                "raw_currency_unit_price": "19.99",
                "unit": "piece",
                "vat_rate": "FR_200",
                "description": "Deux jours",
            },
            {
                "label": "Livre",
                "quantity": 1,
                "raw_currency_unit_price": "9",
                "unit": "piece",
                "vat_rate": "FR_55",
                "description": "(prix unitaire 10,00\u00a0€, remise 10\u00a0%)",
            },
        ],
    }


def test_zero_per_cent_has_the_code_of_its_reason_or_none() -> None:
    zero = line(vat_rate=Decimal(0))
    (sent,) = body(order("42", zero, tax_treatment=TaxTreatment.EXEMPT))["invoice_lines"]
    assert sent["vat_rate"] == "exempt"
    with pytest.raises(Permanent, match="intra_community") as unknown:
        body(order("42", zero, tax_treatment=TaxTreatment.INTRA_COMMUNITY))
    assert unknown.value.code == "vat_code_missing"
    with pytest.raises(Permanent) as missing:
        body(order("42", line(vat_rate=Decimal("13.7"))))
    assert missing.value.code == VAT_RATE_MISSING


@pytest.mark.parametrize(("price", "quantity"), [("0.1234567", "100000"), ("1", "0.12345678901234567890")])
def test_what_pennylane_cannot_hold_is_refused_where_it_would_come_to_another_amount(
    price: str, quantity: str
) -> None:
    with pytest.raises(Permanent) as finer:
        body(order("42", line(price=price, quantity=Decimal(quantity))))
    assert finer.value.code == "too_many_decimals"


@pytest.mark.parametrize(
    ("price", "quantity", "sent"),
    [
        # 100 with 20 % in it; three of 100 less 10; 120 with 20 % in it.
        ("83.33333333", "1", "83.333333"),
        ("96.66666667", "3", "96.666667"),
        ("100.00000000", "1", "100"),
        # The nearest price would come to 3.01.
        ("1.00166666", "3", "1.001666"),
        ("0.0000001", "1", "0"),
    ],
)
def test_a_price_finer_than_pennylane_takes_is_the_nearest_that_comes_to_the_same(
    price: str, quantity: str, sent: str
) -> None:
    fine = line(price=price, quantity=Decimal(quantity))
    (found,) = body(order("42", fine))["invoice_lines"]
    assert found["raw_currency_unit_price"] == sent
    assert line(price=sent, quantity=Decimal(quantity)).priced.net("EUR") == fine.priced.net("EUR")


@given(
    quantity=st.decimals(min_value="0.01", max_value=200_000, places=2),
    price=st.decimals(min_value=0, max_value=1_000, places=8),
    currency=st.sampled_from(["EUR", "JPY", "KWD"]),
)
def test_no_line_ever_comes_to_another_amount_in_pennylane(
    quantity: Decimal, price: Decimal, currency: str
) -> None:
    fine = line(price=price, quantity=quantity)
    try:
        (found,) = body(order("42", fine, currency=currency))["invoice_lines"]
    except Permanent:
        # Of so many, six decimals of a price are more than a minor unit.
        assert quantity * 10 ** exponent(currency) > 10**6
        return
    sent = Decimal(found["raw_currency_unit_price"])
    assert sent == round(sent, 6)
    net = line(price=sent, quantity=quantity).priced.net(currency)
    assert net == fine.priced.net(currency)


def test_our_reference_is_read_back_and_what_pennylane_assigns_is_none() -> None:
    deposit = order("42").reference.model_copy(update={"part": Part.DEPOSIT, "revision": 3})
    assert reference_of(str(deposit)) == deposit
    assert reference_of("0e67fc3c-c632-4feb-ad34-e18ed5fbf66a") is None
    assert reference_of("FR123") is None


async def test_a_draft_is_proven_by_what_pennylane_computed(stub: Stub, billing: PennylaneBilling) -> None:
    wanted = order("42")
    stub.on("POST /customer_invoices", Reply(invoice(label=f"Raccord {wanted.content_hash}"), 201))
    stub.on("GET /customer_invoices/7/invoice_lines", some(samples.line()))
    made = await billing.create_draft(wanted, key=wanted.key)
    assert made.totals == wanted.totals(billing.capabilities.vat_rounding)
    assert (made.state, made.reference, made.content_hash) == (
        InvoiceState.DRAFT,
        wanted.reference,
        wanted.content_hash,
    )
    assert (made.number, made.url, made.line_count) == (None, None, 1)


@pytest.mark.parametrize("status", [409, 422])
async def test_a_reference_that_has_a_draft_already_is_adopted(
    stub: Stub, billing: PennylaneBilling, status: int
) -> None:
    stub.on("POST /customer_invoices", refused(status, "external_reference has already been taken"))
    stub.on("GET /customer_invoices", by_filter("external_reference", invoice()))
    assert (await billing.create_draft(order("42"), key="inv/1")).id == "7"
    assert filters(stub.last("GET /customer_invoices")) == [
        {"field": "external_reference", "operator": "eq", "value": "crm:987/1/1"}
    ]


async def test_a_create_without_an_answer_is_sent_once(stub: Stub, billing: PennylaneBilling) -> None:
    stub.on("POST /customer_invoices", Reply(fault=Fault.RESET))
    with pytest.raises(AmbiguousWrite):
        await billing.create_draft(order("42"), key="inv/1")
    assert stub.count("POST /customer_invoices") == 1


async def test_several_of_one_reference_are_all_told(stub: Stub, billing: PennylaneBilling) -> None:
    """Should Pennylane not enforce that references are unique, it is a person's to choose."""
    stub.on("GET /customer_invoices", by_filter("crm:987/1/1", invoice(), invoice(id=8)))
    stub.on("GET /customer_invoices/8/invoice_lines", some())
    found = await billing.invoices_of(DEAL, customer_id=None, invoice_id=None)
    assert [each.id for each in found] == ["7", "8"]


async def test_a_later_cycle_is_found_behind_the_one_before(stub: Stub, billing: PennylaneBilling) -> None:
    by_reference = {
        "crm:987/1/1": issued(status="cancelled"),
        "crm:987/2/2": invoice(id=8, external_reference="crm:987/2/2"),
    }

    def answer(asked: Any) -> Reply:
        found = by_reference.get(filters(asked)[0]["value"]) if len(filters(asked)) == 1 else None
        return Reply(some(*([found] if found else [])))

    stub.on("GET /customer_invoices", answer)
    stub.on("GET /customer_invoices/8/invoice_lines", some())
    found = await billing.invoices_of(DEAL, customer_id=None, invoice_id=None)
    assert [(each.id, each.live) for each in found] == [("7", False), ("8", True)]


async def test_a_draft_that_waited_is_issued_under_todays_date(stub: Stub, billing: PennylaneBilling) -> None:
    """A date before that of the invoice issued last is refused. The label goes: the books get Pennylane's."""
    stub.on(
        "GET /customer_invoices/7",
        invoice(label="Raccord 0123456789abcdef"),
        issued(date=today().isoformat(), label="Raccord 0123456789abcdef"),
    )
    stub.on("PUT /customer_invoices/7", invoice(), issued(date=today().isoformat()))
    stub.on("PUT /customer_invoices/7/finalize", issued())
    final = await billing.finalise("7", key="inv/1/finalise")
    dated, _, labelled = [each for each in stub.seen if each.method == "PUT"]
    assert (dated.json, labelled.json) == ({"date": today().isoformat()}, {"label": None})
    assert stub.last("PUT /customer_invoices/7/finalize").body == b""
    assert (final.state, final.number, final.issued_on) == (InvoiceState.OPEN, "F-1", today())


async def test_a_repeat_of_issuing_is_no_refusal_once_it_is_issued(
    stub: Stub, billing: PennylaneBilling
) -> None:
    stub.on("GET /customer_invoices/7", invoice(date=today().isoformat()), issued())
    stub.on("PUT /customer_invoices/7/finalize", refused(422, "Invoice is already finalized"))
    assert (await billing.finalise("7", key="inv/1/finalise")).finalised


async def test_why_it_cannot_be_issued_is_told(stub: Stub, billing: PennylaneBilling) -> None:
    stub.on("GET /customer_invoices/7", invoice(date=today().isoformat()))
    stub.on("PUT /customer_invoices/7/finalize", refused(422, "Company has no invoice numbering"))
    with pytest.raises(Permanent, match="no invoice numbering"):
        await billing.finalise("7", key="inv/1/finalise")


async def test_a_due_date_that_passed_while_the_draft_waited_makes_a_new_order(
    stub: Stub, billing: PennylaneBilling
) -> None:
    stub.on("GET /customer_invoices/7", invoice(deadline=(today() - DAY).isoformat()))
    with pytest.raises(Permanent) as late:
        await billing.finalise("7", key="inv/1/finalise")
    assert late.value.code == DUE_DATE_PAST
    assert {each.method for each in stub.seen} == {"GET"}


async def test_an_invoice_without_its_pdf_is_sent_a_minute_later(
    stub: Stub, billing: PennylaneBilling
) -> None:
    stub.on("GET /customer_invoices/7", issued())
    stub.on("GET /customers/42", samples.customer())
    stub.on(
        "POST /customer_invoices/7/send_by_email", refused(409, "PDF is being generated"), Reply(b"", 204)
    )
    with pytest.raises(RateLimited) as waiting:
        await billing.deliver("7", key="inv/1/deliver")
    assert waiting.value.retry_after == timedelta(minutes=1)
    await billing.deliver("7", key="inv/1/deliver")
    assert not billing.capabilities.tells_delivery
    # Without a recipient it would go to all of the customer's addresses, and one was proven.
    assert stub.last("POST /customer_invoices/7/send_by_email").json == {"recipients": ["compta@ete.example"]}


async def test_a_draft_says_whom_it_would_print(stub: Stub, billing: PennylaneBilling) -> None:
    """It prints its customer as that one is now; of an issued one nobody knows what it was."""
    stub.on("GET /customers/42", samples.customer())
    stub.on("GET /customer_invoices/7", invoice(), issued())
    buyer = (await billing.read_invoice("7")).buyer
    assert buyer is not None
    assert (buyer.name, buyer.email, buyer.address.city) == ("Été SARL", "compta@ete.example", "Paris")
    assert buyer.identifiers == ("732829320", "FR44732829320")
    assert (await billing.read_invoice("7")).buyer is None


async def test_revisions_are_looked_for_while_there_are_any(stub: Stub, billing: PennylaneBilling) -> None:
    """Nobody knows the customer whose own list would have all."""
    there = {f"crm:987/1/{revision}": revision for revision in (2, 3)}

    def listed(asked: Asked) -> Reply:
        reference = filters(asked)[0]["value"]
        id = there.get(reference)
        return Reply(some(invoice(id=id, external_reference=reference)) if id else some())

    stub.on("GET /customer_invoices", listed)
    for id in there.values():
        stub.on(f"GET /customer_invoices/{id}/invoice_lines", some())
    found = await billing.invoices_of(DEAL, customer_id=None, invoice_id=None)
    assert sorted(each.id for each in found) == ["2", "3"]


async def test_one_reference_that_two_drafts_have_is_for_a_person(
    stub: Stub, billing: PennylaneBilling
) -> None:
    stub.on("POST /customer_invoices", refused(422, "external_reference has already been taken"))
    stub.on("GET /customer_invoices", by_filter("external_reference", invoice(), invoice(id=8)))
    with pytest.raises(Permanent, match="taken"):
        await billing.create_draft(order("42"), key="inv/1")


async def test_a_draft_is_deleted_and_a_deleted_one_is_fine(stub: Stub, billing: PennylaneBilling) -> None:
    stub.on("DELETE /customer_invoices/7", Reply(b"", 204))
    await billing.discard_draft("7", key="d/1")
    await billing.discard_draft("8", key="d/2")


async def test_vat_is_told_by_rate_whichever_way_it_was_rounded(
    stub: Stub, billing: PennylaneBilling
) -> None:
    """Three lines of 0.33: by line 0.07 each, by rate 0.20."""
    third = samples.line(currency_amount_before_tax="0.33", currency_tax="0.07")
    stub.on("GET /customer_invoices/7/invoice_lines", some(third, third, third))
    for whole in ("0.21", "0.20"):
        stub.on("GET /customer_invoices/7", invoice(currency_tax=whole, currency_amount_before_tax="0.99"))
        (vat,) = (await billing.read_invoice("7")).totals.vat
        assert (f"{vat.rate:f}", str(vat.base.amount), str(vat.vat.amount)) == ("20", "0.99", whole)


@pytest.mark.parametrize(
    ("code", "tax", "rate"),
    [
        ("FR_55", "5.5", "5.5"),
        ("FR_1_05", "1.05", "1.05"),
        ("FR_09", "0.9", "0.9"),
        ("intracom_21", "0", "0"),
        ("FR_200", "0", "20"),
        ("mixed", "7", None),
    ],
)
async def test_a_code_says_its_rate(
    stub: Stub, billing: PennylaneBilling, code: str, tax: str, rate: str | None
) -> None:
    stub.on("GET /customer_invoices/7", invoice())
    stub.on("GET /customer_invoices/7/invoice_lines", some(samples.line(vat_rate=code, currency_tax=tax)))
    (found,) = await billing.invoiced_lines("7")
    assert found.vat_rate == (Decimal(rate) if rate else None)


async def test_the_public_link_is_used_at_once_and_kept_nowhere(
    stub: Stub, billing: PennylaneBilling
) -> None:
    """It needs no login, lasts 30 minutes, and is not there before the PDF is."""
    stub.on("GET /customer_invoices/7", issued(), issued(public_file_url=f"{stub.url}/public/7"))
    stub.on("GET /public/7", Reply(b"%PDF-1.7 ..."))
    with pytest.raises(RateLimited):
        await billing.read_document("7")
    assert (await billing.read_document("7")).startswith(b"%PDF-")
    assert (await billing.read_invoice("7")).url is None
    assert "authorization" not in stub.last("GET /public/7").headers


async def test_credit_notes_are_invoices_below_zero_that_name_theirs(
    stub: Stub, billing: PennylaneBilling
) -> None:
    mine = {"currency_amount": "-30.00", "currency_amount_before_tax": "-25.00", "currency_tax": "-5.00"}
    note = issued(id=9, status="credit_note", invoice_number="A-1", credited_invoice={"id": 7}, **mine)
    stub.on("GET /customer_invoices/7", issued(status="partially_cancelled"))
    stub.on(
        "GET /customer_invoices",
        by_filter("credit_note", note, note | {"id": 10, "credited_invoice": {"id": 8}}),
    )
    found = await billing.read_invoice("7")
    assert (str(found.credited), [each.number for each in found.credit_notes]) == ("30.00 EUR", ["A-1"])
    assert found.live
    stub.on("GET /customer_invoices/8", issued(id=8))
    listed = await billing.list_credit_notes(since=today(), after="")
    assert [(each.number, str(each.vat), each.invoice.id) for each in listed.notes] == [
        ("A-1", "5.00 EUR", "7"),
        ("A-1", "5.00 EUR", "8"),
    ]
    corrected = await billing.corrected_since(datetime.now(UTC))
    assert [each.invoice_id for each in corrected.invoices] == ["7", "8"]


def test_the_pace_stays_below_what_a_token_may_send() -> None:
    """25 requests in any 5 seconds; a burst comes on top of the pace."""
    pace = PennylaneSettings.model_fields["requests_per_second"].default
    assert pace * (5 + BURST) <= 25
