"""One record's properties as texts and values, kept to a length that a flow can carry."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeVar

from raccord.connectors.lengths import cut
from raccord.domain.values.deal import Unreadable
from raccord.vendors.hubspot.values import parse_decimal
from raccord.vendors.hubspot.wire import Record

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Room:
    """How long texts may be, in characters: HubSpot's may have 65,536."""

    line: int
    """Names, addresses, identifiers."""
    description: int
    quoted: int = 200
    """A value that cannot be read, shown to a person."""


class Fields:
    """The properties of one record; values that cannot be read are added to `notes`."""

    def __init__(self, record: str, found: Record, room: Room, notes: list[Unreadable]) -> None:
        self.record = record
        self._found = found
        self._room = room
        self._notes = notes

    def text(self, name: str) -> str:
        """Return a property without outer white space; `""` when it is empty or not used."""
        return cut(self._found.text(name), self._room.line)

    def long_text(self, name: str) -> str:
        return cut(self._found.text(name), self._room.description)

    def read(self, name: str, parse: Callable[[str], T]) -> T | None:
        """Return a parsed property, or None when it is empty or cannot be read."""
        if not (text := self.text(name)):
            return None
        try:
            return parse(text)
        except ValueError:
            self.note(name, text)
            return None

    def number(self, name: str) -> Decimal | None:
        return self.read(name, parse_decimal)

    def note(self, name: str, value: str, *, setting: str = "") -> None:
        shown = cut(value, min(self._room.quoted, self._room.line))
        self._notes.append(Unreadable(record=self.record, field=name, value=shown, setting=setting))
