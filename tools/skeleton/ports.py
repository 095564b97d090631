"""A connector that has every method of its port and does nothing yet, written from the port's own source.

So it cannot lag behind the port: each method says, in the port's words, what is missing.
"""

import ast
import builtins
import inspect
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from textwrap import wrap
from types import ModuleType

WIDTH = 110
"""Of a line, as `pyproject.toml` has it."""
_SAID_ELSEWHERE = {
    "capabilities": "Say how it differs from others of its kind, as data: raccord/connectors/capabilities.py."
}
Imports = Mapping[str, frozenset[str]]
"""Names by the module that they are taken from."""


@dataclass(frozen=True)
class Method:
    """A method as the port has it: its lines up to its body, and the first paragraph of what it promises."""

    name: str
    head: str
    promise: str
    names: frozenset[str]
    """What its signature speaks of."""
    empty: bool = False
    """Whether it raises `NotImplementedError`."""

    def unwritten(self) -> str:
        """Return the method with a body that says what is missing."""
        return f"{self.head}\n{missing(self.promise, indent=8)}"


def methods_of(*ports: ModuleType, classes: Collection[str] = ()) -> tuple[Method, ...]:
    """Return what these modules ask for, or only these classes of theirs, each method once, as said last."""
    found: dict[str, Method] = {}
    for port in ports:
        source = inspect.getsource(port)
        for defined in ast.parse(source).body:
            if isinstance(defined, ast.ClassDef) and (not classes or defined.name in classes):
                found |= {method.name: method for method in _methods(defined, source.splitlines())}
    return tuple(found.values())


def imports_of(*ports: ModuleType, speaking_of: Iterable[str]) -> Imports:
    """Return what has to be imported for these names, as the ports themselves import it."""
    wanted, found = frozenset(speaking_of) - set(dir(builtins)), dict[str, frozenset[str]]()
    for port in ports:
        for each in ast.parse(inspect.getsource(port)).body:
            if isinstance(each, ast.ImportFrom) and each.module:
                names = frozenset(alias.name for alias in each.names) & wanted
                found[each.module] = found.get(each.module, frozenset()) | names
    return {module: names for module, names in found.items() if names}


def written_imports(imports: Imports) -> str:
    """Return the import lines in the order that the linter wants: Python's own, then ours."""
    ours = ("raccord.", "sandbox.", "tests.")
    by_origin = groupby(sorted(imports, key=lambda m: (m.startswith(ours), m)), lambda m: m.startswith(ours))
    return "\n\n".join("\n".join(_imported(each, imports[each]) for each in group) for _, group in by_origin)


def missing(what: str, *, indent: int) -> str:
    """Return the line that says what is missing, as the formatter writes it."""
    pad, one = " " * indent, f"raise NotImplementedError({_quoted(what)})"
    if len(pad + one) <= WIDTH:
        return pad + one
    inner = " " * (indent + 4)
    if len(f"{inner}{_quoted(what)}") <= WIDTH:
        lines = [f"{inner}{_quoted(what)}"]
    else:
        parts = wrap(what, WIDTH - indent - 8, drop_whitespace=False, break_on_hyphens=False)
        lines = [f"{inner}{_quoted(part)}" for part in parts]
    return "\n".join((f"{pad}raise NotImplementedError(", *lines, f"{pad})"))


def _methods(defined: ast.ClassDef, lines: list[str]) -> Iterator[Method]:
    for each in defined.body:
        if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef):
            first = min((each.lineno, *(decorator.lineno for decorator in each.decorator_list)))
            head = "\n".join(lines[first - 1 : each.body[0].lineno - 1])
            if not head.endswith(":"):  # `...` stands on the line of the signature itself.
                head = "\n".join(lines[first - 1 : each.body[0].lineno]).removesuffix("...").rstrip()
            said = ast.get_docstring(each) or _SAID_ELSEWHERE.get(each.name, each.name)
            promise = " ".join(said.split("\n\n")[0].split())
            names, empty = frozenset(_spoken_of(each)), "NotImplementedError" in ast.unparse(each.body[-1])
            yield Method(each.name, head, promise, names, empty)


def _spoken_of(function: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[str]:
    given = (*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs)
    for part in (*(each.annotation for each in given), function.returns, *function.args.kw_defaults):
        if part is not None:
            yield from (node.id for node in ast.walk(part) if isinstance(node, ast.Name))


def _imported(module: str, names: frozenset[str]) -> str:
    # Constants before classes before functions, as the linter sorts them.
    ordered = sorted(names, key=lambda name: (not name.isupper(), not name[0].isupper(), name.lower()))
    one = f"from {module} import {', '.join(ordered)}"
    if len(one) <= WIDTH:
        return one
    return "\n".join((f"from {module} import (", *(f"    {name}," for name in ordered), ")"))


def _quoted(text: str) -> str:
    mark = "'" if '"' in text and "'" not in text else '"'
    return f"{mark}{text.replace(chr(92), chr(92) * 2).replace(mark, chr(92) + mark)}{mark}"
