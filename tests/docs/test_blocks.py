"""The site reads a page's blocks as the source's own pages do.

Its Markdown is the older one (Python-Markdown, "Differences": lists): what belongs to a list's item is
indented by four, and a list or a table has an empty line before it. With less, a numbered list begins again
at 1, an inner list joins the outer one, and a table is a paragraph full of bars.
"""

import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from tests.docs.pages import DOCS

PAGES = sorted(DOCS.rglob("*.md"))
FENCED = re.compile(r"^( *)```.*?^ *```", re.MULTILINE | re.DOTALL)
ITEM = re.compile(r" *([-*]|\d+\.) ")
BLOCK = re.compile(r" *([-*] |\d+\. |```|\||!\[)")
WITHIN = 4
"""Columns, for each list that it is in."""


def _misread(text: str) -> Iterator[str]:
    """Yield the lines whose blocks the two read differently."""
    outline = FENCED.sub(r"\1```", text).split("\n")
    listed = False
    for before, line in pairwise(["", *outline]):
        indent = len(line) - len(line.lstrip())
        begins = not before.strip() or BLOCK.match(line)
        if line.strip() and begins and indent % WITHIN:
            yield line
        if ITEM.match(line) and before.strip() and not listed:
            yield line
        listed = bool(line.strip()) and (listed or bool(ITEM.match(line)))
        if line.startswith("|") and before.strip() and not before.startswith("|"):
            yield line


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(DOCS).as_posix())
def test_the_site_reads_a_page_as_it_was_meant(page: Path) -> None:
    assert list(_misread(page.read_text("utf-8"))) == []


@pytest.mark.parametrize(
    "text",
    ["1. a\n\n   b\n", "1. a\n   - b\n", "1. a\n\n   ```toml\n   b\n   ```\n", "a\n- b\n", "a\n| b |\n"],
)
def test_what_it_would_misread_is_found(text: str) -> None:
    assert list(_misread(text))


def test_what_both_read_alike_is_left_alone() -> None:
    alike = (
        "a\n\n1. b\n   goes on\n2. c:\n\n    ```\n  d\n    ```\n\n    e\n\n3. f\n    - g\n\n| h |\n| - |\n"
    )
    assert list(_misread(alike)) == []
