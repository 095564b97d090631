"""Who sent a request: its body is read within bounds, then verified as it came."""

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import TypeAlias

from starlette.requests import Request

from raccord.connectors.webhooks import WebhookRejected, WebhookRequest
from raccord.settings.model import Receiver as ReceiverSettings
from starters.receiver.body import Refused, check_envelope, read_body

BODY_TIME = timedelta(seconds=5)

Authenticate: TypeAlias = Callable[[WebhookRequest], None]
"""Raises `WebhookRejected` unless the delivery is authentic."""


def believing_nobody(like: Authenticate | None) -> Authenticate:
    """Return the check of a name that nobody has: the same work as a real one's, and never a yes."""

    def authenticate(request: WebhookRequest) -> None:
        if like:
            with suppress(WebhookRejected):
                like(request)
        raise WebhookRejected("unknown_connection")

    return authenticate


async def authentic_body(
    request: Request, media_type: str, authenticate: Authenticate, settings: ReceiverSettings
) -> bytes:
    """Return the raw body of an authentic request. Raises `Refused`."""
    check_envelope(request, media_type)
    body = await read_body(request, limit=settings.max_body_bytes, within=BODY_TIME)
    query = f"?{request.url.query}" if request.url.query else ""
    delivery = WebhookRequest(
        url=f"{settings.public_url.rstrip('/')}{request.url.path}{query}",
        headers={k.lower(): v for k, v in request.headers.items()},
        body=body,
        received_at=datetime.now(UTC),
    )
    try:
        authenticate(delivery)
    except WebhookRejected as rejected:
        raise Refused(401, rejected.cause) from rejected
    return body
