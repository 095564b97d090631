"""Every link of the documentation leads somewhere, and every page can be found."""

import re
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from tests.docs.pages import DOCS, ROOT, anchors, links, pages

NAMES = [str(page.relative_to(ROOT)) for page in pages()]
HERE = {"127.0.0.1", "localhost"}


@pytest.mark.parametrize("name", NAMES)
def test_every_link_leads_somewhere(name: str) -> None:
    page = ROOT / name
    assert [link for link in links(page) if not _leads(page, link)] == []


def test_every_page_can_be_found() -> None:
    """By the navigation of the site, or by a link from another page."""
    placed = re.findall(r"([\w./-]+\.md)\s*$", (ROOT / "mkdocs.yml").read_text("utf-8"), re.MULTILINE)
    assert sorted(placed) == sorted(set(placed))
    assert [place for place in placed if not (DOCS / place).is_file()] == []
    linked = {(page.parent / urlsplit(link).path).resolve() for page in pages() for link in links(page)}
    found = linked | {DOCS / place for place in placed}
    assert [page.name for page in DOCS.rglob("*.md") if page not in found] == []


def test_every_picture_is_shown_somewhere() -> None:
    shown = {
        (page.parent / link).resolve() for page in pages() for link in links(page) if link.endswith(".png")
    }
    assert sorted(path.name for path in set((DOCS / "images").iterdir()) - shown) == []


def _leads(page: Path, link: str) -> bool:
    parts = urlsplit(unquote(link))
    if parts.scheme or parts.netloc:
        # Whether a stranger's page is still there is nothing that a test of ours can fail for.
        return (parts.scheme == "https" and "." in parts.netloc) or parts.hostname in HERE
    target = (page.parent / parts.path).resolve() if parts.path else page
    return target.is_file() and (not parts.fragment or parts.fragment in anchors(target))
