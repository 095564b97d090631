"""Stripe's search language, and its answers that lag behind.

Stripe docs: clauses joined by AND or by OR, never both; `:` exact, `~` contains, `<` `>` `<=` `>=` for
numbers, a leading `-` negates; `metadata['key']:null` finds objects without the key.
"""

import re
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from sandbox.core.table import Table
from sandbox.stripe.call import Call
from sandbox.stripe.errors import Refusal
from sandbox.stripe.pages import DEFAULT_LIMIT
from sandbox.stripe.store import Json

Row = TypeVar("Row")
Clause = Callable[[Json], bool]

CUSTOMER_FIELDS = frozenset({"created", "email", "metadata", "name", "phone"})
INVOICE_FIELDS = frozenset(
    {
        "created",
        "currency",
        "customer",
        "metadata",
        "number",
        "receipt_number",
        "status",
        "subscription",
        "total",
    }
)

_QUOTED = r"""'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*\""""
_CLAUSE = re.compile(
    rf"""\s*(?P<not>-)?(?P<field>\w+)(?:\[(?P<key>{_QUOTED})\])?\s*(?P<op><=|>=|[:~<>])\s*"""
    rf"""(?P<value>{_QUOTED}|-?\d+|null|\w+)\s*""",
    re.VERBOSE,
)
_JOINT = re.compile(r"(AND|OR)\b")


def search(call: Call, table: Table[Row], show: Callable[[Row], Json], fields: Iterable[str]) -> Json:
    """One page of the search result; `page` is the cursor of the answer before."""
    matches = parsed(call.params["query"], frozenset(fields))
    hidden_for = max(call.hidden_for, call.settings.search_lag)
    found = [shown for _, row in table.newest_first(hidden_for=hidden_for) if matches(shown := show(row))]
    start = _offset(call.params.get("page"))
    end = start + call.params.get("limit", DEFAULT_LIMIT)
    return {
        "object": "search_result",
        "data": found[start:end],
        "has_more": end < len(found),
        "next_page": f"page_{end}" if end < len(found) else None,
        "url": call.path,
    }


def parsed(query: str, fields: frozenset[str]) -> Clause:
    """A predicate on objects; refuses what is not a query."""
    clauses, joints, position = [], set(), 0
    while True:
        found = _CLAUSE.match(query, position)
        if not found:
            raise _unreadable(query)
        clauses.append(_clause(found, fields))
        joint = _JOINT.match(query, found.end())
        if not joint:
            break
        joints.add(joint[1])
        position = joint.end()
    if found.end() != len(query) or len(joints) > 1:
        raise _unreadable(query)
    combine = any if joints == {"OR"} else all
    return lambda shown: combine(clause(shown) for clause in clauses)


def _clause(found: "re.Match[str]", fields: frozenset[str]) -> Clause:
    name, key, operator = found["field"], found["key"], found["op"]
    if name not in fields or (name == "metadata") != (key is not None):
        raise Refusal(f"Field `{name}` is an unsupported search field.", param="query")
    value, negated = _literal(found["value"]), found["not"] is not None

    def holds(shown: Json) -> bool:
        actual = shown["metadata"].get(_literal(key)) if key else shown.get(name)
        return _compared(actual, operator, value) != negated

    return holds


def _compared(actual: Any, operator: str, value: str | None) -> bool:
    if actual is None or value is None:
        return operator == ":" and actual is None and value is None
    text = str(actual).lower()
    match operator:
        case ":":
            return text == value.lower()
        case "~":
            return value.lower() in text
    try:
        left, right = int(actual), int(value)
    except ValueError:
        raise Refusal(f"Operator {operator} needs a number.", param="query") from None
    return {"<": left < right, ">": left > right, "<=": left <= right, ">=": left >= right}[operator]


def _literal(text: str) -> str | None:
    if text == "null":
        return None
    return re.sub(r"\\(.)", r"\1", text[1:-1]) if text[0] in "'\"" else text


def _offset(page: str | None) -> int:
    if page is None:
        return 0
    if not page.startswith("page_") or not page[5:].isdecimal():
        raise Refusal("Invalid page token.", param="page")
    return int(page[5:])


def _unreadable(query: str) -> Refusal:
    return Refusal(f"We were unable to parse your search query: {query}", param="query")
