"""Numbers, amounts and dates as a reader of each language writes them.

The locales are loaded when this module is imported: a workflow can open no file.
"""

from datetime import date, datetime
from decimal import Decimal, localcontext

from babel import Locale
from babel.dates import format_date, format_datetime
from babel.numbers import format_decimal

from raccord.domain.values.base import MOST_DIGITS
from raccord.domain.values.message import Price
from raccord.domain.values.money import EXACT, Money, written
from raccord.texts.catalog import ELSEWHERE, LANGUAGES

_LOCALES = {language: Locale(language) for language in LANGUAGES}
_DAY = {"fr": "dd/MM/y", "en": "d MMM y"}
_SHORT_DAY = {"fr": "dd/MM", "en": "d MMM"}
_MOMENT = {"fr": "dd/MM HH:mm", "en": "d MMM HH:mm"}
_PERCENT = {"fr": "{}\u00a0%", "en": "{}%"}


def _known(language: str) -> str:
    return language if language in LANGUAGES else ELSEWHERE


def number(value: Decimal | int, language: str) -> str:
    """`1 234,5` or `1,234.5`: exact, without trailing zeros. A slip of the keyboard stays `1E+300`."""
    if isinstance(value, Decimal) and abs(value.adjusted()) > MOST_DIGITS:
        return str(value)
    with localcontext(EXACT):
        return format_decimal(value, locale=_LOCALES[_known(language)], decimal_quantization=False)


def percent(value: Decimal, language: str) -> str:
    """`5,5 %` or `5.5%`, of a rate in percent."""
    return _PERCENT[_known(language)].format(number(value, language))


def money(value: Money, language: str) -> str:
    """`1 234,56 €` or `€1,234.56`."""
    if value.amount.adjusted() > MOST_DIGITS:
        return f"{value.amount} {value.currency}"
    with localcontext(EXACT):
        return value.text(_known(language))


def price(value: Price, language: str) -> str:
    """`1 234,50 €` or `0,0345 €`: the decimals of the currency, and more where the price has more."""
    if abs(value.price.adjusted()) > MOST_DIGITS:
        return f"{value.price} {value.currency}"
    with localcontext(EXACT):
        return written(value.price, value.currency, _known(language))


def day(value: date, language: str) -> str:
    """`25/12/2026` or `25 Dec 2026`."""
    known = _known(language)
    return format_date(value, _DAY[known], locale=_LOCALES[known])


def short_day(value: date, language: str) -> str:
    """`25/12` or `25 Dec`, where the year goes without saying."""
    known = _known(language)
    return format_date(value, _SHORT_DAY[known], locale=_LOCALES[known])


def long_day(value: date, language: str, form: str = "d\u00a0MMMM y") -> str:
    """`1er décembre 2026` or `1 December 2026`, as letters have it, or as much of it as `form` says."""
    known = _known(language)
    said = format_date(value, form, locale=_LOCALES[known])
    return f"1er{said[1:]}" if known == "fr" and value.day == 1 else said


def month(value: date, language: str) -> str:
    """`octobre 2026` or `October 2026`."""
    return format_date(value, "MMMM y", locale=_LOCALES[_known(language)])


def long_days(values: tuple[date, ...], language: str) -> tuple[str, ...]:
    """`19`, `26 novembre 2026`: of days that stand together, month and year once where they are the same."""
    form = "d\u00a0MMMM y"
    if len({value.year for value in values}) == 1:
        form = "d" if len({value.month for value in values}) == 1 else "d\u00a0MMMM"
    before = tuple(long_day(value, language, form) for value in values[:-1])
    return before + tuple(long_day(value, language) for value in values[-1:])


def moment(value: datetime, language: str) -> str:
    """`25/12 14:05` or `25 Dec 14:05`, in the zone that the instant is given in."""
    known = _known(language)
    return format_datetime(value.replace(tzinfo=None), _MOMENT[known], locale=_LOCALES[known])


for _language in LANGUAGES:
    # Babel reads what a format needs at its first use.
    number(Decimal(1), _language)
    day(date(2026, 1, 1), _language)
    long_day(date(2026, 1, 1), _language)
    moment(datetime(2026, 1, 1), _language)  # noqa: DTZ001 - only to load the formats
