"""What a Stripe account is and has: its company, its country, its VAT rates (Stripe docs: api/accounts)."""

from raccord.connectors.errors import Forbidden
from raccord.connectors.http.errors import Operation
from raccord.domain.values.described import BillingAccount, rates
from raccord.vendors.stripe.api import StripeApi
from raccord.vendors.stripe.settings import StripeSettings
from raccord.vendors.stripe.wire import TaxRatePage
from raccord.vendors.stripe.wire_parties import StripeAccount


async def describe(api: StripeApi, settings: StripeSettings) -> BillingAccount:
    """Read the account. What a restricted key may not read is told, and left out."""
    unread, name, country = [], "", ""
    try:
        account = await api.get(Operation("read the account", "Account: Read"), "account", StripeAccount)
        name, country = account.shown_name, account.country or ""
    except Forbidden as error:
        unread.append(str(error))
    country = country or settings.vat_country
    found = set()
    try:
        active = {"active": True, "inclusive": False}
        listing = Operation("list the VAT rates", "Tax rates: Read")
        async for rate in api.pages(listing, "tax_rates", TaxRatePage, active):
            if rate.country == country and rate.tax_type == "vat" and rate.rate_type in (None, "percentage"):
                found.add(rate.percentage.normalize())
    except Forbidden as error:
        unread.append(str(error))
    return BillingAccount(
        name=name,
        country=country,
        test=settings.test,
        section={"vat_country": country},
        vat_rates=rates(found),
        unread=tuple(unread),
    )
