"""The company's VAT: its country, its rates, and why a rate may be 0 %."""

from decimal import Decimal
from typing import Annotated

from pydantic import AfterValidator

from raccord.domain.rules.written import LANGUAGE, Country, Percentage
from raccord.domain.values.base import Unfit, Value
from raccord.domain.values.parties import TaxTreatment

_ZERO_RATED = frozenset(TaxTreatment) - {TaxTreatment.TAXED}


def _zero_rate_reason(key: str) -> str:
    treatment, _, language = key.rpartition("_")
    if treatment not in _ZERO_RATED or not LANGUAGE.fullmatch(language):
        known = ", ".join(f"{treatment}_fr" for treatment in sorted(_ZERO_RATED))
        raise Unfit("unfit.zero_reason", key=key, known=known)
    return key


ZeroRateReason = Annotated[str, AfterValidator(_zero_rate_reason)]


class VatPolicy(Value):
    """The VAT rates (percent) the company uses, and its own country."""

    seller_country: Country = "FR"
    rates: tuple[Percentage, ...] = tuple(map(Decimal, ("20", "10", "5.5", "2.1", "0")))
    default_rate: Percentage | None = None
    """For lines without a rate in the CRM, sold at home; None asks a person."""
    zero_rate_reasons: dict[ZeroRateReason, str] = {}
    """Legal wording printed on the invoice, by treatment and language: `intra_community_fr`, `export_en`,
    `exempt_fr`. The articles cited change with the law, so they are the company's own words and never ours.
    A treatment without wording is never invoiced."""
    reverse_charge: bool = True
    """Whether 0 % to companies of other member states is invoiced; a person does it otherwise."""
    export: bool = True
    """Whether 0 % outside the European Union is invoiced; a person does it otherwise."""
    domestic_reverse_charge: bool = False
    """Whether 0 % to a business at home is VAT that it owes itself: the company subcontracts building."""
    on_debits: bool = False
    """Whether the company opted to owe VAT on invoicing, which its invoices then state."""

    @property
    def exempt_seller(self) -> bool:
        """Whether the company charges no VAT at all (in France: CGI art. 293 B)."""
        return not any(self.rates)

    def zero_rate_reason(self, treatment: str, language: str) -> str:
        """Return the wording in this language, else in French, else in any; empty when there is none."""
        prefix = f"{treatment}_"
        keys = (prefix + language, prefix + "fr", *sorted(self.zero_rate_reasons))
        found = (self.zero_rate_reasons.get(key, "").strip() for key in keys if key.startswith(prefix))
        return next((wording for wording in found if wording), "")
