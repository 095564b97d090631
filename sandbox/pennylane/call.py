"""One call on its way through an operation."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from email.message import EmailMessage
from typing import Any

from sandbox.pennylane.errors import Json
from sandbox.pennylane.settings import PennylaneSettings
from sandbox.pennylane.shapes import Shape
from sandbox.pennylane.store import Company, today


@dataclass
class Call:
    """`given` is the body as its shape read it; `ids` those of the path, in its order. `pages`: where the
    company is served, without a slash at the end. `hidden_for` seconds, lists do not find new records.
    """

    company: Company
    ids: tuple[int, ...]
    given: Json
    query: dict[str, str]
    pages: str
    now: datetime
    scopes: tuple[str, ...]
    by_app: bool = False
    """Whether the token is a partner's, by OAuth."""
    hidden_for: float = 0.0
    letters: list[EmailMessage] = field(default_factory=list)

    @property
    def settings(self) -> PennylaneSettings:
        return self.company.settings

    @property
    def id(self) -> int:
        return self.ids[0]

    @property
    def today(self) -> date:
        return today(self.now)

    def url(self, path: str) -> str:
        """Of a part of the API, as answers link it."""
        return f"{self.pages}/api/external/v2/{path}"


@dataclass(frozen=True)
class Operation:
    """`scope` without its `:all` or `:readonly`, or the only one that will do; None: every token may."""

    method: str
    path: str
    run: Callable[[Call], Any]
    scope: str | None = None
    status: int = 200
    body: Shape | None = None
    optional: bool = False
    """Whether the body may be left out."""

    @property
    def needed(self) -> tuple[str, ...]:
        """Any one of these scopes will do."""
        if self.scope is None:
            return ()
        if ":" in self.scope:
            return (self.scope,)
        wide = f"{self.scope}:all"
        return (wide, f"{self.scope}:readonly") if self.method == "GET" else (wide,)
