"""What a command prints is a message of the catalogs: no sentence stands in the code of a command."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
ROOMS = ("raccord", "workers", "starters/cli", "starters/embedded", "starters/demo")
SAYING = frozenset({"fail", "warn", "echo", "bold", "fold", "secho", "print", "input", "BadParameter"})
SHOWN = frozenset({"Finding", "Scenario"})
"""What the demo shows is made of these."""
CHECKING = frozenset({"ok", "warn", "fail", "skipped", "same"})
TOLD = frozenset(
    {
        *("BadSettings", "RecordsUnavailable", "TemporalUnreachable", "BadTemplate", "UnknownVendor"),
        *("BadKeyFile", "CannotUnseal", "NotReady", "KeepsDying", "NotABackup", "InTheWay"),
        "UnreadableBody",
        *("NotServing", "TemporalMissing"),
    }
)
WORDS = re.compile(r"[a-z]{2,} [a-z]{2,}")


def _literals(call: ast.Call) -> Iterator[str]:
    """Yield the words that stand in a call itself; those of a message inside it are its code."""
    waiting: list[ast.AST] = [*call.args, *(each.value for each in call.keywords)]
    while waiting:
        node = waiting.pop()
        match node:
            case ast.Call():
                continue
            case ast.Constant(value=str(text)):
                yield text
            case _:
                waiting.extend(ast.iter_child_nodes(node))


def _says(call: ast.Call) -> bool:
    match call.func:
        case ast.Name(id=name):
            return name in SAYING | TOLD | SHOWN
        case ast.Attribute(value=ast.Name(id="Check"), attr=name):
            return name in CHECKING
        case ast.Attribute(value=ast.Name(id="click"), attr=name):
            return name in SAYING
        case ast.Attribute(value=ast.Name(id="sys"), attr=name):
            return name == "exit"
        case ast.Attribute(value=ast.Name(id="out"), attr="print") | ast.Attribute(attr="add_column"):
            return True
        case _:
            return False


def _paths() -> Iterator[Path]:
    for room in ROOMS:
        yield from sorted((ROOT / room).rglob("*.py"))


def shown(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_no_command_and_no_check_has_a_sentence_in_its_code() -> None:
    found, said = [], 0
    for path in _paths():
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and _says(node):
                said += 1
                found += [
                    f"{shown(path)}:{node.lineno} {text}" for text in _literals(node) if WORDS.search(text)
                ]
    assert said > 200
    assert found == []
