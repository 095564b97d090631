"""The sabotages still apply to the code as it is, and a run of one is not mistaken for a proof."""

from pathlib import Path

import pytest

from tests.sabotage import SABOTAGES, UNHARMED, Change, DoesNotApply, Sabotage, copied, judged


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copied(tmp_path_factory.mktemp("copy"))


@pytest.mark.parametrize("sabotage", SABOTAGES, ids=lambda sabotage: sabotage.name)
def test_a_sabotage_applies_and_is_still_python(tree: Path, sabotage: Sabotage) -> None:
    files = [file for change in sabotage.changes for file in tree.glob(change.files)]
    before = {file: file.read_text("utf-8") for file in files}
    for change in sabotage.changes:
        change.apply(tree)
    changed = [file for file, text in before.items() if file.read_text("utf-8") != text]
    assert len(changed) == 1
    compile(changed[0].read_text("utf-8"), changed[0].name, "exec")
    changed[0].write_text(before[changed[0]], "utf-8")


@pytest.mark.parametrize("text", ["not there", "x"])
def test_a_change_whose_text_is_not_there_exactly_once_fails(tmp_path: Path, text: str) -> None:
    (tmp_path / "a.py").write_text("x = x")
    with pytest.raises(DoesNotApply, match=text):
        Change("*.py", text, "y").apply(tmp_path)


BROKEN = Sabotage("broken", (Change("a", "b", "c"),), ("tests",), ("two invoices",))


@pytest.mark.parametrize(
    ("sabotage", "status", "output", "proves"),
    [
        (BROKEN, 1, "E  AssertionError: two invoices", True),
        (BROKEN, 1, "E  TimeoutError", False),
        (BROKEN, 0, "two invoices", False),
        (BROKEN, 2, "two invoices", False),
        (UNHARMED, 0, "", True),
        (UNHARMED, 1, "", False),
    ],
)
def test_only_red_for_the_meant_reason_proves_something(
    sabotage: Sabotage, status: int, output: str, proves: bool
) -> None:
    assert judged(sabotage, status, output)[0] is proves
