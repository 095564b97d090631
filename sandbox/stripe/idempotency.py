"""Answers kept under idempotency keys.

Stripe docs: status and body of the first request are kept once its execution began, 500s included; a request
whose parameters failed validation leaves nothing behind.
"""

import time
from dataclasses import dataclass

from sandbox.stripe.errors import key_in_use, reused_key
from sandbox.stripe.forms import Form

Fingerprint = tuple[str, str, str]


@dataclass(frozen=True)
class Kept:
    """One answer, with the id of the request that produced it."""

    status: int
    body: bytes
    request_id: str


@dataclass
class _Entry:
    fingerprint: Fingerprint
    at: float
    kept: Kept | None


class Ledger:
    """Keys in use and keys answered. Nothing here awaits, so look-up and booking cannot be interleaved."""

    def __init__(self) -> None:
        self._entries: dict[str, _Entry] = {}

    def recall(self, key: str, fingerprint: Fingerprint, *, hours: float) -> Kept | None:
        """The kept answer; refuses a key that is in flight or was used for something else."""
        entry = self._entries.get(key)
        if entry is None:
            return None
        if entry.kept and time.monotonic() - entry.at > hours * 3600:
            del self._entries[key]
            return None
        if entry.fingerprint != fingerprint:
            raise reused_key(key)
        if entry.kept is None:
            raise key_in_use(key)
        return entry.kept

    def begin(self, key: str, fingerprint: Fingerprint) -> None:
        """From here on the key is in flight."""
        self._entries[key] = _Entry(fingerprint=fingerprint, at=time.monotonic(), kept=None)

    def keep(self, key: str, fingerprint: Fingerprint, kept: Kept) -> None:
        self._entries[key] = _Entry(fingerprint=fingerprint, at=time.monotonic(), kept=kept)

    def forget(self, key: str) -> None:
        self._entries.pop(key, None)


def fingerprint(method: str, path: str, form: Form) -> Fingerprint:
    """What must be equal for two requests to be the same; the order of parameters does not count."""
    return method, path, repr(_ordered(form))


def _ordered(node: "str | Form") -> object:
    if isinstance(node, str):
        return node
    return sorted((key, _ordered(value)) for key, value in node.items())
