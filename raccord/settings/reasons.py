"""Why a value cannot be used, as the end of a sentence: what our rules say of it, and what pydantic does."""

import re
from datetime import timedelta
from typing import Any

from raccord.domain.values.base import Unfit
from raccord.domain.values.message import Message, message

_QUOTED = re.compile("'([^']*)'")


def reason(error: Any) -> Message:  # noqa: PLR0911 - a line for each kind
    """Say what pydantic found wrong with a value; in its own words where it is a kind that we do not know."""
    given = error.get("ctx") or {}
    match error["type"]:
        case "value_error" if isinstance(unfit := given.get("error"), Unfit):
            return Message(code=unfit.code, params=unfit.params)
        case "greater_than_equal":
            return message("unfit.least", limit=_limit(given["ge"]))
        case "greater_than":
            return message("unfit.more", limit=_limit(given["gt"]))
        case "less_than_equal":
            return message("unfit.most", limit=_limit(given["le"]))
        case "less_than":
            return message("unfit.less", limit=_limit(given["lt"]))
        case "literal_error" | "enum":
            return message("unfit.choice", choices=_choices(given["expected"]))
        case kind if found := next((said for kinds, said in _KINDS.items() if kind in kinds), None):
            return found
        case _:
            return message("check.in_its_words", said=error["msg"].removeprefix("Value error, "))


def _limit(value: object) -> str:
    return f"{value.total_seconds():g} s" if isinstance(value, timedelta) else str(value)


def _choices(expected: str) -> Message | str:
    """Return what may be written; pydantic tells it as `'a', 'b' or 'c'`."""
    match _QUOTED.findall(expected):
        case [*some, last] if some:
            return message("unfit.or", some=tuple(some), last=last)
        case _:
            return expected


_KINDS = {
    frozenset(
        {
            *("int_parsing", "int_type", "int_from_float", "float_parsing", "float_type"),
            *("decimal_parsing", "decimal_type", "finite_number"),
        }
    ): message("unfit.number"),
    frozenset({"bool_parsing", "bool_type"}): message("unfit.yes_no"),
    frozenset(
        {"date_parsing", "date_type", "date_from_datetime_parsing", "date_from_datetime_inexact"}
    ): message("unfit.day"),
    frozenset({"time_parsing", "time_type"}): message("unfit.hour"),
    frozenset({"list_type", "tuple_type", "set_type", "frozen_set_type"}): message("unfit.list"),
    frozenset({"dict_type", "model_type", "model_attributes_type"}): message("unfit.table"),
    frozenset({"string_type"}): message("unfit.text"),
}
