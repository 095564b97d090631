"""The catalogs of all languages have the same entries with the same parameters."""

import re
from collections import Counter
from importlib.resources import files
from io import BytesIO
from string import Formatter

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

import raccord.texts
from raccord.texts import LANGUAGES
from raccord.texts.catalog import catalog


def _entries(language: str) -> Catalog:
    po = (files(raccord.texts) / "catalogs" / f"{language}.po").read_bytes()
    return read_po(BytesIO(po), locale=language, abort_invalid=True)


def _forms(entries: Catalog) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for entry in entries:
        match entry.id, entry.string:
            case "", _:
                continue
            case str(code), str(text):
                found[code] = [text]
            case (str(code), _), (str(one), str(other)):
                found[code] = [one, other]
            case odd:
                raise AssertionError(f"{odd} is neither a sentence nor a plural")
    return found


CATALOGS = {language: _forms(_entries(language)) for language in LANGUAGES}
CODES = sorted(CATALOGS["fr"])
FRENCH = sorted(text for forms in CATALOGS["fr"].values() for text in forms)


def _parameters(text: str) -> list[str]:
    found = [name for _, name, spec, conversion in Formatter().parse(text) if name is not None]
    assert all(re.fullmatch("[a-z_]+", name) for name in found), text
    return sorted(set(found))


def _repeated(po: str) -> list[str]:
    """Return the ids that are there more than once: a reader takes the first, and drops the others unsaid."""
    ids = Counter(re.findall(r'^msgid[ \t]+"(.*)"', po, re.MULTILINE))
    return [code for code, times in ids.items() if times > 1]


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_entry_is_there_twice(language: str) -> None:
    po = (files(raccord.texts) / "catalogs" / f"{language}.po").read_text("utf-8")
    assert len(re.findall("^msgid ", po, re.MULTILINE)) > len(CODES), "each id is on a line of its own"
    assert _repeated(po) == []
    again = po + f'\nmsgid "{CODES[0]}"\nmsgstr "something else"\n'
    assert _repeated(again) == [CODES[0]]
    assert read_po(BytesIO(again.encode()), locale=language, abort_invalid=True), "nobody else says so"


def test_all_languages_have_the_same_codes() -> None:
    assert {language: sorted(forms) for language, forms in CATALOGS.items()} == dict.fromkeys(
        LANGUAGES, CODES
    )
    assert all(catalog(language).codes == frozenset(CODES) for language in LANGUAGES)


def test_an_entry_says_the_same_parameters_in_all_languages() -> None:
    def said(language: str, code: str) -> tuple[int, list[str]]:
        # One form may say `once` where another counts.
        forms = CATALOGS[language][code]
        return len(forms), sorted(set().union(*map(_parameters, forms)))

    assert [code for code in CODES if len({str(said(language, code)) for language in LANGUAGES}) > 1] == []


def test_every_form_of_every_entry_is_written() -> None:
    forms = [text for entries in CATALOGS.values() for each in entries.values() for text in each]
    assert [text for text in forms if not text or text.strip() != text] == []


def test_no_entry_is_marked_as_unfinished() -> None:
    assert [entry.id for language in LANGUAGES for entry in _entries(language) if entry.fuzzy] == []


def test_french_breaks_no_line_before_its_high_punctuation() -> None:
    assert [text for text in FRENCH if re.search(r" [:;!?»%]|« ", text)] == []


def test_an_unknown_code_or_a_plural_without_count_is_an_error() -> None:
    with pytest.raises(KeyError):
        catalog("fr").text("no.such.code")
    with pytest.raises(KeyError):
        catalog("fr").text("quality.title")


def test_nobody_is_told_to_dun_when_something_is_to_be_read_again() -> None:
    # « Relancer » un client is to dun him: a reader in finance would do that, and only dunning is about it.
    french = catalog("fr")
    said = {code: french.text(code, 2) for code in french.codes}
    dunning = {code for code, text in said.items() if re.search(r"\brelan[cç]", text, re.IGNORECASE)}
    rooms = (
        "dunning.",
        "demo.dunning.",
        "reminder.",
        "cause.",
        "week.",
        "check.reminders",
        "stripe.reminders",
    )
    told = {
        "doctor.finance_reminders",
        "stripe.turn_off",
        "pennylane.turn_off",
        "pennylane.reminders_untold",
        "backup.forgotten",
        "flows.kind.dunning",
        "flows.kind.backlog",
    }
    assert {code for code in dunning - told if not code.startswith(rooms)} == set()
