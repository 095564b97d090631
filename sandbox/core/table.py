"""Objects of one kind, in the order of their creation."""

import secrets
import string
import time
from collections.abc import Callable, Iterator
from typing import Generic, TypeVar

Row = TypeVar("Row")
_ALPHABET = string.ascii_letters + string.digits


def new_id(prefix: str, length: int = 24) -> str:
    """An id that never comes back, also after a reset: a real account does not reuse one either."""
    return f"{prefix}_{''.join(secrets.choice(_ALPHABET) for _ in range(length))}"


class Table(Generic[Row]):
    """Rows by id; each remembers when it was born, for answers that lag behind."""

    def __init__(self) -> None:
        self._rows: dict[str, Row] = {}
        self._births: dict[str, float] = {}

    def add(self, id_: str, row: Row) -> None:
        self._rows[id_] = row
        self._births[id_] = time.monotonic()

    def find(self, id_: str) -> Row | None:
        return self._rows.get(id_)

    def remove(self, id_: str) -> Row:
        del self._births[id_]
        return self._rows.pop(id_)

    def __contains__(self, id_: str) -> bool:
        return id_ in self._rows

    def __iter__(self) -> Iterator[Row]:
        return iter(self._rows.values())

    def __len__(self) -> int:
        return len(self._rows)

    def newest_first(self, *, hidden_for: float = 0.0) -> list[tuple[str, Row]]:
        """Rows older than `hidden_for` seconds."""
        latest = time.monotonic() - hidden_for
        return [
            (id_, row)
            for id_, row in reversed(self._rows.items())
            if hidden_for <= 0 or self._births[id_] <= latest
        ]


class Grouped(Table[Row]):
    """Rows that are looked up by their owner, too, who never changes. `owner` names it."""

    def __init__(self, owner: Callable[[Row], str]) -> None:
        super().__init__()
        self._owner = owner
        self._of: dict[str, list[Row]] = {}

    def add(self, id_: str, row: Row) -> None:
        super().add(id_, row)
        self._of.setdefault(self._owner(row), []).append(row)

    def remove(self, id_: str) -> Row:
        row = super().remove(id_)
        self._of[self._owner(row)].remove(row)
        return row

    def of(self, owner: str) -> list[Row]:
        """Return its rows, the oldest first."""
        return list(self._of.get(owner, ()))
