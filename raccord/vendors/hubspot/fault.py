"""What HubSpot says about a failed request, read defensively: every field of it is optional."""

import json
import re
from datetime import UTC, datetime, time, timedelta, tzinfo
from typing import Any

from raccord.connectors.http.errors import Fault
from raccord.connectors.http.failures import Answer
from raccord.connectors.http.reading import is_page, plain, read_object

TEN_SECONDS = timedelta(seconds=10)
_LOCKED = timedelta(seconds=2)
_MIGRATION = timedelta(minutes=1)
_DAILY_LOOK = timedelta(hours=8)
"""The quota is renewed at the account's midnight, and its zone may not be the company's."""
_CODE = re.compile("[A-Z][A-Z0-9_]{1,59}")
_FIELD = re.compile("[A-Za-z0-9_-]{1,100}")
_SCOPE = re.compile("[a-z][a-z0-9._-]{1,99}")
_REQUEST_ID = re.compile("[A-Za-z0-9-]{1,64}")
_SIGNS = {"category", "correlationId"}
_REQUEST_ID_HEADER = "x-hubspot-correlation-id"
_MOST_SCOPES = 5
_SCOPE_KEYS = ("requiredGranularScopes", "missingScopes")
_BY_ADDRESS = re.compile(r"\bIP(?:v[46])?\b|\bip address")
ADDRESS_NOT_ALLOWED = "ADDRESS_NOT_ALLOWED"
"""Ours, for a refusal that HubSpot tells in words alone."""


def read_fault(answer: Answer, *, zone: tzinfo, now: datetime | None = None) -> Fault:
    """Take a failed answer apart. Never raises."""
    content = read_object(answer.body)
    detail = _detail(content)
    return Fault(
        status=answer.status,
        recognised=content.get("status") == "error" or bool(_SIGNS & content.keys()),
        page=is_page(answer.body),
        code=_code(answer.status, content, detail),
        field=plain(_FIELD, _named_property(detail), detail.get("name")),
        request_id=plain(_REQUEST_ID, content.get("correlationId"), answer.headers.get(_REQUEST_ID_HEADER)),
        needed=" or ".join(_scopes(content)) or None,
        retry_after=answer.headers.get("retry-after", ""),
        pause=_pause(answer.status, content.get("policyName"), now or datetime.now(UTC), zone),
    )


def _pause(status: int, policy: Any, now: datetime, zone: tzinfo) -> timedelta | None:
    """Return the wait that an exhausted quota's name means (HubSpot docs: usage-guidelines)."""
    match status, policy:
        case 423, _:
            return _LOCKED
        case 477, _:
            return _MIGRATION
        case 429, "SECONDLY":
            return timedelta(seconds=1)
        case 429, "DAILY":
            return min(_until_midnight(now, zone), _DAILY_LOOK)
        case _:
            return None


def _until_midnight(now: datetime, zone: tzinfo) -> timedelta:
    tomorrow = now.astimezone(zone).date() + timedelta(days=1)
    return datetime.combine(tomorrow, time(0), tzinfo=zone).astimezone(UTC) - now.astimezone(UTC)


def _code(status: int, content: dict[str, Any], detail: dict[str, Any]) -> str | None:
    message = content.get("message")
    if status in (401, 403) and isinstance(message, str) and _BY_ADDRESS.search(message):
        return ADDRESS_NOT_ALLOWED
    return plain(_CODE, detail.get("code"), detail.get("error"), content.get("category"))


def _scopes(content: dict[str, Any]) -> list[str]:
    """Return the scopes any one of which would do, in the names that an app's settings use.

    HubSpot also says `requiredScopes`, under names that no setting has, and sometimes the wrong one
    (HubSpot/hubspot-api-nodejs#268).
    """
    errors = content.get("errors")
    details = (content, *(errors if isinstance(errors, list) else ()))
    contexts = [each.get("context") for each in details if isinstance(each, dict)]
    named = [
        scope
        for context in contexts
        if isinstance(context, dict)
        for key in _SCOPE_KEYS
        if isinstance(context.get(key), list)
        for scope in context[key]
    ]
    scopes = [each for each in named if isinstance(each, str) and _SCOPE.fullmatch(each)]
    return list(dict.fromkeys(scopes))[:_MOST_SCOPES]


def _detail(content: dict[str, Any]) -> dict[str, Any]:
    """Return the first of `errors`, else the first object of the JSON that older messages embed."""
    return _first_object(content.get("errors")) or _first_object(_embedded(content.get("message")))


def _embedded(message: Any) -> Any:
    if not isinstance(message, str) or not (start := re.search(r"[\[{]", message)):
        return None
    try:
        return json.JSONDecoder().raw_decode(message, start.start())[0]
    except (ValueError, RecursionError):
        return None


def _first_object(found: Any) -> dict[str, Any]:
    first = found[0] if isinstance(found, list) and found else found
    return first if isinstance(first, dict) else {}


def _named_property(detail: dict[str, Any]) -> Any:
    context = detail.get("context")
    names = context.get("propertyName") if isinstance(context, dict) else None
    return names[0] if isinstance(names, list) and names else names
