"""The base of every domain value, and text conventions."""

import re
import unicodedata
from datetime import timedelta
from decimal import Decimal
from typing import Annotated

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, PlainSerializer

MOST_DIGITS = 40
"""Of a number that is written out; a slip of the keyboard would else take megabytes."""


def plain(number: Decimal) -> str:
    """Write a number as people do: `20` and `0.10`, never `2E+1`. A slip of the keyboard stays `1E+300`."""
    return f"{number:f}" if abs(number.adjusted()) <= MOST_DIGITS else str(number)


Exact = Annotated[Decimal, PlainSerializer(plain, return_type=str, when_used="json")]
"""The number of every field of a value: payloads, hashes and the audit have it as `plain` writes it."""


class Value(BaseModel):
    """A frozen value. Unknown fields are ignored, so that older code reads newer payloads."""

    model_config = ConfigDict(frozen=True, extra="ignore")


def fold(text: str) -> str:
    """Normalise for comparison: NFC, case folded, white space collapsed. Never for output."""
    return " ".join(unicodedata.normalize("NFC", text).casefold().split())


def unaccented(text: str) -> str:
    """Fold a text, and leave accents and hyphens out."""
    decomposed = unicodedata.normalize("NFD", fold(text.replace("’", "'").replace("-", " ")))
    return "".join(c for c in decomposed if not unicodedata.combining(c))


def letters(text: str) -> str:
    """Reduce to letters and digits: case, accents and punctuation make no other name and no other address."""
    return "".join(c for c in unicodedata.normalize("NFKD", text).casefold() if c.isalnum())


class Unfit(ValueError):
    """A value cannot be used; the catalogs say why, by `code` and `params`, as the end of a sentence.

    No message yet: messages are made of values. `str()` is for a log.
    """

    def __init__(self, code: str, /, **params: str) -> None:
        super().__init__(" ".join((code, *(f"{name}={value}" for name, value in params.items()))))
        self.code = code
        self.params = params


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _span(value: object) -> object:
    """Read a span as people write it; what is not text, or is ISO 8601, is left to be read as such."""
    if not isinstance(value, str) or _ISO.match(value):
        return value
    if _NUMBER.fullmatch(text := value.strip()):
        # An environment variable is text: `5` there means what the number 5 means in a file.
        return float(text)
    parts = _PART.findall(text)
    if not parts or _PART.sub("", text).strip():
        raise Unfit("unfit.span", value=value)
    return sum((_UNITS[unit.lower()] * float(count.replace(",", ".")) for count, unit in parts), timedelta(0))


_NUMBER = re.compile(r"\d{1,9}(\.\d{1,6})?")
_ISO = re.compile(r"[+-]?P", re.IGNORECASE)
_UNITS = {
    word: timedelta(seconds=seconds)
    for seconds, words in {
        1: "s sec secs second seconds seconde secondes",
        60: "m mn min mins minute minutes",
        3600: "h hr hrs hour hours heure heures",
        86400: "d day days j jour jours",
    }.items()
    for word in words.split()
}
_PART = re.compile(
    rf"(\d{{1,9}}(?:[.,]\d{{1,6}})?)\s*({'|'.join(sorted(_UNITS, key=len, reverse=True))})\b", re.IGNORECASE
)

Duration = Annotated[timedelta, BeforeValidator(_span)]
"""A span of time in settings: seconds, `5 min`, `2 h`, `1 day`, or ISO 8601 (`PT15M`)."""

OneLine = Annotated[str, AfterValidator(_one_line)]
