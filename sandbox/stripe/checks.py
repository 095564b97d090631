"""What a parameter may look like. Each check turns form text into a value, or refuses in Stripe's words.

An empty string means "unset" and becomes None where Stripe allows it.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import Any

from sandbox.stripe.currencies import SUPPORTED
from sandbox.stripe.errors import Refusal, missing_parameter, unknown_parameter
from sandbox.stripe.forms import Form, Node

Check = Callable[[Node, str], Any]

_EMAIL = re.compile(r"[^@\s]+@([^@\s.]+\.)+([^\W\d_]{2,}|xn--[a-z0-9-]+)")
_INTEGER = re.compile(r"-?\d{1,18}")
_DECIMAL = re.compile(r"-?\d{1,18}(\.(\d+))?")
_METADATA_KEYS = 50
_METADATA_KEY_LENGTH = 40
_METADATA_VALUE_LENGTH = 500


def record(fields: Mapping[str, Check], *, required: Iterable[str] = ()) -> Check:
    """An object with exactly these fields."""

    def check(node: Node, path: str) -> dict[str, Any]:
        if isinstance(node, str):
            raise Refusal("Invalid object", param=path)
        for name in node:
            if name not in fields:
                raise unknown_parameter(_at(path, name))
        for name in required:
            if name not in node:
                raise missing_parameter(_at(path, name))
        return {name: fields[name](value, _at(path, name)) for name, value in node.items()}

    return check


def listing(check: Check, *, most: int | None = None) -> Check:
    """An array; an empty string unsets it."""

    def check_all(node: Node, path: str) -> list[Any] | None:
        if node == "":
            return None
        if isinstance(node, str) or not all(key.isdecimal() for key in node):
            raise Refusal("Invalid array", param=path)
        keys = sorted(node, key=int)
        if most is not None and len(keys) > most:
            raise Refusal(f"Array {path} exceeded maximum {most} allowed elements.", param=path)
        return [check(node[key], _at(path, key)) for key in keys]

    return check_all


def text(longest: int = 5000) -> Check:
    """A text; an empty string unsets it."""

    def check(node: Node, path: str) -> str | None:
        if not isinstance(node, str):
            raise Refusal("Invalid string: {}", param=path)
        if len(node) > longest:
            shown = f"{node[:3]}...{node[-3:]}"
            raise Refusal(f"Invalid string: {shown}; must be at most {longest} characters", param=path)
        return node or None

    return check


def filled(check: Check) -> Check:
    """The same, but it cannot be unset."""

    def check_filled(node: Node, path: str) -> Any:
        if node == "":
            raise Refusal(
                f"You passed an empty string for '{path}'. We assume empty values are an attempt to unset a "
                f"parameter; however '{path}' cannot be unset. You should remove '{path}' from your request "
                "or supply a non-empty value.",
                code="parameter_invalid_empty",
                param=path,
            )
        return check(node, path)

    return check_filled


def unsettable(check: Check) -> Check:
    """The same, but an empty string unsets it."""
    return lambda node, path: None if node == "" else check(node, path)


def integer(least: int | None = None, most: int | None = None) -> Check:
    def check(node: Node, path: str) -> int:
        if not isinstance(node, str) or not _INTEGER.fullmatch(node):
            raise _bad_integer(f"Invalid integer: {node}", path)
        value = int(node)
        if least is not None and value < least:
            raise _bad_integer(f"This value must be greater than or equal to {least}.", path)
        if most is not None and value > most:
            raise _bad_integer(f"This value must be less than or equal to {most}.", path)
        return value

    return filled(check)


def decimal(*, places: int = 12, least: int | None = None, most: int | None = None) -> Check:
    def check(node: Node, path: str) -> Decimal:
        found = _DECIMAL.fullmatch(node) if isinstance(node, str) else None
        if not found or not isinstance(node, str):
            raise Refusal(f"Invalid decimal: {node}", code="parameter_invalid_decimal", param=path)
        if len(found[2] or "") > places:
            raise Refusal(
                f"Invalid decimal: {node}; must contain at maximum {places} decimal places.", param=path
            )
        value = Decimal(node)
        if (least is not None and value < least) or (most is not None and value > most):
            raise Refusal(f"Invalid decimal: {node}; out of range.", param=path)
        return value

    return filled(check)


def flag() -> Check:
    def check(node: Node, path: str) -> bool:
        if node not in ("true", "false"):
            raise Refusal(f"Invalid boolean: {node}", param=path)
        return node == "true"

    return filled(check)


def choice(*names: str) -> Check:
    def check(node: Node, path: str) -> str:
        if not isinstance(node, str) or node not in names:
            raise Refusal(f"Invalid {path}: must be one of {', '.join(names)}", param=path)
        return node

    return filled(check)


def currency() -> Check:
    def check(node: Node, path: str) -> str:
        if not isinstance(node, str) or node not in SUPPORTED:
            raise Refusal(
                f"Invalid currency: {node}. Currencies are three lower-case letters; see "
                "https://docs.stripe.com/currencies for those that are supported.",
                param=path,
            )
        return node

    return filled(check)


def email() -> Check:
    def check(node: Node, path: str) -> str | None:
        if node == "":
            return None
        if not isinstance(node, str) or len(node) > 512 or not _EMAIL.fullmatch(node):
            raise Refusal(f"Invalid email address: {node}", code="email_invalid", param=path)
        return node

    return check


def time_range() -> Check:
    """A Unix time, or bounds `gt`, `gte`, `lt`, `lte`."""
    bounds = record({bound: integer() for bound in ("gt", "gte", "lt", "lte")})

    def check(node: Node, path: str) -> dict[str, int]:
        if isinstance(node, str):
            return {"eq": integer()(node, path)}
        found: dict[str, int] = bounds(node, path)
        return found

    return check


def metadata() -> Check:
    """Changes to metadata: a value None removes the key; None as a whole removes all."""

    def check(node: Node, path: str) -> dict[str, str | None] | None:
        if node == "":
            return None
        if isinstance(node, str):
            raise Refusal("Invalid object", param=path)
        return {key: _metadata_value(key, value, path) for key, value in node.items()}

    return check


def merged_metadata(old: Mapping[str, str], changes: Mapping[str, str | None] | None) -> dict[str, str]:
    """Metadata after the changes; refuses more than 50 keys."""
    merged = {} if changes is None else {**old, **changes}
    kept = {key: value for key, value in merged.items() if value is not None}
    if len(kept) > _METADATA_KEYS:
        raise Refusal(f"Metadata can have up to {_METADATA_KEYS} keys.", param="metadata")
    return kept


def anything() -> Check:
    """A nested parameter that the sandbox keeps as it is, because no flow depends on what is inside."""
    return lambda node, _: _plain(node)


def not_simulated() -> Check:
    """A real parameter of Stripe that this sandbox cannot honour, so that nobody believes it did."""

    def check(_: Node, path: str) -> Any:
        raise Refusal(f"The sandbox does not simulate the parameter '{path}'.", param=path)

    return check


def _metadata_value(key: str, value: Node, path: str) -> str | None:
    where = _at(path, key)
    if not isinstance(value, str):
        raise Refusal("Invalid string: {}; metadata values are texts", param=where)
    if len(key) > _METADATA_KEY_LENGTH:
        raise Refusal(f"Metadata keys must be at most {_METADATA_KEY_LENGTH} characters: {key}", param=where)
    if len(value) > _METADATA_VALUE_LENGTH:
        raise Refusal(f"Metadata values must be at most {_METADATA_VALUE_LENGTH} characters.", param=where)
    return value or None


def _plain(node: Node) -> Any:
    if isinstance(node, str):
        return node
    if node and all(key.isdecimal() for key in node):
        return [_plain(node[key]) for key in sorted(node, key=int)]
    return {key: _plain(value) for key, value in node.items()}


def _bad_integer(message: str, path: str) -> Refusal:
    return Refusal(message, code="parameter_invalid_integer", param=path)


def _at(path: str, name: str) -> str:
    return f"{path}[{name}]" if path else name


def read(fields: Mapping[str, Check], required: Iterable[str], form: Form) -> dict[str, Any]:
    """All parameters of one request."""
    params: dict[str, Any] = record(fields, required=required)(form, "")
    return params
