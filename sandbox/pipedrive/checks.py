"""What API v2 takes in a body: strict JSON types, numbers as numbers and real booleans (pipedrive.md 0)."""

import re
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from sandbox.pipedrive.account import Account
from sandbox.pipedrive.errors import Json, invalid

Check = Callable[[Any, str, Account], Any]
ADDRESS = (
    "value", "country", "admin_area_level_1", "admin_area_level_2", "locality", "sublocality", "route",
    "street_number", "subpremise", "postal_code",
)  # fmt: skip
_LARGEST = 10**15
"""More than anybody sells; sums of it stay exact."""
_STAMP = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\dZ?")
_CLOCK = re.compile(r"([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?")


def text(*, most: int = 255, empty: bool = True, null: bool = True) -> Check:
    def check(value: Any, name: str, _: Account) -> Any:
        if value is None and null:
            return None
        if not isinstance(value, str) or len(value) > most or not (value or empty):
            raise invalid(f"{name}: Expected string of at most {most} characters")
        return value

    return check


def boolean(value: Any, name: str, _: Account) -> bool:
    if not isinstance(value, bool):
        raise invalid(f"{name}: Expected boolean")
    return value


def number(*, null: bool = False, least: float | None = None) -> Check:
    def check(value: Any, name: str, _: Account) -> Any:
        if value is None and null:
            return None
        if not isinstance(value, int | float) or isinstance(value, bool):
            raise invalid(f"{name}: Expected number")
        if abs(value) > _LARGEST or (least is not None and value < least):
            raise invalid(f"{name}: out of range")
        return value

    return check


def whole(*, null: bool = False) -> Check:
    def check(value: Any, name: str, _: Account) -> Any:
        if value is None and null:
            return None
        if not isinstance(value, int) or isinstance(value, bool):
            raise invalid(f"{name}: Expected integer")
        return value

    return check


def one_of(*allowed: Any) -> Check:
    def check(value: Any, name: str, _: Account) -> Any:
        if isinstance(value, bool) or value not in allowed:
            raise invalid(f"{name}: must be one of {', '.join(map(str, allowed))}")
        return value

    return check


def link(kind: str) -> Check:
    """The id of a record or user that exists; null takes the link away, except from an owner."""

    def check(value: Any, name: str, account: Account) -> Any:
        if value is None and kind != "user":
            return None
        if not isinstance(value, int) or isinstance(value, bool):
            raise invalid(f"{name}: Expected integer")
        if not account.exists(kind, value):
            raise invalid(f"{name}: {kind} {value} not found")
        return value

    return check


def day(value: Any, name: str, _: Account) -> Any:
    if value is None:
        return None
    try:
        if isinstance(value, str) and date.fromisoformat(value).isoformat() == value:
            return value
    except ValueError:
        pass
    raise invalid(f"{name}: Expected YYYY-MM-DD")


def clock(value: Any, name: str, _: Account) -> Any:
    """`HH:MM`, which comes back as `HH:MM:SS` (pipedrive.md 3)."""
    if value is None:
        return None
    if not isinstance(value, str) or not _CLOCK.fullmatch(value):
        raise invalid(f"{name}: Expected HH:MM")
    return value if value.count(":") == 2 else value + ":00"


def instant(value: Any, name: str, _: Account) -> Any:
    if value is None:
        return None
    try:
        if isinstance(value, str) and _STAMP.fullmatch(value):
            return datetime.fromisoformat(value.removesuffix("Z")).strftime("%Y-%m-%dT%H:%M:%SZ")
    except ValueError:
        pass
    raise invalid(f"{name}: Invalid date-time")


def whole_list(value: Any, name: str, _: Account) -> list[int]:
    if not isinstance(value, list) or any(not isinstance(each, int) for each in value):
        raise invalid(f"{name}: Expected array of integers")
    return list(value)


def address(value: Any, name: str, _: Account) -> Json | None:
    """Parts that are left out become null (pipedrive.md 4)."""
    if value is None:
        return None
    if not isinstance(value, dict) or not set(value) <= set(ADDRESS):
        raise invalid(f"{name}: Expected an address object")
    if any(not isinstance(each, str | None) for each in value.values()):
        raise invalid(f"{name}: Expected strings")
    return {part: value.get(part) for part in ADDRESS}


def reached(value: Any, name: str, _: Account) -> list[Json]:
    """E-mails or phones; the first is the primary one unless another says so."""
    rows: list[Json] = []
    for each in value if isinstance(value, list) else [None]:
        if not isinstance(each, dict) or not set(each) <= {"value", "primary", "label"}:
            raise invalid(f"{name}: Expected array of objects with value, primary and label")
        if not isinstance(each.get("value"), str) or not isinstance(each.get("primary", False), bool):
            raise invalid(f"{name}: value must be a string, primary a boolean")
        rows.append(
            {
                "value": each["value"],
                "primary": each.get("primary", False),
                "label": each.get("label", "work"),
            }
        )
    if rows and not any(each["primary"] for each in rows):
        rows[0]["primary"] = True
    return rows


def participants(value: Any, name: str, account: Account) -> list[Json]:
    rows: list[Json] = []
    for each in value if isinstance(value, list) else [None]:
        if not isinstance(each, dict) or not set(each) <= {"person_id", "primary"}:
            raise invalid(f"{name}: Expected array of objects with person_id and primary")
        person = link("person")(each.get("person_id"), f"{name}.person_id", account)
        rows.append({"person_id": person, "primary": bool(each.get("primary", False))})
    return rows
