"""Pennylane's VAT codes: which to write by configuration alone, and what a code that is read says."""

import re
from decimal import Decimal

from raccord.connectors.errors import VAT_RATE_MISSING, Permanent
from raccord.domain.values.parties import TaxTreatment
from raccord.vendors.pennylane.settings import PennylaneSettings
from raccord.vendors.pennylane.wire import Line

_TENTHS = re.compile(r"[A-Z]{2}_(\d+)")
_HUNDREDTHS = re.compile(r"[A-Z]{2}_(\d+)_(\d+)")


class VatCodes:
    def __init__(self, settings: PennylaneSettings) -> None:
        self._taxed = settings.vat_codes
        self._zero = settings.zero_vat_codes
        self.unit = settings.unit
        """What a quantity counts."""

    def find(self, rate: Decimal) -> str | None:
        """Return a code of this rate. Of 0 % there is one for each reason: then only that there is any."""
        if rate == 0 and rate not in self._taxed:
            return next(iter(self._zero.values()), None)
        return self._taxed.get(rate.normalize())

    def of(self, rate: Decimal, treatment: TaxTreatment) -> str:
        """Return the code to write. Raises `Permanent` where the settings name none."""
        if rate == 0:
            if code := self._zero.get(treatment) or self._taxed.get(Decimal(0)):
                return code
            raise Permanent(
                f"The settings name no VAT code of Pennylane's for 0 % by reason of {treatment.value}. Ask "
                f"the accountant which it is, and write it into zero_vat_codes as {treatment.value}.",
                code="vat_code_missing",
                field="vat_rate",
            )
        if code := self._taxed.get(rate.normalize()):
            return code
        raise Permanent(self.missing(rate), code=VAT_RATE_MISSING, field="vat_rate")

    @property
    def rates(self) -> set[Decimal]:
        return {*self._taxed, *([Decimal(0)] if self._zero else [])}

    def missing(self, rate: Decimal) -> str:
        return (
            f"The settings name no VAT code of Pennylane's for {rate.normalize():f} %. If the rate is right, "
            "write its code into vat_codes."
        )


def percent_of(line: Line) -> Decimal | None:
    """Return a line's rate; None where its code does not say one (pennylane page, section 1.3)."""
    if found := _TENTHS.fullmatch(line.vat_rate):
        return (Decimal(found[1]) / 10).normalize()
    if found := _HUNDREDTHS.fullmatch(line.vat_rate):
        return Decimal(f"{found[1]}.{found[2]}").normalize()
    return Decimal(0) if not line.currency_tax else None
