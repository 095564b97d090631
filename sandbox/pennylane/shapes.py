"""What a body may look like, by the OpenAPI (company-v2.openapi.json, the request bodies).

A shape takes a value and where it stands, and returns it or refuses it with a code of the OpenAPI's
`BadRequestCodeEnum`: unknown properties too, since every body there has `additionalProperties: false`.
"""

import math
from collections.abc import Callable, Collection, Mapping
from datetime import date
from typing import Any

from sandbox.pennylane.errors import Json, malformed

Shape = Callable[[Any, str], Any]


def text(*, longest: int | None = None) -> Shape:
    def check(value: Any, at: str) -> str:
        if not isinstance(value, str):
            raise _type("string", value, at)
        if not value.isprintable() and any("\ud800" <= each <= "\udfff" for each in value):
            raise malformed("ValidateError", f"{at} is not valid Unicode", field=at)
        if longest is not None and len(value) > longest:
            raise malformed("MoreThanMaxLength", f"{at} is longer than max length", field=at)
        return value

    return check


def number() -> Shape:
    """pennylane.md: `quantity` is the one number; money is a string."""

    def check(value: Any, at: str) -> int | float:
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            raise _type("number", value, at)
        return value

    return check


def integer(*, least: int | None = None) -> Shape:
    def check(value: Any, at: str) -> int:
        if isinstance(value, bool) or not isinstance(value, int):
            raise _type("integer", value, at)
        if least is not None and value < least:
            raise malformed("LessThanMinimum", f"{value} is less than minimum value", field=at, payload=value)
        return value

    return check


def flag(*, only: bool | None = None) -> Shape:
    def check(value: Any, at: str) -> bool:
        if not isinstance(value, bool):
            raise _type("boolean", value, at)
        if only is not None and value is not only:
            raise _enum(value, at)
        return value

    return check


def one_of(names: Collection[str]) -> Shape:
    def check(value: Any, at: str) -> str:
        if not isinstance(value, str):
            raise _type("string", value, at)
        if value not in names:
            raise _enum(value, at)
        return value

    return check


def day() -> Shape:
    def check(value: Any, at: str) -> date:
        if not isinstance(value, str):
            raise _type("string", value, at)
        try:
            found = date.fromisoformat(value)
        except ValueError:
            found = None
        if found is None or found.isoformat() != value:
            message = f'Value: "{value}" is not conformant with date format'
            raise malformed("InvalidDateFormat", message, field=at, payload=value)
        return found

    return check


def nullable(shape: Shape) -> Shape:
    return lambda value, at: None if value is None else shape(value, at)


def listing(shape: Shape, *, least: int = 0) -> Shape:
    def check(value: Any, at: str) -> list[Any]:
        if not isinstance(value, list):
            raise _type("array", value, at)
        if len(value) < least:
            raise malformed("LessThanMinItems", f"{value} contains fewer than min items", field=at)
        return [shape(each, f"{at}/{place}") for place, each in enumerate(value)]

    return check


def record(fields: Mapping[str, Shape], *, required: Collection[str] = ()) -> Shape:
    """An object with no other properties than these."""

    def check(value: Any, at: str) -> Json:
        if not isinstance(value, dict):
            raise _type("object", value, at)
        for name in value:
            if name not in fields:
                message = f"properties {name} are not defined in {at or 'the body'}"
                raise malformed("NotExistPropertyDefinition", message, field=_under(at, name))
        for name in required:
            if name not in value:
                message = f"missing required parameters: {name}"
                raise malformed("NotExistRequiredKey", message, field=_under(at, name))
        return {name: fields[name](each, _under(at, name)) for name, each in value.items()}

    return check


def _under(at: str, name: str) -> str:
    return f"{at}/{name}" if at else name


def _type(wanted: str, value: Any, at: str) -> Exception:
    if value is None:
        return malformed("NotNullError", f"{at} does not allow null values", field=at)
    message = f"{at or 'the body'} expected {wanted}, but received {type(value).__name__}: {value!r}"
    return malformed("ValidateError", message, field=at, payload=value)


def _enum(value: Any, at: str) -> Exception:
    return malformed("NotEnumInclude", f"{value!r} isn't part of the enum in {at}", field=at, payload=value)
