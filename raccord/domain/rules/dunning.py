"""Who is reminded of late invoices, when and how, as the settings say it."""

from datetime import date, time
from decimal import Decimal
from enum import StrEnum
from itertools import pairwise
from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator

from raccord.domain.values.base import Exact, OneLine, Unfit, Value
from raccord.domain.values.email import BareAddress, NamedAddress
from raccord.domain.values.money import Currency


class Tone(StrEnum):
    """How a reminder speaks."""

    NOTICE = "notice"
    """Before the due date: a courtesy."""
    COURTEOUS = "courteous"
    """It assumes an oversight and has no word of the law in it."""
    FIRM = "firm"
    LAST = "last"
    """The last amicable demand: it announces the formal notice, which Raccord never sends."""


class Level(Value):
    """One level of reminders: from which day on, and what is done beside the e-mail.

    `day` counts calendar days from the due date; below zero it is before it.
    """

    day: int = Field(ge=-60, le=365)
    tone: Tone
    task: bool = True
    """Whether the deal's salesperson gets a task in the CRM."""
    finance: bool = False
    """Whether the finance manager is told, with the account's story."""
    template: str = Field(default="", pattern=r"^([a-z][a-z0-9]*([_-][a-z0-9]+)*)?$")
    """The name of the words of its mail; empty for those of its tone."""
    sender: NamedAddress = ""
    """The address that it is sent from; empty for the mail server's own."""


def _ladder(levels: tuple[Level, ...]) -> tuple[Level, ...]:
    days = [level.day for level in levels]
    if not days or days != sorted(set(days)):
        raise Unfit("unfit.levels_in_order")
    if any((level.tone is Tone.NOTICE) != (level.day < 0) for level in levels):
        raise Unfit("unfit.notice_before")
    if days[-1] < 0 or sum(day < 0 for day in days) > 1:
        raise Unfit("unfit.one_before")
    tones = list(Tone)
    if any(tones.index(one.tone) > tones.index(next_.tone) for one, next_ in pairwise(levels)):
        raise Unfit("unfit.softer")
    return levels


Levels = Annotated[tuple[Level, ...], AfterValidator(_ladder)]


class ExceptionRule(Value):
    """Other rules for some customers. All that is named must be true of a customer; `levels` None: as all."""

    customers: tuple[str, ...] = ()
    """Ids of customers in the billing system."""
    countries: tuple[str, ...] = ()
    public: bool | None = None
    """Public bodies, by their SIREN: they pay within 30 days by law, through Chorus Pro."""
    business: bool | None = None
    owed_from: Exact | None = None
    """Owed in all, in major units of any currency."""
    owed_below: Exact | None = None
    never: bool = False
    """Never reminded: a person sees to them."""
    levels: Levels | None = None
    why: str = ""
    """Said in the list beside who is silent for it."""


def half_year(day: date) -> date:
    """Return the first day of the half-year that a day is in."""
    return date(day.year, 1 if day.month <= 6 else 7, 1)


class InterestRate(Value):
    """The rate of late payment penalties of one half-year, in percent a year (C. com. L441-10 II)."""

    valid_from: date
    percent: Exact = Field(gt=0, le=100)

    @model_validator(mode="after")
    def _of_a_half_year(self) -> Self:
        if self.valid_from != half_year(self.valid_from):
            raise Unfit("unfit.rate_from")
        return self


class Interest(Value):
    """Penalties and indemnity, told beside what is owed and never a part of it. Businesses only."""

    on: bool = False
    from_tone: Tone = Tone.FIRM
    rates: tuple[InterestRate, ...] = ()
    """One for each half-year; a half-year without a row of its own is told without an amount."""
    indemnity: Exact = Field(default=Decimal(40), ge=0, le=1000, decimal_places=2)
    """In euros for each late invoice (D441-5); 0 for none."""

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        days = [rate.valid_from for rate in self.rates]
        if days != sorted(set(days)):
            raise Unfit("unfit.rates_in_order")
        return self


_DEFAULT = (
    Level(day=7, tone=Tone.COURTEOUS),
    Level(day=15, tone=Tone.FIRM),
    Level(day=30, tone=Tone.LAST, finance=True),
)
Weekday = Annotated[int, Field(ge=0, le=6)]


class Dunning(Value):
    """The section `[dunning]`: the levels of the policy, when mails leave, and who is left alone."""

    levels: Levels = _DEFAULT
    sends_at: time = time(9)
    """In the company's zone."""
    weekdays: tuple[Weekday, ...] = (0, 1, 2, 3, 4)
    """Monday is 0."""
    on_holidays: bool = False
    gap: int = Field(default=5, ge=1, le=90)
    """Calendar days between two mails to one customer, at least."""
    sends_until: time = time(18)
    """A mail that cannot leave until then leaves on the next sending day."""
    owed_at_least: dict[Currency, Exact] = {}
    """Less than this, in all, is not worth a mail."""
    first_contacts_per_day: int = Field(default=20, ge=1)
    """Of customers that were late already when dunning began."""
    pay_within: int = Field(default=8, ge=1, le=30)
    """Calendar days that a firm and a last reminder leave for the payment, at least."""
    letterhead: tuple[OneLine, ...] = ()
    """Who the creditor is, as a formal notice names it: name and legal form, address, SIREN, a line each."""
    notice_days: int = Field(default=15, ge=8, le=15)
    """Days that a formal notice leaves for the payment, from the day on which it is received."""
    reply_to: NamedAddress = ""
    finance: tuple[BareAddress, ...] = ()
    """E-mail addresses of those who hear of an account at the last level."""
    copy_to: tuple[BareAddress, ...] = ()
    attach_up_to_mb: int = Field(default=5, ge=0, le=25)
    """PDFs of invoices are attached up to so many megabytes; else the mail has their links. 0: never."""
    exceptions: tuple[ExceptionRule, ...] = ()
    """The first that fits a customer counts."""
    interest: Interest = Interest()

    @property
    def ladders(self) -> tuple[Levels, ...]:
        """The levels of all, and those of each exception that has its own."""
        return (self.levels, *(each.levels for each in self.exceptions if each.levels))

    @property
    def senders(self) -> tuple[str, ...]:
        """Every sender that a level names, also one of an exception, each once."""
        named = (level.sender for levels in self.ladders for level in levels)
        return tuple(dict.fromkeys(sender for sender in named if sender))

    @model_validator(mode="after")
    def _some_day(self) -> Self:
        if not self.weekdays:
            raise Unfit("unfit.weekdays")
        if self.sends_until <= self.sends_at:
            raise Unfit("unfit.sends_until")
        return self
