"""One request on its way through an operation."""

from dataclasses import dataclass, field
from typing import Any

from sandbox.stripe.account import Account, Origin
from sandbox.stripe.settings import StripeSettings
from sandbox.stripe.store import Json, Store


@dataclass(frozen=True)
class Call:
    """Checked parameters and the account they work on.

    `hidden_for` seconds, objects that were just created are invisible to lists and searches.
    """

    account: Account
    ids: dict[str, str]
    params: Json
    origin: Origin
    path: str
    version: str
    pages: str
    """Where the account's pages are served, without a slash at the end."""
    hidden_for: float = 0.0
    at: int | None = None
    """When it happens; None: now, by the account's clock."""
    settings: StripeSettings = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "settings", self.account.settings)

    @property
    def store(self) -> Store:
        return self.account.store

    @property
    def id(self) -> str:
        """The id of the object the path names."""
        return self.ids["id"]

    @property
    def now(self) -> int:
        return self.account.now() if self.at is None else self.at

    def event(self, kind: str, shown: Json) -> None:
        """Record that something happened; `shown` is the object as it is now."""
        self.account.record(kind, shown, origin=self.origin, at=self.at)

    def updated(self, kind: str, shown: Json, before: Json) -> None:
        """Record a change with its previous attributes; nothing changed, nothing happens."""
        self.account.record_change(kind, shown, before, origin=self.origin, at=self.at)

    def change(self, kind: str, thing: Json, **values: Any) -> None:
        """Give an object new values and record the change; nothing changed, nothing happens."""
        before = dict(thing)
        thing.update(values)
        self.updated(kind, thing, before)


def given(params: Json, *names: str) -> dict[str, Any]:
    """Those of the named parameters that the request has."""
    return {name: params[name] for name in names if name in params}
