"""Code and catalogs hold together: every code that is said exists, and every entry is said somewhere."""

import ast
from collections.abc import Iterator
from pathlib import Path

from raccord.domain.desk.problems import Cause
from raccord.domain.values.message import RecordKind
from raccord.texts.catalog import catalog

ROOT = Path(__file__).parents[2]
PARTS = (".reason", ".remedy")
ENTRIES = catalog("fr").codes


def _literals() -> Iterator[str]:
    for room in ("raccord", "workflows", "activities", "workers", "starters"):
        for path in (ROOT / room).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Constant) and isinstance(node.value, str):
                    yield node.value


LITERALS = frozenset(_literals())


def _said(entry: str) -> bool:
    stem = next((entry.removesuffix(part) for part in PARTS if entry.endswith(part)), entry)
    by_name = entry.removeprefix("field.") in LITERALS if entry.startswith("field.") else False
    return stem in LITERALS or entry in LITERALS or by_name


def test_every_entry_is_said_by_some_code() -> None:
    named = {f"record.{kind.replace(' ', '_')}" for kind in RecordKind}
    named |= {f"cause.{cause}" for cause in Cause}
    assert named <= ENTRIES
    unsaid = {entry for entry in ENTRIES - named if not _said(entry)}
    assert unsaid == set()


def _calls() -> Iterator[tuple[str, str]]:
    """Yield the code of each message and problem that is built from a literal, with what it is built by."""
    for room in ("raccord", "workflows", "activities", "workers", "starters"):
        for path in (ROOT / room).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
                    continue
                place = {"message": 0, "problem": 3}.get(node.func.id)
                if place is not None and len(node.args) > place:
                    code = node.args[place]
                    if isinstance(code, ast.Constant):
                        yield node.func.id, str(code.value)


def test_every_code_that_is_said_has_its_entries() -> None:
    calls = set(_calls())
    assert len(calls) > 100
    wanted = {code for kind, code in calls if kind == "message"}
    wanted |= {code + part for kind, code in calls if kind == "problem" for part in PARTS}
    assert wanted - ENTRIES == set()
