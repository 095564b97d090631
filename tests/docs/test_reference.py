"""Pages that are written from the code say what the code says, and the tests that pages name are there."""

import re
from pathlib import Path

import pytest

from tests.docs.pages import DOCS, ROOT
from tools.reference import PAGES

TEST = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")
STORIES = ("what-happens.md", "fr/que-se-passe-t-il.md")
LEAST = 25
"""So many tests does each of the pages name, at least."""


@pytest.mark.parametrize("place", PAGES)
def test_a_generated_page_is_current(place: str) -> None:
    written = (DOCS / place).read_text("utf-8")
    assert written == PAGES[place](), "`make reference` writes it anew"


@pytest.mark.parametrize("page", STORIES)
def test_what_happens_names_tests_that_exist(page: str) -> None:
    named = TEST.findall((DOCS / page).read_text("utf-8"))
    assert len(named) >= LEAST
    assert [f"{file}::{test}" for file, test in named if not _exists(ROOT / file, test)] == []


def _exists(file: Path, test: str) -> bool:
    return file.is_file() and f"def {test}(" in file.read_text("utf-8")
