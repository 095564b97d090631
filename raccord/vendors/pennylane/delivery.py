"""An invoice on its way to whoever pays it: by e-mail, or as the PDF that others send."""

from datetime import timedelta

from raccord.connectors.errors import Permanent, RateLimited
from raccord.vendors.pennylane.api import INVOICES, PennylaneApi, number
from raccord.vendors.pennylane.customers import email_of
from raccord.vendors.pennylane.errors import CONFLICT
from raccord.vendors.pennylane.invoices import PATH, Invoices


class Delivery:
    def __init__(self, api: PennylaneApi, invoices: Invoices) -> None:
        self._api = api
        self._invoices = invoices

    async def send(self, invoice_id: str) -> None:
        """Have it e-mailed to its customer's first address. Raises `RateLimited` while there is no PDF yet.

        Without a recipient, Pennylane would send it to all of them (section 1.1).
        """
        path = f"{PATH}/{number(invoice_id, 'invoice')}/send_by_email"
        customer = await self._invoices.customer_of(await self._invoices.retrieve(invoice_id))
        recipients = [email] if customer and (email := email_of(customer)) else []
        what = f"e-mail the invoice {invoice_id}"
        try:
            await self._api.do(what, INVOICES, "POST", path, content={"recipients": recipients})
        except Permanent as refused:
            if refused.code != CONFLICT:
                raise
            raise _no_pdf_yet(invoice_id) from refused

    async def pdf_link(self, invoice_id: str) -> str:
        """Return a link without login that lasts 30 minutes (pennylane page, section 1.6).

        Raises `RateLimited` while there is no PDF yet.
        """
        invoice = await self._invoices.retrieve(invoice_id)
        if invoice.draft:
            raise Permanent(f"The Pennylane draft {invoice_id} has no PDF.", code="no_pdf")
        if not invoice.public_file_url:
            raise _no_pdf_yet(invoice_id)
        return invoice.public_file_url


def _no_pdf_yet(invoice_id: str) -> RateLimited:
    """Return the error for what has to wait until Pennylane made the PDF: some minutes (section 1.1)."""
    return RateLimited(
        f"Pennylane is still making the PDF of the invoice {invoice_id}.", retry_after=timedelta(minutes=1)
    )
