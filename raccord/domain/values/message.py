"""What is to be said to a person, without words: a code of the catalogs and its typed parameters.

`raccord.texts` says it in the reader's language. Two messages are the same when code and parameters are:
no wording is part of what a question or an answer is about.
"""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import TypeAlias

from raccord.domain.values.base import Exact, OneLine, Value
from raccord.domain.values.money import Currency, Money


class Number(Value):
    """An exact number, shown with all its decimals."""

    number: Exact


class Percent(Value):
    """A rate in percent: `Decimal("5.5")`."""

    percent: Exact


class Price(Value):
    """An amount as it was typed, which may be finer than its currency: `0.0345` euros a unit."""

    price: Exact
    currency: Currency


class Day(Value):
    day: date


class Moment(Value):
    """An instant, aware, in the zone in which it is told."""

    moment: datetime


class Quote(Value):
    """Somebody else's words, in their language: shown as a quotation and never as a sentence of ours."""

    quote: str


class RecordKind(StrEnum):
    DEAL = "deal"
    COMPANY = "company"
    CONTACT = "contact"
    LINE = "line item"
    CUSTOMER = "customer"
    DRAFT = "draft"
    INVOICE = "invoice"
    PAYMENT = "payment"
    VAT_RATE = "vat rate"
    MESSAGE = "message"
    TASK = "task"
    STEP = "step"
    SETTINGS = "settings"


class RecordName(Value):
    """A record as people see it: `line 2 “Energy audit”`, a company by its name.

    `id` tells it from others and is shown only where there is neither a number nor a name. A VAT rate's is
    its percentage.
    """

    kind: RecordKind
    id: str = ""
    name: OneLine = ""
    number: int | None = None
    """Its place on the record it belongs to, from 1."""
    url: str = ""

    def __str__(self) -> str:
        """`company 12`: which record it is, whatever it is called today."""
        return f"{self.kind} {self.id}".strip()

    @property
    def identity(self) -> str:
        """The same for the same record; one without an id is what it is called."""
        return str(self) if self.id else f"{self.kind} {self.number or ''} {self.name}".strip()


class Message(Value):
    """One thing to say. A parameter `count` chooses the plural form."""

    code: str
    params: dict[str, "Param"] = {}

    @property
    def identity(self) -> str:
        """The same for the same message. A record counts by what it is, not by what it is called today."""
        said = (f"{name}={identity(value)}" for name, value in sorted(self.params.items()))
        return f"{self.code}({', '.join(said)})"


Single: TypeAlias = str | int | Number | Percent | Price | Day | Moment | Quote | Money | RecordName | Message
Param: TypeAlias = Single | tuple[Single, ...]

Message.model_rebuild()

Text: TypeAlias = str | Message
"""What is said: a message, or words that are the same in every language, such as a path or a name."""


def message(code: str, /, **params: Param | Decimal | date) -> Message:
    """Build a message; a `Decimal` is a number, a `date` a day."""
    return Message(code=code, params={name: _typed(value) for name, value in params.items()})


def _typed(value: Param | Decimal | date) -> Param:
    match value:
        case Decimal():
            return Number(number=value)
        case datetime():
            return Moment(moment=value)
        case date():
            return Day(day=value)
        case _:
            return value


def identity(value: Param) -> str:  # noqa: PLR0911 - a line for each type
    """Write a parameter so that two are alike exactly when they say the same thing."""
    match value:
        case Message():
            return value.identity
        case RecordName():
            return repr(value.identity)
        case Number(number=number) | Percent(percent=number):
            return f"{number.normalize():f}"
        case Price(price=price, currency=currency):
            return f"{price.normalize():f} {currency}"
        case Money():
            return str(value)
        case tuple():
            return f"[{', '.join(map(identity, value))}]"
        case Value():
            return value.model_dump_json()
        case _:
            return repr(value)
