"""The validated settings with the connections that they name."""

from dataclasses import dataclass
from pathlib import Path

from raccord.connectors.connection import Connection, Kind
from raccord.domain.values.message import message
from raccord.settings.model import Settings
from raccord.texts.told import Told


class BadSettings(Told):
    """The configuration cannot be used; `str()` lists every reason, one per line, each with its place."""


class NoSettings(BadSettings):
    """There is no settings file. Without it, a wrong folder would be another company with other rules."""

    def __init__(self, path: Path) -> None:
        super().__init__(message("settings.no_file", path=str(path.absolute())))
        self.path = path


@dataclass(frozen=True)
class Configuration:
    """What `raccord.toml` and the environment say. `connections` has exactly one CRM and one billing row."""

    settings: Settings
    path: Path
    connections: tuple[Connection, ...]
    strangers: tuple[str, ...] = ()
    """Variables that are named like settings of ours and are none; they have no effect."""

    def of(self, kind: Kind) -> Connection | None:
        """Return the connection that plays a role; None when nobody does."""
        return next((row for row in self.connections if row.kind is kind), None)

    @property
    def crm(self) -> Connection:
        return self._one(Kind.CRM)

    @property
    def billing(self) -> Connection:
        return self._one(Kind.BILLING)

    @property
    def live_or_test(self) -> str:
        """`LIVE` or `TEST`, by the billing credentials; unknown counts as live."""
        return "TEST" if self.billing.settings.test else "LIVE"

    def webhook_url(self, row: Connection) -> str:
        """Return where a connection's webhooks arrive, as its vendor calls and perhaps signs it."""
        return f"{self.settings.receiver.public_url.rstrip('/')}/webhooks/{row.name}"

    def _one(self, kind: Kind) -> Connection:
        if (found := self.of(kind)) is None:
            raise BadSettings(message("settings.no_connection", kind=kind))
        return found
