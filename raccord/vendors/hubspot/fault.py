"""What HubSpot says about a failed request, read defensively: every field of it is optional."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from raccord.connectors.webhooks import UnreadableBody, strict_json

_CODE = re.compile("[A-Z][A-Z0-9_]{1,59}")
_FIELD = re.compile("[A-Za-z0-9_-]{1,100}")
_REQUEST_ID = re.compile("[A-Za-z0-9-]{1,64}")
_SIGNS = {"category", "correlationId"}
_REQUEST_ID_HEADER = "x-hubspot-correlation-id"


@dataclass(frozen=True, slots=True)
class Fault:
    """A failed answer without its texts, which quote data. `by_hubspot`: no proxy's page or JSON."""

    status: int
    by_hubspot: bool = False
    code: str | None = None
    field: str | None = None
    policy: str | None = None
    request_id: str | None = None
    retry_after: str = ""


def read_fault(status: int, body: str | bytes | None, headers: Mapping[str, str] | None) -> Fault:
    """Take a failed answer apart. Never raises."""
    names = {k.lower(): v for k, v in (headers or {}).items()}
    content = _content(body)
    detail = _detail(content)
    return Fault(
        status=status,
        by_hubspot=content.get("status") == "error" or bool(_SIGNS & content.keys()),
        code=_word(_CODE, detail.get("code"), detail.get("error"), content.get("category")),
        field=_word(_FIELD, _named_property(detail), detail.get("name")),
        policy=_word(_CODE, content.get("policyName")),
        request_id=_word(_REQUEST_ID, content.get("correlationId"), names.get(_REQUEST_ID_HEADER)),
        retry_after=names.get("retry-after", ""),
    )


def _content(body: str | bytes | None) -> dict[str, Any]:
    raw = body.encode() if isinstance(body, str) else body or b""
    try:
        content = strict_json(raw)
    except UnreadableBody:
        return {}
    return content if isinstance(content, dict) else {}


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


def _word(shape: re.Pattern[str], *candidates: Any) -> str | None:
    """Return the first candidate that is a plain word of this shape: never a text that may quote data."""
    return next((c for c in candidates if isinstance(c, str) and shape.fullmatch(c)), None)
