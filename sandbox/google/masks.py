"""Field masks: which part of an answer is wanted, which part of a record a request changes.

Discovery document, `spreadsheets.get` (`fields`) and `UpdateCellsRequest.fields`: paths separated by commas,
a part's own paths in parentheses, `*` for every field.
"""

import re
from typing import Any

from sandbox.google.errors import invalid
from sandbox.google.schema import inside, schemas

Tree = dict[str, Any]
"""Wanted fields by name, each with its own tree; an empty one is the whole of it."""
_TOKEN = re.compile(r"\s*([A-Za-z0-9_*]+|[(),./])")


def parse(mask: str, api: str, schema: str) -> Tree:
    """Read a mask and hold it against the schema. Refuses a mask that is empty or names an unknown field."""
    tokens, end = [], 0
    while end < len(mask.rstrip()):
        found = _TOKEN.match(mask, end)
        if not found:
            raise invalid(f"Invalid field selection {mask}")
        tokens.append(found[1])
        end = found.end()
    tree, left = _list(tokens, mask)
    if left or not tree:
        raise invalid(f"Invalid field selection {mask}")
    known = schemas(api)
    _known(tree, known, known[schema], mask)
    return tree


def select(value: Any, tree: Tree) -> Any:
    """The wanted part of an answer."""
    if not tree or "*" in tree:
        return value
    if isinstance(value, list):
        return [select(each, tree) for each in value]
    if not isinstance(value, dict):
        return value
    return {name: select(value[name], below) for name, below in tree.items() if name in value}


def merged(old: Any, new: Any, tree: Tree) -> Any:
    """`old` with the fields of the mask as `new` has them: what `new` lacks is cleared."""
    if not tree or "*" in tree:
        return new
    result = dict(old or {})
    for name, below in tree.items():
        value = merged(result.get(name), (new or {}).get(name), below)
        if value is None or value == {}:
            result.pop(name, None)
        else:
            result[name] = value
    return result


def _list(tokens: list[str], mask: str) -> tuple[Tree, list[str]]:
    tree: Tree = {}
    while tokens and tokens[0] != ")":
        tokens = _path(tokens, tree, mask)
        if tokens and tokens[0] == ",":
            tokens = tokens[1:]
        elif tokens and tokens[0] != ")":
            raise invalid(f"Invalid field selection {mask}")
    return tree, tokens


def _path(tokens: list[str], tree: Tree, mask: str) -> list[str]:
    name, *tokens = tokens
    if name in "(),./":
        raise invalid(f"Invalid field selection {mask}")
    below = tree.setdefault(name, {})
    match tokens:
        case [("." | "/"), *rest] if rest:
            return _path(rest, below, mask)
        case ["(", *rest]:
            found, left = _list(rest, mask)
            if not found or left[:1] != [")"]:
                raise invalid(f"Invalid field selection {mask}")
            below.update(found)
            return left[1:]
    return tokens


def _known(tree: Tree, known: dict[str, Any], fields: dict[str, Any], mask: str) -> None:
    for name, below in tree.items():
        if name == "*":
            continue
        if name not in fields:
            raise invalid(f"Invalid field selection {name}")
        under = inside(known, fields[name])
        if below and under is not None:
            _known(below, known, under, mask)
        elif below:
            raise invalid(f"Invalid field selection {mask}")
