"""The ports of the configured connections: opened once per process, and closed by who opened them."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any

from raccord.connectors.connection import Connection, Kind
from raccord.connectors.port import Port
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
    """Open every connection, which calls nobody yet, and close them all in the end."""
    clock = configuration.settings.clock
    async with AsyncExitStack() as stack:
        rows = []
        for connection in configuration.connections:
            port: Port = connection.connect(clock)
            stack.push_async_callback(port.close)
            rows.append(Opened(connection, port))
        yield Connections(tuple(rows))
