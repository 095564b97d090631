"""Property values as people and HubSpot write them. Every parser raises `ValueError` rather than guess."""

import re
from datetime import UTC, date, datetime, timedelta
from decimal import Context, Decimal

from raccord.domain.values.base import fold
from raccord.domain.values.clock import BusinessClock

_SPACES = re.compile("[\u0020\u00a0\u2009\u202f]")
_PLAIN = re.compile(r"[+-]?[0-9]{1,25}(?:\.[0-9]{1,20})?|[+-]?\.[0-9]{1,20}")
_SCIENTIFIC = re.compile(r"[+-]?[0-9](?:\.[0-9]{1,15})?E[0-9]{1,2}")
"""How HubSpot's own arithmetic may write amounts of ten million and more."""
_CERTAIN = Context(prec=15)
_THOUSANDS = re.compile(r"[+-]?[0-9]{1,3}(?:[\u0020\u00a0\u2009\u202f][0-9]{3})+(?:[.,][0-9]{1,15})?")
_COMMA = re.compile(r"[+-]?[0-9]{1,25},[0-9]{1,15}")
_AMBIGUOUS = re.compile(r"[+-]?[1-9][0-9]{0,2},[0-9]{3}")
_DATE = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MILLISECONDS = re.compile("-?[0-9]{1,15}")
_INSTANT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,6})?)?(?:Z|[+-][0-9]{2}:?[0-9]{2})"
)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)
_ID = re.compile("[0-9]{1,20}")
_ANSWERS = dict.fromkeys(("true", "yes", "oui", "1"), True) | dict.fromkeys(
    ("false", "no", "non", "0"), False
)
_LANGUAGES = {"francais": "fr", "français": "fr", "french": "fr", "anglais": "en", "english": "en"}
_RATE_NAME = re.compile(
    r"^(?:taux de tva|taux|tva|vat)\s*(?:à|:)?\s*(?=\d)|(?<=[\d%])\s*(?:de )?(?:tva|vat)$", re.IGNORECASE
)


def parse_decimal(text: str) -> Decimal:
    """Read `1200.5`, `1 200,50` or `5,5`. `1,200` may mean either of two numbers and is refused.

    Fractions that HubSpot calculated in binary have a tail, as `3.3000000000000003` for 3 x 1.10: fifteen
    significant digits are what such a number is certain of.
    """
    text = text.strip()
    if _PLAIN.fullmatch(text) or _SCIENTIFIC.fullmatch(text):
        return _without_tail(Decimal(text))
    if _THOUSANDS.fullmatch(text):
        return Decimal(_SPACES.sub("", text).replace(",", "."))
    if _COMMA.fullmatch(text) and not _AMBIGUOUS.fullmatch(text):
        return Decimal(text.replace(",", "."))
    raise ValueError("not a number")


def _without_tail(number: Decimal) -> Decimal:
    longer = number != number.to_integral_value() and len(number.as_tuple().digits) > _CERTAIN.prec
    return _CERTAIN.plus(number).normalize(_CERTAIN) if longer else number


def parse_percent(text: str) -> Decimal:
    """Read a rate in percent: `20`, `20 %`, `5,5` or `TVA 20 %`."""
    return parse_decimal(_RATE_NAME.sub("", text.replace("_", " ").strip()).removesuffix("%"))


def parse_date(text: str, clock: BusinessClock) -> date:
    """Read a date property: `YYYY-MM-DD`, or an instant, which is midnight UTC of the date meant.

    An instant at another time of day comes from a date-and-time property and is a business date.
    """
    text = text.strip()
    if _DATE.fullmatch(text):
        return date.fromisoformat(text)
    instant = parse_instant(text)
    if instant == instant.replace(hour=0, minute=0, second=0, microsecond=0):
        return instant.date()
    return clock.date_of(instant)


def parse_business_date(text: str, clock: BusinessClock) -> date:
    """Read a date-and-time property as a business date."""
    text = text.strip()
    return date.fromisoformat(text) if _DATE.fullmatch(text) else clock.date_of(parse_instant(text))


def parse_instant(text: str) -> datetime:
    """Read epoch milliseconds or ISO 8601 with an offset, as an aware instant in UTC."""
    try:
        if _MILLISECONDS.fullmatch(text):
            return _EPOCH + timedelta(milliseconds=int(text))
        if _INSTANT.fullmatch(text):
            return datetime.fromisoformat(text).astimezone(UTC)
    except OverflowError as error:
        raise ValueError("not an instant of this calendar") from error
    raise ValueError("not an instant")


def milliseconds(instant: datetime) -> str:
    """Write an aware instant as HubSpot's searches take it: whole milliseconds since 1970."""
    return str((instant - _EPOCH) // _MILLISECOND)


def parse_answer(text: str) -> bool:
    """Read a yes or a no, as a checkbox of HubSpot or as people type it."""
    if (answer := _ANSWERS.get(fold(text))) is None:
        raise ValueError("neither yes nor no")
    return answer


def parse_ids(text: str) -> tuple[str, ...]:
    """Read record ids between semicolons, each once; what is no id is passed over."""
    parts = (part.strip() for part in text.split(";"))
    return tuple(dict.fromkeys(part for part in parts if _ID.fullmatch(part)))


def parse_language(text: str) -> str:
    """Return `fr` or `en` for a language code or name, `""` for any other."""
    plain = text.strip().casefold()
    if plain in _LANGUAGES:
        return _LANGUAGES[plain]
    code = re.split("[-_]", plain)[0]
    return code if code in ("fr", "en") else ""
