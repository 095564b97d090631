"""What a command writes to: terminals of every encoding, full disks, pipes that somebody closes."""

import codecs
import os
import sys
import unicodedata
from typing import TextIO

_PLAIN = "raccord.plain"
_SIGNS = {"→": "->", "…": "...", "—": "-", "€": "EUR", "“": '"', "”": '"', "«": '"', "»": '"', "·": "-"}
_SIGNS |= {"’": "'", "✔": "ok", "✘": "x", "–": "-"}


def write_anywhere() -> None:
    """Have output say what it can where a terminal cannot show a character: `é` becomes `e`, `→` `->`."""
    codecs.register_error(_PLAIN, _plainly)
    for stream in (sys.stdout, sys.stderr):
        if stream and not is_exact(stream):
            stream.reconfigure(errors=_PLAIN)  # type: ignore[union-attr]


def is_exact(stream: TextIO) -> bool:
    """Whether a stream can write every character."""
    return codecs.lookup(stream.encoding or "ascii").name.startswith("utf")


def discard_output() -> None:
    """Forget what could not be written, or the interpreter would try again at its end, and say so."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)


def _plainly(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    text = error.object[error.start : error.end]
    return "".join(map(_plain, text)), error.end


def _plain(character: str) -> str:
    letters = unicodedata.normalize("NFKD", character).encode("ascii", "ignore").decode()
    return _SIGNS.get(character) or letters or "?"
