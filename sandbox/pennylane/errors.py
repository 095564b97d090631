"""How Pennylane says no (pennylane.md 9): three shapes of JSON, and a plain text for what is too much."""

from collections.abc import Mapping
from typing import Any

from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response

Json = dict[str, Any]
_WORDS = {
    400: "bad_request",
    401: "unauthorized",
    403: "forbidden",
    404: "not_found",
    409: "conflict",
    422: "unprocessable_entity",
    500: "internal_server_error",
}


class Refused(Exception):
    """A refusal. `code` makes it one of the check against the OpenAPI, with `field` and `payload`; `field`
    alone is what the guide's shape names.
    """

    def __init__(
        self, status: int, message: str, *, code: str = "", field: str = "", payload: Any = None
    ) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.code = code
        self.field = field
        self.payload = payload

    def response(self, headers: Mapping[str, str] | None = None, *, guide: bool = False) -> Response:
        return JSONResponse(self._body(guide), self.status, dict(headers or {}))

    def _body(self, guide: bool) -> Json:
        if self.code:
            body: Json = {"message": self.message, "field": self.field, "code": self.code}
            if self.payload is not None:
                body["payload"] = str(self.payload)[:200]
            return {name: value for name, value in body.items() if value != ""}
        if guide:
            details = {"field": self.field, "issue": self.message} if self.field else {}
            word = _WORDS.get(self.status, "error")
            return {"error": word, "message": self.message, "details": details}
        return {"error": self.message, "status": self.status}


def malformed(code: str, message: str, *, field: str = "", payload: Any = None) -> Refused:
    """400: the request is not as the OpenAPI has it. `code` is one of its `BadRequestCodeEnum`."""
    return Refused(400, message, code=code, field=field, payload=payload)


def unprocessable(message: str, *, field: str = "") -> Refused:
    return Refused(422, message, field=field)


def not_found() -> Refused:
    """pennylane.md 9: also another company's."""
    return Refused(404, "Not Found")


def conflict() -> Refused:
    return Refused(409, "Conflict with the current state of the target resource. Resource already exists.")


def unauthorized() -> Refused:
    return Refused(401, "The access token is invalid")


def forbidden(scope: str) -> Refused:
    return Refused(403, f'Access to this resource requires scope "{scope}".')


def too_many(seconds: int, headers: Mapping[str, str] | None = None) -> Response:
    """pennylane.md 8: in plain text."""
    return PlainTextResponse(
        f"Rate limit exceeded. Please retry in {seconds} seconds.",
        429,
        {**(headers or {}), "retry-after": str(seconds)},
    )


def failure(status: int, *, guide: bool) -> Response:
    """A server that fails says so in JSON; a gateway in front of it does not."""
    if status == 500:
        return Refused(500, "Internal server error").response(guide=guide)
    return HTMLResponse(f"<html><body><h1>{status}</h1></body></html>", status)
