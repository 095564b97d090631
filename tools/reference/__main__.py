"""`make reference`: write the pages anew."""

from tools.reference import DOCS, PAGES

for place, written in PAGES.items():
    (DOCS / place).write_text(written(), "utf-8")
