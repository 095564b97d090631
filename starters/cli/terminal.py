"""What a command writes to: terminals of every encoding, full disks, pipes that somebody closes."""

import codecs
import os
import sys
import unicodedata
from typing import NoReturn, TextIO

CLOSED_PIPE = 141
"""What a shell reports of a program that a closed pipe ended."""
_RUNTIME = "temporalio.bridge.temporal_sdk_bridge"
_PLAIN, _PLAIN_ASCII = "raccord.plain", "raccord_ascii"
_SIGNS = {"→": "->", "…": "...", "—": "-", "€": "EUR", "“": '"', "”": '"', "«": '"', "»": '"', "·": "-"}
_SIGNS |= {"’": "'", "✔": "ok", "✘": "x", "–": "-"}


def write_anywhere() -> None:
    """Have output say what it can where a terminal cannot show a character: `é` becomes `e`, `→` `->`."""
    codecs.register_error(_PLAIN, _plainly)
    codecs.register({_PLAIN_ASCII: _ascii()}.get)
    for stream in (sys.stdout, sys.stderr):
        if stream and not is_exact(stream):
            name = codecs.lookup(stream.encoding or "ascii").name
            encoding = _PLAIN_ASCII if name == "ascii" else name
            stream.reconfigure(encoding=encoding, errors=_PLAIN)  # type: ignore[union-attr]


def _ascii() -> codecs.CodecInfo:
    # By another name: click takes a terminal that says ASCII for a mistake, and writes UTF-8 to it.
    known = codecs.lookup("ascii")
    return codecs.CodecInfo(
        known.encode,
        known.decode,
        incrementalencoder=known.incrementalencoder,
        incrementaldecoder=known.incrementaldecoder,
        name=_PLAIN_ASCII,
    )


def is_exact(stream: TextIO) -> bool:
    """Whether a stream can write every character."""
    return codecs.lookup(stream.encoding or "ascii").name.startswith("utf")


def discard_output() -> None:
    """Forget what could not be written, or the interpreter would try again at its end, and say so."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)


def leave(status: int) -> NoReturn:
    """End the process. All output is out already; nothing of ours is left to be done at its end.

    Where Temporal's runtime was used, its threads may call back into an interpreter that is shutting down,
    which aborts the process after it has done its work (temporalio 1.35): that end is left out.
    """
    if _RUNTIME in sys.modules:
        if sys.stderr:
            sys.stderr.flush()
        os._exit(status)
    sys.exit(status)


def _plainly(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    text = error.object[error.start : error.end]
    return "".join(map(_plain, text)), error.end


def _plain(character: str) -> str:
    letters = unicodedata.normalize("NFKD", character).encode("ascii", "ignore").decode()
    return _SIGNS.get(character) or letters or "?"
