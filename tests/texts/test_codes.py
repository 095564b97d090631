"""Every entry of the catalogs is said somewhere; that every code has one, `test_everything_said.py` knows."""

import ast
from collections.abc import Iterator
from pathlib import Path

from raccord.domain.desk.problems import Cause
from raccord.domain.values.message import RecordKind
from raccord.domain.values.subject import SubjectKind
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
    named |= {f"{part}.{kind}" for part in ("label", "link") for kind in SubjectKind}
    assert named <= ENTRIES
    unsaid = {entry for entry in ENTRIES - named if not _said(entry)}
    assert unsaid == set()


def test_every_field_that_a_problem_names_is_a_field_or_a_setting() -> None:
    fields = set()
    for room in ("raccord", "workflows", "activities"):
        for path in (ROOT / room).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                match node:
                    case ast.Call(
                        func=ast.Name(id="problem"), args=[_, _, ast.Constant(value=str(field)), *_]
                    ):
                        fields.add(field)
                    case _:
                        continue
    assert len(fields) > 15
    assert {
        field for field in fields if field and "." not in field and f"field.{field}" not in ENTRIES
    } == set()
