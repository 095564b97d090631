"""In which language a command speaks: `--lang`, else the terminal's, else the settings', else English.

The terminal's is read as POSIX has it: of `LC_ALL`, `LC_MESSAGES` and `LANG` the first that is set counts;
`C` names no language.
"""

import os
from contextvars import ContextVar

from raccord.settings.configuration import Configuration
from raccord.texts.catalog import ELSEWHERE, LANGUAGES

ASKED = ContextVar("language that --lang named", default="")
_VARIABLES = ("LC_ALL", "LC_MESSAGES", "LANG")


def language_of(configuration: Configuration) -> str:
    """Return the language for whoever typed the command, on a company's settings."""
    return asked_for() or configuration.settings.desk.language


def spoken() -> str:
    """Return the language, `fr` or `en`, before there are settings: what nothing says is English."""
    return asked_for() or ELSEWHERE


def asked_for() -> str:
    """Return the language that the command line or the terminal names; nothing where neither does."""
    return ASKED.get() or _of_the_terminal()


def _of_the_terminal() -> str:
    said = next(filter(None, map(os.environ.get, _VARIABLES)), "")
    code = said[:2].casefold()
    return code if code in LANGUAGES else ""
