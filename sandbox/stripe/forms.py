"""Form bodies and query strings with brackets, as Stripe reads them."""

import re
from typing import TypeAlias
from urllib.parse import parse_qsl

from sandbox.stripe.errors import Refusal

Node: TypeAlias = "str | Form"
Form: TypeAlias = dict[str, Node]

_NAME = re.compile(r"([^\[\]]+)((?:\[[^\[\]]*\])*)")


def parse(text: str) -> Form:
    """`a[b][0]=c` becomes `{"a": {"b": {"0": "c"}}}`; `a[]=c` takes the next free index."""
    form: Form = {}
    for name, value in parse_qsl(text, keep_blank_values=True):
        _put(form, _keys(name), value, name)
    return form


def _keys(name: str) -> list[str]:
    found = _NAME.fullmatch(name)
    if not found:
        raise Refusal(f"Invalid parameter name: {name}", param=name)
    return [found[1], *re.findall(r"\[([^\[\]]*)\]", found[2])]


def _put(form: Form, keys: list[str], value: str, name: str) -> None:
    *parents, last = keys
    for key in parents:
        child = form.setdefault(key or str(len(form)), {})
        if isinstance(child, str):
            raise Refusal(f"Invalid parameters: {name} is both a value and an object.", param=name)
        form = child
    form[last or str(len(form))] = value
