"""A vendor's API without a client of its own: JSON out, JSON in, connector errors."""

from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import BaseModel

from raccord.connectors.http.client import HttpClient
from raccord.connectors.http.errors import Operation, Table
from raccord.connectors.http.failures import Answer
from raccord.connectors.http.reading import read, read_json
from raccord.connectors.http.writing import write_json

W = TypeVar("W", bound=BaseModel)


class JsonApi:
    """Calls one account of one vendor. `headers` go with every request; the credentials are among them."""

    def __init__(self, http: HttpClient, table: Table, headers: Mapping[str, str]) -> None:
        self._http = http
        self._table = table
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
        with self._table.errors(operation):
            return await self._http.send(method, path, headers=headers, params=params, body=body)

    async def close(self) -> None:
        await self._http.close()
