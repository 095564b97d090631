"""The one table from what Stripe's client raises to what a connector may raise.

Stripe stores the outcome of a request under its idempotency key once execution began, server
errors included (Stripe docs: api/idempotent_requests). So a write that was answered with a server
error is over and would be replayed as it is, whereas one without an answer is asked again under
the same key.
"""

import random
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import httpx
import stripe

from raccord.connectors.errors import (
    AmbiguousWrite,
    Auth,
    ConnectorError,
    NotFound,
    Permanent,
    Poison,
    RateLimited,
    Transient,
)

_NOT_SENT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
)
_LONGEST_WAIT = timedelta(days=1)
_SECONDS = re.compile("[0-9]{1,9}")
_REFUSALS = {
    "customer_tax_location_invalid": "the customer's address cannot be located for tax",
    "email_invalid": "the customer's e-mail address is not valid",
    "invoice_no_customer_line_items": "the invoice has no lines",
    "invoice_not_editable": "the invoice is already finalised and cannot be changed",
    "tax_id_invalid": "the customer's SIREN or VAT number has not the format Stripe expects",
    "parameter_invalid_integer": "a whole number was expected",
    "amount_too_large": "the amount is larger than Stripe accepts",
    "amount_too_small": "the amount is smaller than Stripe accepts",
    "resource_missing": "an object it refers to does not exist in this account and mode",
    "parameter_unknown": "it does not know a parameter; this is a bug of Raccord, please report it",
}


@dataclass(frozen=True, slots=True)
class Operation:
    """What is asked of Stripe, for the sentences of errors.

    `what` completes "Stripe was asked to ..." and holds opaque ids only; `needs` is the row of the
    restricted key's permissions.
    """

    what: str
    needs: str
    write: bool = False


class ClientError(Exception):
    """What Stripe's client raised, by class and status alone.

    Its own text quotes the answer, which may hold personal data and be of any size; as the cause
    of a connector error it would be stored wherever that one is.
    """

    def __init__(self, error: stripe.StripeError) -> None:
        inner = f" by {type(error.__cause__).__name__}" if error.__cause__ else ""
        status = f" with status {error.http_status}" if error.http_status else ""
        super().__init__(f"{type(error).__name__}{inner}{status}")


def translate(error: stripe.StripeError, operation: Operation) -> ConnectorError:
    """Return the connector error for what Stripe's client raised. Its sentence quotes no vendor text."""
    what = operation.what
    match error:
        case stripe.APIConnectionError():
            return _network(error, operation)
        case stripe.AuthenticationError() | stripe.PermissionError():
            return _denied(error, operation)
        case stripe.RateLimitError() | stripe.StripeError(http_status=409 | 429):
            return RateLimited(
                f"Stripe is busy and asks to come back to {what}.",
                retry_after=_retry_after(error),
                request_id=error.request_id,
            )
        case stripe.IdempotencyError():
            return Permanent(
                f"Stripe was asked to {what} twice under one idempotency key with different contents. "
                "Nothing was done. This is a bug of Raccord, please report it.",
                code=_code(error) or "idempotency_error",
                request_id=error.request_id,
            )
        case stripe.InvalidRequestError() | stripe.CardError():
            return _refused(error, operation)
        case _:
            return unreadable(operation, status=error.http_status, request_id=error.request_id)


def unreadable(
    operation: Operation, *, status: int | None = None, request_id: str | None = None
) -> ConnectorError:
    """Return the error for a server error, or for an answer that is not Stripe's JSON."""
    answer = f"with status {status}" if status else "with something unreadable"
    if operation.write:
        return AmbiguousWrite(
            f"Stripe answered {answer} when asked to {operation.what}; it may have happened.",
            answered=True,
            request_id=request_id,
        )
    return Transient(f"Stripe answered {answer} when asked to {operation.what}.", request_id=request_id)


def misshapen(operation: Operation) -> ConnectorError:
    """Return the error for JSON without the fields that Stripe documents."""
    if operation.write:
        return unreadable(operation)
    return Poison(
        f"Stripe was asked to {operation.what}; its answer has not the shape of API version "
        "2026-10-28.endive. Check base_url, then report it."
    )


def no_answer(operation: Operation) -> ConnectorError:
    """Return the error for a request that left, or may have left, and got no answer."""
    if operation.write:
        return AmbiguousWrite(f"No answer from Stripe when asked to {operation.what}; it may have happened.")
    return Transient(f"No answer from Stripe when asked to {operation.what}.")


def _network(error: stripe.APIConnectionError, operation: Operation) -> ConnectorError:
    if isinstance(error.__cause__, _NOT_SENT):
        return Transient(f"Stripe cannot be reached to {operation.what}; nothing was sent.")
    return no_answer(operation)


def _denied(error: stripe.AuthenticationError | stripe.PermissionError, operation: Operation) -> Auth:
    if isinstance(error, stripe.AuthenticationError):
        text = (
            f"Stripe refuses the API key, so it could not {operation.what}. "
            "Enter a valid key as api_key of this connection."
        )
    else:
        text = (
            f"The Stripe key may not {operation.what}. Give it the permission “{operation.needs}”"
            f"{_permission(error)} in Dashboard > Developers > API keys."
        )
    return Auth(text, request_id=error.request_id)


def _refused(error: stripe.InvalidRequestError | stripe.CardError, operation: Operation) -> Permanent:
    code, field = _code(error), error.param
    if error.http_status == 404 and code == "resource_missing":
        return NotFound(
            f"Stripe could not {operation.what}: it was deleted, or the key belongs to another "
            "account or mode.",
            code=code,
            field=field,
            request_id=error.request_id,
        )
    reason = _REFUSALS.get(code or "", code or f"status {error.http_status}")
    place = f" (parameter {field})" if field else ""
    return Permanent(
        f"Stripe refused to {operation.what}: {reason}{place}.",
        code=code,
        field=field,
        request_id=error.request_id,
    )


def _code(error: stripe.StripeError) -> str | None:
    # The client leaves `error.code` empty on several classes; the body's own code is in `error.error`.
    body = error.json_body.get("error") if isinstance(error.json_body, dict) else None
    code = body.get("code") if isinstance(body, dict) else None
    return code if isinstance(code, str) else error.code


def _permission(error: stripe.StripeError) -> str:
    found = re.search(r"\brak_\w+", error.user_message or "")
    return f" ({found[0]})" if found else ""


def _retry_after(error: stripe.StripeError) -> timedelta:
    """Return what `Retry-After` says (seconds or a date), else 1 to 5 s; Stripe promises no such header."""
    text = (error.headers or {}).get("retry-after", "")
    wait = timedelta(seconds=int(text)) if _SECONDS.fullmatch(text) else _until(text)
    if wait is None:
        # Spread out, or all that collided come back together.
        return timedelta(seconds=random.uniform(1, 5))  # noqa: S311
    return max(timedelta(seconds=1), min(wait, _LONGEST_WAIT))


def _until(text: str) -> timedelta | None:
    try:
        at = parsedate_to_datetime(text)
    except ValueError:
        return None
    return at.replace(tzinfo=at.tzinfo or UTC) - datetime.now(UTC)
