"""The chain: each audit row carries the hash of the one before, over everything that is stored. Pure.

It shows that rows were changed, removed, added or moved. Somebody who can write to the database
could compute a whole new chain; against that, note the head's hash somewhere else from time to time.
"""

import hashlib
from collections.abc import Mapping
from enum import StrEnum
from typing import Any

GENESIS = "0" * 64
CLEAR = ("sequence", "at", "kind", "key", "effect", "object", "actor", "cause", "verdict", "request_hash")


class Break(StrEnum):
    """Why a chain does not hold."""

    CHANGED = "the row was changed"
    MISSING = "the row is missing"
    MOVED = "the row does not follow the one before it"
    TRUNCATED = "the last rows are missing"
    ADDED = "there are more rows than were written"
    HEAD_CHANGED = "the head is not the last row's hash"
    HEAD_MISSING = "the head is missing"


def hash_of(row: Mapping[str, Any]) -> str:
    """Return the SHA-256 of a row: the previous hash, each clear column in order, the sealed bytes.

    Each value is preceded by its type and its length, so that no two rows share an encoding.
    """
    digest = hashlib.sha256()
    for name in ("previous", *CLEAR, "sealed"):
        digest.update(_encoded(row[name]))
    return digest.hexdigest()


def _encoded(value: object) -> bytes:
    match value:
        case bytes():
            kind, data = b"b", value
        case str():
            kind, data = b"s", value.encode()
        case int():
            kind, data = b"i", str(value).encode()
        case _:
            # SQLite stores any type in any column; whatever is not ours must still have a hash.
            kind, data = b"?", repr(value).encode()
    return kind + len(data).to_bytes(8, "big") + data


class Chain:
    """Walks rows by ascending sequence, from the first."""

    def __init__(self) -> None:
        self.length = 0
        self.hash = GENESIS

    def follow(self, row: Mapping[str, Any]) -> Break | None:
        """Go one row further, or say why the chain breaks at `length + 1`."""
        if row["sequence"] != self.length + 1:
            return Break.MISSING
        if row["previous"] != self.hash:
            return Break.MOVED
        if row["hash"] != hash_of(row):
            return Break.CHANGED
        self.length, self.hash = self.length + 1, row["hash"]
        return None

    def end(self, head: Mapping[str, Any]) -> Break | None:
        """Compare the rows walked with the head that was written together with the last of them."""
        if self.length < head["sequence"]:
            return Break.TRUNCATED
        return None if self.hash == head["hash"] else Break.HEAD_CHANGED
