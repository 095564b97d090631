"""How values are written in `raccord.toml`."""

import re
from decimal import Decimal
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator


def _exact(value: object) -> object:
    """TOML reads 5.5 as a binary float; its shortest text is what the operator typed."""
    return Decimal(repr(value)) if isinstance(value, float) else value


def _language(code: str) -> str:
    if not LANGUAGE.fullmatch(code):
        raise ValueError(f"{code} is no language; write fr or en, for example")
    return code


LANGUAGE = re.compile("[a-z]{2}")

Language = Annotated[str, AfterValidator(_language)]
ExactDecimal = Annotated[Decimal, BeforeValidator(_exact)]
