"""What a request may say, by Google's discovery documents.

`schemas.json` holds the schemas of Sheets v4 (revision 20261019) and those of Drive v3 that sharing needs,
without their descriptions: Apache-2.0, from `google-api-python-client` 2.202.0. A property is a schema's
name, a primitive's, the values of an enumeration joined by `|`, a list of one of these, or an object.
"""

import json
from functools import cache
from importlib.resources import files
from typing import Any

from sandbox.google.errors import Refused

_PRIMITIVES: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "boolean": (bool,),
    "int32": (int,),
    "double": (int, float),
}


@cache
def schemas(api: str) -> dict[str, Any]:
    """Those of `sheets` or `drive`, by name."""
    found: dict[str, Any] = json.loads(files(__package__).joinpath("schemas.json").read_text("utf-8"))[api]
    return found


def check(api: str, name: str, value: Any) -> None:
    """Refuse an unknown field, a wrong type, an unknown enumeration value, naming where it stands."""
    _check(schemas(api), name, value, "")


def inside(known: dict[str, Any], shape: Any) -> dict[str, Any] | None:
    """The properties under a shape, its lists left aside; None for a primitive or anything free."""
    while isinstance(shape, list):
        shape = shape[0]
    found = known.get(shape) if isinstance(shape, str) else shape
    return found if isinstance(found, dict) and "*" not in found and found else None


def _check(known: dict[str, Any], shape: Any, value: Any, at: str) -> None:
    if isinstance(shape, list):
        if not isinstance(value, list):
            raise _violation(at, f"Invalid value at '{at}' (a list)")
        for number, each in enumerate(value):
            _check(known, shape[0], each, f"{at}[{number}]")
        return
    fields = known.get(shape) if isinstance(shape, str) else shape
    if isinstance(fields, dict):
        if not isinstance(value, dict):
            raise _violation(at, f"Invalid value at '{at}' (an object)")
        for name, each in value.items():
            if fields and "*" not in fields and name not in fields:
                raise _violation(at, f'Unknown name "{name}"{_place(at)}: Cannot find field.')
            _check(known, fields.get(name, fields.get("*", "any")), each, f"{at}.{name}" if at else name)
        return
    _primitive(shape, value, at)


def _primitive(shape: str, value: Any, at: str) -> None:
    if shape == "any":
        return
    kinds = _PRIMITIVES.get(shape)
    if kinds is None:
        fits = isinstance(value, str) and value in shape.split("|")
    else:
        # In Python a truth value is a number, in JSON it is not.
        fits = isinstance(value, kinds) and (shape == "boolean" or not isinstance(value, bool))
    if not fits:
        raise _violation(at, f"Invalid value at '{at}' ({shape.partition('|')[0]}), {json.dumps(value)}")


def _place(at: str) -> str:
    return f" at '{at}'" if at else ""


def _violation(at: str, said: str) -> Refused:
    message = f"Invalid JSON payload received. {said}"
    violation = {"field": at, "description": message}
    details = [{"@type": "type.googleapis.com/google.rpc.BadRequest", "fieldViolations": [violation]}]
    return Refused(400, message, details=details)
