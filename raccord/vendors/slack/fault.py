"""What Slack says about a failed request, read defensively: every field of it is optional."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

_WORD = re.compile("[a-z][a-z0-9_]{1,79}")
_SCOPES = re.compile("[a-z][a-z0-9.:,_ -]{1,199}")
_REQUEST_ID = re.compile("[A-Za-z0-9-]{1,64}")


@dataclass(frozen=True, slots=True)
class Fault:
    """A failed answer without its texts, which may quote data. `word` is Slack's `error`."""

    status: int
    word: str | None = None
    needed: str | None = None
    """The scopes of which one is missing."""
    request_id: str | None = None
    retry_after: str = ""


def read_fault(status: int, body: Any, headers: Mapping[str, str]) -> Fault:
    """Take a failed answer apart. Never raises."""
    content = body if isinstance(body, dict) else {}
    names = {k.lower(): v for k, v in headers.items()}
    return Fault(
        status=status,
        word=_plain(_WORD, content.get("error")),
        needed=_plain(_SCOPES, content.get("needed")),
        request_id=_plain(_REQUEST_ID, names.get("x-slack-req-id")),
        retry_after=names.get("retry-after", ""),
    )


def _plain(shape: re.Pattern[str], found: Any) -> str | None:
    return found if isinstance(found, str) and shape.fullmatch(found) else None
