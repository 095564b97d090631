"""What a person reads in the messenger, in words and without any messenger's markup."""

import re
from datetime import datetime
from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator

from raccord.domain.values.base import Value

_BREAKING = re.compile(r"[^\S\u00a0\u202f]+")
OneLine = Annotated[str, AfterValidator(lambda text: _BREAKING.sub(" ", text).strip())]
"""One line of prose; the no-break spaces of amounts and of French punctuation stay."""


class ButtonStyle(StrEnum):
    PLAIN = "plain"
    PRIMARY = "primary"
    DANGER = "danger"


class Button(Value):
    """A choice that comes back as `value` when it is pressed; `confirm` is asked before."""

    label: OneLine
    value: str
    style: ButtonStyle = ButtonStyle.PLAIN
    confirm: str = ""


class Link(Value):
    label: OneLine
    url: str


class Fact(Value):
    """One line of a small table: amount, customer, salesperson."""

    label: OneLine
    value: OneLine


class Notice(Value):
    """One message, complete: showing it again replaces all of the one before.

    Every text is plain: what a customer typed may be in it, so the messenger escapes all of it.
    """

    title: OneLine
    facts: tuple[Fact, ...] = ()
    points: tuple[str, ...] = ()
    """A list, each point one or two sentences."""
    links: tuple[Link, ...] = ()
    buttons: tuple[Button, ...] = ()
    people: tuple[str, ...] = ()
    """E-mail addresses of those whom the messenger should call by name."""
    footer: OneLine = ""


class Place(Value):
    """Where a message stands, as the messenger names it; both are opaque."""

    channel: str
    message: str


class Press(Value):
    """Somebody pressed a button."""

    value: str
    """The button's own."""
    user: str
    """The messenger's id of the person."""
    place: Place
    key: str
    """The same for every delivery of one press, different for every other press."""
    at: datetime
    workspaces: tuple[str, ...] = ()
    """The messenger's ids of the workspace it was pressed in, and of what that belongs to."""
