"""How Stripe refuses (Stripe docs: api/errors, error-codes).

Stripe stores the outcome of a request under its idempotency key once execution began, server
errors included (Stripe docs: api/idempotent_requests). So a write that was answered with a server
error is over and would be replayed as it is, whereas one without an answer is asked again under
the same key.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from raccord.connectors.errors import DUE_DATE_PAST, Permanent
from raccord.connectors.http.errors import Fault, Table
from raccord.connectors.http.failures import Answer
from raccord.connectors.http.reading import is_page, plain, read_object, without_data

MISSING = "resource_missing"
_WORD = re.compile(r"[a-z][a-z0-9_]{1,79}")
_FIELD = re.compile(r"[A-Za-z0-9_\[\].-]{1,200}")
_REQUEST_ID = re.compile("[A-Za-z0-9_-]{1,64}")
_PERMISSION = re.compile(r"\brak_\w{1,80}")
_BY_ADDRESS = re.compile("not allow requests from your IP")
_ONE_CURRENCY = re.compile("combine currencies on a single customer")
ADDRESS_NOT_ALLOWED, CUSTOMER_CURRENCY = "address_not_allowed", "customer_currency"
"""Ours, for refusals that Stripe tells in words alone."""
_LOST = "it, or what it refers to, was deleted, or the key belongs to another account or mode"
_REASONS = {
    "customer_tax_location_invalid": "the customer's address cannot be located for tax",
    "email_invalid": "the customer's e-mail address is not valid",
    "invoice_no_customer_line_items": "the invoice has no lines",
    "invoice_not_editable": "the invoice is already finalised and cannot be changed",
    "tax_id_invalid": "the customer's SIREN or VAT number has not the format Stripe expects",
    "parameter_invalid_integer": "a whole number was expected",
    "amount_too_large": "the amount is larger than Stripe accepts",
    "amount_too_small": "the amount is smaller than Stripe accepts",
    "parameter_missing": "it needs a value that was not sent",
    "parameter_invalid_empty": "a value is empty that must not be",
    "parameter_invalid_string_blank": "a value is blank that must not be",
    "parameter_invalid_string_empty": "a value is empty that must not be",
    ADDRESS_NOT_ALLOWED: "the key does not accept requests from this machine's address. Allow the address in "
    "Dashboard > Developers > API keys, or lift the key's restriction",
    CUSTOMER_CURRENCY: "this customer has an invoice or a subscription in another currency, and Stripe holds "
    "one currency for each customer. Finish that one first, or invoice a new customer in this currency",
    MISSING: _LOST,
    DUE_DATE_PAST: "the due date has passed",
    "parameter_unknown": "it does not know a parameter; this is a bug of Raccord, please report it",
    "idempotency_error": "it was asked twice under one idempotency key with different contents, and did "
    "nothing; this is a bug of Raccord, please report it",
}


def read_fault(answer: Answer) -> Fault:
    """Take a failed answer apart. Never raises."""
    error = _error(answer.body)
    status, code = answer.status, _code(error)
    return Fault(
        # Limits were once told with status 400.
        status=429 if code == "rate_limit" else status,
        # A 404 without this code is a path that does not exist: base_url leads elsewhere.
        recognised=bool(error) and (status != 404 or code == MISSING),
        page=is_page(answer.body),
        code=code,
        said=without_data(error.get("message")),
        field=plain(_FIELD, error.get("param")),
        request_id=plain(_REQUEST_ID, answer.headers.get("Request-Id")),
        needed=_permission(error.get("message")),
        retry_after=answer.headers.get("Retry-After", ""),
    )


TABLE = Table(
    vendor="Stripe",
    read_fault=read_fault,
    credentials="Enter a valid key as api_key of this connection.",
    grant="Give the key the permission “{needs}” in Dashboard > Developers > API keys.",
    lost=_LOST,
    reasons=_REASONS,
    # 409: the same request is still under way.
    later=frozenset((409, 429)),
    # Stripe promises no `Retry-After`.
    pause=timedelta(seconds=3),
    replays=True,
)


@contextmanager
def empty_when_gone() -> Iterator[None]:
    """End a list of what belongs to a customer that is gone: as a parameter it answers 400 or 404."""
    try:
        yield
    except Permanent as error:
        if error.code != MISSING:
            raise


def _error(body: bytes) -> dict[str, Any]:
    error = read_object(body).get("error")
    return error if isinstance(error, dict) else {}


def _code(error: dict[str, Any]) -> str | None:
    if error.get("param") == "due_date":
        # Neither its code nor its text is documented; no other fault of this parameter is ours.
        return DUE_DATE_PAST
    kind, message = error.get("type"), error.get("message")
    if isinstance(message, str) and _BY_ADDRESS.search(message):
        return ADDRESS_NOT_ALLOWED
    if isinstance(message, str) and _ONE_CURRENCY.search(message):
        return CUSTOMER_CURRENCY
    return plain(_WORD, error.get("code")) or (kind if kind == "idempotency_error" else None)


def _permission(message: Any) -> str | None:
    found = _PERMISSION.search(message) if isinstance(message, str) else None
    return found[0] if found else None
