"""In which language a command speaks: `--lang`, else the terminal's, else the settings', else English.

The terminal's is read as POSIX has it: of `LC_ALL`, `LC_MESSAGES` and `LANG` the first that is set counts;
`C` names no language.
"""

import os
from collections.abc import Sequence
from contextvars import ContextVar
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from raccord.settings.configuration import Configuration

LANGUAGES_SPOKEN = ("fr", "en")
"""As `raccord.texts` has them, whose catalogs `--help` does without."""
_OPTION = "--lang"
ASKED = ContextVar("language that --lang named", default="")
OF_THE_SETTINGS = ContextVar("language of the settings that were read", default="")
_VARIABLES = ("LC_ALL", "LC_MESSAGES", "LANG")


def ask_for(language: str) -> None:
    """Have everything from now on be said in a language; nothing changes for one that nobody speaks."""
    if language in LANGUAGES_SPOKEN:
        ASKED.set(language)


def in_the_language_asked_for(typed: Sequence[str]) -> list[str]:
    """Take note of `--lang`, wherever it was typed, and return what was typed with it in front."""
    rest, asked = list(typed), ""
    for place, word in enumerate(typed):
        if word == "--":
            break
        if word == _OPTION:
            asked = next(iter(typed[place + 1 : place + 2]), "")
            del rest[place : place + 2]
            break
        if word.startswith(f"{_OPTION}="):
            asked = word.partition("=")[2]
            del rest[place]
            break
    else:
        return rest
    if rest == list(typed):
        return rest
    ask_for(asked)
    return [_OPTION, asked, *rest]


def settings_speak(language: str) -> None:
    """Take note of the settings' language, for whatever is said from now on."""
    OF_THE_SETTINGS.set(language)


def language_of(configuration: "Configuration") -> str:
    """Return the language for whoever typed the command, on a company's settings."""
    return asked_for() or configuration.settings.desk.language


def spoken() -> str:
    """Return the language of what is said now, `fr` or `en`; before there are settings, perhaps English."""
    return asked_for() or OF_THE_SETTINGS.get() or "en"


def asked_for() -> str:
    """Return the language that the command line or the terminal names; nothing where neither does."""
    return ASKED.get() or _of_the_terminal()


def _of_the_terminal() -> str:
    said = next(filter(None, map(os.environ.get, _VARIABLES)), "")
    code = said[:2].casefold()
    return code if code in LANGUAGES_SPOKEN else ""
