"""What every event of Stripe's has where its vendor documents it; each is read by itself."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

_ID = re.compile("[A-Za-z0-9_]{1,255}")


class Undocumented(ValueError):
    """An event without what its type has; its neighbours may have it."""


def shown_of(event: Mapping[str, Any]) -> tuple[Mapping[str, Any], Any]:
    """Return the object that an event shows, and what it was before. Raises `Undocumented`."""
    data = event.get("data")
    if not isinstance(data, Mapping) or not isinstance(shown := data.get("object"), Mapping):
        raise Undocumented
    return shown, data.get("previous_attributes")


def reference_of(shown: Mapping[str, Any], name: str) -> str:
    """Return the id of what a field names: an id, or the whole object. Raises `Undocumented`."""
    found = shown.get(name)
    return id_of(found if isinstance(found, Mapping) else {"id": found})


def id_of(shown: Mapping[str, Any]) -> str:
    """Return an object's own id. Raises `Undocumented`."""
    found = shown.get("id")
    if not isinstance(found, str) or not _ID.fullmatch(found):
        raise Undocumented
    return found


def instant_of(unix: Any) -> datetime:
    """Return an instant told in Unix seconds, aware, in UTC. Raises `Undocumented`."""
    if not isinstance(unix, int) or isinstance(unix, bool):
        raise Undocumented
    try:
        return datetime.fromtimestamp(unix, UTC)
    except (OverflowError, OSError, ValueError) as error:
        raise Undocumented from error
