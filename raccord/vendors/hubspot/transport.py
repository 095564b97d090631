"""The HTTP below HubSpot's client: one pool per connection, no redirects, no retries, bounded answers."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import urllib3
from urllib3.exceptions import HTTPError, SSLError

MAX_ANSWER_BYTES = 16 * 1024 * 1024
"""Five hundred property definitions with their options are about 1 MB."""
_CHUNK = 64 * 1024
_FIRST_ERROR = 300


class AnswerTooLarge(HTTPError):
    """The answer was cut off at `MAX_ANSWER_BYTES`."""


class Untrusted(HTTPError):
    """The server's certificate is not trusted; nothing was sent."""


class TlsBroken(HTTPError):
    """The encrypted connection failed, before or after the request was sent."""


class AnswerTooSlow(HTTPError):
    """The answer kept arriving after the time of one request was over."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer, as far as the client looks at it when it is asked for raw answers."""

    status: int
    reason: str | None
    data: bytes
    headers: Mapping[str, str]

    def getheaders(self) -> Mapping[str, str]:
        return self.headers


class Transport(urllib3.PoolManager):
    """Put in place of the pool that each of the client's API objects makes for itself.

    Raises `urllib3.exceptions.HTTPError` for everything that goes wrong on the network.
    """

    def __init__(self, *, seconds: float, connections: int) -> None:
        super().__init__(num_pools=2, maxsize=connections)
        self._seconds = seconds

    def urlopen(  # type: ignore[override]  # an `Answer` is all that the client needs
        self,
        method: str,
        url: str,
        redirect: bool = True,  # noqa: ARG002
        **options: Any,
    ) -> Answer:
        """Send one request once and read its whole answer, within `seconds` in total."""
        deadline = time.monotonic() + self._seconds
        options |= {"preload_content": False, "decode_content": False, "retries": False}
        try:
            answer = super().urlopen(method, url, redirect=False, **options)
            body = _read(answer, deadline)
        except SSLError as error:
            # The client turns this one into an answer without a body, and then trips over that.
            kind = Untrusted if "CERTIFICATE_VERIFY_FAILED" in str(error) else TlsBroken
            raise kind from error
        if answer.status >= _FIRST_ERROR:
            # The client decodes the bodies of errors strictly and trips over a proxy's Latin-1.
            body = body.decode("utf-8", "replace").encode()
        return Answer(answer.status, answer.reason, body, answer.headers)


def _read(answer: urllib3.BaseHTTPResponse, deadline: float) -> bytes:
    body = bytearray()
    try:
        while chunk := answer.read1(_CHUNK, decode_content=False):
            body += chunk
            if len(body) > MAX_ANSWER_BYTES:
                raise AnswerTooLarge(f"more than {MAX_ANSWER_BYTES} bytes")
            if time.monotonic() > deadline:
                raise AnswerTooSlow("still arriving")
    except HTTPError:
        answer.close()
        raise
    finally:
        answer.release_conn()
    return bytes(body)
