"""Reminders as their customers read them. `golden/` holds each tone in each language, for people to read.

A changed word is a changed golden file: with `GOLDEN=write` in the environment, this test writes them.
"""

import os
import re
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from raccord.domain.dunning.letter import Letter, Thanks
from raccord.domain.rules.dunning import Interest, Tone
from raccord.domain.values.money import Money
from raccord.texts import LANGUAGES
from raccord.texts.mails import BadTemplate, Templates, Worded
from raccord.texts.owed import days
from raccord.texts.reminders import reminder, thanks
from tests.dunning.letters import INTEREST, euros, invoice, letter, round_of

GOLDEN = Path(__file__).parent / "golden"
OURS = Templates()
DOLLARS = Money.of_minor(20000, "USD")
FIRST = round_of(datetime(2026, 11, 19, 8, tzinfo=UTC), 1, "in_42")
SECOND = round_of(datetime(2026, 11, 26, 8, tzinfo=UTC), 2, "in_42")
PAST = {Tone.NOTICE: (), Tone.COURTEOUS: (), Tone.FIRM: (FIRST,), Tone.LAST: (FIRST, SECOND)}
SEVERAL = (
    invoice(42, due=euros("705.39")),
    invoice(43, due_on=date(2026, 11, 26), url=""),
    invoice(44, due=DOLLARS, total=DOLLARS),
)
PUBLIC = "217500016"
THANKS = Thanks(
    language="fr",
    customer="Acme SAS",
    company="Hexalab",
    amounts=(euros("1305.39"),),
    by=date(2026, 12, 1),
)


def _one(tone: Tone, language: str) -> Letter:
    only = invoice(due_on=date(2026, 12, 1)) if tone is Tone.NOTICE else invoice()
    return letter(tone, only, rounds=PAST[tone], language=language)


def _letters(language: str) -> dict[str, Worded]:
    """Return every kind of mail in a language, by the name of its golden file."""
    found = {}
    for tone in Tone:
        found[f"{tone}-one"] = reminder(_one(tone, language), OURS, attached=1)
        several = letter(tone, *SEVERAL, rounds=PAST[tone], language=language)
        found[f"{tone}-several"] = reminder(several, OURS, attached=2)
    public = letter(Tone.FIRM, rounds=(FIRST, SECOND), language=language, siren=PUBLIC)
    found["firm-public"] = reminder(public, OURS)
    late = invoice(issued_on=date(2026, 5, 12), due_on=date(2026, 6, 11))
    found["last-charges"] = reminder(
        letter(Tone.LAST, late, invoice(43), interest=INTEREST, business=True, language=language), OURS
    )
    found["thanks"] = thanks(THANKS.model_copy(update={"language": language}), OURS)
    return found


ALL = {(name, language): said for language in LANGUAGES for name, said in _letters(language).items()}


@pytest.mark.parametrize(("name", "language"), ALL, ids=lambda part: part)
def test_each_mail_reads_as_people_agreed(name: str, language: str) -> None:
    said = ALL[name, language]
    file = GOLDEN / f"{name}.{language}.txt"
    written = f"{said.subject}\n\n{said.text}"
    if os.environ.get("GOLDEN") == "write":
        file.write_text(written, "utf-8")
    assert written == file.read_text("utf-8")


def _shown(html: str) -> str:
    """Return the words of a page as its reader sees them, by single spaces."""
    body = html.partition("<body")[2].partition(">")[2]
    body = re.sub(r"<!--.*?-->|<div style=\"display:none.*?</div>", "", body, flags=re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", body).split())


@pytest.mark.parametrize(("name", "language"), ALL, ids=lambda part: part)
def test_the_page_says_what_the_plain_text_says(name: str, language: str) -> None:
    said = ALL[name, language]
    shown = _shown(said.html)
    lines = [line.strip().removeprefix("- ") for line in said.text.splitlines()]
    for words in filter(None, lines):
        if words.startswith("https://"):
            assert f'href="{words}"' in said.html
            continue
        # In the table amounts have a column of their own, and of what they are left stands below.
        title, _, rest = re.sub(r"\s*: (?=[\d€$])", "\0", words).partition("\0")
        for part in (title, *re.split("(?= (?:restant|left))| et | and ", rest)):
            assert " ".join(part.split()) in shown


@pytest.mark.parametrize(("name", "language"), ALL, ids=lambda part: part)
def test_no_mail_fetches_anything_and_counts_nobody(name: str, language: str) -> None:
    html = ALL[name, language].html
    assert not re.search(r"<img|<script|<link|@import|url\(|src=", html)
    linked = set(re.findall(r'href="([^"]*)"', html))
    assert all(url.startswith("https://invoice.stripe.com/i/acct_1/test_4") for url in linked)


@pytest.mark.parametrize(("name", "language"), ALL, ids=lambda part: part)
def test_nothing_is_left_open(name: str, language: str) -> None:
    said = ALL[name, language]
    for part in (said.subject, said.text, said.html.partition("<body")[2]):
        assert not re.search(r"{{|{%|\ue000|None|\(\)", part)
    assert not re.search(r"  \S.*  | ,|\n\n\n| \n", said.text.replace("\n  ", "\n"))
    assert said.subject == said.subject.strip()


@pytest.mark.parametrize("name", sorted({name for name, _ in ALL}))
def test_french_breaks_no_line_where_it_may_not(name: str) -> None:
    said = ALL[name, "fr"]
    assert not re.search(
        r" [:;!?»%€]|« |\d (janv|févr|mars|avril|mai|juin|juil|août|sept|oct|nov|déc)", said.text
    )
    assert "'" not in said.text


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("tone", [Tone.NOTICE, Tone.COURTEOUS])
def test_the_first_reminders_have_no_word_of_the_law(tone: Tone, language: str) -> None:
    said = reminder(letter(tone, *SEVERAL, language=language, siren=PUBLIC), OURS)
    words = (
        r"mise en demeure|formal notice|pénalit|penalt|indemnit|intérêts|interest|tribunal|court|"
        r"30\s(jour|day)|légal|legal|loi\b|law\b"
    )
    assert not re.search(words, said.subject + said.text, re.IGNORECASE)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_public_body_is_asked_about_chorus_from_the_first_reminder_on(language: str) -> None:
    for tone in (Tone.COURTEOUS, Tone.FIRM, Tone.LAST):
        assert "Chorus Pro" in reminder(letter(tone, language=language, siren=PUBLIC), OURS).text
        assert "Chorus" not in reminder(letter(tone, language=language), OURS).text
    assert re.search(
        r"30\sjours|30 days", reminder(letter(Tone.FIRM, language=language, siren=PUBLIC), OURS).text
    )


@pytest.mark.parametrize("tone", [Tone.FIRM, Tone.LAST])
@pytest.mark.parametrize("language", LANGUAGES)
def test_reminders_that_never_left_are_never_named(tone: Tone, language: str) -> None:
    bare = reminder(letter(tone, language=language), OURS)
    assert not re.search("Malgré|Despite|avons écrit|wrote|novembre|November", bare.text)
    named = reminder(letter(tone, rounds=(FIRST,), language=language), OURS)
    assert re.search("(Malgré notre rappel du|Despite our reminder of) 19\u00a0[Nn]ovemb", named.text)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("tone", Tone)
@pytest.mark.parametrize("business", [None, False])
def test_a_private_person_reads_no_word_of_penalties(
    tone: Tone, language: str, business: bool | None
) -> None:
    said = reminder(letter(tone, interest=INTEREST, business=business, language=language), OURS)
    assert not re.search("pénalit|penalt|indemni|40|L441", said.text, re.IGNORECASE)


@pytest.mark.parametrize("language", LANGUAGES)
def test_where_a_rate_is_missing_no_amount_is_named(language: str) -> None:
    unknown = Interest(on=True, indemnity=0)
    clause = reminder(letter(Tone.FIRM, interest=unknown, business=True, language=language), OURS)
    assert re.search(r"L441-10[^.:]*\)\.|L441-10.*\)\.", clause.text)
    assert not re.search("indemni|%", clause.text)
    indemnity = Interest(on=True)
    named = reminder(letter(Tone.FIRM, interest=indemnity, business=True, language=language), OURS)
    assert re.search(r"40,00\s€|€40\.00", named.text)
    assert "%" not in named.text


@pytest.mark.parametrize(
    ("told", "language", "said"),
    [
        ("2026-11-19 2026-11-26", "fr", "19 et 26\u00a0novembre 2026"),
        (
            "2026-11-19 2026-11-26 2026-12-01",
            "fr",
            "19\u00a0novembre, 26\u00a0novembre et 1er\u00a0décembre 2026",
        ),
        ("2026-12-01 2026-12-31", "fr", "1er et 31\u00a0décembre 2026"),
        ("2025-12-31 2026-12-01", "en", "31\u00a0December 2025 and 1\u00a0December 2026"),
        ("2026-11-19", "en", "19\u00a0November 2026"),
        ("", "fr", ""),
    ],
)
def test_days_stand_together_as_people_write_them(told: str, language: str, said: str) -> None:
    assert days(tuple(map(date.fromisoformat, told.split())), language) == said


def test_other_languages_read_english_with_english_figures() -> None:
    german = reminder(letter(Tone.FIRM, language="de"), OURS)
    assert german == reminder(letter(Tone.FIRM, language="en"), OURS)


@pytest.mark.parametrize(
    "name",
    [
        "Acme <script>alert(1)</script>",
        'Acme" onmouseover="alert(1)',
        "{{ 7 * 7 }} {% raw %} & Fils",
        '=HYPERLINK("http://x.example";"Facture")',
        "+33 SARL",
        "\ue000invoices\ue000",
        "Établissements " + "très " * 60 + "longs",
        "مطعم السلام",
    ],
)
@pytest.mark.parametrize("tone", Tone)
def test_what_a_customer_is_called_is_text_and_nothing_else(name: str, tone: Tone) -> None:
    wicked = letter(tone, name=name)
    lines = (wicked.lines[0].model_copy(update={"number": name, "url": f"https://x.example/?a=1&b={name}"}),)
    said = reminder(wicked.model_copy(update={"lines": lines, "company": name}), OURS)
    assert not re.search(r"<script|onmouseover=\"|49|<img", said.html)
    assert said.html.count("<body") == 1
    plain = reminder(letter(tone), OURS)
    tags = re.compile(r"<[a-z/]+")
    if "\ue000" not in name:
        assert tags.findall(said.html) == tags.findall(plain.html)


def test_forty_invoices_are_forty_lines_and_one_sum() -> None:
    said = reminder(letter(Tone.COURTEOUS, *(invoice(100 + place) for place in range(40))), OURS)
    assert said.text.count("\n- Facture F-2026-01") == 40
    assert said.html.count("Voir et payer") == 40
    # 40 times 1 305,39 €
    assert "52\u202f215,60\u00a0€" in said.text
    # Gmail cuts a mail at 102 KB.
    assert len(said.html.encode()) < 60_000


def test_a_company_words_its_own_and_the_page_follows(tmp_path: Path) -> None:
    (tmp_path / "reminder-firm.fr.txt").write_text(
        "Payez {{ total }}\n\nMerci.\n{{ invoices }}\nBien à vous", "utf-8"
    )
    own = reminder(_one(Tone.FIRM, "fr"), Templates(tmp_path))
    assert own.subject == "Payez 1 305,39 €"
    assert own.text.startswith("Merci.\n\nClient\u00a0: Acme SAS\n\n- Facture F-2026-0042")
    assert _shown(own.html).endswith("Voir et payer Bien à vous")
    last = _one(Tone.LAST, "fr")
    assert reminder(last, Templates(tmp_path)) == reminder(last, OURS)
    (tmp_path / "reminder.html").write_text("<p>{{ company }} {{ parts | length }}</p>", "utf-8")
    assert reminder(_one(Tone.FIRM, "fr"), Templates(tmp_path)).html == "<p>Hexalab 3</p>"


@pytest.mark.parametrize(
    ("page", "said"),
    [
        ("<mjml><mj-body><mj-section></mj-body></mjml>", r"reminder\.mjml is no MJML"),
        ("<mjml><mj-body><mj-include path='x.mjml' /></mj-body></mjml>", r"reminder\.mjml is no MJML"),
        ("<mjml><mj-body><mj-raw>{{ nobody }}</mj-raw></mj-body></mjml>", "'nobody' is undefined"),
    ],
)
def test_a_page_that_does_not_work_is_told(tmp_path: Path, page: str, said: str) -> None:
    (tmp_path / "reminder.mjml").write_text(page, "utf-8")
    with pytest.raises(BadTemplate, match=said):
        reminder(_one(Tone.FIRM, "fr"), Templates(tmp_path))
