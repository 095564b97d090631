"""The ports of the configured connections: opened once per process, and closed by who opened them."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any

from raccord.connectors.connection import Connection, Kind
from raccord.connectors.oauth import Grants
from raccord.connectors.port import Port
from raccord.records.credentials import GrantsInRecords
from raccord.records.records import Records
from raccord.sealing import BadKeyFile, KeyRing
from raccord.settings.configuration import Configuration


@dataclass(frozen=True)
class Opened:
    """A row of the configuration with its port."""

    connection: Connection
    port: Port

    @property
    def name(self) -> str:
        return self.connection.name


@dataclass(frozen=True)
class Connections:
    """Every configured connection, open."""

    rows: tuple[Opened, ...]

    def of(self, kind: Kind) -> Any:
        """Return the port that plays a role. Raises `LookupError` when no connection does."""
        for row in self.rows:
            if row.connection.kind is kind:
                return row.port
        raise LookupError(f"no {kind} connection is configured")

    @property
    def probes(self) -> dict[str, Callable[[], Awaitable[None]]]:
        """One cheap authenticated call per connection, by its name."""
        return {row.name: row.port.probe for row in self.rows}


@asynccontextmanager
async def opened(configuration: Configuration) -> AsyncIterator[Connections]:
    """Open every connection, which calls nobody yet, and close them all in the end.

    Where a person agreed to one, its tokens are read and renewed in the records.
    """
    clock = configuration.settings.clock
    async with AsyncExitStack() as stack:
        rows, grants = [], None
        if any(connection.oauth for connection in configuration.connections):
            grants = await stack.enter_async_context(_grants(configuration))
        for connection in configuration.connections:
            port: Port = connection.connect(clock, grants)
            stack.push_async_callback(port.close)
            rows.append(Opened(connection, port))
        yield Connections(tuple(rows))


@asynccontextmanager
async def _grants(configuration: Configuration) -> AsyncIterator[Grants | None]:
    """Open what keeps the tokens. Without a usable key nobody can have agreed, and each says so."""
    try:
        keys = KeyRing.load(configuration.settings.key_file)
    except (BadKeyFile, OSError):
        yield None
        return
    records = Records.open(configuration.settings.records_url, keys)
    try:
        yield GrantsInRecords(records.credentials)
    finally:
        await records.close()
