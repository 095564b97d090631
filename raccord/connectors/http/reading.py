"""Reading a vendor's answers: JSON into the fields that Raccord uses, numbers exact."""

import json
import re
from decimal import Decimal
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

W = TypeVar("W", bound=BaseModel)
_LONGEST = 400
"""Characters of a vendor's sentence."""
_QUOTED = re.compile(r"[\"“«][^\"”»]*[\"”»]|(?<!\w)['‘][^'’]*['’](?!\w)")
_BEHIND_A_COLON = re.compile(r":\s[^;]*")
_DATA = re.compile(r"@|\d{5}|://|\w\.\w|[a-z]_(?:test|live)_")


class Wire(BaseModel):
    """An answer of a vendor's, or part of one: the fields Raccord reads of it, under the vendor's names."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class NotJson(Exception):
    """A success that is not JSON: a proxy, a login page or a balancer answered."""


class Misshapen(Exception):
    """JSON without the fields that the vendor documents."""


def read_json(body: bytes) -> Any:
    """Parse an answer, numbers with a fraction as `Decimal`. Raises `NotJson`.

    Unlike a webhook's body it comes from the host that was asked, so `strict_json`, which reads each
    byte a second time to bound the nesting, is not needed.
    """
    try:
        return json.loads(body.decode(), parse_float=Decimal, parse_constant=_refuse)
    except (ValueError, RecursionError, ArithmeticError) as error:
        raise NotJson(type(error).__name__) from None


def read_object(body: bytes) -> dict[str, Any]:
    """Parse an answer that should be a JSON object; of every other, nothing. Never raises."""
    try:
        content = read_json(body)
    except NotJson:
        return {}
    return content if isinstance(content, dict) else {}


def is_page(body: bytes) -> bool:
    """Whether an answer is no JSON object: a page of a proxy's or a balancer's, or nothing at all."""
    return not body.lstrip().startswith((b"{", b"["))


def without_data(text: Any) -> str | None:
    """Return a vendor's sentence without what it quotes: values in quotation marks or behind a colon,
    addresses, keys and long numbers. None when nothing is left of it.
    """
    if not isinstance(text, str):
        return None
    plain_words = _QUOTED.sub("…", " ".join(text[:_LONGEST].split()))
    kept = _BEHIND_A_COLON.sub("", plain_words)
    words = " ".join("…" if _DATA.search(word) else word for word in kept.split())
    return words.rstrip(" .;:") or None


def plain(shape: re.Pattern[str], *candidates: Any) -> str | None:
    """Return the first candidate that is a plain word of this shape: never a text that may quote data."""
    return next((c for c in candidates if isinstance(c, str) and shape.fullmatch(c)), None)


def read(content: Any, into: type[W]) -> W:
    """Take what is needed out of an answer's JSON. Raises `Misshapen`."""
    try:
        return into.model_validate(content)
    except ValidationError as error:
        # Without the original: its text would quote the answer's values.
        raise Misshapen(f"{error.error_count()} fields of {into.__name__}") from None


def read_body(body: bytes, into: type[W]) -> W:
    """Take what is needed straight out of an answer's bytes, without objects for the rest of it.

    A number with a fraction is read as a float before its field sees it: for answers whose amounts are
    whole numbers. Raises `NotJson`, `Misshapen`.
    """
    try:
        return into.model_validate_json(body)
    except ValidationError as error:
        if any(each["type"] == "json_invalid" for each in error.errors(include_input=False)):
            raise NotJson from None
        raise Misshapen(f"{error.error_count()} fields of {into.__name__}") from None


def _refuse(name: str) -> Any:
    raise ValueError(name)
