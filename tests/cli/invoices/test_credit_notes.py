"""The credit notes of a month: on invoices of any age, and apart from the invoices in each sum."""

from datetime import date
from typing import cast

import pytest

from raccord.connectors.billing import BillingReader
from raccord.domain.values.invoice import Buyer, InvoiceReference
from raccord.domain.values.listed import CreditNotePage, ListedCreditNote
from raccord.records.records import Records
from starters.cli.invoices.document import document
from starters.cli.invoices.made import Credited, credit_totals, credited_in
from starters.cli.invoices.page import Page
from starters.cli.invoices.reading import credit_notes_of
from tests.cli.invoices.test_made import OCTOBER, euro, made
from tests.cli.story.knowing import PLAIN
from tests.domain.samples import DEAL, invoice


def note(day: str = "2026-10-05", number: str = "F-1-CN-01", currency: str = "EUR") -> ListedCreditNote:
    older = invoice(
        id="in_0",
        number="F-1",
        issued_on=date(2026, 3, 2),
        buyer=Buyer(name="Acme"),
        reference=InvoiceReference(deal=DEAL),
        page="https://billing.example/in_0",
    )
    return ListedCreditNote(
        id=f"cn_{number}",
        number=number,
        issued_on=date.fromisoformat(day),
        net=euro("50", currency),
        gross=euro("60", currency),
        invoice=older,
    )


@pytest.fixture
def credited() -> tuple[Credited, ...]:
    return credited_in(OCTOBER, [note()])


def test_only_those_of_the_month_count_in_order() -> None:
    days = ("2026-10-31", "2026-09-30", "2026-10-01", "2026-11-01")
    found = credited_in(OCTOBER, [note(day) for day in days])
    assert [str(each.note.issued_on) for each in found] == ["2026-10-01", "2026-10-31"]


def test_they_are_added_up_by_currency() -> None:
    found = credited_in(OCTOBER, [note(), note(currency="USD"), note()])
    assert [(each.count, each.net, each.vat, each.gross) for each in credit_totals(found)] == [
        (2, euro("100"), euro("20"), euro("120")),
        (1, euro("50", "USD"), euro("10", "USD"), euro("60", "USD")),
    ]


def test_the_page_tells_them_after_the_invoices(credited: tuple[Credited, ...]) -> None:
    said = "\n".join(Page(OCTOBER, [made()], credited, "fr").lines()).translate(PLAIN)
    invoices, _, notes = said.partition("Avoirs, octobre 2026")
    assert "1 facture : 100,00 € HT, 20,00 € de TVA, 120,00 € TTC." in invoices
    assert "émis le" in notes
    (line,) = (each for each in notes.splitlines() if "F-1-CN-01" in each)
    assert line.split()[:4] == ["F-1-CN-01", "05/10/2026", "F-1", "Acme"]
    assert "1 avoir : 50,00 € HT, 10,00 € de TVA, 60,00 € TTC." in notes
    assert "No credit note was issued in this month." in "\n".join(Page(OCTOBER, [], [], "en").lines())


def test_in_the_file_a_column_adds_up_to_what_is_left(credited: tuple[Credited, ...]) -> None:
    titles, issued, taken = Page(OCTOBER, [made()], credited, "fr").csv().decode("utf-8-sig").splitlines()
    assert titles.endswith("état;type;sur la facture;Lien")
    assert issued.endswith("à payer;facture;;")
    assert taken == (
        "F-1-CN-01;2026-10-05;Acme;;;-50,00;EUR;-10,00;EUR;-60,00;EUR;;;;avoir;F-1;https://billing.example/in_0"
    )


def test_a_credit_note_without_vat_takes_no_minus_nothing() -> None:
    without = note().model_copy(update={"gross": euro("50")})
    *_, taken = Page(OCTOBER, [], credited_in(OCTOBER, [without]), "fr").csv().decode("utf-8").splitlines()
    assert ";-50,00;EUR;0,00;EUR;-50,00;EUR;" in taken


def test_a_machine_reads_them_with_their_invoice(credited: tuple[Credited, ...]) -> None:
    written = document(OCTOBER, [made()], credited, ())
    (found,) = written["credit_notes"]
    assert (found["number"], found["gross"], found["invoice"]) == (
        "F-1-CN-01",
        "60.00",
        {"id": "in_0", "number": "F-1"},
    )
    assert written["credit_totals"] == [
        {"currency": "EUR", "count": 1, "net": "50.00", "vat": "10.00", "gross": "60.00"}
    ]
    assert written["totals"][0]["gross"] == "120.00"


class Listing:
    """A billing system with two parts of a list."""

    async def list_credit_notes(self, *, since: date, after: str) -> CreditNotePage:
        assert since == OCTOBER.first
        number = "F-1-CN-02" if after else "F-1-CN-01"
        return CreditNotePage(notes=(note(number=number),), after="" if after else "cn_1")


async def test_all_parts_are_read_and_each_has_the_deal_of_its_invoice() -> None:
    billing, records = cast("BillingReader", Listing()), cast("Records", None)
    found, unread = await credit_notes_of(OCTOBER, billing, "stripe", records)
    assert [(each.note.number, each.of.deal_id) for each in found] == [
        ("F-1-CN-01", DEAL.id),
        ("F-1-CN-02", DEAL.id),
    ]
    assert unread == ()
