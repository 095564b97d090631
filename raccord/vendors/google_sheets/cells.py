"""What a cell of a report is as a cell of a sheet (sheets.v4.json: CellData).

A text is a `stringValue`, which Google shows as it is: it is never parsed, whatever it begins with. A link is
a format of the cell and no formula.
"""

from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

from raccord.connectors.lengths import cut
from raccord.domain.report.publication import Cell, Linked
from raccord.domain.values.money import Money, exponent

FIELDS = "userEnteredValue,userEnteredFormat(numberFormat,textFormat)"
"""What a cell of ours sets; its colours, its borders and its note are people's."""
_FIRST_DAY = date(1899, 12, 30)
"""Day 0 of a date's number (google-sheets page, section 3)."""
_LONGEST = 50_000
"""Characters of a cell (Google help: files you can store in Drive)."""
_DIGITS = 15
"""What a double keeps; a longer amount is shown as text, to the cent."""
_DATES = {"fr": "dd/mm/yyyy"}
_SYMBOLS = {"EUR": "€", "USD": "$", "GBP": "£"}
_TEXT = {"type": "TEXT"}

Data = dict[str, Any]


def data(cell: Cell, language: str, *, bold: bool = False, url: str = "") -> Data:
    """Return a cell's data. `url` is where a text leads."""
    value, number_format = _value(cell, language)
    text: Data = {"bold": bold}
    if "stringValue" in value and _leads(url):
        text["link"] = {"uri": url}
    styled: Data = {"textFormat": text} | ({"numberFormat": number_format} if number_format else {})
    return ({"userEnteredValue": value} if value else {}) | {"userEnteredFormat": styled}


def text(value: str) -> Data:
    """Return a cell that shows a text, and what of it is not set stays."""
    return {"userEnteredValue": {"stringValue": value}}


def _value(cell: Cell, language: str) -> tuple[Data, Data]:
    """Return what stands in a cell, nothing for None, and how it is shown."""
    match cell:
        case None | "":
            return {}, {}
        case Money() if _fits(cell.amount):
            return {"numberValue": float(cell.amount)}, _currency(cell.currency, language)
        case date():
            pattern = _DATES.get(language, "yyyy-mm-dd")
            return {"numberValue": (cell - _FIRST_DAY).days}, {"type": "DATE", "pattern": pattern}
        case int() | Decimal() if _fits(number := Decimal(cell)):
            pattern = _decimals(max(0, -int(number.as_tuple().exponent)))
            return {"numberValue": float(number)}, {"type": "NUMBER", "pattern": pattern}
        case _:
            return {"stringValue": cut(_said(cell, language), _LONGEST)}, _TEXT


def _said(cell: object, language: str) -> str:
    match cell:
        case Linked():
            return cell.text
        case Money():
            return cell.text(language)
        case _:
            return str(cell)


def _fits(amount: Decimal) -> bool:
    return amount.is_finite() and len(amount.normalize().as_tuple().digits) <= _DIGITS


def _decimals(places: int) -> str:
    return "#,##0" + ("." + "0" * places if places else "")


def _currency(currency: str, language: str) -> Data:
    """Return the format of an amount; Google puts the separators of the spreadsheet's country into it."""
    number, symbol = _decimals(exponent(currency)), _SYMBOLS.get(currency, currency)
    before = language == "en" and symbol != currency
    pattern = f'"{symbol}"{number}' if before else f'{number}" {symbol}"'
    return {"type": "CURRENCY", "pattern": pattern}


def _leads(url: str) -> bool:
    return urlsplit(url).scheme in ("http", "https")
