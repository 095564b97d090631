"""A report as a page of its own."""

import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from raccord.texts import LANGUAGES
from raccord.texts.report.page import page
from tests.texts.reading import faults
from tests.texts.told_weeks import HOSTILE, gap, ordinary, quiet, told

VOID = {"meta", "rect", "line", "circle", "polyline", "polygon", "br"}


class Read(HTMLParser):
    """A page as a browser takes it: every tag in turn, and the words that are shown."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" not in self.open and data.strip():
            self.words.append(data)

    def of(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for found, attributes in self.tags if found == tag]


PAGES = {
    (name, language): Read(page(told(report, language)))
    for language in LANGUAGES
    for name, report in (("week", ordinary(gaps=100)), ("quiet", quiet()))
}


@pytest.mark.parametrize("key", PAGES, ids=str)
def test_a_page_is_whole_and_fetches_nothing(key: tuple[str, str]) -> None:
    read = PAGES[key]
    assert read.open == []
    assert not {tag for tag, _ in read.tags} & {"script", "link", "img", "iframe", "object", "form"}
    assert not any(re.search(r"^on|^src|^style", name) for _, found in read.tags for name in found)
    assert read.of("html") == [{"lang": key[1]}]


@pytest.mark.parametrize("language", LANGUAGES)
def test_all_that_is_told_stands_there(language: str) -> None:
    shown, read = told(ordinary(gaps=100), language), PAGES["week", language]
    words = set(read.words)
    totals = (text for pair in shown.totals for text in pair)
    assert {shown.title, shown.subtitle, *shown.sentences, *totals} <= words
    assert {text for table in shown.tables for text in (table.title, table.note) if text} <= words
    assert set(HOSTILE) <= words
    assert len(read.of("tr")) == sum(len(table.rows) + 1 for table in shown.tables)


@pytest.mark.parametrize("key", PAGES, ids=str)
def test_it_can_be_read_by_ear(key: tuple[str, str]) -> None:
    read = PAGES[key]
    assert len(read.of("caption")) == len(read.of("table"))
    assert all(each.get("scope") in ("col", "row") for each in read.of("th"))
    assert all(each.get("role") == "img" and each.get("aria-labelledby") for each in read.of("svg"))
    ids = [found["id"] for _, found in read.tags if "id" in found]
    assert len(set(ids)) == len(ids)
    named = {name for _, found in read.tags for name in (found.get("aria-labelledby") or "").split()}
    assert named <= set(ids)


@pytest.mark.parametrize("key", [("quiet", language) for language in LANGUAGES], ids=str)
def test_its_words_are_of_one_language(key: tuple[str, str]) -> None:
    words = [word for word in PAGES[key].words if word != "Hexalab"]
    assert {word: found for word in words if (found := faults(word, key[1]))} == {}


def test_links_lead_to_pages_and_to_nothing_else() -> None:
    wicked = gap(1).model_copy(update={"url": "javascript:alert(1)"})
    report = ordinary().model_copy(update={"gaps": (wicked, gap(2))})
    links = [each["href"] or "" for each in Read(page(told(report, "fr"))).of("a")]
    assert any(link.startswith("https://app.hubspot.com/") for link in links)
    assert all(link.startswith(("https://", "#")) for link in links)


def test_only_what_is_no_real_money_is_marked() -> None:
    assert "TEST" in PAGES["week", "fr"].words
    assert "TEST" not in Read(page(replace(told(quiet(), "fr"), mark=""))).words
