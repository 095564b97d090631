"""The base of every domain value, and text conventions."""

import unicodedata
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict


class Value(BaseModel):
    """A frozen value. Unknown fields are ignored, so that older code reads newer payloads."""

    model_config = ConfigDict(frozen=True, extra="ignore")


def fold(text: str) -> str:
    """Normalise for comparison: NFC, case folded, white space collapsed. Never for output."""
    return " ".join(unicodedata.normalize("NFC", text).casefold().split())


def _one_line(text: str) -> str:
    return " ".join(text.split())


OneLine = Annotated[str, AfterValidator(_one_line)]
