"""How a month's invoices read: in a terminal, as a file for a spreadsheet, as JSON."""

from collections.abc import Iterator, Sequence
from typing import Any

from raccord.domain.payment.status import STATUS_NAMES
from raccord.domain.report.publication import Column, ColumnKind, Row
from raccord.domain.values.message import Param, message
from raccord.domain.values.money import Money, exponent
from raccord.texts import formats, say, say_param
from raccord.texts.report.csv_files import csv_lines
from starters.cli.common import bold
from starters.cli.display import columns, fold, shown, table
from starters.cli.invoices.made import Made, Month, totals_of

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
}
_AMOUNTS = ("net", "vat", "gross", "credited")
_KINDS = {"date": ColumnKind.DATE, **dict.fromkeys(_AMOUNTS, ColumnKind.MONEY)}
_NEEDED = ("number", "date", "customer", "gross", "state")
"""What a narrow terminal has room for."""
_WIDE = 130
_FOLD = ("customer", "deal")


class Page:
    """`language`: of whoever reads it. `unread`: the ids of invoices that could not be read."""

    def __init__(self, month: Month, made: Sequence[Made], language: str, unread: Sequence[str] = ()) -> None:
        self._month = month
        self._made = made
        self._language = language
        self._unread = unread

    def lines(self) -> Iterator[str]:
        """Yield the invoices as a table, and what each currency comes to."""
        month = formats.month(self._month.first, self._language)
        yield bold(self._say("invoices.title", month=month))
        if not self._made:
            yield self._say("invoices.none")
            return
        yield ""
        chosen = [key for key in _TITLES if columns() >= _WIDE or key in _NEEDED]
        titles = [say(_TITLES[key], self._language) for key in chosen]
        right = {say(_TITLES[key], self._language) for key in _AMOUNTS}
        folding = {say(_TITLES[key], self._language) for key in _FOLD}
        rows = [[self._text(each, key) for key in chosen] for each in self._made]
        yield from table(titles, rows, right=right, folds=folding)
        yield ""
        for said in self._totals():
            yield from fold(said)

    def csv(self) -> bytes:
        """Return all columns as a file for a spreadsheet: in French with semicolons and decimal commas."""
        titles = tuple(
            Column(key=key, title=say(title, self._language), kind=_KINDS.get(key, ColumnKind.TEXT))
            for key, title in _TITLES.items()
        )
        rows = tuple(
            Row(key=each.invoice.id, cells=self._cells(each), url=each.invoice.page) for each in self._made
        )
        return "".join(csv_lines(titles, rows, self._language, leads=True)).encode()

    def document(self) -> dict[str, Any]:
        """Return the month as a machine reads it: exact amounts as text, days as ISO 8601."""
        return {
            "month": str(self._month),
            "invoices": [self._document(each) for each in self._made],
            "totals": [
                {
                    "currency": each.gross.currency,
                    "count": each.count,
                    "voided": each.voided,
                    **{name: _exact(getattr(each, name)) for name in _AMOUNTS},
                }
                for each in totals_of(self._made)
            ],
            "unreadable": list(self._unread),
        }

    def _totals(self) -> Iterator[str]:
        for each in totals_of(self._made):
            yield bold(
                self._say("invoices.total", count=each.count, net=each.net, vat=each.vat, gross=each.gross)
            )
            if each.credited.amount:
                yield self._say("invoices.credited", credited=each.credited)
            if each.voided:
                yield self._say("invoices.voided", count=each.voided)

    def _cells(self, made: Made) -> tuple[Any, ...]:
        totals = made.invoice.totals
        return (
            made.invoice.number or made.invoice.id,
            made.invoice.issued_on,
            made.customer,
            self._deal(made),
            made.salesperson,
            totals.net,
            made.vat,
            totals.gross,
            made.invoice.credited,
            say(STATUS_NAMES[made.state], self._language),
        )

    def _text(self, made: Made, key: str) -> str:
        cell = dict(zip(_TITLES, self._cells(made), strict=True))[key]
        match cell:
            case None:
                return ""
            case Money():
                return say_param(cell, self._language)
            case str():
                return shown(cell)
            case day:
                return formats.day(day, self._language)

    def _document(self, made: Made) -> dict[str, Any]:
        invoice = made.invoice
        return {
            "id": invoice.id,
            "number": invoice.number,
            "date": invoice.issued_on.isoformat() if invoice.issued_on else None,
            "due_on": invoice.due_on.isoformat() if invoice.due_on else None,
            "customer": {"id": invoice.customer_id, "name": made.customer},
            "deal": {"id": made.deal_id, "name": made.deal, "url": made.deal_url} if made.deal_id else None,
            "salesperson": made.salesperson or None,
            "net": _exact(invoice.totals.net),
            "vat": _exact(made.vat),
            "gross": _exact(invoice.totals.gross),
            "credited": _exact(invoice.credited),
            "due": _exact(made.due),
            "currency": invoice.currency,
            "state": made.state.value,
            "url": invoice.page,
        }

    def _deal(self, made: Made) -> str:
        return made.deal or made.deal_id

    def _say(self, code: str, /, **params: Param) -> str:
        return say(message(code, **params), self._language)


def _exact(amount: Money) -> str:
    return f"{amount.amount:.{exponent(amount.currency)}f}"
