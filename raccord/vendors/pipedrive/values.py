"""What a field of Pipedrive's says. Every parser raises `ValueError` rather than guess."""

import re
from datetime import UTC, date, datetime
from decimal import Decimal, localcontext
from typing import Any

from raccord.domain.values.base import fold, plain

_NUMBER = re.compile(r"[+-]?[0-9]{1,25}(?:[.,][0-9]{1,20})?")
_AMBIGUOUS = re.compile(r"[+-]?[1-9][0-9]{0,2},[0-9]{3}")
_SPACES = re.compile("[\u0020\u00a0\u2009\u202f]")
_INSTANT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,6})?Z?")
_ANSWERS = dict.fromkeys(("true", "yes", "oui", "1"), True) | dict.fromkeys(
    ("false", "no", "non", "0"), False
)
_LANGUAGES = {"francais": "fr", "français": "fr", "french": "fr", "anglais": "en", "english": "en"}
_CERTAIN = 15
"""Significant digits that a JSON number is certain of: a calculated one has a tail of the binary fraction."""


def parse_number(text: str) -> Decimal:
    """Read `1200.5`, `1 200,50` or `5,5`; `1,200` may mean either of two numbers and is refused."""
    packed = _SPACES.sub("", text.strip())
    if not _NUMBER.fullmatch(packed) or _AMBIGUOUS.fullmatch(packed):
        raise ValueError("not a number")
    return Decimal(packed.replace(",", "."))


def certain(number: Decimal) -> Decimal:
    """Return a number of an answer without the tail of a binary fraction: `3.3000000000000003` is 3.3."""
    if len(number.as_tuple().digits) <= _CERTAIN or number == number.to_integral_value():
        return number
    with localcontext(prec=_CERTAIN):
        return (+number).normalize()


def parse_percent(text: str) -> Decimal:
    return parse_number(text.strip().removesuffix("%"))


def parse_day(text: str) -> date:
    """Read a date, or the day of a whole instant as it is written."""
    return date.fromisoformat(text.strip()[:10])


def parse_instant(text: str) -> datetime:
    """Read an instant of API v2 (RFC 3339, UTC) or v1 (`2026-11-20 15:11:55`, UTC)."""
    if not _INSTANT.fullmatch(text.strip()):
        raise ValueError("not an instant")
    return datetime.fromisoformat(text.strip().removesuffix("Z")).replace(tzinfo=UTC)


def write_instant(instant: datetime) -> str:
    """Write an instant for a filter: with milliseconds it would be refused (pipedrive page, section 5)."""
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def parse_answer(text: str) -> bool:
    if (answer := _ANSWERS.get(fold(text))) is None:
        raise ValueError("neither yes nor no")
    return answer


def parse_language(text: str) -> str:
    """Return `fr` or `en` for a language code or name, `""` for any other."""
    folded = text.strip().casefold()
    if folded in _LANGUAGES:
        return _LANGUAGES[folded]
    code = re.split("[-_]", folded)[0]
    return code if code in ("fr", "en") else ""


def as_text(value: Any) -> str:
    """Return what a custom field holds as a text; of money its amount, of what has parts nothing."""
    match value:
        case bool():
            return "true" if value else "false"
        case Decimal() | int():
            return plain(certain(Decimal(value)).normalize())
        case str():
            return value.strip()
        case {"value": inner} if not isinstance(inner, dict):
            return as_text(inner)
        case _:
            return ""
