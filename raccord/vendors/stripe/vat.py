"""VAT rates: Stripe's tax rates, found by percentage or created, and read back from invoices."""

from collections.abc import AsyncIterator
from decimal import Decimal

from raccord.connectors.errors import VAT_RATE_MISSING, Permanent
from raccord.connectors.http.errors import Operation
from raccord.vendors.stripe.api import StripeApi
from raccord.vendors.stripe.money import Plain
from raccord.vendors.stripe.settings import StripeSettings
from raccord.vendors.stripe.wire import (
    TaxRate,
    TaxRatePage,
)

OURS = "raccord_vat"


class VatRates:
    """The account's VAT rates. A rate's percentage never changes in Stripe, so what is found is kept."""

    def __init__(self, api: StripeApi, settings: StripeSettings) -> None:
        self._api = api
        self._settings = settings
        self._ids: dict[Decimal, str] = {}
        self._percents: dict[str, Decimal] = {}

    async def find(self, rate: Decimal) -> str | None:
        """Return the id of an active, exclusive VAT rate of the country; one of ours is preferred."""
        if rate not in self._ids:
            found = [r async for r in self._active() if self._fits(r, rate)]
            if not found:
                return None
            best = min(found, key=lambda r: (OURS not in (r.metadata or {}), r.created, r.id))
            self._ids[rate] = best.id
        return self._ids[rate]

    async def ids(self, rates: set[Decimal]) -> dict[Decimal, str]:
        """Return the id of every rate. Raises `Permanent` when the account lacks one."""
        found = {rate: await self.find(rate) for rate in sorted(rates)}
        missing = ", ".join(f"{rate:f} %" for rate, id_ in found.items() if id_ is None)
        if missing:
            raise Permanent(
                f"The Stripe account has no active VAT rate of {missing} ({self._settings.vat_country}). "
                "Add it in Dashboard > Products > Tax rates.",
                code=VAT_RATE_MISSING,
                field="vat_rate",
            )
        return {rate: id_ for rate, id_ in found.items() if id_ is not None}

    async def create(self, rate: Decimal, key: str) -> str:
        text = str(Plain(rate.normalize()))
        created = await self._api.post(
            Operation(f"create the VAT rate {text} %", "Tax rates: Write", write=True),
            "tax_rates",
            TaxRate,
            {
                "display_name": self._settings.vat_display_name,
                "percentage": text,
                "inclusive": False,
                "country": self._settings.vat_country,
                "tax_type": "vat",
                "metadata": {OURS: text},
            },
            key=key,
        )
        return created.id

    async def percent(self, tax_rate: str) -> Decimal:
        """Return the percentage of a tax rate that an invoice carries, archived ones included."""
        if tax_rate not in self._percents:
            found = await self._api.get(
                Operation(f"read the tax rate {tax_rate}", "Tax rates: Read"),
                ("tax_rates", tax_rate),
                TaxRate,
            )
            self._percents[tax_rate] = found.percentage.normalize()
        return self._percents[tax_rate]

    def forget(self) -> None:
        """Look again next time: a rate may have been archived since it was found."""
        self._ids.clear()

    def _active(self) -> AsyncIterator[TaxRate]:
        return self._api.pages(
            Operation("list the VAT rates", "Tax rates: Read"),
            "tax_rates",
            TaxRatePage,
            {"active": True, "inclusive": False},
        )

    def _fits(self, found: TaxRate, rate: Decimal) -> bool:
        self._percents[found.id] = found.percentage.normalize()
        return (
            found.percentage == rate
            and found.active
            and not found.inclusive
            and found.country == self._settings.vat_country
            and found.tax_type == "vat"
            and found.rate_type in (None, "percentage")
        )
