"""Other people's words, made harmless for Slack.

`&`, `<` and `>` are how Slack writes links, mentions and calls to a whole channel; escaped they
are shown as they are, in both kinds of text object (Slack docs: formatting-message-text). What a
customer may have typed goes into `plain_text` objects only, where `*`, `_`, `~`, backquotes and
line breaks mean nothing either: nothing visible is changed, so a number copied from a message
is the number. Where our own markup stands beside a text, its formatting characters are replaced.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from urllib.parse import urlsplit

from raccord.connectors.lengths import cut

_ESCAPES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
_LOOK_ALIKES = str.maketrans({"*": "∗", "_": "＿", "~": "∼", "`": "ˋ"})
_URL = str.maketrans({"&": "&amp;", "<": "%3C", ">": "%3E", "|": "%7C"})
_TURNS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Characters that turn the reading direction round: `gpj.1` shows as `1.jpg`."""
_BREAKING = re.compile(r"[^\S\u00a0\u202f]+")
"""White space but for the no-break spaces of amounts and of French punctuation, which stay."""
_LONGEST_URL = 2000
NOTHING = "–"
"""Slack refuses empty texts."""


def shown(text: str, limit: int) -> str:
    """Return a text on one line, escaped, and cut to `limit` characters as Slack receives them."""
    kept = cut(_BREAKING.sub(" ", _visible(text)).strip(), limit, size=_escaped_length)
    return "".join(_ESCAPES.get(c, c) for c in kept) or NOTHING


def unformatted(text: str, limit: int) -> str:
    """Return a text as `shown`, for a place where Slack reads formatting characters."""
    return shown(text.translate(_LOOK_ALIKES), limit)


def link(label: str, url: str) -> str:
    """Return a link, or its label alone when the address is none of the web's."""
    target = "".join(_visible(url).split()).translate(_URL)
    name = unformatted(label.replace("|", "¦"), 150)
    if not _is_of_the_web(url) or len(target) > _LONGEST_URL:
        return name
    return f"<{target}|{name}>"


def packed(parts: Iterable[str], between: str, limit: int) -> Iterator[str]:
    """Join parts into as few texts of at most `limit` characters as their order allows."""
    text = ""
    for part in parts:
        joined = f"{text}{between}{part}" if text else part
        if text and len(joined) > limit:
            yield text
            joined = part
        text = joined
    if text:
        yield text


def _visible(text: str) -> str:
    return "".join(" " if c in _TURNS or unicodedata.category(c) == "Cc" else c for c in text)


def _escaped_length(character: str) -> int:
    return len(_ESCAPES.get(character, character))


def _is_of_the_web(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        return False
