"""Reads what a caller passed: query, form or JSON, checked against the kinds a method declares."""

import json
import re
from collections.abc import Mapping
from enum import Enum
from typing import Any
from urllib.parse import parse_qsl

from sandbox.slack.errors import Refused, explained

_NAME = re.compile(r"[A-Za-z0-9_]{1,64}")
_TRUTHS = {"true": True, "1": True, "false": False, "0": False}


class Kind(Enum):
    """What a value must be. A form holds texts only: a flag is `true` or `1`, a tree is JSON in a text."""

    TEXT = "string"
    FLAG = "boolean"
    NUMBER = "number"
    TREE = "object or array"


def parse(
    method: str, query: str, body: bytes, content_type: str, *, takes_json: bool
) -> tuple[dict[str, Any], list[str]]:
    """The arguments as sent, and Slack's warnings about the way they were sent."""
    given: dict[str, Any] = dict(parse_qsl(query, keep_blank_values=True))
    warnings: list[str] = []
    if method == "POST" and body:
        kind, _, parameters = content_type.partition(";")
        match kind.strip().lower():
            case "application/json" if takes_json:
                given |= _json(body)
                warnings += [] if "charset" in parameters.lower() else ["missing_charset"]
            case "application/json":
                pass
            case "application/x-www-form-urlencoded":
                given |= parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True)
                warnings += ["superfluous_charset"] if "charset" in parameters.lower() else []
            case "":
                raise Refused("missing_post_type")
            case _:
                raise Refused("invalid_post_type")
    if any(not _NAME.fullmatch(name) for name in given):
        raise Refused("invalid_arg_name")
    return given, warnings


def read(given: Mapping[str, Any], kinds: Mapping[str, Kind], required: tuple[str, ...]) -> dict[str, Any]:
    """The declared arguments with their types; null counts as absent, unknown names are ignored."""
    values: dict[str, Any] = {}
    wrong = [f"missing required field: {name}" for name in required if given.get(name) in (None, "")]
    for name, kind in kinds.items():
        if given.get(name) is not None:
            try:
                values[name] = _value(given[name], kind)
            except ValueError:
                wrong.append(f"must be a {kind.value} [json-pointer:/{name}]")
    if wrong:
        raise explained("invalid_arguments", wrong)
    return values


def _value(value: Any, kind: Kind) -> Any:
    match kind, value:
        case (Kind.TEXT, str()) | (Kind.TREE, list() | dict()):
            return value
        case Kind.FLAG, bool() | str() | int() if str(value).lower() in _TRUTHS:
            return _TRUTHS[str(value).lower()]
        case Kind.NUMBER, int() | str() if re.fullmatch(r"-?\d+", str(value)):
            return int(value)
        # Only the method knows its own word for a text that holds no tree, such as invalid_blocks_format.
        case Kind.TREE, str():
            return _tree(value)
    raise ValueError(kind.value)


def _tree(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


def _json(body: bytes) -> dict[str, Any]:
    try:
        found = json.loads(body)
    except ValueError as error:
        raise Refused("invalid_json") from error
    if not isinstance(found, dict):
        raise Refused("json_not_object")
    return found
