"""A company hears from doctor that its words for the report cannot be filled in, and not on a Monday."""

from pathlib import Path

import pytest

from raccord.connectors.connection import CheckState
from raccord.texts import LANGUAGES
from raccord.texts.mails import Templates
from starters.cli.doctor.report import words_check


@pytest.mark.parametrize("language", LANGUAGES)
def test_our_own_words_can_be_filled_in(language: str) -> None:
    assert words_check(Templates(), language, "Hexalab").state is CheckState.OK


@pytest.mark.parametrize(
    ("file", "words", "said"),
    [
        (
            "report.fr.txt",
            "Sujet\n\nTexte{% for gap in gaps %}{{ gap.nothing }}{% endfor %}",
            "no attribute 'nothing'",
        ),
        ("report.fr.txt", "Sujet", "needs a first line"),
        ("report.mjml", "<mjml>", "is no MJML"),
    ],
)
def test_a_word_that_cannot_be_filled_in_is_told(tmp_path: Path, file: str, words: str, said: str) -> None:
    (tmp_path / file).write_text(words, "utf-8")
    check = words_check(Templates(tmp_path), "fr", "Hexalab")
    assert check.state is CheckState.FAIL
    assert file in check.found
    assert said in check.found
