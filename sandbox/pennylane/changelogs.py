"""The changelogs: the one feed of what happened, for no webhook tells of it (pennylane.md 2 and 4)."""

import base64
import re
import time
from datetime import UTC, datetime, timedelta
from functools import partial

from sandbox.pennylane import view_money
from sandbox.pennylane.call import Call, Operation
from sandbox.pennylane.errors import Json, Refused, malformed, unprocessable
from sandbox.pennylane.listing import bad_cursor, limit_of

_KEPT = timedelta(weeks=4)
_MOST = 1000
_RFC3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)", re.IGNORECASE)


def changes(call: Call, *, kind: str) -> Json:
    """Oldest first, from a moment or from the oldest that is kept. A record has one row per change."""
    if "start_date" in call.query and "cursor" in call.query:
        raise Refused(400, "start_date and cursor cannot be used together")
    limit, oldest = limit_of(call, _MOST), call.now - _KEPT
    since, after = _since(call, oldest), _after(call)
    settled = time.monotonic() - call.settings.changelog_lag
    rows = [
        row
        for row in call.company.changelog
        if row.kind == kind and row.number > after and row.at >= since and row.born <= settled
    ]
    taken, more = rows[:limit], len(rows) > limit
    cursor = base64.urlsafe_b64encode(f"change:{taken[-1].number}".encode()).decode() if more else None
    return {"items": [view_money.change(row) for row in taken], "has_more": more, "next_cursor": cursor}


def _since(call: Call, oldest: datetime) -> datetime:
    said = call.query.get("start_date")
    if said is None:
        return oldest
    try:
        since = datetime.fromisoformat(said.upper()) if _RFC3339.fullmatch(said) else None
    except ValueError:
        since = None
    if since is None:
        message = f'Value: "{said}" is not conformant with date-time format'
        raise malformed("InvalidDateTimeFormat", message, field="start_date", payload=said)
    if since < oldest:
        raise unprocessable("start_date is older than 4 weeks", field="start_date")
    return since.astimezone(UTC)


def _after(call: Call) -> int:
    cursor = call.query.get("cursor")
    if cursor is None:
        return 0
    try:
        name, _, number = base64.urlsafe_b64decode(cursor.encode()).decode().partition(":")
    except ValueError:
        raise bad_cursor() from None
    if name != "change" or not number.isdecimal():
        raise bad_cursor()
    return int(number)


OPERATIONS = tuple(
    Operation("GET", f"/changelogs/{kind}", partial(changes, kind=kind), kind)
    for kind in ("customers", "customer_invoices", "products", "transactions")
)
