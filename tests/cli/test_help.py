"""Every screen of help in both languages: a new command, option or placeholder brings its French."""

import ast
import re
from collections.abc import Iterator
from importlib.resources import files
from io import BytesIO
from pathlib import Path
from string import Formatter

import click
import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po
from click.testing import CliRunner

from starters.cli import help as helps
from starters.cli.language import LANGUAGES_SPOKEN, in_the_language_asked_for, spoken
from starters.cli.main import app
from tests.cli.played import alone
from tests.texts.reading import foreign

WIDTH = 80
ALIKE = frozenset({"OPTION", "DATE", "Options"})
"""What reads the same in both, or nearly."""


def entries() -> Catalog:
    return read_po(BytesIO((files(helps) / "fr.po").read_bytes()), locale="fr")


def texts() -> set[str]:
    return {text for command in helps.commands_of(app) for text in helps.texts_of(command)}


def test_every_command_option_and_placeholder_has_its_french() -> None:
    assert {text for text in texts() if not entries().get(text)} == set()


def sentences() -> Iterator[str]:
    for room in ("raccord", "starters"):
        for path in (ROOT / room).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                match node:
                    case ast.Call(func=ast.Name(id="sentence"), args=[ast.Constant(value=str(words))]):
                        yield words
                    case _:
                        continue


def test_every_sentence_of_this_machine_has_its_french() -> None:
    said, known = set(sentences()), entries()
    assert len(said) > 15
    assert {words for words in said if not known.get(words)} == set()


@pytest.mark.parametrize("each", [each for each in entries() if each.id], ids=str)
def test_an_entry_is_french_with_its_typography_and_names_the_same_things(each: object) -> None:
    ids, strings = getattr(each, "id"), getattr(each, "string")  # noqa: B009 - babel is not typed
    english = ids if isinstance(ids, tuple | list) else (ids,)
    french = strings if isinstance(strings, tuple | list) else (strings,)
    for one, other in zip(english, french, strict=True):
        assert other.strip()
        assert not re.search(r" [:;!?»]|« ", other), other
        assert _named(other) <= _named(one), other
        assert re.findall(r"`[^`]*`|--\w+", other) == re.findall(r"`[^`]*`|--\w+", one), other
        assert one not in ALIKE or not foreign(other, "fr"), other


def _named(text: str) -> set[str]:
    if "{id}" in text:
        return set()
    return {str(name) for _, name, _, _ in Formatter().parse(text) if name}


@pytest.mark.parametrize("language", LANGUAGES_SPOKEN)
def test_the_screens_are_narrow_enough(language: str) -> None:
    """In a process of its own: from then on, click speaks that language."""
    done = alone(["flows", "--help", "--lang", language], {"COLUMNS": str(WIDTH)}, cwd=FOLDER)
    assert done.status == 0
    assert max(map(len, done.stdout.splitlines())) <= WIDTH
    assert ("Usage :" in done.stdout.replace("\u00a0", " ")) == (language == "fr")


FOLDER = Path(__file__).parent
ROOT = FOLDER.parents[1]


@pytest.fixture(autouse=True)
def nothing_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize(
    ("typed", "language", "left"),
    [
        ("flows why 1 --lang fr", "fr", "--lang fr flows why 1"),
        ("--lang=fr flows why 1", "fr", "--lang fr flows why 1"),
        ("flows --lang fr why 1", "fr", "--lang fr flows why 1"),
        ("flows why 1", "en", "flows why 1"),
        ("flows why -- --lang fr", "en", "flows why -- --lang fr"),
        ("flows why 1 --lang de", "en", "--lang de flows why 1"),
    ],
)
def test_the_language_may_be_named_anywhere(typed: str, language: str, left: str) -> None:
    assert " ".join(in_the_language_asked_for(typed.split())) == left
    assert spoken() == language


@pytest.mark.parametrize(
    ("variables", "language"),
    [
        ({}, "en"),
        ({"LANG": "fr_FR.UTF-8"}, "fr"),
        ({"LANG": "en_GB.UTF-8"}, "en"),
        ({"LANG": "de_DE.UTF-8"}, "en"),
        ({"LANG": "fr_FR.UTF-8", "LC_ALL": "C"}, "en"),
        ({"LANG": "en_GB.UTF-8", "LC_MESSAGES": "fr_FR"}, "fr"),
    ],
)
def test_else_the_terminal_says_it(
    variables: dict[str, str], language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert spoken() == language


def test_what_was_asked_for_goes_before_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANG", "en_GB.UTF-8")
    in_the_language_asked_for(["--lang", "fr"])
    assert spoken() == "fr"


def test_click_s_words_can_still_be_exchanged() -> None:
    """Where it moves them, French screens would say `Options` in English and nobody would notice."""
    assert all(hasattr(click.core, name) for name in ("_", "ngettext"))


@pytest.mark.parametrize(
    ("typed", "language", "says"),
    [
        ("flows list --state 'x", "fr", "un état est un seul mot"),
        ("flows list --state 'x", "en", "a state is one word"),
        ("shadow promote --under 0", "fr", "écrivez un montant hors taxes supérieur à 0"),
        ("shadow promote --under 0", "en", "write a net amount above 0"),
    ],
)
def test_what_is_no_state_or_amount_is_refused_in_the_reader_s_language(
    monkeypatch: pytest.MonkeyPatch, typed: str, language: str, says: str
) -> None:
    monkeypatch.setenv("LC_ALL", language)
    done = CliRunner().invoke(app, typed.split())
    assert done.exit_code == 2
    assert says in " ".join(done.output.split())
