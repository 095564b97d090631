"""Every call to Slack goes through here: Slack's client writes the request, the kit sends it."""

import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, TypeVar, cast

import aiohttp
from pydantic import BaseModel
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from raccord.connectors.http.client import HttpClient
from raccord.connectors.http.errors import Operation
from raccord.connectors.http.failures import Refused
from raccord.connectors.http.reading import NotJson, read, read_json
from raccord.connectors.http.writing import write_json
from raccord.vendors.slack.errors import EDITS, TABLE
from raccord.vendors.slack.settings import SlackSettings

_RATE = 100.0
"""Slack counts by method and by channel (Slack docs: rate-limits), which no pace of a connection describes:
it keeps a loop in check. Messages are paced by their queue, all else by `Retry-After`."""

# The client writes whole requests and answers to its log at DEBUG.
_log = logging.getLogger("slack_sdk")
_log.setLevel(logging.INFO)

W = TypeVar("W", bound=BaseModel)
Method = Callable[..., Awaitable[AsyncSlackResponse]]


class SlackClient:
    """Slack's client for one connection. It repeats nothing.

    `api` has a method for each of Slack's, typed, which goes out through `call`, `edit` or `answer`.
    These raise connector errors, and nothing else.
    """

    def __init__(self, connection: str, settings: SlackSettings) -> None:
        self._http = HttpClient(connection, settings, requests_per_second=_RATE)
        self.api = AsyncWebClient(
            token=settings.bot_token.get_secret_value(),
            base_url=settings.base_url,
            session=cast(aiohttp.ClientSession, _Session(self._http)),
            retry_handlers=[],
            logger=_log,
        )

    async def call(self, operation: Operation, method: Method, into: type[W], **params: Any) -> W:
        """Send one request and read its answer."""
        with TABLE.errors(operation):
            return read((await method(**params)).data, into)

    async def edit(self, operation: Operation, method: Method, into: type[W], **params: Any) -> W:
        """Send one request about a message that was posted. Raises `NotFound` when it is out of reach."""
        with EDITS.errors(operation):
            return read((await method(**params)).data, into)

    async def answer(
        self, operation: Operation, method: Method, into: type[W]
    ) -> tuple[W, Mapping[str, str]]:
        """Send one request; return what is read of its answer, and the answer's headers."""
        with TABLE.errors(operation):
            answer = await method()
            return read(answer.data, into), answer.headers

    async def close(self) -> None:
        await self._http.close()


@dataclass(frozen=True, slots=True)
class _Success:
    """A whole answer, as far as Slack's client looks at it."""

    headers: Mapping[str, str]
    content: dict[str, Any]
    status: int = 200
    content_type: str = "application/json"

    async def json(self) -> dict[str, Any]:
        return self.content


class _Session:
    """What Slack's client sends with, in place of an aiohttp session of its own.

    Raises `HttpFailure` or `NotJson` unless Slack says that it is done: with status 200 and `ok`. The
    client would follow redirects with the token, use proxies, and trip over `text/plain`.
    """

    closed = False

    def __init__(self, http: HttpClient) -> None:
        self._http = http

    @asynccontextmanager
    async def request(
        self,
        method: str,
        url: str,
        *,
        headers: dict[str, str],
        params: dict[str, str | int] | None,
        json: dict[str, Any] | None,
        **_: Any,
    ) -> AsyncIterator[_Success]:
        body = None if json is None else write_json(json)
        answer = await self._http.send(
            method, url, headers=headers | {"User-Agent": "raccord"}, params=params, body=body
        )
        content = read_json(answer.body)
        if not isinstance(content, dict):
            raise NotJson
        if content.get("ok") is not True:
            raise Refused(answer)
        yield _Success(answer.headers, content)
