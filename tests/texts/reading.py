"""What is wrong with a sentence that a person is to read, without knowing which one it is."""

import re

from raccord.texts.catalog import LANGUAGES, catalog

TELLTALE = {
    "en": "the is are was were has have been of and to for with without not its their this that by from in "
    "it invoice invoices customer deal company line lines flow answer draft rate settings since settled",
    "fr": "le la les des du une est sont été et ou pour avec sans pas dans sur cette ce qui que au aux "
    "depuis facture factures affaire entreprise ligne lignes flux réponse brouillon taux réglages émise",
}
"""Words that give a language away, and are no words of the other one."""
_SPELT_AS_IS = re.compile(r"`[^`]*`|\[[^\]]*\]|\w+ = \S+|\b\w+(?:[._]\w+)+\b")
"""Commands, settings and file names: in all languages as they are typed."""
_DOTTED = re.compile(r"\b[a-z_]+(?:\.[a-z_]+)+\b")
_WORD = re.compile(r"[^\W\d_]+")
_CODES = frozenset().union(*(catalog(language).codes for language in LANGUAGES))
CODES = _CODES | {code.rpartition(".")[0] for code in _CODES if code.endswith((".reason", ".remedy"))}


def faults(text: str, language: str) -> tuple[str, ...]:
    """Say what no reader of `language` should see in a text; nothing when all is well."""
    found = [] if text.strip() else ["empty"]
    found += [f"placeholder {left}" for left in ("{", "}", "%(", "None") if left in text]
    found += [f"code {code}" for code in _DOTTED.findall(text) if code in CODES]
    return (*found, *(f"word {word}" for word in foreign(text, language)))


def foreign(text: str, language: str) -> tuple[str, ...]:
    """Return the words of a text that give another language away."""
    words = [word.casefold() for word in _WORD.findall(_SPELT_AS_IS.sub(" ", text))]
    others = {word for other in LANGUAGES if other != language for word in TELLTALE[other].split()}
    return tuple(word for word in words if word in others)
