"""Lists with cursors."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from sandbox.core.table import Table
from sandbox.stripe.call import Call
from sandbox.stripe.checks import Check, integer, text
from sandbox.stripe.errors import exclusive_parameters, missing_object
from sandbox.stripe.store import Json

Row = TypeVar("Row")
Rows = Sequence[tuple[str, Row]]

PAGING: Mapping[str, Check] = {
    "limit": integer(least=1, most=100),
    "starting_after": text(),
    "ending_before": text(),
}
DEFAULT_LIMIT = 10


def page(
    call: Call,
    noun: str,
    table: Table[Row],
    keep: Callable[[Row], bool],
    show: Callable[[Row], Json] | None = None,
) -> Json:
    """One page of the rows that `keep` accepts, newest first."""
    rows = table.newest_first(hidden_for=call.hidden_for)
    chosen, more = cut(call.params, noun, rows, keep)
    return list_object(call.path, [_shown(row, show) for row in chosen], has_more=more)


def cut(
    params: Mapping[str, Any], noun: str, rows: Rows[Row], keep: Callable[[Row], bool]
) -> tuple[list[Row], bool]:
    """The rows of the wanted page, and whether there are more in the direction of travel.

    The cursor may be an object that `keep` no longer accepts: its place in the list is what counts.
    """
    limit = params.get("limit", DEFAULT_LIMIT)
    after, before = params.get("starting_after"), params.get("ending_before")
    if after and before:
        raise exclusive_parameters("starting_after", "ending_before")
    if before:
        rows = rows[: _position(rows, before, noun, "ending_before")]
    if after:
        rows = rows[_position(rows, after, noun, "starting_after") + 1 :]
    kept = [row for _, row in rows if keep(row)]
    return (kept[-limit:] if before else kept[:limit]), len(kept) > limit


def list_object(url: str, data: list[Json], *, has_more: bool) -> Json:
    return {"object": "list", "data": data, "has_more": has_more, "url": url}


def in_range(value: int | None, wanted: Mapping[str, int] | None) -> bool:
    """Whether a time lies within the bounds; what has no time lies within none."""
    if wanted is None:
        return True
    return value is not None and all(_within(value, bound, limit) for bound, limit in wanted.items())


def _within(value: int, bound: str, limit: int) -> bool:
    match bound:
        case "gt":
            return value > limit
        case "gte":
            return value >= limit
        case "lt":
            return value < limit
        case "lte":
            return value <= limit
    return value == limit


def _shown(row: Any, show: Callable[[Any], Json] | None) -> Json:
    shown: Json = show(row) if show else row
    return shown


def _position(rows: Rows[Row], cursor: str, noun: str, param: str) -> int:
    for position, (id_, _) in enumerate(rows):
        if id_ == cursor:
            return position
    raise missing_object(noun, cursor, param=param, status=400)
