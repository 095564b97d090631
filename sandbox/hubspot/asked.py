"""Reads a request strictly: what HubSpot would not understand is refused, not ignored."""

import json
from collections.abc import Collection
from decimal import Decimal
from typing import Any

from starlette.requests import Request

from sandbox.hubspot.errors import invalid


def query(request: Request, *allowed: str) -> dict[str, list[str]]:
    """The query parameters, each a list; a comma separates values as a repeated key does."""
    found: dict[str, list[str]] = {}
    for key, value in request.query_params.multi_items():
        if key not in allowed:
            raise invalid(f"Unknown query parameter: {key}")
        found.setdefault(key, []).extend(value.split(",") if key in _LISTS else [value])
    return found


async def body(
    request: Request, *, required: Collection[str], optional: Collection[str] = ()
) -> dict[str, Any]:
    """The JSON object sent, with exactly these keys."""
    found = await payload(request)
    return keys(found, required=required, optional=optional)


async def payload(request: Request) -> Any:
    """The JSON sent; numbers with a fraction stay exact."""
    try:
        return json.loads(await request.body(), parse_float=Decimal)
    except ValueError as error:
        raise invalid(f"Invalid input JSON on line 1, column 1: {error}") from error


def keys(found: Any, *, required: Collection[str], optional: Collection[str] = ()) -> dict[str, Any]:
    """`found` as an object with exactly these keys."""
    if not isinstance(found, dict):
        raise invalid("Invalid input JSON: expected an object")
    if missing := sorted(set(required) - set(found)):
        raise invalid(f"Invalid input JSON: required fields were not set: {missing}")
    if unknown := sorted(set(found) - set(required) - set(optional)):
        raise invalid(f'Invalid input JSON: unrecognized field "{unknown[0]}"')
    return found


def number(found: dict[str, list[str]], name: str, *, default: int, most: int) -> int:
    """A whole number between 1 and `most`."""
    text = found.get(name, [str(default)])[0]
    if not text.isdecimal() or not 1 <= int(text) <= most:
        raise invalid(f"{name} must be between 1 and {most}, not {text}")
    return int(text)


def cursor(found: dict[str, list[str]]) -> int:
    """The id after which a list goes on; 0 at its beginning."""
    text = found.get("after", ["0"])[0]
    if not text.isdecimal():
        raise invalid(f"after must be the cursor of a page, not {text}")
    return int(text)


def items(found: dict[str, Any], name: str) -> list[Any]:
    """A list in the body; empty when it is left out."""
    value = found.get(name, [])
    if not isinstance(value, list):
        raise invalid(f"Invalid input JSON: {name} must be a list")
    return value


def one(found: dict[str, list[str]], name: str) -> str | None:
    """The value of a parameter that may be given once."""
    values = found.get(name)
    return values[0] if values else None


def flag(found: dict[str, list[str]], name: str) -> bool:
    text = found.get(name, ["false"])[0]
    if text not in ("true", "false", "True", "False"):
        raise invalid(f"{name} must be true or false, not {text}")
    return text.lower() == "true"


_LISTS = frozenset({"properties", "propertiesWithHistory", "associations"})
