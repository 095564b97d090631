"""How Notion says no (notion.md 6): `{object, status, code, message, request_id}`."""

from collections.abc import Mapping
from typing import Any

from starlette.responses import JSONResponse, Response

Json = dict[str, Any]
_CODES = {
    409: ("conflict_error", "Conflict occurred while saving. Please try again."),
    500: ("internal_server_error", "Unexpected error occurred."),
    503: ("service_unavailable", "Notion is unavailable, please try again later."),
    504: ("gateway_timeout", "Notion timed out while answering this request."),
    529: ("service_overload", "Notion is overloaded, please try again later."),
}


class Refused(Exception):
    """A refusal with Notion's own word for it."""

    def __init__(
        self, status: int, code: str, message: str, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.headers = dict(headers or {})

    def response(self, request_id: str) -> Response:
        body = {
            "object": "error",
            "status": self.status,
            "code": self.code,
            "message": self.message,
            "request_id": request_id,
        }
        return JSONResponse(body, self.status, self.headers)


def invalid(message: str) -> Refused:
    return Refused(400, "validation_error", message)


def misplaced(at: str, message: str) -> Refused:
    """A part of the body that may not be as it is."""
    return invalid(f"body failed validation: body.{at} {message}")


def not_found(kind: str, id_: str) -> Refused:
    """notion.md 2: also what is not shared with the integration is not found."""
    return Refused(
        404,
        "object_not_found",
        f"Could not find {kind} with ID: {id_}. Make sure the relevant pages and databases are shared with "
        "your integration.",
    )


def unauthorized() -> Refused:
    return Refused(401, "unauthorized", "API token is invalid.")


def restricted() -> Refused:
    return Refused(403, "restricted_resource", "Insufficient permissions for this endpoint.")


def rate_limited(seconds: int) -> Refused:
    message = "You have been rate limited. Please try again in a few minutes."
    return Refused(429, "rate_limited", message, {"Retry-After": str(seconds)})


def in_trash() -> Refused:
    return invalid("Can't edit block that is archived. You must unarchive the block before editing.")


def failure(status: int, request_id: str) -> Response:
    """Notion when it fails; a gateway in front of it answers without JSON."""
    if status not in _CODES:
        return Response("<html><body><h1>Bad Gateway</h1></body></html>", status, media_type="text/html")
    code, message = _CODES[status]
    return Refused(status, code, message).response(request_id)


def only(value: Any, names: tuple[str, ...], at: str) -> Json:
    """An object with no other fields than these."""
    if not isinstance(value, dict):
        raise misplaced(at, "should be an object")
    for name in value:
        if name not in names:
            place = f"{at}.{name}" if at else name
            raise misplaced(place, f"should be not present, instead was `{str(value[name])[:80]}`.")
    return value


def one_list(value: Any, at: str, most: int) -> list[Any]:
    """A list of at most so many (notion.md 4)."""
    if not isinstance(value, list):
        raise misplaced(at, "should be an array")
    if len(value) > most:
        raise misplaced(f"{at}.length", f"should be ≤ `{most}`, instead was `{len(value)}`.")
    return value
