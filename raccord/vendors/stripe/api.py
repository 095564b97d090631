"""Every call to Stripe goes through here: Stripe's client writes the request, the kit sends it.

Of the official client it is `raw_request_async`: form and query, credentials, version and idempotency
key are Stripe's own code. Its typed methods are not used, since the objects that they build cost 3 to
4 ms of CPU a call and none of them is read; nor are its errors and retries, since the kit raises its own
failures before the client sees a refusal, and Temporal repeats.
"""

import hashlib
import logging
from collections.abc import AsyncIterator, Mapping
from typing import Any, TypeVar
from urllib.parse import quote

import stripe
from pydantic import BaseModel

from raccord.connectors.http.client import HttpClient
from raccord.connectors.http.errors import Operation
from raccord.connectors.http.failures import Answer
from raccord.connectors.http.paging import pages
from raccord.connectors.http.reading import read_body
from raccord.vendors.stripe.errors import TABLE
from raccord.vendors.stripe.settings import StripeSettings
from raccord.vendors.stripe.wire import ObjectT, Page

VERSION = "2026-10-28.endive"
PAGE_SIZE = 100
_LONGEST_KEY = 255
_ANSWER = "answer"
"""Where a whole answer travels through Stripe's client: in the place of its headers."""

# Off for the whole process, there is no other way: it tells Stripe how long requests took and on which
# machine, and leaves an id in the home directory.
stripe.enable_telemetry = False
# The client logs addresses, which hold e-mail addresses that are looked for, at INFO, and forms at DEBUG.
logging.getLogger("stripe").setLevel(logging.WARNING)

W = TypeVar("W", bound=BaseModel)


class StripeApi:
    """Stripe's API for one connection. Every method raises connector errors, and nothing else.

    Where to is a tuple of path parts (`("invoices", id, "lines")`), or the one part there is.
    """

    def __init__(self, connection: str, settings: StripeSettings) -> None:
        self._http = HttpClient(connection, settings, requests_per_second=settings.rate)
        self._client = stripe.StripeClient(
            settings.api_key.get_secret_value(),
            http_client=_Sender(self._http),
            base_addresses={"api": settings.base_url.rstrip("/")},
            stripe_version=VERSION,
            max_network_retries=0,
        )

    async def get(
        self,
        operation: Operation,
        to: str | tuple[str, ...],
        into: type[W],
        params: Mapping[str, object] = {},
    ) -> W:
        return await self._call(operation, "get", to, into, params)

    async def post(
        self,
        operation: Operation,
        to: str | tuple[str, ...],
        into: type[W],
        params: Mapping[str, object],
        *,
        key: str | None,
    ) -> W:
        """Write once; without a key, for which Stripe's client makes one up, only what can change nothing."""
        keyed = {"idempotency_key": idempotency_key(key)} if key is not None else {}
        return await self._call(operation, "post", to, into, {**params, **keyed})

    async def delete(self, operation: Operation, to: tuple[str, ...], into: type[W]) -> W:
        """Delete; Stripe takes keys on POST only."""
        return await self._call(operation, "delete", to, into, {})

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
        to: str | tuple[str, ...],
        into: type[W],
        params: Mapping[str, object],
    ) -> W:
        with TABLE.errors(operation):
            handed = await self._client.raw_request_async(method, _path(to), **params)
            answer: Answer = handed.headers[_ANSWER]
            return read_body(answer.body, into)


class _Sender(stripe.HTTPClient):
    """What Stripe's client sends with: it gets an empty object, and hands the answer on beside it.

    Raises `HttpFailure` unless the answer is a success.
    """

    name = "raccord"

    def __init__(self, http: HttpClient) -> None:
        super().__init__()
        self._http = http

    async def request_async(
        self, method: str, url: str, headers: Mapping[str, str], post_data: Any = None
    ) -> tuple[bytes, int, Mapping[str, Any]]:
        answer = await self._http.send(
            method.upper(), url, headers={**headers, "User-Agent": "raccord"}, body=post_data
        )
        # The client would parse and format whatever it gets, 0.1 s for a page of a hundred invoices.
        return b"{}", answer.status, {_ANSWER: answer}


def idempotency_key(key: str) -> str:
    """Return a key as a header takes it: ASCII, at most 255 characters; other keys are hashed."""
    if len(key) > _LONGEST_KEY or not (key.isascii() and key.isprintable()):
        return f"sha256/{hashlib.sha256(key.encode()).hexdigest()}"
    return key


def _path(to: str | tuple[str, ...]) -> str:
    """Return a path of API v1, its parts quoted: an id never leads anywhere else."""
    parts = (to,) if isinstance(to, str) else to
    return "/v1/" + "/".join(quote(part, safe="") for part in parts)


def _onward(page: Page[Any]) -> dict[str, str] | None:
    """A list continues after its last id, a search at the page that it names."""
    if not page.has_more or not page.data:
        return None
    return {"page": page.next_page} if page.next_page else {"starting_after": page.data[-1].id}
