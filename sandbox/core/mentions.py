"""Which vendor shows something about a record of another one, for whoever looks at both on one page."""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Protocol, runtime_checkable

_NUMBER = re.compile(r"\d{6,}")


@dataclass(frozen=True)
class Mention:
    """Something that names the record. `open`: somebody still has to do something about it."""

    kind: str
    """`message`, `invoice`: what it is, in one word."""
    label: str
    href: str
    """A place on the page (`#message-1`) or a page of the vendor's own."""
    open: bool

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


Found = Mapping[str, list[Mention]]


@runtime_checkable
class Mentions(Protocol):
    """A vendor that may name another vendor's records by their ids."""

    def mentions(self, ids: Collection[str]) -> Found:
        """What names each of these ids, oldest first."""


def mentioned(vendors: Iterable[object], ids: Collection[str]) -> Found:
    """What any vendor has about each of these ids."""
    found: dict[str, list[Mention]] = defaultdict(list)
    for vendor in vendors:
        if isinstance(vendor, Mentions):
            for id_, mentions in vendor.mentions(ids).items():
                found[id_] += mentions
    return found


def named_in(text: str, ids: Collection[str]) -> set[str]:
    """Which of these numbers a text names."""
    return set(_NUMBER.findall(text)) & set(ids)
