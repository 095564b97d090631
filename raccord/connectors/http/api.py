"""A vendor's API without a client of its own: JSON out, JSON in, connector errors."""

from collections.abc import Awaitable, Callable, Mapping
from copy import copy
from dataclasses import replace
from typing import Any, Self, TypeAlias, TypeVar

from pydantic import BaseModel

from raccord.connectors.errors import Auth, Forbidden
from raccord.connectors.http.client import HttpClient
from raccord.connectors.http.errors import Operation, Table
from raccord.connectors.http.failures import Answer
from raccord.connectors.http.reading import read, read_json
from raccord.connectors.http.tokens import Tokens
from raccord.connectors.http.writing import write_json
from raccord.connectors.oauth import OAuthApp

W = TypeVar("W", bound=BaseModel)
Guard: TypeAlias = Callable[[Mapping[str, str]], Awaitable[None]]
"""Called before each write with the header of the tokens that go with it; raises where it must not leave."""


class JsonApi:
    """Calls one account of one vendor. `headers` go with every request.

    The credentials are among them, or are `tokens`: one that is refused before its end is replaced once.
    """

    def __init__(
        self,
        http: HttpClient,
        table: Table,
        headers: Mapping[str, str],
        *,
        tokens: Tokens | None = None,
        guard: Guard | None = None,
    ) -> None:
        self._http = http
        self._guard = guard
        self._tokens = tokens
        self._table = _agreed(table, tokens.app) if tokens else table
        self._headers = {"Accept": "application/json", "User-Agent": "raccord"} | dict(headers)

    async def call(
        self,
        operation: Operation,
        method: str,
        path: str,
        into: type[W],
        *,
        params: Mapping[str, str | int] | None = None,
        content: Any = None,
    ) -> W:
        """Send one request and read its answer. Raises connector errors, and nothing else."""
        answer = await self.answer(operation, method, path, params=params, content=content)
        with self._table.errors(operation):
            return read(read_json(answer.body), into)

    async def answer(
        self,
        operation: Operation,
        method: str,
        path: str,
        *,
        params: Mapping[str, str | int] | None = None,
        content: Any = None,
    ) -> Answer:
        """Send one request and return the whole answer, a success, for callers that need its headers."""
        body, headers = None, self._headers
        if content is not None:
            body = write_json(content)
            headers = headers | {"Content-Type": "application/json"}

        async def sent(more: dict[str, str]) -> Answer:
            if self._guard and operation.write:
                # Here, and not before: somebody may have connected another account a moment ago.
                await self._guard(more)
            with self._table.errors(operation):
                return await self._http.send(method, path, headers=headers | more, params=params, body=body)

        if self._tokens is None:
            return await sent({})
        granted = await self._tokens.get()
        try:
            return await sent(granted.header)
        except Forbidden:
            raise
        except Auth:
            # Nothing happened, so a write too is sent again.
            other = await self._tokens.instead_of(granted)
        return await sent(other.header)

    def only(self, credentials: Mapping[str, str]) -> Self:
        """Return one that calls with these credentials, whatever has been stored since."""
        other = copy(self)
        other._tokens, other._headers = None, self._headers | dict(credentials)
        return other

    async def close(self) -> None:
        if self._tokens is not None:
            await self._tokens.close()
        await self._http.close()


def _agreed(table: Table, app: OAuthApp) -> Table:
    """Return how refusals are told where a person agreed to it: no token is entered anywhere."""
    again = f"Run raccord connect {app.connection}"
    return replace(table, credentials=f"{again}.", grant=f"{again}, and agree to “{{needs}}”.")
