"""How values are written in `raccord.toml`."""

import re
from decimal import Decimal
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator

from raccord.domain.values.base import Exact, Unfit
from raccord.domain.values.countries import parse_country


def _exact(value: object) -> object:
    """TOML reads 5.5 as a binary float; its shortest text is what the operator typed."""
    return Decimal(repr(value)) if isinstance(value, float) else value


def names(written: object) -> object:
    """Read one name, or several, as a setting has them."""
    return (written,) if isinstance(written, str) and written else written or ()


def _language(code: str) -> str:
    if not LANGUAGE.fullmatch(code):
        raise Unfit("unfit.language", code=code)
    return code


def _country(text: str) -> str:
    # The code itself at once: most are read from a flow's payload, where only codes are.
    if _CODE.fullmatch(text):
        return text
    if (code := parse_country(text)) is None:
        raise Unfit("unfit.country", text=text)
    return code


def _percentage(rate: Decimal) -> Decimal:
    if not 0 <= rate <= 100:
        raise Unfit("unfit.vat_rate", rate=str(rate))
    return rate


LANGUAGE = re.compile("[a-z]{2}")
_CODE = re.compile("[A-Z]{2}")

Language = Annotated[str, AfterValidator(_language)]
ExactDecimal = Annotated[Exact, BeforeValidator(_exact)]
Percentage = Annotated[ExactDecimal, AfterValidator(_percentage)]
"""A VAT rate: 20 is 20 %."""
Country = Annotated[str, AfterValidator(_country)]
"""An ISO 3166-1 code of two letters; a name is read too."""
