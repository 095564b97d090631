"""The pages of the documentation, as a reader of the site and of the source's own pages finds them."""

import re
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
_CODE = re.compile(r"^ *```.*?^ *```", re.MULTILINE | re.DOTALL)
_INLINE = re.compile(r"`[^`\n]*`")
_LINK = re.compile(r"\]\(<?([^)\s>]+)>?\)")
_HEADING = re.compile(r"^ *(?:- +)?#{1,6} +(.+?)\s*$", re.MULTILINE)
_NOT_IN_A_SLUG = re.compile(r"[^\w\- ]")


def pages() -> list[Path]:
    """Return every page for people, those at the top of the source too."""
    return sorted((*DOCS.rglob("*.md"), *ROOT.glob("*.md")))


def links(page: Path) -> list[str]:
    """Return where a page's links lead, as they are written; examples in code lead nowhere."""
    return _LINK.findall(_INLINE.sub("`", _CODE.sub("", page.read_text("utf-8"))))


@cache
def anchors(page: Path) -> frozenset[str]:
    """Return the anchors of a page's headings, by the rule of the site and of the source's pages alike."""
    found: dict[str, int] = {}
    names = set()
    for heading in _HEADING.findall(_CODE.sub("", page.read_text("utf-8"))):
        words = re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", heading).replace("`", "").replace("*", "")
        name = _NOT_IN_A_SLUG.sub("", words).strip().lower().replace(" ", "-")
        # Several of one name are told apart otherwise on the site than in the source: none can be linked.
        found[name] = found.get(name, 0) + 1
        names.add(name)
    return frozenset(name for name in names if found[name] == 1)
