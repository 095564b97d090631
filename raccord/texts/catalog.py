"""The catalogs: one PO file per language, whose ids are codes.

Read when this module is imported and not at the first use: that may be inside a workflow, where no file
can be opened.
"""

from importlib.resources import files
from io import BytesIO

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations

LANGUAGES = ("fr", "en")
ELSEWHERE = "en"
"""What a reader of another language gets."""


class Catalog:
    """The entries of one language."""

    def __init__(self, po: bytes, language: str) -> None:
        entries = read_po(BytesIO(po), locale=language, abort_invalid=True)
        compiled = BytesIO()
        write_mo(compiled, entries)
        compiled.seek(0)
        self._translations = Translations(compiled)
        self._plural = {str(entry.id[0]) for entry in entries if entry.id and entry.pluralizable}
        self._single = {str(entry.id) for entry in entries if entry.id and not entry.pluralizable}

    @property
    def codes(self) -> frozenset[str]:
        return frozenset(self._plural | self._single)

    def text(self, code: str, count: object = None) -> str:
        """Return the entry of a code, in the form for `count`. Raises `KeyError` for a code it lacks."""
        if code in self._single:
            return str(self._translations.ugettext(code))
        if code in self._plural and isinstance(count, int):
            return str(self._translations.ungettext(code, code, count))
        raise KeyError(code)


_CATALOGS = {
    language: Catalog((files(__package__) / "catalogs" / f"{language}.po").read_bytes(), language)
    for language in LANGUAGES
}


def catalog(language: str) -> Catalog:
    """Return the catalog of a language."""
    return _CATALOGS.get(language, _CATALOGS[ELSEWHERE])
