"""A month's invoices: each once, in its own month, and sums that are exact."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime
from decimal import Decimal
from types import SimpleNamespace
from typing import Any, cast

import pytest

from raccord.connectors.billing import BillingReader
from raccord.connectors.errors import Forbidden
from raccord.domain.payment.status import PaymentStatus
from raccord.domain.values.clock import BusinessClock
from raccord.domain.values.invoice import Buyer, InvoiceState
from raccord.domain.values.listed import CreditNotePage, InvoicePage, ListedInvoice
from raccord.domain.values.money import Money
from raccord.records.audit import AuditRow, Kind
from raccord.records.records import Records
from starters.cli.invoices import command
from starters.cli.invoices.document import document
from starters.cli.invoices.made import Made, Month, made_in, totals_of
from starters.cli.invoices.page import Page
from starters.cli.invoices.reading import invoices_of
from starters.cli.told import Told, bounds, told_by
from tests.cli.story.knowing import PLAIN
from tests.domain.samples import invoice

OCTOBER = Month.parse("2026-10")


def euro(amount: str, currency: str = "EUR") -> Money:
    return Money(amount=Decimal(amount), currency=currency)


def listed(day: str, *, due: str = "120", **changes: Any) -> ListedInvoice:
    found = invoice(changes.pop("state", InvoiceState.OPEN), issued_on=date.fromisoformat(day), **changes)
    return ListedInvoice(invoice=found, due=euro(due))


def made(**changes: Any) -> Made:
    (found,) = made_in(OCTOBER, [listed("2026-10-02", number="F-2", buyer=Buyer(name="Acme"), **changes)])
    return found


@pytest.mark.parametrize(
    ("typed", "last"), [("2026-02", "2026-02-28"), ("2028-02", "2028-02-29"), ("2026-12", "2026-12-31")]
)
def test_a_month_ends_on_its_last_day(typed: str, last: str) -> None:
    assert Month.parse(typed).last == date.fromisoformat(last)


@pytest.mark.parametrize("typed", ["2026", "2026-13", "octobre", "2026-10-01", ""])
def test_what_is_no_month_is_refused(typed: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        Month.parse(typed)


def test_only_what_was_issued_in_the_month_counts_in_order() -> None:
    days = ("2026-10-31", "2026-09-30", "2026-10-01", "2026-11-01")
    found = made_in(OCTOBER, [listed(day) for day in days])
    assert [str(each.invoice.issued_on) for each in found] == ["2026-10-01", "2026-10-31"]


@pytest.mark.parametrize(
    ("changes", "state"),
    [
        ({}, PaymentStatus.OPEN),
        ({"due": "20"}, PaymentStatus.PARTLY_PAID),
        ({"state": InvoiceState.PAID, "due": "0"}, PaymentStatus.PAID),
        ({"state": InvoiceState.VOID, "due": "0"}, PaymentStatus.VOID),
        ({"credited": "120", "due": "0"}, PaymentStatus.CREDITED),
        ({"credited": "20", "due": "100"}, PaymentStatus.OPEN),
        ({"state": InvoiceState.UNCOLLECTIBLE}, PaymentStatus.UNCOLLECTIBLE),
    ],
)
def test_its_state_is_what_became_of_it(changes: dict[str, Any], state: PaymentStatus) -> None:
    assert made(**changes).state is state


def test_totals_are_by_currency_and_leave_out_what_was_voided() -> None:
    found = [made(), made(credited="20", due="100"), made(state=InvoiceState.VOID, due="0")]
    (total,) = totals_of(found)
    assert (total.count, total.voided) == (2, 1)
    assert (total.net, total.vat, total.gross, total.credited) == tuple(
        map(euro, ("200.00", "40.00", "240.00", "20"))
    )


def test_the_page_says_it_in_french() -> None:
    said = "\n".join(Page(OCTOBER, [made()], [], "fr").lines()).translate(PLAIN)
    for part in ("Factures, octobre 2026", "F-2", "Acme", "120,00 €", "à payer"):
        assert part in said
    assert "1 facture : 100,00 € HT, 20,00 € de TVA, 120,00 € TTC." in said


def test_a_month_without_invoices_says_so() -> None:
    assert "No invoice was issued in this month." in "\n".join(Page(OCTOBER, [], [], "en").lines())


def test_the_file_is_for_a_spreadsheet_of_the_reader_s_language() -> None:
    written = Page(OCTOBER, [made()], [], "fr").csv().decode("utf-8-sig").splitlines()
    assert written[0].startswith("numéro;émise le;client;affaire;commercial;HT")
    assert written[1].startswith("F-2;2026-10-02;Acme;;;100,00;EUR;20,00;EUR;120,00;EUR;0,00;EUR;à payer")


def test_a_name_that_a_spreadsheet_would_compute_stays_a_text() -> None:
    found = made_in(OCTOBER, [listed("2026-10-02", buyer=Buyer(name="=HYPERLINK(1)"))])
    assert "'=HYPERLINK(1)" in Page(OCTOBER, found, [], "fr").csv().decode()


def test_a_machine_reads_exact_amounts() -> None:
    written = document(OCTOBER, [made()], [], ())
    assert written["totals"] == [
        {"currency": "EUR", "count": 1, "voided": 0, "net": "100.00", "vat": "20.00", "gross": "120.00",
         "credited": "0.00"}
    ]  # fmt: skip


def test_what_was_credited_stands_beside_each_invoice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    credited = made(credited="20", due="100")
    page = Page(OCTOBER, [credited], [], "fr")
    assert "avoirs;" in page.csv().decode().splitlines()[0]
    assert ";120,00;EUR;20,00;EUR;" in page.csv().decode().translate(PLAIN)
    assert "20,00 €" in next(
        line.partition("120,00 €")[2].translate(PLAIN)
        for line in "\n".join(page.lines()).translate(PLAIN).splitlines()
        if "F-2" in line
    )
    assert document(OCTOBER, [credited], [], ())["invoices"][0]["credited"] == "20.00"


class Listing:
    """A billing system with two parts of a list, of which one entry of each cannot be read."""

    async def list_invoices(self, *, since: date, after: str) -> InvoicePage:
        assert since == OCTOBER.first
        return InvoicePage(invoices=(), unreadable=("in_9",), after="" if after else "1")

    async def list_credit_notes(self, *, since: date, after: str) -> CreditNotePage:
        assert since == OCTOBER.first
        return CreditNotePage(notes=(), unreadable=("cn_9",), after="" if after else "1")


class NoCreditNotes(Listing):
    """One whose key may not list credit notes."""

    async def list_credit_notes(self, **_: object) -> CreditNotePage:
        raise Forbidden("The key may not list credit notes.")


async def test_an_invoice_that_cannot_be_read_is_named() -> None:
    billing, records = cast("BillingReader", Listing()), cast("Records", None)
    found, unread = await invoices_of(OCTOBER, billing, "stripe", records)
    assert (found, unread) == ((), ("in_9", "in_9"))
    assert document(OCTOBER, found, (), unread)["unreadable"] == ["in_9", "in_9"]


async def shown(billing: object, monkeypatch: pytest.MonkeyPatch) -> int:
    @asynccontextmanager
    async def opened(*_: object) -> AsyncIterator[Any]:
        yield SimpleNamespace(of=lambda _: billing)

    monkeypatch.setattr(command, "connections_of", opened)
    monkeypatch.setattr(command, "opened", opened)
    monkeypatch.setattr(command, "language_of", lambda _: "en")
    configuration: Any = SimpleNamespace(billing=SimpleNamespace(name="stripe"))
    keys: Any = None
    return await command.show(configuration, keys, OCTOBER, None, as_json=False)


async def test_a_list_that_lacks_invoices_or_credit_notes_warns_and_is_no_success(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert await shown(Listing(), monkeypatch) == 1
    said = capsys.readouterr().err
    assert "in_9" in said
    assert "cn_9" in said


async def test_credit_notes_that_may_not_be_listed_are_not_said_to_be_none(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert await shown(NoCreditNotes(), monkeypatch) == 1
    said = capsys.readouterr()
    assert "the credit notes are missing: The key may not list credit notes." in said.err
    assert "credit note" not in said.out
    assert document(OCTOBER, (), None, ())["credit_notes"] is None


def mail(sequence: int, kind: Kind, verdict: str = "", **more: Any) -> AuditRow:
    base: dict[str, Any] = {
        "sequence": sequence,
        "at": datetime(2026, 10, sequence, tzinfo=UTC),
        "kind": kind,
        "key": "dun/1",
        "effect": "mail.send",
        "object": "stripe:cus_1",
        "actor": "raccord",
        "cause": "dunning/stripe/cus_1 run",
        "verdict": verdict,
    }
    return AuditRow(**(base | more))


def told_in_october(*rows: AuditRow) -> tuple[Told, ...]:
    return told_by(rows, datetime(2026, 10, 1, tzinfo=UTC), datetime(2026, 11, 1, tzinfo=UTC))


def test_who_was_told_what_is_paired_from_the_audit() -> None:
    asked = {"to": ["a@acme.example"], "subject": "Facture F-1"}
    left, lost = told_in_october(
        mail(1, Kind.INTENT, after=asked),
        mail(2, Kind.OUTCOME, "done"),
        mail(3, Kind.INTENT, key="dun/2", after=asked),
    )
    assert (left.to, left.what, left.flow, left.row, left.fate) == (
        ("a@acme.example",), "Facture F-1", "dunning/stripe/cus_1", 2, None,
    )  # fmt: skip
    assert lost.fate
    assert lost.fate.code == "told.unknown"


def test_a_server_s_error_may_have_told_somebody() -> None:
    (told,) = told_in_october(mail(1, Kind.INTENT), mail(2, Kind.OUTCOME, "server_error"))
    assert told.fate
    assert told.fate.code == "told.unknown"


def test_what_is_found_sent_was_not_sent_again() -> None:
    once = (mail(1, Kind.INTENT), mail(2, Kind.OUTCOME, "done"))
    (told,) = told_in_october(*once, mail(3, Kind.INTENT), mail(4, Kind.OUTCOME, "found"))
    assert told.row == 2


def test_what_an_earlier_attempt_sent_counts_once_it_is_found() -> None:
    (told,) = told_in_october(mail(1, Kind.INTENT), mail(2, Kind.OUTCOME, "found"))
    assert (told.fate, told.row) == (None, 2)


def test_a_message_is_of_the_month_in_which_it_was_begun() -> None:
    last = datetime(2026, 10, 31, 23, 59, 59, 500000, tzinfo=UTC)
    november = datetime(2026, 11, 1, tzinfo=UTC)
    rows = (
        mail(1, Kind.INTENT, at=last),
        mail(2, Kind.OUTCOME, "done", at=november),
        mail(3, Kind.INTENT, key="dun/2", at=november),
        mail(4, Kind.OUTCOME, "done", key="dun/2", at=november),
    )
    (told,) = told_in_october(*rows)
    assert (told.at, told.fate) == (last, None)


def test_a_month_of_messages_goes_on_until_the_next_one_begins() -> None:
    """Midnight in Paris."""
    assert bounds(OCTOBER, BusinessClock()) == (
        datetime(2026, 9, 30, 22, tzinfo=UTC),
        datetime(2026, 10, 31, 23, tzinfo=UTC),
    )
