"""How Google says no (google-sheets.md 5): `{"error": {code, message, status, details}}`.

Drive adds `errors`, a list of `{domain, reason, message}`.
"""

from collections.abc import Mapping
from typing import Any

from starlette.responses import JSONResponse, Response

from sandbox.core.limits import retry_after
from sandbox.google.settings import PROJECT

Json = dict[str, Any]
_STATUS = {
    400: "INVALID_ARGUMENT",
    401: "UNAUTHENTICATED",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    409: "ABORTED",
    429: "RESOURCE_EXHAUSTED",
    500: "INTERNAL",
    501: "UNIMPLEMENTED",
    503: "UNAVAILABLE",
    504: "DEADLINE_EXCEEDED",
}
_DRIVE_REASON = {
    400: ("global", "badRequest"),
    401: ("global", "authError"),
    403: ("global", "insufficientFilePermissions"),
    404: ("global", "notFound"),
    429: ("usageLimits", "rateLimitExceeded"),
}


class Refused(Exception):
    """A refusal. `reason` is Drive's, as (domain, reason); `details` are Sheets'."""

    def __init__(
        self,
        code: int,
        message: str,
        *,
        details: list[Json] | None = None,
        reason: tuple[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.details = details or []
        self.reason = reason
        self.headers = dict(headers or {})

    def response(self, *, drive: bool = False) -> Response:
        error: Json = {"code": self.code, "message": self.message}
        if drive:
            domain, reason = self.reason or _DRIVE_REASON.get(self.code, ("global", "backendError"))
            error["errors"] = [{"domain": domain, "reason": reason, "message": self.message}]
        else:
            error["status"] = _STATUS.get(self.code, "UNKNOWN")
            if self.details:
                error["details"] = self.details
        return JSONResponse({"error": error}, self.code, self.headers)


class TokenRefused(Exception):
    """The token endpoint's refusal (RFC 6749, section 5.2): `error` and `error_description`."""

    def __init__(self, error: str, description: str) -> None:
        super().__init__(description)
        self.error = error
        self.description = description

    def response(self) -> Response:
        return JSONResponse({"error": self.error, "error_description": self.description}, 400)


def invalid(message: str) -> Refused:
    return Refused(400, message)


def unauthenticated() -> Refused:
    message = (
        "Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or "
        "other valid authentication credential."
    )
    return Refused(401, message, headers={"WWW-Authenticate": 'Bearer error="invalid_token"'})


def permission_denied() -> Refused:
    return Refused(403, "The caller does not have permission")


def insufficient_scope() -> Refused:
    return Refused(
        403,
        "Request had insufficient authentication scopes.",
        details=[_info("ACCESS_TOKEN_SCOPE_INSUFFICIENT")],
        reason=("global", "insufficientPermissions"),
    )


def service_disabled(name: str) -> Refused:
    """google-sheets.md 2: each API must be enabled in the project."""
    message = (
        f"{name} API has not been used in project {PROJECT} before or it is disabled. Enable it in the Cloud "
        "console, then retry."
    )
    return Refused(
        403, message, details=[_info("SERVICE_DISABLED")], reason=("usageLimits", "accessNotConfigured")
    )


def storage_full() -> Refused:
    """google-sheets.md 1: a service account has no Drive storage."""
    return Refused(
        403,
        "The user's Drive storage quota has been exceeded.",
        details=[_info("storageQuotaExceeded")],
        reason=("usageLimits", "storageQuotaExceeded"),
    )


def not_found() -> Refused:
    return Refused(404, "Requested entity was not found.")


def over_quota(kind: str, seconds: int) -> Refused:
    """`kind`: `Read` or `Write`."""
    message = (
        f"Quota exceeded for quota metric '{kind} requests' and limit '{kind} requests per minute per user' "
        f"of service 'sheets.googleapis.com' for consumer 'project_number:{PROJECT}'."
    )
    return Refused(429, message, details=[_info("RATE_LIMIT_EXCEEDED")], headers=retry_after(seconds))


def drive_quota() -> Refused:
    return Refused(403, "User Rate Limit Exceeded", reason=("usageLimits", "userRateLimitExceeded"))


def unavailable(status: int) -> Refused:
    return Refused(status, "The service is currently unavailable.")


def _info(reason: str) -> Json:
    return {"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": reason, "domain": "googleapis.com"}
