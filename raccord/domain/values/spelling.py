"""Guessing what a misspelt word was meant to be."""

from collections.abc import Iterable
from difflib import get_close_matches

_ALIKE = 0.65
"""`hubspt`, `vta` (for `vat`) and `rate` (for `rates`) are; `slack` and `stripe` are not."""


def nearest(word: str, known: Iterable[str], *, alike: float = _ALIKE) -> str | None:
    """Return the known word that this one resembles most; None when it resembles none."""
    found = get_close_matches(word, list(known), n=1, cutoff=alike)
    return found[0] if found else None
