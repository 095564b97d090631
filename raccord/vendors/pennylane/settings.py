"""Pennylane's section of `raccord.toml`."""

from datetime import timedelta
from decimal import Decimal
from typing import ClassVar

from pydantic import Field, SecretStr, field_validator

from raccord.connectors.oauth_settings import OAuthSettings
from raccord.domain.rules.written import Country
from raccord.domain.values.base import Duration, Exact
from raccord.domain.values.parties import TaxTreatment
from raccord.domain.values.totals import VatRounding

OWN_ADDRESS = "https://app.pennylane.com/api/external/v2"
_FRENCH = {
    Decimal(20): "FR_200",
    Decimal(10): "FR_100",
    Decimal("8.5"): "FR_85",
    Decimal("5.5"): "FR_55",
    Decimal("2.1"): "FR_21",
    Decimal("1.05"): "FR_1_05",
    Decimal("0.9"): "FR_09",
}
"""Tenths of a percent, but for two hundredths (pennylane page, section 1.3)."""


class PennylaneSettings(OAuthSettings):
    """One company in Pennylane. A sandbox has the same address as the company: only its token differs."""

    entered: ClassVar[str] = "token"
    vendor: str = "pennylane"
    base_url: str = OWN_ADDRESS
    token: SecretStr | None = None
    """The company's token, with the scopes `customer_invoices:all` and `customers:all`."""
    oauth_url: str = "https://app.pennylane.com/oauth"
    """What its `/authorize` and `/token` are below, as its guide has them; its OpenAPI has another place for
    the second (pennylane page, section 6)."""
    sandbox: bool = False
    """Whether the token is a sandbox's. Nothing is written where Pennylane says otherwise."""
    vat_rounding: VatRounding = VatRounding.PER_LINE
    """How this account rounds VAT; a draft that follows the other rule stops at the totals proof."""
    vat_country: Country = "FR"
    """Country of the VAT rates."""
    vat_codes: dict[Exact, str] = _FRENCH
    """Pennylane's code of each VAT rate, in percent."""
    zero_vat_codes: dict[TaxTreatment, str] = {}
    """Its code of invoices at 0 %, by their reason. There is none that would be right for everybody."""
    unit: str = Field(default="piece", min_length=1)
    """What a quantity counts, which each line must say."""
    settle: Duration = Field(default=timedelta(seconds=30), ge=timedelta(0))
    """How long after an answer Pennylane's lists may still miss what that request created."""
    requests_per_second: float = Field(default=4.0, gt=0)
    """Of the 25 in 5 seconds that Pennylane takes of one token (pennylane page, section 8)."""

    @field_validator("vat_codes")
    @classmethod
    def _without_zeros_at_the_end(cls, codes: dict[Decimal, str]) -> dict[Decimal, str]:
        return {rate.normalize(): code for rate, code in codes.items()}

    @property
    def test(self) -> bool:
        return self.sandbox
