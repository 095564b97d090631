"""How Slack says no: HTTP 200 and `ok: false`, except for a rate limit.

Slack docs: "Web API responses": `error` is one word, `response_metadata.messages` says what is wrong where.
"""

from collections.abc import Sequence
from typing import Any

from starlette.responses import JSONResponse, Response


class Refused(Exception):
    """An `ok: false` answer; `details` are further fields of its body."""

    def __init__(self, error: str, **details: Any) -> None:
        super().__init__(error)
        self.error = error
        self.details = details

    def body(self) -> dict[str, Any]:
        return {"ok": False, "error": self.error, **self.details}

    def response(self) -> Response:
        return JSONResponse(self.body())


class RateLimited(Refused):
    """Too many requests; `seconds` (whole) until the next one is taken."""

    def __init__(self, seconds: int) -> None:
        super().__init__("ratelimited")
        self.seconds = seconds

    def response(self) -> Response:
        return JSONResponse(self.body(), 429, {"Retry-After": str(self.seconds)})


def explained(error: str, messages: Sequence[str]) -> Refused:
    """A refusal that says where each mistake is."""
    return Refused(
        error,
        errors=list(messages),
        response_metadata={"messages": [f"[ERROR] {message}" for message in messages]},
    )


def missing_scope(needed: str, provided: Sequence[str]) -> Refused:
    return Refused("missing_scope", needed=needed, provided=",".join(provided))


def server_error(status: int) -> Response:
    """Slack's own words when it is down; a gateway in front of it answers without JSON."""
    match status:
        case 500:
            return JSONResponse({"ok": False, "error": "internal_error"}, status)
        case 503:
            return JSONResponse({"ok": False, "error": "service_unavailable"}, status)
    return Response("upstream connect error or disconnect/reset before headers", status)
