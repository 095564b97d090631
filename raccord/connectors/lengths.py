"""Keeping texts within a vendor's limits: cut visibly, between characters as people see them."""

import unicodedata
from collections.abc import Callable

CUT = "…"
_LONGEST_CHARACTER = 32
"""Code points of one character at most; what claims to be longer is cut anywhere."""
_LONGEST_WORD = 40
"""What is longer without a space is no word, and cut like a number."""
_BEFORE_CUT = " \n\t,;:–-"
_JOINER = "\u200d"
_SKIN_TONES = range(0x1F3FB, 0x1F400)
_FLAG_LETTERS = range(0x1F1E6, 0x1F200)


def cut(text: str, limit: int, *, size: Callable[[str], int] | None = None) -> str:
    """Return a text that takes at most `limit`; of a longer one, its beginning and `…`.

    `size` is what one code point takes as the vendor counts it, such as the length of its escape;
    1 without it. An accent stays with its letter, and the parts of an emoji or of a flag stay
    together. Raises `ValueError` when not even `…` fits.
    """
    if (len(text) if size is None else sum(map(size, text))) <= limit:
        return text
    room = limit - (1 if size is None else size(CUT))
    if room < 0:
        raise ValueError(f"a limit of {limit} leaves no room")
    end = room if size is None else _fitting(text, room, size)
    return text[: _boundary(text, end)].rstrip() + CUT


def cut_at_word(text: str, limit: int) -> str:
    """Return a text as `cut` does, but of a longer one only whole words; a long word alone is cut itself."""
    kept = cut(text, limit)
    if kept == text:
        return text
    beginning = kept.removesuffix(CUT)
    if not text[len(beginning) :][:1].isspace():
        place = max(beginning.rfind(space) for space in " \n\t")
        beginning = beginning[:place] if place > max(0, len(beginning) - _LONGEST_WORD) else beginning
    return beginning.rstrip(_BEFORE_CUT) + CUT


def _fitting(text: str, room: int, size: Callable[[str], int]) -> int:
    """Return how many of the first code points fit."""
    for place, each in enumerate(text):
        room -= size(each)
        if room < 0:
            return place
    return len(text)


def _boundary(text: str, end: int) -> int:
    """Return the last place at or before `end` where a character begins."""
    for place in range(end, max(end - _LONGEST_CHARACTER, 0), -1):
        if not _continues(text, place):
            return place
    return end if end >= _LONGEST_CHARACTER else 0


def _continues(text: str, place: int) -> bool:
    """Whether the code point at `place` is part of the character before it."""
    before, here = text[place - 1], text[place]
    if _JOINER in (before, here) or ord(here) in _SKIN_TONES:
        return True
    if ord(here) in _FLAG_LETTERS:
        letters = 0
        while letters < place and ord(text[place - 1 - letters]) in _FLAG_LETTERS:
            letters += 1
        return letters % 2 == 1
    return unicodedata.category(here).startswith("M")
