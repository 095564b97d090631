"""How Stripe says no.

Stripe docs: `{"error": {"type", "code", "message", "param", "doc_url", ...}}`; the HTTP status decides which
exception the official client raises.
"""

from collections.abc import Mapping
from typing import Any

from sandbox.core.limits import retry_after

_INVALID = "invalid_request_error"


class Refusal(Exception):
    """An answer other than 200, raised anywhere below the gate; `about` adds fields to the error."""

    def __init__(
        self,
        message: str,
        *,
        status: int = 400,
        kind: str = _INVALID,
        code: str | None = None,
        param: str | None = None,
        headers: Mapping[str, str] | None = None,
        about: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.headers = dict(headers or {})
        self._said = {"code": code, "message": message, "param": param, "type": kind, **(about or {})}
        if code:
            self._said["doc_url"] = f"https://docs.stripe.com/error-codes/{code.replace('_', '-')}"

    def body(self) -> dict[str, Any]:
        return {"error": {key: value for key, value in self._said.items() if value is not None}}


def missing_object(noun: str, id_: str, *, param: str = "id", status: int = 404) -> Refusal:
    """404 when the path names it, 400 when a parameter does."""
    return Refusal(f"No such {noun}: '{id_}'", status=status, code="resource_missing", param=param)


def unknown_parameter(param: str) -> Refusal:
    return Refusal(f"Received unknown parameter: {param}", code="parameter_unknown", param=param)


def missing_parameter(param: str) -> Refusal:
    return Refusal(f"Missing required param: {param}.", code="parameter_missing", param=param)


def exclusive_parameters(*params: str) -> Refusal:
    return Refusal(
        f"You may only specify one of these parameters: {', '.join(params)}.",
        code="parameters_exclusive",
        param=params[-1],
    )


def not_editable(message: str) -> Refusal:
    return Refusal(message, code="invoice_not_editable")


def unauthorised(key: str) -> Refusal:
    shown = f": {key[:8]}{'*' * 8}{key[-4:]}" if key else ""
    message = (
        f"Invalid API Key provided{shown}"
        if key
        else "You did not provide an API key in the Authorization header."
    )
    return Refusal(message, status=401, headers={"WWW-Authenticate": 'Bearer realm="Stripe"'})


def forbidden(permission: str) -> Refusal:
    return Refusal(
        "The provided key does not have the required permissions for this endpoint on this account. "
        f"Having the '{permission}' permission would allow this request to continue.",
        status=403,
        code="more_permissions_required",
    )


def too_many_requests(reason: str, seconds: int) -> Refusal:
    """`reason` names the limiter in the header Stripe-Rate-Limited-Reason; 0 seconds: no Retry-After."""
    return Refusal(
        "Request rate limit exceeded. Learn more about rate limits at https://docs.stripe.com/rate-limits.",
        status=429,
        code="rate_limit",
        headers={"Stripe-Rate-Limited-Reason": reason, **retry_after(seconds)},
    )


def unrecognised(method: str, path: str) -> Refusal:
    """No such place in the API."""
    return Refusal(
        f"Unrecognized request URL ({method}: {path}). Please see https://docs.stripe.com or we can help at "
        "https://support.stripe.com/.",
        status=404,
    )


def lock_timeout(seconds: int) -> Refusal:
    return Refusal(
        "This object cannot be accessed right now because another API request or Stripe process is currently "
        "accessing it. If you see this error intermittently, retry the request.",
        status=429,
        code="lock_timeout",
        headers={"Stripe-Rate-Limited-Reason": "resource-specific", **retry_after(seconds)},
    )


def server_error(status: int) -> Refusal:
    return Refusal(
        "Sorry! There was an error while talking to one of our backends. Support has been notified.",
        status=status,
        kind="api_error",
    )


def reused_key(key: str) -> Refusal:
    return Refusal(
        "Keys for idempotent requests can only be used with the same parameters they were first used with. "
        f"Try using a key other than '{key}' if you meant to execute a different request.",
        kind="idempotency_error",
    )


def key_in_use(key: str) -> Refusal:
    return Refusal(
        f"There is currently another in-progress request using this Idempotent Key: {key}. "
        "Please try again later.",
        status=409,
        kind="idempotency_error",
        code="idempotency_key_in_use",
    )
