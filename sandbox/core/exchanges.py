"""The log of every request that reached a simulated vendor."""

import itertools
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any

_SECRETS = frozenset({"authorization", "x-api-token"})
_VISIBLE_END = 4


@dataclass
class Exchange:
    """One request and what became of it. `path` is without the vendor prefix; `at` is ISO 8601 UTC.

    `status` is None when no answer was sent, `fault` the id of the rule that touched the exchange, `seconds`
    how long the simulator had it: from its whole arrival to the whole answer.
    """

    n: int
    vendor: str
    method: str
    path: str
    query: list[tuple[str, str]]
    body: str
    headers: dict[str, str]
    mutating: bool
    at: str = field(default_factory=lambda: datetime.now(UTC).isoformat(timespec="milliseconds"))
    status: int | None = None
    committed: bool = False
    replayed: bool = False
    fault: int | None = None
    seconds: float | None = None


class ExchangeLog:
    """Requests in order of arrival. Numbers go on after a reset, so `since` stays meaningful."""

    def __init__(self) -> None:
        self._entries: list[Exchange] = []
        self._numbers = itertools.count(1)

    def open(
        self,
        *,
        vendor: str,
        method: str,
        path: str,
        query: list[tuple[str, str]],
        body: bytes,
        headers: Iterable[tuple[bytes, bytes]],
        mutating: bool,
    ) -> Exchange:
        """Log a request that has just arrived."""
        exchange = Exchange(
            n=next(self._numbers),
            vendor=vendor,
            method=method,
            path=path,
            query=query,
            body=body.decode("utf-8", "replace"),
            headers=dict(_masked(name, value) for name, value in headers),
            mutating=mutating,
        )
        self._entries.append(exchange)
        return exchange

    def entries(
        self, *, vendor: str | None = None, committed: bool | None = None, since: int = 0
    ) -> list[dict[str, Any]]:
        """Entries numbered above `since`, oldest first, ready for JSON."""
        return [
            asdict(entry)
            for entry in self._entries
            if entry.n > since
            and (vendor is None or entry.vendor == vendor)
            and (committed is None or entry.committed == committed)
        ]

    def reset(self) -> None:
        self._entries.clear()


def _masked(name: bytes, value: bytes) -> tuple[str, str]:
    key, text = name.decode("latin-1").lower(), value.decode("latin-1")
    return key, text[-_VISIBLE_END:] if key in _SECRETS else text
