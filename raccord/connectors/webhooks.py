"""What a vendor's webhook tells us: who sent it, and hints about what to read again."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, Protocol

from raccord.domain.desk.notice import Press
from raccord.domain.values.base import Value
from raccord.domain.values.message import Message, message

MAX_DEPTH = 32
MAX_INTEGER_DIGITS = 30


@dataclass(frozen=True, slots=True)
class WebhookRequest:
    """A delivery as received. `url` is the configured public URL, never the one behind a proxy."""

    url: str
    headers: Mapping[str, str]
    """Lower-case names."""
    body: bytes
    received_at: datetime


class HintKind(StrEnum):
    """What kind of record changed."""

    DEAL = "deal"
    COMPANY = "company"
    CONTACT = "contact"
    LINE_ITEM = "line item"
    INVOICE = "invoice"
    """An invoice, or the money that an event names it for."""
    PAYMENT = "payment"
    """A payment whose event names no invoice."""
    ALLOCATED_PAYMENT = "allocated payment"
    """A payment that an invoice has now."""
    CUSTOMER = "customer"
    """A billing customer, whose details may be kept in step."""


class Hint(Value):
    """Something changed: re-read it. Carries no data of the event beyond identity."""

    kind: HintKind
    id: str
    key: str
    """The vendor's dedupe key of the event."""
    occurred_at: datetime | None = None
    merged: bool = False
    """The record was united with another one."""
    connection: str = ""
    """The connection that holds the record, where it is not the one that the delivery came from."""


class WebhookEvents(Value):
    """One delivery taken apart: hints to act on, types we do not use, elements we cannot read."""

    hints: tuple[Hint, ...] = ()
    ignored: tuple[str, ...] = ()
    unreadable: tuple[str, ...] = ()
    """Each bad element as JSON text, for quarantine."""


class WebhookRejected(Exception):
    """The delivery is not authentic. `cause` is for logs and metrics, never for the answer."""

    def __init__(self, cause: str) -> None:
        super().__init__(cause)
        self.cause = cause


class UnreadableBody(ValueError):
    """An authentic body that is not the JSON its vendor documents.

    `why` names the fault, never the data; `str()` is for a log.
    """

    def __init__(self, why: Message) -> None:
        super().__init__(why.identity)
        self.why = why


class WebhookSource(Protocol):
    """How one vendor signs and shapes its webhooks. Pure: no I/O, never raises anything else."""

    def authenticate(self, request: WebhookRequest) -> None:
        """Raise `WebhookRejected` unless the delivery is signed by the account and fresh."""
        ...

    def parse(self, body: bytes) -> WebhookEvents:
        """Take an authentic body apart. Raises `UnreadableBody` when the whole of it is unreadable."""
        ...


class PressSource(Protocol):
    """How a messenger signs and shapes what it sends when a button is pressed. Pure: no I/O."""

    def authenticate(self, request: WebhookRequest) -> None:
        """Raise `WebhookRejected` unless the delivery is signed and fresh."""
        ...

    def parse(self, body: bytes) -> tuple[Press, ...]:
        """Return the presses of an authentic body, none for what is no press of ours (a link, a menu).

        Raises `UnreadableBody` when it has not the documented shape.
        """
        ...


def _no_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    names = {name for name, _ in pairs}
    if len(names) != len(pairs):
        raise UnreadableBody(message("quarantine.key_twice"))
    return dict(pairs)


def _refuse_constant(name: str) -> Any:
    raise UnreadableBody(message("quarantine.no_number", name=name))


def _integer(text: str) -> int:
    if len(text) > MAX_INTEGER_DIGITS:
        raise UnreadableBody(message("quarantine.long_number"))
    return int(text)


def _depth(body: bytes) -> int:
    deepest = depth = 0
    in_string = escaped = False
    for byte in body:
        if in_string:
            if escaped:
                escaped = False
            elif byte == 0x5C:
                escaped = True
            elif byte == 0x22:
                in_string = False
        elif byte == 0x22:
            in_string = True
        elif byte in b"[{":
            depth += 1
            deepest = max(deepest, depth)
        elif byte in b"]}":
            depth -= 1
    return deepest


def strict_json(body: bytes) -> Any:
    """Parse untrusted JSON: numbers as `Decimal`, no duplicate keys, no NaN, depth and digits bounded.

    Raises `UnreadableBody`, and nothing else, on every other input.
    """
    if _depth(body) > MAX_DEPTH:
        raise UnreadableBody(message("quarantine.deep", most=MAX_DEPTH))
    try:
        return json.loads(
            body.decode("utf-8"),
            parse_float=Decimal,
            parse_int=_integer,
            parse_constant=_refuse_constant,
            object_pairs_hook=_no_duplicates,
        )
    except UnreadableBody:
        raise
    except (ValueError, RecursionError, ArithmeticError) as error:
        raise UnreadableBody(message("quarantine.no_json")) from error
