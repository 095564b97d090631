"""The HTTP below Slack's client: no redirects, no proxies, answers bounded in size.

A write is sent once. aiohttp repeats a GET once when the connection drops, which harms nothing.
"""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import aiohttp

from raccord.connectors.webhooks import UnreadableBody, strict_json

MAX_ANSWER_BYTES = 16 * 1024 * 1024
"""Two hundred messages with blocks are about 1 MB."""
_CONNECT_SECONDS = 3.0
_CHUNK = 64 * 1024


class AnswerTooLarge(aiohttp.ClientError):
    """The answer was cut off at `MAX_ANSWER_BYTES`."""


class NotSlack(Exception):
    """A whole answer that is no JSON object: a proxy, a login page or a balancer spoke."""

    def __init__(self, status: int, headers: Mapping[str, str]) -> None:
        super().__init__(f"status {status}")
        self.status = status
        self.headers = headers


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer, as far as the client looks at it."""

    status: int
    headers: Mapping[str, str]
    content: dict[str, Any]
    content_type: str = "application/json"

    async def json(self) -> dict[str, Any]:
        return self.content


class Transport:
    """Given to Slack's client in place of the aiohttp session that it would open for each call.

    Raises `aiohttp.ClientError` or `TimeoutError` for what goes wrong on the network, `NotSlack`
    for an answer of somebody else. The client itself trips over `text/plain` and over JSON that is
    no object, and follows redirects with the token.
    """

    closed = False

    def __init__(self, *, seconds: float) -> None:
        self._timeout = aiohttp.ClientTimeout(total=seconds, sock_connect=min(_CONNECT_SECONDS, seconds))
        self._session: aiohttp.ClientSession | None = None

    @asynccontextmanager
    async def request(self, method: str, url: str, **options: Any) -> AsyncIterator[Answer]:
        """Send one request and read its whole answer."""
        # The client takes proxies from the environment, for this machine's own addresses too.
        options.pop("proxy", None)
        async with self._opened().request(method, url, allow_redirects=False, **options) as response:
            body = await _read(response)
            status, headers = response.status, response.headers
        try:
            content = strict_json(body)
        except UnreadableBody:
            content = None
        if not isinstance(content, dict):
            raise NotSlack(status, headers)
        yield Answer(status, headers, content)

    async def close(self) -> None:
        if self._session:
            await self._session.close()

    def _opened(self) -> aiohttp.ClientSession:
        # A session belongs to a running event loop, which there is none of when the port is built.
        if self._session is None:
            self._session = aiohttp.ClientSession(
                timeout=self._timeout,
                # A kept connection that the server has just dropped leaves a message's fate unknown.
                connector=aiohttp.TCPConnector(force_close=True),
                cookie_jar=aiohttp.DummyCookieJar(),
                trust_env=False,
            )
        return self._session


async def _read(response: aiohttp.ClientResponse) -> bytes:
    body = bytearray()
    async for chunk in response.content.iter_chunked(_CHUNK):
        body += chunk
        if len(body) > MAX_ANSWER_BYTES:
            raise AnswerTooLarge(f"more than {MAX_ANSWER_BYTES} bytes")
    return bytes(body)
