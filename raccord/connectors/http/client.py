"""One connection's HTTP: pooled, paced and bounded; it repeats nothing and goes nowhere else.

On aiohttp itself: a call costs 0.4 ms of CPU, through httpx 2.4 and through httpx on aiohttp 1.0; and that
last one (`httpx-aiohttp` 0.2) reports a connection that broke under a request as one that was never made.
"""

import asyncio
import time
from collections.abc import Mapping
from io import BytesIO

import aiohttp
from prometheus_client import Histogram
from yarl import URL

from raccord.connectors.connection import ConnectionSettings
from raccord.connectors.http.failures import Answer, NoAnswer, NotSent, Refused
from raccord.connectors.http.limiter import BURST, Limiter

MAX_ANSWER_BYTES = 32 * 1024 * 1024
"""A hundred invoices with ten lines each are about 3 MB; a hundred line items with descriptions of 65,536
characters, which HubSpot allows, are up to 20."""
REQUESTS = Histogram(
    "raccord_vendor_request_seconds", "Requests to vendors by answer", ["connection", "answer"]
)
_CONNECT_SECONDS = 3.0
_KEPT_SECONDS = 4.0
"""Shorter than common servers keep an idle connection: one that they just dropped would leave a write's
fate unknown."""
_MOST_CONNECTIONS = 100
_LARGE = 1024 * 1024
_FIRST_SUCCESS, _FIRST_REDIRECT = 200, 300
_NOT_SENT = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError, aiohttp.InvalidURL)


class AnswerTooLarge(Exception):
    """The answer was cut off at `MAX_ANSWER_BYTES`."""


class HttpClient:
    """The requests of one connection, to the host of its `base_url` alone.

    A request takes `timeout` at most, its wait for a turn included (half of it). Redirects are not
    followed, proxies and cookies not used. aiohttp sends a GET, PUT or DELETE a second time when a kept
    connection drops before the answer begins, which harms nothing; a POST or PATCH is sent once.
    """

    def __init__(
        self,
        connection: str,
        settings: ConnectionSettings,
        *,
        requests_per_second: float,
        burst: float = BURST,
    ) -> None:
        self._connection = connection
        self._base = settings.base_url.rstrip("/")
        self._origin = URL(self._base).origin()
        self._seconds = settings.timeout.total_seconds()
        self._limiter = Limiter(requests_per_second, burst=burst)
        self._session: aiohttp.ClientSession | None = None

    async def send(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str],
        params: Mapping[str, str | int] | None = None,
        body: bytes | str | None = None,
    ) -> Answer:
        """Send one request once and return its whole answer, a success. Raises `HttpFailure`.

        `url` is a path below `base_url`, or a whole address of the same host. Raises `ValueError`
        for another host.
        """
        target = URL(self._base + url if url.startswith("/") else url, encoded=params is None)
        if target.origin() != self._origin:
            raise ValueError("a connection sends to the host of its base_url alone")
        started = time.perf_counter()
        outcome = "none"
        try:
            async with asyncio.timeout(self._seconds):
                await self._limiter.turn(within=self._seconds / 2)
                answer = await self._exchange(method, target, headers, params, body)
            outcome = str(answer.status)
        except _NOT_SENT as error:
            # Without the original, here and below: its text may quote the address that was asked.
            untrusted = isinstance(error, aiohttp.ClientConnectorCertificateError)
            raise NotSent(error, untrusted=untrusted) from None
        except (aiohttp.ClientError, TimeoutError, OSError, AnswerTooLarge) as error:
            raise NoAnswer(error) from None
        finally:
            REQUESTS.labels(self._connection, outcome).observe(time.perf_counter() - started)
        if not _FIRST_SUCCESS <= answer.status < _FIRST_REDIRECT:
            raise Refused(answer)
        return answer

    async def close(self) -> None:
        """Let go of all connections; the next request would open new ones."""
        if self._session is not None:
            session, self._session = self._session, None
            await session.close()

    async def _exchange(
        self,
        method: str,
        url: URL,
        headers: Mapping[str, str],
        params: Mapping[str, str | int] | None,
        body: bytes | str | None,
    ) -> Answer:
        async with self._opened().request(
            method,
            url,
            headers=headers,
            params=params,
            data=_content(body),
            allow_redirects=False,
        ) as response:
            return Answer(response.status, response.headers, await _whole(response))

    def _opened(self) -> aiohttp.ClientSession:
        # A session belongs to a running event loop, which there is none of when the port is built.
        if self._session is None:
            self._session = aiohttp.ClientSession(
                # Shorter than the whole, or nobody could tell that the request had not left yet.
                timeout=aiohttp.ClientTimeout(sock_connect=min(_CONNECT_SECONDS, self._seconds / 2)),
                connector=aiohttp.TCPConnector(limit=_MOST_CONNECTIONS, keepalive_timeout=_KEPT_SECONDS),
                cookie_jar=aiohttp.DummyCookieJar(),
                trust_env=False,
            )
        return self._session


def _content(body: bytes | str | None) -> bytes | BytesIO | None:
    raw = body.encode() if isinstance(body, str) else body
    # Above it, aiohttp sends in pieces what is a file.
    return BytesIO(raw) if raw and len(raw) > _LARGE else raw


async def _whole(response: aiohttp.ClientResponse) -> bytes:
    body = bytearray()
    async for chunk in response.content.iter_any():
        body += chunk
        if len(body) > MAX_ANSWER_BYTES:
            response.close()
            raise AnswerTooLarge
    return bytes(body)
