"""What a spreadsheet makes of a text."""

import pytest

from raccord.texts.spreadsheets import harmless


@pytest.mark.parametrize("text", ["=1+1", "+33 SARL", "-Moins-", "@Agence", "\t=1", "\r=1"])
def test_what_begins_as_a_formula_becomes_a_text(text: str) -> None:
    assert harmless(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "Acme", "2026-11", "a=b", "'=1", "1"])
def test_any_other_text_stays(text: str) -> None:
    assert harmless(text) == text
