"""The PDF of an invoice by a link of the vendor's, for whoever has it."""

from collections.abc import Awaitable, Callable, Collection
from datetime import timedelta

from raccord.connectors.connection import ConnectionSettings
from raccord.connectors.http.download import Downloads

_MOST_BYTES = 10 * 2**20
_WITHIN = timedelta(seconds=30)
"""Some vendors render a PDF when it is asked for it first."""


class InvoiceDocuments:
    """Reads invoices' PDFs from a vendor's own `hosts`, which count at its own address `home` alone.

    `link` says where an invoice's PDF is. It is asked each time, as links expire, and raises `Permanent`
    where there is none.
    """

    def __init__(
        self,
        vendor: str,
        settings: ConnectionSettings,
        *,
        home: str,
        hosts: Collection[str],
        link: Callable[[str], Awaitable[str]],
    ) -> None:
        real = settings.base_url.rstrip("/") == home
        self._downloads = Downloads(vendor, settings.base_url, real=real, hosts=hosts, most_bytes=_MOST_BYTES)
        self._link = link

    async def pdf(self, invoice_id: str) -> bytes:
        """Return the PDF. Raises what `link` raises, and what `Downloads.pdf` does."""
        what = f"fetch the PDF of the invoice {invoice_id}"
        return await self._downloads.pdf(await self._link(invoice_id), what, within=_WITHIN)
