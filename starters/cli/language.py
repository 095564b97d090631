"""In which language a command speaks before there are settings."""

import os

from raccord.texts.catalog import ELSEWHERE, LANGUAGES

_VARIABLES = ("LC_ALL", "LC_MESSAGES", "LANG")
"""In the order in which POSIX has them count: the first that is set."""


def spoken() -> str:
    """Return the language of the terminal, `fr` or `en`: what it does not say is English."""
    said = next(filter(None, map(os.environ.get, _VARIABLES)), "")
    code = said[:2].casefold()
    return code if code in LANGUAGES else ELSEWHERE
