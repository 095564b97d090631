"""The PDF of an invoice, which Stripe serves from another host than its API, to whoever has the link."""

from datetime import timedelta

from raccord.connectors.errors import Permanent
from raccord.connectors.http.download import Downloads
from raccord.vendors.stripe.invoices import Invoices
from raccord.vendors.stripe.settings import OWN_ADDRESS, StripeSettings

_HOSTS = ("stripe.com",)
_MOST_BYTES = 10 * 2**20
_WITHIN = timedelta(seconds=30)
"""Stripe renders a PDF when it is asked for it first."""


class Documents:
    def __init__(self, invoices: Invoices, settings: StripeSettings) -> None:
        self._invoices = invoices
        real = settings.base_url.rstrip("/") == OWN_ADDRESS
        self._downloads = Downloads(
            "Stripe", settings.base_url, real=real, hosts=_HOSTS, most_bytes=_MOST_BYTES
        )

    async def pdf(self, invoice_id: str) -> bytes:
        """Return the PDF by a link that is read anew: an old one expires."""
        invoice = await self._invoices.retrieve(invoice_id)
        if not invoice.invoice_pdf:
            raise Permanent(f"The Stripe invoice {invoice_id} has no PDF.", code="no_pdf")
        what = f"fetch the PDF of the invoice {invoice_id}"
        return await self._downloads.pdf(invoice.invoice_pdf, what, within=_WITHIN)
