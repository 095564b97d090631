"""One cell: what was entered, how it looks, and what typing a text makes of it."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

Json = dict[str, Any]
_START = datetime(1899, 12, 30, tzinfo=UTC)
"""Day 0 of a serial number (discovery document, `DateTimeRenderOption`)."""
_DATES = ("DATE", "TIME", "DATE_TIME")
_PATTERNS = {
    "NUMBER": "#,##0.00",
    "CURRENCY": '#,##0.00 "€"',
    "PERCENT": "0.00%",
    "DATE": "dd/mm/yyyy",
    "TIME": "hh:mm:ss",
    "DATE_TIME": "dd/mm/yyyy hh:mm:ss",
}
_DATE_TOKEN = re.compile(r"yyyy|yy|mmmm|mmm|mm?|dd?|hh?|ss?|\"[^\"]*\"|\\.|.", re.IGNORECASE)
_LITERAL = re.compile(r'"([^"]*)"|\\(.)|\[\$([^\]-]*)[^\]]*\]|\[[^\]]*\]|_.|\*.')
_DIGITS = re.compile(r"[#0?](?:[#0?,.]*[#0?])?")
_TYPED_DATE = (
    (re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})"), (1, 2, 3), "yyyy-mm-dd"),
    (re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})"), (3, 2, 1), "dd/mm/yyyy"),
    (re.compile(r"(\d{4})-(\d{1,2})"), (1, 2, 0), "yyyy-mm"),
)

Range = Callable[[str], list[float]]
"""The numbers in a range of the same tab."""


@dataclass(frozen=True)
class Cell:
    """`value` and `format` are `ExtendedValue` and `CellFormat`; nobody changes them in place."""

    value: Json | None = None
    format: Json | None = None
    note: str | None = None

    @property
    def is_empty(self) -> bool:
        return self.value is None and self.format is None and self.note is None


EMPTY = Cell()


def entered(value: Any) -> Json | None:
    """A value as it came, unparsed; an empty text empties the cell (discovery document, `ValueRange`)."""
    match value:
        case "":
            return None
        case bool():
            return {"boolValue": value}
        case int() | float():
            return {"numberValue": value}
    return {"stringValue": value}


def typed(value: Any, locale: str) -> tuple[Json | None, Json | None]:
    """What typing a value into the page makes of it, and the number format that it brings.

    google-sheets.md 3: `=HYPERLINK(...)` becomes a formula, `1,5` depends on the locale. Typing `+` or `-`
    first begins a formula as well, and an apostrophe keeps a text.
    """
    if not isinstance(value, str) or not value.strip():
        return entered(value), None
    text = value.strip()
    if found := _number(text, locale) or _date(text):
        return found
    match text[0], text[1:]:
        case "'", rest:
            return {"stringValue": rest}, None
        case "=" | "+" | "-", rest if rest:
            return {"formulaValue": text if text[0] == "=" else f"={text}"}, None
    if text.upper() in ("TRUE", "FALSE"):
        return {"boolValue": text.upper() == "TRUE"}, None
    return {"stringValue": value}, None


def effective(cell: Cell, numbers: Range) -> Json | None:
    """The calculated value. The sandbox calculates `SUM` and `HYPERLINK`; any other formula is an error."""
    if cell.value is None or "formulaValue" not in cell.value:
        return cell.value
    formula = cell.value["formulaValue"]
    if found := re.fullmatch(r'=HYPERLINK\("([^"]*)"(?:[;,]\s*"([^"]*)")?\)', formula, re.IGNORECASE):
        return {"stringValue": found[2] or found[1]}
    if found := re.fullmatch(r"=SUM\(([A-Z]+\d+:[A-Z]+\d+)\)", formula, re.IGNORECASE):
        return {"numberValue": sum(numbers(found[1]))}
    return {"errorValue": {"type": "ERROR", "message": "Formula parse error."}}


def shown(value: Json | None, look: Json | None, locale: str) -> str:
    """A calculated value as people see it."""
    match value:
        case None:
            return ""
        case {"numberValue": number}:
            return _number_text(number, (look or {}).get("numberFormat") or {}, locale)
        case {"boolValue": flag}:
            return "TRUE" if flag else "FALSE"
        case {"errorValue": error}:
            return f"#{error['type']}!"
    return str(value["stringValue"])


def plain(value: Json | None) -> Any:
    """A calculated value as JSON; an error as it is shown."""
    match value:
        case None:
            return ""
        case {"errorValue": error}:
            return f"#{error['type']}!"
    return next(iter(value.values()))


def is_date(look: Json | None) -> bool:
    return ((look or {}).get("numberFormat") or {}).get("type") in _DATES


def _number(text: str, locale: str) -> tuple[Json, Json | None] | None:
    group, point = (r"[ \u00a0\u202f]", ",") if locale.startswith("fr") else (",", r"\.")
    whole = rf"(?:\d{{1,3}}(?:{group}\d{{3}})+|\d+)"
    found = re.fullmatch(rf"([+-]?)({whole})(?:{point}(\d+))?\s*(%|€|\$)?", text)
    if not found:
        return None
    sign, digits, fraction, unit = found.groups()
    bare = re.sub(r"\D", "", digits)
    value: float = float(f"{sign}{bare}.{fraction}") if fraction else int(f"{sign}{bare}")
    match unit:
        case "%":
            return {"numberValue": value / 100}, {"type": "PERCENT", "pattern": "0.00%"}
        case "€" | "$":
            return {"numberValue": value}, {"type": "CURRENCY", "pattern": f'#,##0.00 "{unit}"'}
    return {"numberValue": value}, None


def _date(text: str) -> tuple[Json, Json] | None:
    for pattern, (year, month, day), look in _TYPED_DATE:
        if found := pattern.fullmatch(text):
            try:
                when = datetime(
                    int(found[year]), int(found[month]), int(found[day]) if day else 1, tzinfo=UTC
                )
            except ValueError:
                return None
            return {"numberValue": (when - _START).days}, {"type": "DATE", "pattern": look}
    return None


def _number_text(number: float, look: Json, locale: str) -> str:
    pattern = look.get("pattern") or _PATTERNS.get(look.get("type", ""), "")
    if look.get("type") in _DATES:
        return _date_text(number, pattern)
    if look.get("type") == "TEXT" or not pattern:
        return _localised(f"{number:.10g}", locale)
    sections = pattern.split(";")
    negative = number < 0 and len(sections) > 1
    pattern = _LITERAL.sub(
        lambda found: found[1] or found[2] or found[3] or "", sections[1 if negative else 0]
    )
    digits = _DIGITS.search(pattern)
    if not digits:
        return pattern
    value = abs(number) if negative else number
    places = len(digits[0].partition(".")[2])
    text = f"{value * 100 if '%' in pattern else value:{',' if ',' in digits[0] else ''}.{places}f}"
    return pattern[: digits.start()] + _localised(text, locale) + pattern[digits.end() :]


def _localised(text: str, locale: str) -> str:
    return text.replace(",", "\u202f").replace(".", ",") if locale.startswith("fr") else text


def _date_text(number: float, pattern: str) -> str:
    when = _START + timedelta(days=number)
    text, clock = "", False
    for token in _DATE_TOKEN.findall(pattern):
        lower = token.lower()
        if lower in ("m", "mm"):
            # After hours an `m` is minutes.
            text += f"{when.minute if clock else when.month:0{len(token)}}"
            continue
        clock = clock or lower in ("h", "hh")
        text += {
            "yyyy": f"{when.year:04}",
            "yy": f"{when.year % 100:02}",
            "mmmm": f"{when:%B}",
            "mmm": f"{when:%b}",
            "dd": f"{when.day:02}",
            "d": f"{when.day}",
            "hh": f"{when.hour:02}",
            "h": f"{when.hour}",
            "ss": f"{when.second:02}",
            "s": f"{when.second}",
        }.get(lower, token.strip('"').removeprefix("\\"))
    return text
