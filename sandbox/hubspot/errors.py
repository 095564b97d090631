"""HubSpot's refusals, in the shape HubSpot gives them."""

import json
from typing import Any
from uuid import uuid4

from starlette.responses import JSONResponse

from sandbox.core.limits import retry_after

Problem = dict[str, Any]


class Refused(Exception):
    """A request HubSpot would not accept; becomes `{"status":"error", ...}` with this status."""

    def __init__(
        self, status: int, message: str, *, category: str, errors: list[Problem] | None = None
    ) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.category = category
        self.errors = errors

    def response(self) -> JSONResponse:
        body: dict[str, Any] = {
            "status": "error",
            "message": self.message,
            "correlationId": str(uuid4()),
            "category": self.category,
        }
        if self.errors:
            body["errors"] = self.errors
        return JSONResponse(body, status_code=self.status)


def invalid(message: str) -> Refused:
    return Refused(400, message, category="VALIDATION_ERROR")


def not_found(message: str = "Object not found.  objectId are usually numeric.") -> Refused:
    return Refused(404, message, category="OBJECT_NOT_FOUND")


def invalid_values(problems: list[Problem], *, portal: int) -> Refused:
    """One refusal for all wrong values, listed twice as HubSpot does: as JSON in `message`, and in `errors`.

    Each problem has `name`, `error` (the code) and `message`.
    """
    embedded = [
        {"isValid": False, **problem, "localizedErrorMessage": problem["message"], "portalId": portal}
        for problem in problems
    ]
    errors = [
        {
            "message": problem["message"],
            "code": problem["error"],
            "context": {"propertyName": [problem["name"]]},
        }
        for problem in problems
    ]
    message = f"Property values were not valid: {json.dumps(embedded, ensure_ascii=False)}"
    return Refused(400, message, category="VALIDATION_ERROR", errors=errors)


def unauthorized() -> JSONResponse:
    return Refused(
        401,
        "Authentication credentials not found. This API supports OAuth 2.0 authentication and you can find"
        " more details at https://developers.hubspot.com/docs/methods/auth/oauth-overview",
        category="INVALID_AUTHENTICATION",
    ).response()


def missing_scope(scope: str) -> JSONResponse:
    return Refused(
        403,
        "This app hasn't been granted all required scopes to make this call. Read more about required scopes"
        " here: https://developers.hubspot.com/scopes.",
        category="MISSING_SCOPES",
        errors=[
            {
                "message": "One or more of the following scopes are required.",
                "context": {"requiredGranularScopes": [scope]},
            }
        ],
    ).response()


def over_limit(policy: str, seconds: int) -> JSONResponse:
    """HubSpot's 429. hubspot.md 8: no Retry-After is documented; 0 seconds send none."""
    return JSONResponse(
        {
            "status": "error",
            "message": f"You have reached your {policy.lower()} limit.",
            "errorType": "RATE_LIMIT",
            "correlationId": str(uuid4()),
            "policyName": policy,
        },
        status_code=429,
        headers=retry_after(seconds),
    )


def internal(status: int) -> JSONResponse:
    return JSONResponse(
        {"status": "error", "message": "internal error", "correlationId": str(uuid4())}, status_code=status
    )
