"""Every code that the product says, read from its source: where, with which parameters.

A code is followed from `message`, `problem` and `say` back to its literals: through conditions, names, tables
and functions that only hand it on. One that cannot be followed is an error: nobody would know whether it has
a sentence.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from raccord.domain.desk.problems import Cause

ROOT = Path(__file__).parents[2]
ROOMS = ("raccord", "workflows", "activities", "workers", "starters")
Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Said:
    """A code as one line says it. One that ends in `*` is made of a prefix and a word of an enumeration."""

    code: str
    problem: bool
    params: frozenset[str]
    where: str

    @property
    def entries(self) -> tuple[str, ...]:
        """The entries of the catalogs that it needs."""
        return (f"{self.code}.reason", f"{self.code}.remedy") if self.problem else (self.code,)


@dataclass(frozen=True)
class _Speaker:
    """A function that takes a code at a place. `fixed` parameters are its own; some add their caller's."""

    place: int
    problem: bool
    fixed: frozenset[str] = frozenset()
    hands_on: bool = True


_NAMED = {
    **dict.fromkeys(("message", "Unfit"), _Speaker(place=0, problem=False)),
    "problem": _Speaker(place=3, problem=True),
}
_METHODS = {"say": _Speaker(place=0, problem=False)}


def everything_said() -> tuple[Said, ...]:
    """Read all rooms. Raises `ValueError` for a code that cannot be followed to its literals."""
    paths = (path for room in ROOMS for path in sorted((ROOT / room).rglob("*.py")))
    return tuple(said for path in paths for said in said_by(path.read_text("utf-8"), _shown(path)))


def said_by(source: str, where: str) -> tuple[Said, ...]:
    """Read one module."""
    return tuple(_Module(ast.parse(source), where).said())


def _shown(path: Path) -> str:
    return str(path.relative_to(ROOT))


class _Module:
    def __init__(self, tree: ast.Module, where: str) -> None:
        self._tree, self._where = tree, where
        self._calls = [(call, within) for call, within in _calls(tree, None)]
        self._wrappers: dict[str, _Speaker] = {}

    def said(self) -> Iterator[Said]:
        while (found := self._wrappers | dict(self._handing_on())) != self._wrappers:
            self._wrappers = found
        for call, within, speaker in self._spoken():
            if _parameter(call.args[speaker.place], within) is None:
                yield from self._codes(call, within, speaker)

    def _spoken(self) -> Iterator[tuple[ast.Call, Function | None, _Speaker]]:
        for call, within in self._calls:
            speaker = self._speaker(call.func)
            if speaker and len(call.args) > speaker.place:
                yield call, within, speaker

    def _speaker(self, called: ast.expr) -> _Speaker | None:
        match called:
            case ast.Name(id=name):
                return _NAMED.get(name) or self._wrappers.get(name)
            case ast.Attribute(attr=name):
                return _METHODS.get(name) or self._wrappers.get(name)
            case _:
                return None

    def _handing_on(self) -> Iterator[tuple[str, _Speaker]]:
        """Find the functions whose own parameter is the code that they say."""
        for call, within, speaker in self._spoken():
            place = _parameter(call.args[speaker.place], within)
            if within is None or place is None or within.name in _NAMED | _METHODS:
                continue
            fixed, hands_on = self._keywords(call, speaker)
            yield within.name, _Speaker(place, speaker.problem, fixed, hands_on)

    def _keywords(self, call: ast.Call, speaker: _Speaker) -> tuple[frozenset[str], bool]:
        """Return the parameters that a call gives the message, and whether it adds those of its caller."""
        given = frozenset(k.arg for k in call.keywords if k.arg) if speaker.hands_on else frozenset()
        more = speaker.hands_on and any(k.arg is None for k in call.keywords)
        return speaker.fixed | given, more

    def _codes(self, call: ast.Call, within: Function | None, speaker: _Speaker) -> Iterator[Said]:
        params, _ = self._keywords(call, speaker)
        for code in self._literals(call.args[speaker.place], within):
            yield Said(code, speaker.problem, params, f"{self._where}:{call.lineno}")

    def _literals(self, code: ast.expr, within: Function | None) -> Iterator[str]:
        match code:
            case ast.Constant(value=str(text)):
                yield text
            case ast.IfExp(body=one, orelse=other):
                yield from self._literals(one, within)
                yield from self._literals(other, within)
            case ast.Dict(values=several) | ast.Tuple(elts=several):
                for each in several:
                    yield from self._literals(each, within)
            case ast.Attribute(value=ast.Name(id="Cause"), attr=name):
                yield Cause[name]
            case ast.JoinedStr(values=[ast.Constant(value=str(prefix)), *_]):
                yield f"{prefix}*"
            case ast.Subscript(value=inner) | ast.Starred(value=inner):
                yield from self._literals(inner, within)
            case ast.Call(func=ast.Attribute(value=table, attr="get"), args=[_, otherwise]):
                yield from self._literals(table, within)
                yield from self._literals(otherwise, within)
            case ast.Name(id=name):
                for value in self._values(name, within):
                    yield from self._literals(value, within)
            case _:
                raise ValueError(f"{self._where}:{code.lineno}: what does {ast.unparse(code)} say?")

    def _values(self, name: str, within: Function | None) -> list[ast.expr]:
        """Return what a name may stand for, in its function or else in the module."""
        for scope in (within, self._tree):
            if scope and (values := list(_bound(name, scope))):
                return values
        raise ValueError(f"{self._where}: what is {name}?")


def _bound(name: str, scope: ast.AST) -> Iterator[ast.expr]:
    for node in ast.walk(scope):
        match node:
            case ast.Assign(targets=[ast.Name(id=found)], value=value) if found == name:
                yield value
            case ast.comprehension(target=ast.Name(id=found), iter=several) if found == name:
                yield several
            case _:
                continue


def _calls(node: ast.AST, within: Function | None) -> Iterator[tuple[ast.Call, Function | None]]:
    """Yield every call with the function that it stands in."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Call):
            yield child, within
        yield from _calls(child, child if isinstance(child, Function) else within)


def _parameter(code: ast.expr, within: Function | None) -> int | None:
    """Return at which place a function's own parameter is the code; None when it is anything else."""
    if within is None or not isinstance(code, ast.Name):
        return None
    names = [each.arg for each in (*within.args.posonlyargs, *within.args.args) if each.arg != "self"]
    return names.index(code.id) if code.id in names else None
