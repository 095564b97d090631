"""How Google refuses: `{"error": {code, message, status, details}}` (google-sheets page, section 5).

Each write of ours is a batch that happens as a whole or not at all, and is decided by what stands there:
without a verdict the report is published again.
"""

import re
from dataclasses import replace
from typing import Any

from raccord.connectors.http.errors import Fault, Table
from raccord.connectors.http.failures import Answer
from raccord.connectors.http.reading import is_page, plain, read_object, without_data

_WORD = re.compile("[A-Za-z][A-Za-z_]{2,79}")
_TOO_OFTEN = frozenset(("rateLimitExceeded", "userRateLimitExceeded", "RATE_LIMIT_EXCEEDED"))
"""Limits that Drive answers with 403."""
_DISABLED, _PROTECTED = "SERVICE_DISABLED", "protected"
_NOT_A_CREDENTIAL = frozenset(
    ("invalid_grant", "invalid_client", "unauthorized_client", "invalid_scope", "access_denied")
)


def read_fault(answer: Answer) -> Fault:
    """Take a failed answer apart. Never raises."""
    content = read_object(answer.body).get("error")
    error: dict[str, Any] = content if isinstance(content, dict) else {}
    said = error.get("message")
    code = plain(_WORD, *_reasons(error.get("details")), *_reasons(error.get("errors")), error.get("status"))
    if answer.status == 400 and isinstance(said, str) and "protected" in said:
        code = _PROTECTED
    return Fault(
        status=429 if answer.status == 403 and code in _TOO_OFTEN else answer.status,
        recognised=code is not None,
        page=is_page(answer.body),
        code=code,
        said=without_data(said),
        retry_after=answer.headers.get("retry-after", ""),
    )


def read_token_fault(answer: Answer) -> Fault:
    """Take a refusal of a token apart (RFC 6749, 5.2), or one in Google's own shape. Never raises."""
    word = plain(_WORD, read_object(answer.body).get("error"))
    if word is None:
        return read_fault(answer)
    return Fault(
        status=401 if word in _NOT_A_CREDENTIAL else answer.status,
        recognised=True,
        code=word,
        retry_after=answer.headers.get("retry-after", ""),
    )


def _reasons(given: Any) -> list[Any]:
    """Return the reasons that a list of details names, none of them for certain a word."""
    return [each.get("reason") for each in given if isinstance(each, dict)] if isinstance(given, list) else []


TABLE = Table(
    vendor="Google Sheets",
    read_fault=read_fault,
    credentials="Enter a key of the service account that still exists as key_file of this connection.",
    grant="Share the spreadsheet with the service account's e-mail address as Editor ({needs}).",
    lost="there is no spreadsheet of this id; correct spreadsheet of this connection",
    reasons={
        _DISABLED: "the Google Sheets API is not enabled: enable it in the service account's Cloud project",
        _PROTECTED: "a tab of the report is protected: under Data, Protect sheets and ranges, let the "
        "service account edit it",
    },
)
TOKENS = replace(
    TABLE,
    vendor="Google",
    read_fault=read_token_fault,
    credentials="Check that the key in key_file of this connection still exists, that its service account is "
    "not disabled, and that this machine's clock is right.",
    grant="Let this workload act as the service account (role Workload Identity User, {needs}).",
    lost="the address in key_file of this connection is not Google's any more: download the file anew",
    reasons={},
)


def sharing(table: Table, email: str) -> Table:
    """Return a table that names whom the spreadsheet has to be shared with."""
    return replace(table, grant=f"Share the spreadsheet with {email} as Editor.")
