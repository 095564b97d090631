"""Reading an untrusted request: method, type and size are judged before anything is kept."""

import asyncio
from datetime import timedelta

from starlette.requests import ClientDisconnect, Request


class Refused(Exception):
    """The request is answered with this status and nothing else. `cause` is for the log."""

    def __init__(self, status: int, cause: str, *, retry_after: int | None = None) -> None:
        super().__init__(cause)
        self.status = status
        self.cause = cause
        self.retry_after = retry_after


JSON = "application/json"
FORM = "application/x-www-form-urlencoded"


def check_envelope(request: Request, expected: str) -> None:
    """Raise `Refused` unless this is a plain, uncompressed POST of the `expected` media type."""
    if request.method != "POST":
        raise Refused(405, "method")
    media_type, _, parameters = request.headers.get("content-type", "").partition(";")
    charset = parameters.strip().lower().replace('"', "")
    if media_type.strip().lower() != expected or charset not in ("", "charset=utf-8"):
        raise Refused(415, "content_type")
    if request.headers.get("content-encoding", "identity").lower() != "identity":
        raise Refused(415, "content_encoding")


async def read_body(request: Request, *, limit: int, within: timedelta) -> bytes:
    """Read the raw bytes, never more than `limit` of them, never longer than `within`."""
    declared = request.headers.get("content-length", "0")
    if not declared.isascii() or not declared.isdigit() or int(declared) > limit:
        raise Refused(413, "too_large")
    body = bytearray()
    try:
        async with asyncio.timeout(within.total_seconds()):
            async for chunk in request.stream():
                body += chunk
                if len(body) > limit:
                    raise Refused(413, "too_large")
    except TimeoutError as error:
        raise Refused(408, "slow_body") from error
    except ClientDisconnect as error:
        raise Refused(400, "disconnected") from error
    return bytes(body)
