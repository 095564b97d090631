"""Every call to Stripe goes through here: one pool, one pace, one error table, one reading of answers.

Stripe's own client is not used: of it, only the encoding of forms and three headers would be left. Its
objects take 3 to 4 ms of CPU a call, and importing it takes 0.8 s and 28 MB in every process; it stands
in the tests as a second opinion.
"""

import hashlib
from collections.abc import AsyncIterator, Mapping
from typing import Any, TypeVar

from pydantic import BaseModel

from raccord.connectors.http.client import HttpClient
from raccord.connectors.http.errors import Operation
from raccord.connectors.http.paging import pages
from raccord.connectors.http.reading import read_body
from raccord.vendors.stripe.errors import TABLE
from raccord.vendors.stripe.form import encoded, path
from raccord.vendors.stripe.settings import StripeSettings
from raccord.vendors.stripe.wire import ObjectT, Page

VERSION = "2026-10-28.endive"
PAGE_SIZE = 100
_LONGEST_KEY = 255
_FORM = {"Content-Type": "application/x-www-form-urlencoded"}

W = TypeVar("W", bound=BaseModel)


class StripeApi:
    """Stripe's API for one connection. Every method raises connector errors, and nothing else.

    Where to is a tuple of path parts (`("invoices", id, "lines")`), or the one part there is.
    """

    def __init__(self, connection: str, settings: StripeSettings) -> None:
        self._http = HttpClient(connection, settings, requests_per_second=settings.rate)
        self._headers = {
            "Authorization": f"Bearer {settings.api_key.get_secret_value()}",
            "Stripe-Version": VERSION,
            "User-Agent": "raccord",
        }

    async def get(
        self,
        operation: Operation,
        to: str | tuple[str, ...],
        into: type[W],
        params: Mapping[str, object] = {},
    ) -> W:
        query = f"?{encoded(params)}" if params else ""
        return await self._call(operation, "GET", _path(to) + query, into)

    async def post(
        self,
        operation: Operation,
        to: str | tuple[str, ...],
        into: type[W],
        params: Mapping[str, object],
        *,
        key: str | None,
    ) -> W:
        """Write once; without a key only what can change nothing."""
        keyed = {"Idempotency-Key": idempotency_key(key)} if key is not None else {}
        return await self._call(
            operation, "POST", _path(to), into, headers=_FORM | keyed, body=encoded(params)
        )

    async def delete(self, operation: Operation, to: tuple[str, ...], into: type[W]) -> W:
        """Delete; Stripe takes keys on POST only."""
        return await self._call(operation, "DELETE", _path(to), into)

    async def pages(
        self,
        operation: Operation,
        to: str | tuple[str, ...],
        into: type[Page[ObjectT]],
        params: Mapping[str, object] = {},
    ) -> AsyncIterator[ObjectT]:
        """Yield every object of a list or search."""

        async def fetch(onward: dict[str, str] | None) -> Page[ObjectT]:
            return await self.get(operation, to, into, {**params, "limit": PAGE_SIZE, **(onward or {})})

        with TABLE.errors(operation):
            async for page in pages(fetch, _onward):
                for item in page.data:
                    yield item

    async def close(self) -> None:
        await self._http.close()

    async def _call(
        self,
        operation: Operation,
        method: str,
        url: str,
        into: type[W],
        *,
        headers: Mapping[str, str] = {},
        body: str | None = None,
    ) -> W:
        with TABLE.errors(operation):
            answer = await self._http.send(method, url, headers={**self._headers, **headers}, body=body)
            return read_body(answer.body, into)


def idempotency_key(key: str) -> str:
    """Return a key as a header takes it: ASCII, at most 255 characters; other keys are hashed."""
    if len(key) > _LONGEST_KEY or not (key.isascii() and key.isprintable()):
        return f"sha256/{hashlib.sha256(key.encode()).hexdigest()}"
    return key


def _path(to: str | tuple[str, ...]) -> str:
    return path(to) if isinstance(to, str) else path(*to)


def _onward(page: Page[Any]) -> dict[str, str] | None:
    """A list continues after its last id, a search at the page that it names."""
    if not page.has_more or not page.data:
        return None
    return {"page": page.next_page} if page.next_page else {"starting_after": page.data[-1].id}
