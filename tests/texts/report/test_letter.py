"""The mail that brings a report to management. `golden/` beside the reminders' holds it in each language.

A changed word is a changed golden file: with `GOLDEN=write` in the environment, this test writes them.
"""

import os
import re
from pathlib import Path

import pytest

from raccord.domain.report.place import Place
from raccord.texts import LANGUAGES
from raccord.texts.mails import Templates
from raccord.texts.report.letter import Illustrated, letter
from tests.texts.reading import faults
from tests.texts.told_weeks import HOSTILE, ordinary, quiet, told

GOLDEN = Path(__file__).parents[1] / "golden"
OURS = Templates()
PLACES = (
    Place(name="notion", at="https://www.notion.so/2026-W48"),
    Place(name="folder", at="/srv/reports/2026-W48.html"),
    Place(name="sheets", at="https://docs.google.com/d/1", trouble="sheets: 503 Service Unavailable."),
)
MAILS = {
    (name, language): letter(told(report, language), PLACES if name == "week" else (), OURS)
    for language in LANGUAGES
    for name, report in (("week", ordinary(gaps=40)), ("quiet", quiet()))
}


@pytest.mark.parametrize("key", MAILS, ids=str)
def test_each_mail_reads_as_people_agreed(key: tuple[str, str]) -> None:
    said = MAILS[key].worded
    file, written = GOLDEN / f"mail-{key[0]}.{key[1]}.txt", f"{said.subject}\n\n{said.text}"
    if os.environ.get("GOLDEN") == "write":
        file.write_text(written, "utf-8")
    assert written == file.read_text("utf-8")


@pytest.mark.parametrize("key", MAILS, ids=str)
def test_nothing_is_left_open(key: tuple[str, str]) -> None:
    said = MAILS[key].worded
    for part in (said.subject, said.text, said.html.partition("<body")[2]):
        assert not re.search(r"{{|{%|None|\(\)", part)
    assert not re.search(r"\n\n\n| \n", said.text)
    if key[1] == "fr":
        assert not re.search(r"(?<!-W48) [:;!?»%€]|« ", re.sub(r"https?://\S+", "", said.text))


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_quiet_week_is_told_in_one_language(language: str) -> None:
    text = MAILS["quiet", language].worded.text.replace("Hexalab", "")
    assert faults(text, language) == ()


def _pictures(said: Illustrated) -> list[tuple[str, str]]:
    images = re.findall(r"<img[^>]*>", said.worded.html)
    return [(re.findall(r'src="([^"]*)"', each)[0], re.findall(r'alt="([^"]*)"', each)[0]) for each in images]


@pytest.mark.parametrize("language", LANGUAGES)
def test_charts_come_along_and_say_what_they_show(language: str) -> None:
    said = MAILS["week", language]
    assert [src for src, _ in _pictures(said)] == [f"cid:{each.cid}" for each in said.pictures]
    assert all(each.content.startswith(b"\x89PNG") for each in said.pictures)
    alternatives = [alternative for _, alternative in _pictures(said)]
    assert all(alternatives)
    assert all(each in said.worded.text for each in alternatives)
    assert sum(len(each.content) for each in said.pictures) < 500_000
    assert MAILS["quiet", language].pictures == ()


@pytest.mark.parametrize("key", MAILS, ids=str)
def test_no_mail_fetches_anything_and_counts_nobody(key: tuple[str, str]) -> None:
    html = MAILS[key].worded.html
    assert not re.search(r"<script|<link|@import|url\(|src=\"(?!cid:)", html)
    links = re.findall(r'href="([^"]*)"', html)
    assert all(each.startswith(("https://app.hubspot.com/", "https://www.notion.so/")) for each in links)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_place_that_was_down_is_named_and_not_linked(language: str) -> None:
    said = MAILS["week", language].worded
    for part in (said.text, said.html):
        assert "503 Service Unavailable" in part
        assert "https://www.notion.so/2026-W48" in part
        assert "docs.google.com" not in part


def test_ten_gaps_are_named_and_the_others_counted() -> None:
    text = MAILS["week", "en"].worded.text
    assert text.count("F-2026-") == 9
    assert "And 30 more in the report." in text


def test_what_people_typed_is_text_and_nothing_else() -> None:
    said = MAILS["week", "fr"].worded
    assert "<script" not in said.html
    for name in HOSTILE:
        assert name in said.text


def test_a_company_s_own_words_and_page_go_first(tmp_path: Path) -> None:
    (tmp_path / "report.fr.txt").write_text("{{ company }} {{ mark }}\n{{ sentences[0] }}", "utf-8")
    (tmp_path / "report.mjml").write_text(
        "<mjml><mj-body><mj-section><mj-column><mj-text>{{ text }}</mj-text></mj-column></mj-section>"
        "</mj-body></mjml>",
        "utf-8",
    )
    said = letter(told(quiet(), "fr"), (), Templates(tmp_path)).worded
    assert said.subject == "Hexalab TEST"
    assert said.text.strip() == told(quiet(), "fr").sentences[0]
    assert told(quiet(), "fr").sentences[0] in said.html
