"""What every fake port has: calls can be made to fail or to meet a change, and are counted."""

from collections import Counter
from collections.abc import Awaitable, Callable

from raccord.connectors.connection import Check
from raccord.connectors.errors import ConnectorError


class Switches:
    """Fails the calls it is told to fail, until it is told that all is well again."""

    def __init__(self) -> None:
        self._errors: dict[str, ConnectorError] = {}
        self._left: Counter[str] = Counter()
        self._first: dict[str, Callable[[], Awaitable[object]]] = {}
        self.calls: Counter[str] = Counter()
        """How often each method was called, failures counted."""

    def fail(self, error: ConnectorError, *methods: str, times: int = 1_000_000) -> None:
        """Let these methods raise `error` so many times, before anything happens."""
        self._errors |= dict.fromkeys(methods, error)
        self._left |= dict.fromkeys(methods, times)

    def heal(self) -> None:
        self._errors.clear()

    def before(self, method: str, happens: Callable[[], Awaitable[object]]) -> None:
        """Let something happen once, right before the next call of this method is answered."""
        self._first[method] = happens

    async def _call(self, method: str) -> None:
        self.calls[method] += 1
        if happens := self._first.pop(method, None):
            await happens()
        if (error := self._errors.get(method)) and self._left[method]:
            self._left[method] -= 1
            raise error

    async def probe(self) -> None:
        await self._call("probe")

    async def check(self) -> tuple[Check, ...]:
        return ()

    async def close(self) -> None:
        """Nothing is held open."""
