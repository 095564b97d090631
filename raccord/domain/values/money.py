"""Money: a `Decimal` amount in major units with its ISO 4217 currency. Never a float."""

from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Annotated, Self

from babel import Locale
from babel.core import get_global
from babel.numbers import list_currencies, parse_pattern
from pydantic import AfterValidator, model_validator

from raccord.domain.values.base import Exact, Value

EXACT = Context(prec=1000, rounding=ROUND_HALF_UP)
"""Wide enough that no product or sum of two CRM numbers is ever rounded before its time, or refused."""

LANGUAGES = ("fr", "en")
# Loaded here and not at the first use: that may be inside a workflow, where no file can be opened.
_LOCALES = {language: Locale(language) for language in LANGUAGES}
_PATTERNS = {name: locale.currency_formats["standard"].pattern for name, locale in _LOCALES.items()}

_KNOWN_CURRENCIES = frozenset(list_currencies())
# Bulgaria took the euro on 2026-01-01, which the CLDR of today's babel does not know yet.
_LAPSED = {"BGN"}
_IN_USE = (
    frozenset(
        code
        for currencies in get_global("territory_currencies").values()
        for code, _, until, tender in currencies
        if tender and until is None
    )
    - _LAPSED
)
_EXPONENTS = (
    dict.fromkeys("BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF".split(), 0)  # noqa: SIM905
    | dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3)
    | dict.fromkeys(("CLF", "UYW"), 4)
)


def known_currency(code: str) -> bool:
    """Whether this is or was an ISO 4217 code, in any case: old invoices keep the currency they had."""
    return code.strip().upper() in _KNOWN_CURRENCIES


def currency_in_use(code: str) -> bool:
    """Whether somebody can pay in it today: no withdrawn currency (`FRF`), no `XXX`, no gold."""
    return code.strip().upper() in _IN_USE


def _parse_currency(code: str) -> str:
    code = code.strip().upper()
    if not known_currency(code):
        raise ValueError(f"{code!r} is not an ISO 4217 currency code")
    return code


Currency = Annotated[str, AfterValidator(_parse_currency)]
"""An upper-case ISO 4217 code; anything else is refused."""


def exponent(currency: str) -> int:
    """Decimals of the currency by ISO 4217, in any case: EUR 2, JPY 0, KWD 3.

    Not by Unicode CLDR, which rounds some currencies for display (RSD, ISK) and would lose their
    minor unit. A vendor may count minor units its own way; its connector converts at its own edge.
    """
    return _EXPONENTS.get(currency.strip().upper(), 2)


class CurrencyMismatch(ValueError):
    """Two amounts of different currencies were combined; amounts are never converted."""


class Money(Value):
    """An exact amount in major units, at the precision of its currency."""

    amount: Exact
    currency: Currency

    @model_validator(mode="after")
    def _exact(self) -> Self:
        if not self.amount.is_finite():
            raise ValueError("an amount is a finite number")
        if self.amount != round_half_up(self.amount, exponent(self.currency)):
            raise ValueError(f"{self.amount} has more decimals than {self.currency} knows")
        return self

    @classmethod
    def of_minor(cls, minor: int, currency: str) -> "Money":
        """Build from integer minor units (cents for EUR, yen for JPY)."""
        return cls(amount=Decimal(minor).scaleb(-exponent(currency), EXACT), currency=currency)

    @classmethod
    def zero(cls, currency: str) -> "Money":
        return cls(amount=Decimal(0), currency=currency)

    @property
    def minor(self) -> int:
        """Integer minor units by ISO 4217 exponent."""
        return int(self.amount.scaleb(exponent(self.currency), EXACT))

    def __add__(self, other: "Money") -> "Money":
        if other.currency != self.currency:
            raise CurrencyMismatch(f"{self.currency} and {other.currency} are never added")
        return Money(amount=EXACT.add(self.amount, other.amount), currency=self.currency)

    def __neg__(self) -> "Money":
        return Money(amount=EXACT.minus(self.amount), currency=self.currency)

    def __sub__(self, other: "Money") -> "Money":
        return self + -other

    def text(self, language: str = "fr") -> str:
        """Format for a person: `1 234,56 €` in French, `€1,234.56` in English."""
        return written(self.amount, self.currency, language)

    def __str__(self) -> str:
        return f"{self.amount:.{exponent(self.currency)}f} {self.currency}"


def written(amount: Decimal, currency: str, language: str) -> str:
    """Write an amount for a person, with the decimals of its currency and all that it has beyond them."""
    known = language if language in _LOCALES else LANGUAGES[0]
    decimals, pattern = exponent(currency), parse_pattern(_PATTERNS[known])
    finer = -int(amount.normalize(EXACT).as_tuple().exponent)
    pattern.frac_prec = (decimals, max(decimals, finer))
    return str(pattern.apply(amount, _LOCALES[known], currency=currency, currency_digits=False))


def round_half_up(value: Decimal, decimals: int) -> Decimal:
    """Round to `decimals` places, halves away from zero: the rule of every amount in Raccord."""
    return value.quantize(Decimal(1).scaleb(-decimals), context=EXACT)
