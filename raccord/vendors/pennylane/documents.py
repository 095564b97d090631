"""The PDF of an invoice, from a link without login that lasts 30 minutes (pennylane page, section 1.6)."""

from datetime import timedelta

from raccord.connectors.errors import Permanent
from raccord.connectors.http.download import Downloads
from raccord.vendors.pennylane.invoices import Invoices, no_pdf_yet
from raccord.vendors.pennylane.settings import OWN_ADDRESS, PennylaneSettings

_HOSTS = ("pennylane.com",)
_MOST_BYTES = 10 * 2**20
_WITHIN = timedelta(seconds=30)


class Documents:
    def __init__(self, invoices: Invoices, settings: PennylaneSettings) -> None:
        self._invoices = invoices
        real = settings.base_url.rstrip("/") == OWN_ADDRESS
        self._downloads = Downloads(
            "Pennylane", settings.base_url, real=real, hosts=_HOSTS, most_bytes=_MOST_BYTES
        )

    async def pdf(self, invoice_id: str) -> bytes:
        """Return the PDF by a link that is read anew. Raises `RateLimited` while there is none yet."""
        invoice = await self._invoices.retrieve(invoice_id)
        if invoice.draft:
            raise Permanent(f"The Pennylane draft {invoice_id} has no PDF.", code="no_pdf")
        if not invoice.public_file_url:
            raise no_pdf_yet(invoice_id)
        what = f"fetch the PDF of the invoice {invoice_id}"
        return await self._downloads.pdf(invoice.public_file_url, what, within=_WITHIN)
