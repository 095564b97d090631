"""The HTTP below Stripe's client: one pool per connection, no redirects, answers bounded in size."""

from collections.abc import Mapping
from typing import Any

import httpx
import stripe

MAX_ANSWER_BYTES = 16 * 1024 * 1024
"""A hundred invoices with ten lines each are about 3 MB."""


class AnswerTooLarge(Exception):
    """The answer was cut off at `MAX_ANSWER_BYTES`."""


class BoundedClient(stripe.HTTPXClient):
    """Stripe's own httpx client, except that it stops reading an answer that is too large.

    httpx follows no redirect unless asked to, and proxies come from the environment.
    """

    async def request_async(
        self, method: str, url: str, headers: Mapping[str, str], post_data: Any = None
    ) -> tuple[bytes, int, Mapping[str, str]]:
        try:
            async with self._client_async.stream(
                method, url, headers=headers, content=post_data or None, timeout=self._timeout
            ) as response:
                return await _bounded(response), response.status_code, response.headers
        except (httpx.HTTPError, httpx.InvalidURL, AnswerTooLarge) as error:
            self._handle_request_error(error)


async def _bounded(response: httpx.Response) -> bytes:
    body = bytearray()
    async for chunk in response.aiter_bytes():
        body += chunk
        if len(body) > MAX_ANSWER_BYTES:
            raise AnswerTooLarge(f"more than {MAX_ANSWER_BYTES} bytes")
    return bytes(body)
