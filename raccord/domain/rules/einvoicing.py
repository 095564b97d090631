"""The French e-invoicing reform, as far as Raccord has a part in it: it transmits nothing itself.

From the switch date on an invoice between French companies is lawful only through an approved
platform. The billing system is one or is connected to one; Raccord merely knows whether it is so.
"""

from datetime import date
from enum import StrEnum

from pydantic import ConfigDict, Field

from raccord.domain.values.base import Value


class EInvoicingMode(StrEnum):
    """Who transmits invoices to an approved platform: nobody that we know of, the billing system, or another
    platform that takes them from it."""

    OFF = "off"
    VENDOR = "vendor"
    ELSEWHERE = "elsewhere"


class EInvoicing(Value):
    """The company's way through the reform."""

    model_config = ConfigDict(validate_by_name=True, validate_by_alias=True)

    mode: EInvoicingMode = EInvoicingMode.OFF
    starts_on: date = Field(default=date(2027, 9, 1), validation_alias="from")
    """From when the company itself must issue electronically; earlier for large and mid-size companies.
    The file says `from`, a word that Python keeps for itself."""

    def missing(self, on: date) -> bool:
        """Whether an invoice of this business date must be electronic and nobody transmits it."""
        return self.mode is EInvoicingMode.OFF and on >= self.starts_on
