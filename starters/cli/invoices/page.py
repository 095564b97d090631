"""How a month's invoices and credit notes read: in a terminal, as a file for a spreadsheet."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import TypeAlias

from raccord.domain.payment.status import STATUS_NAMES
from raccord.domain.report.publication import Column, ColumnKind, Row
from raccord.domain.values.invoice import Invoice
from raccord.domain.values.message import Message, Param, message
from raccord.domain.values.money import Money
from raccord.texts import formats, say, say_param
from raccord.texts.report.csv_files import csv_lines
from starters.cli.common import bold
from starters.cli.display import columns, fold, shown, table
from starters.cli.invoices.made import Credited, Made, Month, credit_totals, totals_of

_TITLES = {
    "number": message("invoices.number"),
    "date": message("invoices.date"),
    "customer": message("invoices.customer"),
    "deal": message("invoices.deal"),
    "salesperson": message("invoices.salesperson"),
    "net": message("invoices.net"),
    "vat": message("invoices.vat"),
    "gross": message("invoices.gross"),
    "credited": message("invoices.credit"),
    "state": message("invoices.state"),
    "kind": message("invoices.kind"),
    "invoice": message("invoices.on_invoice"),
}
_OF_INVOICES = {key: title for key, title in _TITLES.items() if key not in ("kind", "invoice")}
_OF_CREDIT_NOTES = {
    "number": _TITLES["number"],
    "date": message("invoices.credited_on"),
    "invoice": _TITLES["invoice"],
    **{key: _TITLES[key] for key in ("customer", "deal", "salesperson", "net", "vat", "gross")},
}
_AMOUNTS = ("net", "vat", "gross", "credited")
_KINDS = {"date": ColumnKind.DATE, **dict.fromkeys(_AMOUNTS, ColumnKind.MONEY)}
_NEEDED = ("number", "date", "customer", "gross", "state", "invoice")
"""What a narrow terminal has room for."""
_WIDE = 130
_FOLD = ("customer", "deal")
_INVOICE, _CREDIT_NOTE = message("invoices.kind.invoice"), message("invoices.kind.credit_note")
Cell: TypeAlias = str | Money | date | None
Cells: TypeAlias = Mapping[str, Cell]


class Page:
    """`credited`: None where credit notes could not be listed. `language`: of whoever reads it."""

    def __init__(
        self, month: Month, made: Sequence[Made], credited: Sequence[Credited] | None, language: str
    ) -> None:
        self._month = month
        self._made = made
        self._credited = credited
        self._language = language

    def lines(self) -> Iterator[str]:
        """Yield the invoices as a table, and what each currency comes to; then the credit notes."""
        month = formats.month(self._month.first, self._language)
        yield bold(self._say("invoices.title", month=month))
        if self._made:
            yield from self._table(_OF_INVOICES, map(self._invoice, self._made))
            yield from self._totals()
        else:
            yield self._say("invoices.none")
        if self._credited is None:
            return
        yield ""
        if not self._credited:
            yield self._say("invoices.no_credit_note")
            return
        yield bold(self._say("invoices.credit_notes", month=month))
        yield from self._table(_OF_CREDIT_NOTES, map(self._credit_note, self._credited))
        for each in credit_totals(self._credited):
            said = self._say(
                "invoices.credit_total", count=each.count, net=each.net, vat=each.vat, gross=each.gross
            )
            yield from fold(bold(said))

    def csv(self) -> bytes:
        """Return all columns as a file for a spreadsheet: in French with semicolons and decimal commas.

        Credit notes come last, with amounts below zero: a column adds up, but for what was voided.
        """
        titles = tuple(
            Column(key=key, title=say(title, self._language), kind=_KINDS.get(key, ColumnKind.TEXT))
            for key, title in _TITLES.items()
        )
        rows = [
            self._row(each.invoice.id, self._invoice(each), _INVOICE, each.invoice) for each in self._made
        ]
        for each in self._credited or ():
            cells = self._credit_note(each)
            taken = {key: -cell if isinstance(cell, Money) else cell for key, cell in cells.items()}
            rows.append(self._row(each.note.id, taken, _CREDIT_NOTE, each.note.invoice))
        return "".join(csv_lines(titles, rows, self._language, leads=True)).encode()

    def _row(self, key: str, cells: Cells, kind: Message, invoice: Invoice) -> Row:
        whole = {**cells, "kind": say(kind, self._language)}
        return Row(key=key, cells=tuple(whole.get(title) for title in _TITLES), url=invoice.page)

    def _table(self, titled: Mapping[str, Message], rows: Iterable[Cells]) -> Iterator[str]:
        chosen = [key for key in titled if columns() >= _WIDE or key in _NEEDED]
        titles = {key: say(titled[key], self._language) for key in chosen}
        written = [[self._text(cells.get(key)) for key in chosen] for cells in rows]
        right, folding = ({titles[key] for key in some if key in titles} for some in (_AMOUNTS, _FOLD))
        yield ""
        yield from table(list(titles.values()), written, right=right, folds=folding)
        yield ""

    def _totals(self) -> Iterator[str]:
        for each in totals_of(self._made):
            said = self._say("invoices.total", count=each.count, net=each.net, vat=each.vat, gross=each.gross)
            yield from fold(bold(said))
            if each.credited.amount:
                yield from fold(self._say("invoices.credited", credited=each.credited))
            if each.voided:
                yield from fold(self._say("invoices.voided", count=each.voided))

    def _invoice(self, made: Made) -> Cells:
        totals = made.invoice.totals
        return {
            "number": made.invoice.number or made.invoice.id,
            "date": made.invoice.issued_on,
            **_whose(made),
            "net": totals.net,
            "vat": made.vat,
            "gross": totals.gross,
            "credited": made.invoice.credited,
            "state": say(STATUS_NAMES[made.state], self._language),
        }

    def _credit_note(self, credited: Credited) -> Cells:
        note = credited.note
        return {
            "number": note.number,
            "date": note.issued_on,
            **_whose(credited.of),
            "net": note.net,
            "vat": note.vat,
            "gross": note.gross,
            "invoice": note.invoice.number or note.invoice.id,
        }

    def _text(self, cell: Cell) -> str:
        match cell:
            case None:
                return ""
            case Money():
                return say_param(cell, self._language)
            case str():
                return shown(cell)
            case date():
                return formats.day(cell, self._language)

    def _say(self, code: str, /, **params: Param) -> str:
        return say(message(code, **params), self._language)


def _whose(made: Made) -> Cells:
    return {
        "customer": made.customer,
        "deal": made.deal or made.deal_id,
        "salesperson": made.salesperson,
    }
