"""How Pipedrive refuses: `{"success": false, "error", "error_info"}` (pipedrive page, section 9).

It has no idempotency keys. Its limits are two (section 8): so many requests in two seconds, and a daily
budget of tokens that the whole company shares; whoever goes on regardless gets a page of HTML with 403.
"""

import re
from datetime import UTC, datetime, time, timedelta
from typing import Any

from raccord.connectors.http.errors import Fault, Table
from raccord.connectors.http.failures import Answer
from raccord.connectors.http.reading import is_page, plain, read_object, without_data

_CODE = re.compile("[a-z][a-z0-9_]{2,79}")
_FIELD_CODE = re.compile(r"\b[0-9a-f]{40}\b")
_CAPPED = "feature_capping"
DAILY_BUDGET = "daily_budget"
"""Ours, for a limit that headers alone tell."""
_ACCOUNT_CLOSED, FEATURE_OFF = "account_closed", "feature_off"
_DAILY = ("x-daily-ratelimit-token-remaining", "x-daily-requests-left")
_DEAREST = 40
"""Tokens of the dearest request, or rather more: a search and a changelog cost 20."""
_SHORT = timedelta(seconds=2)
_BLOCKED = timedelta(seconds=60)
_DAILY_LOOK = timedelta(hours=8)
"""The budget is renewed at midnight of the server's zone, which nobody tells: the wait ends sooner."""
_LONGEST_SECONDS = 120
"""`x-ratelimit-reset` is in seconds, presumably: what is larger is no such number."""


def read_fault(answer: Answer, *, now: datetime | None = None) -> Fault:
    """Take a failed answer apart. Never raises."""
    content, page = read_object(answer.body), is_page(answer.body)
    status = 429 if answer.status == 403 and page else answer.status
    said = content.get("error") or _first_of(content.get("errors"))
    named = _FIELD_CODE.search(said) if isinstance(said, str) else None
    daily = status == 429 and not page and _day_is_used_up(answer)
    return Fault(
        status=status,
        recognised=content.get("success") is False,
        page=page and status != 429,
        code=DAILY_BUDGET if daily else _code(status, content),
        field=named[0] if named else None,
        said=without_data(said),
        retry_after=answer.headers.get("retry-after", ""),
        pause=_pause(status, answer, page=page, daily=daily, now=now or datetime.now(UTC)),
    )


def _day_is_used_up(answer: Answer) -> bool:
    """Whether a limit is that of the day: nothing is left of it, or less than one request may cost."""
    left = [int(text) for name in _DAILY if (text := answer.headers.get(name, "")).isdigit()]
    burst = answer.headers.get("x-ratelimit-remaining", "0")
    return 0 in left or (burst not in ("", "0") and any(each < _DEAREST for each in left))


def _first_of(errors: Any) -> Any:
    """Return the first sentence of a webhook's refusal: `{"errors": {field: [..]}}`."""
    if not isinstance(errors, dict) or not errors:
        return None
    first = next(iter(errors.values()))
    return first[0] if isinstance(first, list) and first else first


def _code(status: int, content: dict[str, Any]) -> str | None:
    code = plain(_CODE, content.get("code"))
    if status == 403 and code and code.startswith(_CAPPED):
        return _CAPPED
    return {402: _ACCOUNT_CLOSED, 415: FEATURE_OFF}.get(status, code)


def _pause(status: int, answer: Answer, *, page: bool, daily: bool, now: datetime) -> timedelta | None:
    if status != 429:
        return None
    if daily:
        midnight = datetime.combine(now.astimezone(UTC).date() + timedelta(days=1), time(0), UTC)
        return min(midnight - now, _DAILY_LOOK)
    reset = answer.headers.get("x-ratelimit-reset", "")
    if reset.isascii() and reset.isdigit() and 0 < int(reset[:9]) <= _LONGEST_SECONDS:
        return timedelta(seconds=int(reset))
    return _BLOCKED if page else _SHORT


TABLE = Table(
    vendor="Pipedrive",
    read_fault=read_fault,
    credentials="Enter the API token of its user as api_token of this connection; a new token makes the one "
    "before it worthless, and an administrator may forbid tokens in the user's permission set.",
    grant="Give the token's user the permission to {needs} in Pipedrive.",
    lost="it is not there, or deleted, or the token's user may not see it",
    reasons={
        DAILY_BUDGET: "the company's tokens of today are used up, by all its tools together; they are "
        "renewed at midnight, or more can be bought",
        _CAPPED: "the plan's limit of it is reached: delete what is not used, or change the plan",
        _ACCOUNT_CLOSED: "the account is not open: its subscription has to be paid",
        FEATURE_OFF: "this is turned off in the account",
    },
)
