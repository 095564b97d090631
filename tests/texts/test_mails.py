"""Mails to customers: in their language, replaceable by the company, and what was typed stays text."""

from pathlib import Path

import pytest

from raccord.domain.rules.onboarding import PLACEHOLDERS
from raccord.texts import LANGUAGES
from raccord.texts.mails import BadTemplate, Templates
from tests.domain.onboarding.named import NAMED


def test_the_placeholders_are_those_of_the_settings() -> None:
    assert tuple(NAMED) == PLACEHOLDERS


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_welcome_is_whole_in_each_language(language: str) -> None:
    found = Templates().render("welcome", language, NAMED)
    # What salespeople call a deal is not meant for its customer.
    assert "Refonte" not in found.subject + found.text + found.html
    for said in ("Anne", "1 305,39 €", "F-2026-0042", "Sophie Martin", "sophie@hexalab.example", "Hexalab"):
        assert said in found.text
        assert said in found.html
    for part in (found.subject, found.text, found.html):
        assert "{{" not in part
        assert "{%" not in part
    bare = Templates().render(
        "welcome", language, dict.fromkeys(NAMED, "") | {"company": "Hexalab", "amount": "1 €"}
    )
    assert "()" not in bare.text + bare.html
    assert "  " not in bare.text


def test_another_language_reads_english() -> None:
    assert Templates().render("welcome", "de", NAMED) == Templates().render("welcome", "en", NAMED)


def test_a_company_s_own_mail_goes_first_and_brings_its_own_html(tmp_path: Path) -> None:
    (tmp_path / "welcome.fr.txt").write_text("Salut {{ customer }}\n\nOn commence.\n", "utf-8")
    own = Templates(tmp_path).render("welcome", "fr", NAMED)
    assert (own.subject, own.text, own.html) == ("Salut Acme <b>& fils</b>", "On commence.\n", "")
    (tmp_path / "welcome.fr.html").write_text("<p>{{ customer }}</p>", "utf-8")
    assert Templates(tmp_path).render("welcome", "fr", NAMED).html == (
        "<p>Acme &lt;b&gt;&amp; fils&lt;/b&gt;</p>"
    )
    assert Templates(tmp_path).render("welcome", "en", NAMED) == Templates().render("welcome", "en", NAMED)


def test_a_company_s_own_english_is_no_french(tmp_path: Path) -> None:
    (tmp_path / "welcome.en.txt").write_text("Hi {{ customer }}\n\nLet us begin.\n", "utf-8")
    own = Templates(tmp_path)
    assert own.render("welcome", "fr", NAMED) == Templates().render("welcome", "fr", NAMED)
    assert own.render("welcome", "de", NAMED).text == "Let us begin.\n"


@pytest.mark.parametrize(
    ("template", "said"),
    [
        (b"Sujet\n\n{{ nobody }}\n", "'nobody' is undefined"),
        (b"Sujet\n\n{{ customer.__class__.__mro__ }}\n", "cannot be filled in"),
        (b"Sujet\n\n{% include 'welcome.fr.html' %}\n", "another template"),
        (b"Sujet\n\n{{ customer\n", "cannot be filled in"),
        (b"Sujet\n\n{{ 1 / 0 }}\n", "cannot be filled in .ZeroDivisionError"),
        (b"Sujet seul\n", "needs a first line"),
        (b"Sujet\n\n\xe9\n", "not saved as UTF-8"),
        (b"Sujet\n\n" + b"x" * 300_000, "larger than 256 KB"),
    ],
)
def test_a_template_that_does_not_work_is_told(tmp_path: Path, template: bytes, said: str) -> None:
    (tmp_path / "welcome.fr.txt").write_bytes(template)
    with pytest.raises(BadTemplate, match=said):
        Templates(tmp_path).render("welcome", "fr", NAMED)


def test_a_mail_that_nobody_wrote_is_told(tmp_path: Path) -> None:
    with pytest.raises(BadTemplate, match=r"no mail template thanks\.fr\.txt"):
        Templates(tmp_path).render("thanks", "fr", NAMED)
