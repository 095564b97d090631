"""The README in French is the README: the same sections, pictures and promises of code."""

import re
from pathlib import Path

from tests.docs.pages import ROOT

ENGLISH, FRENCH = ROOT / "README.md", ROOT / "LISEZMOI.md"
_HEADING = re.compile(r"^(#+) ", re.MULTILINE)
_PICTURE = re.compile(r"!\[[^]]*\]\(([^)]+)\)")
_SETTING = re.compile(r"`(?:RACCORD_|\[)[^`]+`")


def read(page: Path) -> str:
    return re.sub(r"```.*?```", "", page.read_text("utf-8"), flags=re.DOTALL)


def test_both_have_the_same_sections_in_the_same_order() -> None:
    english, french = (_HEADING.findall(read(page)) for page in (ENGLISH, FRENCH))
    assert english == french


def test_both_show_the_same_pictures() -> None:
    english, french = (_PICTURE.findall(read(page)) for page in (ENGLISH, FRENCH))
    assert english == french


def test_the_french_one_names_no_setting_of_its_own() -> None:
    assert set(_SETTING.findall(read(FRENCH))) <= set(_SETTING.findall(read(ENGLISH)))


def test_each_leads_to_the_other() -> None:
    assert "(LISEZMOI.md)" in ENGLISH.read_text("utf-8")
    assert "(README.md)" in FRENCH.read_text("utf-8")
