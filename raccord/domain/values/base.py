"""The base of every domain value, and text conventions."""

import re
import unicodedata
from datetime import timedelta
from typing import Annotated

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict


class Value(BaseModel):
    """A frozen value. Unknown fields are ignored, so that older code reads newer payloads."""

    model_config = ConfigDict(frozen=True, extra="ignore")


def fold(text: str) -> str:
    """Normalise for comparison: NFC, case folded, white space collapsed. Never for output."""
    return " ".join(unicodedata.normalize("NFC", text).casefold().split())


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _seconds(value: object) -> object:
    """An environment variable is text: `5` there means what the number 5 means in a file."""
    return float(value) if isinstance(value, str) and _NUMBER.fullmatch(value) else value


_NUMBER = re.compile(r"\d{1,9}(\.\d{1,6})?")

Duration = Annotated[timedelta, BeforeValidator(_seconds)]
"""A span of time in settings: seconds, or ISO 8601 (`PT15M`)."""

OneLine = Annotated[str, AfterValidator(_one_line)]
