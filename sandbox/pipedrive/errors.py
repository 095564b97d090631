"""How Pipedrive says no (pipedrive.md 9), and how it is when it fails."""

from collections.abc import Mapping
from typing import Any

from starlette.responses import HTMLResponse, JSONResponse, Response

Json = dict[str, Any]
_INFO = "Please check developers.pipedrive.com"
_BLOCKED = (
    "<!DOCTYPE html><html><head><title>Access denied | Cloudflare</title></head>"
    "<body><h1>Error 1015</h1><p>You are being rate limited.</p></body></html>"
)


class Refused(Exception):
    """A refusal; `beside` stands in its body too, and `whole` in place of the usual body."""

    def __init__(
        self,
        status: int,
        error: str,
        *,
        beside: Mapping[str, Any] | None = None,
        whole: Json | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(error)
        self.status = status
        self.error = error
        self._beside = dict(beside or {})
        self._whole = whole
        self._headers = dict(headers or {})

    def response(self) -> Response:
        usual = {
            "success": False,
            "error": self.error,
            "error_info": _INFO,
            "data": None,
            "additional_data": None,
            **self._beside,
        }
        return JSONResponse(self._whole or usual, self.status, self._headers)


def invalid(message: str) -> Refused:
    return Refused(400, f"Validation failed: {message}")


def not_found(what: str) -> Refused:
    return Refused(404, f"{what} not found")


def unauthorized() -> Refused:
    return Refused(401, "unauthorized access", beside={"errorCode": 401}, headers={"x-401-by-gw": "true"})


def forbidden(message: str, *, code: str | None = None) -> Refused:
    """A 403 in JSON: really forbidden."""
    return Refused(403, message, beside={"code": code} if code else {})


def over_limit(message: str = "request over limit") -> Refused:
    """A 429; no Retry-After is documented (pipedrive.md 8)."""
    return Refused(429, message)


def blocked() -> Response:
    """What follows ignored 429s: a 403 that is no JSON and means "slow down" (pipedrive.md 8)."""
    return HTMLResponse(_BLOCKED, 403, {"server": "cloudflare"})


def of_webhooks(status: int, name: str, message: str) -> Refused:
    """The shape that webhooks alone have (pipedrive.md 9; spec v1, /webhooks)."""
    body = {"status": "error", "success": False, "errors": {name: [message]}}
    return Refused(status, message, whole=body)


def failure(status: int) -> Response:
    """Pipedrive when it fails; a gateway in front of it answers without JSON."""
    if status == 500:
        return Refused(500, "Internal server error").response()
    return HTMLResponse(f"<html><body><h1>{status}</h1></body></html>", status)
