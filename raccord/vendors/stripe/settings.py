"""Stripe's section of `raccord.toml`."""

import re
from datetime import timedelta

from pydantic import Field, SecretStr, field_validator

from raccord.connectors.connection import ConnectionSettings
from raccord.domain.rules.written import Country
from raccord.domain.values.base import Duration, Unfit
from raccord.domain.values.totals import VatRounding

OWN_ADDRESS = "https://api.stripe.com"
_KEY = re.compile(r"(?:sk|rk)_(?P<mode>test|live)_\w+")
_TEST_RATE, _LIVE_RATE = 20.0, 80.0
"""Below Stripe's 25 and 100 requests per second of one account (Stripe docs: rate-limits)."""


class StripeSettings(ConnectionSettings):
    """One Stripe account. Test or live is decided by the key alone: the host is the same for both."""

    vendor: str = "stripe"
    base_url: str = OWN_ADDRESS
    api_key: SecretStr
    """A restricted key (`rk_test_...`, `rk_live_...`) with the rights `doctor` lists, or a secret key."""
    dashboard_url: str = "https://dashboard.stripe.com"
    """Where people of the company work in Stripe; a draft's link leads there."""
    vat_rounding: VatRounding = VatRounding.PER_LINE
    """How this account rounds VAT; a draft that follows the other rule stops at the totals proof."""
    settle: Duration = Field(default=timedelta(seconds=60), ge=timedelta(0))
    """How long after a server error Stripe's look-ups may still miss what that request created."""
    requests_per_second: float | None = Field(default=None, gt=0)
    """Below what the account admits; by default 20 with a test key and 80 with a live one."""
    vat_country: Country = "FR"
    """Country of the VAT rates."""
    vat_display_name: str = Field(default="TVA", min_length=1, max_length=50)
    """What invoices print beside the percentage, for the rates that Raccord creates."""

    @field_validator("api_key")
    @classmethod
    def _is_an_api_key(cls, key: SecretStr) -> SecretStr:
        if not _KEY.fullmatch(key.get_secret_value()):
            raise Unfit("unfit.stripe_key")
        return key

    @property
    def test(self) -> bool:
        found = _KEY.fullmatch(self.api_key.get_secret_value())
        return found is not None and found["mode"] == "test"

    def page_of(self, id: str, *, among: str = "invoices") -> str:
        """Return the address of an object in the Dashboard, which shows test and live data apart."""
        test = "test/" if self.test else ""
        return f"{self.dashboard_url.rstrip('/')}/{test}{among}/{id}"

    @property
    def rate(self) -> float:
        """Requests per second."""
        return self.requests_per_second or (_TEST_RATE if self.test else _LIVE_RATE)
