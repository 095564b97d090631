"""What the flows need from a CRM."""

from typing import Protocol

from raccord.connectors.capabilities import CrmCapabilities
from raccord.connectors.connection import Check
from raccord.domain.deal import Deal, InvoiceFields


class CrmReader(Protocol):
    """Reading a CRM. `Transient` and `RateLimited` may be retried; `NotFound` means deleted or archived."""

    @property
    def capabilities(self) -> CrmCapabilities: ...

    async def read_deal(self, deal_id: str) -> Deal:
        """Read a deal with its line items, companies, contacts and owner in one moment.

        A value that is there but cannot be understood is listed in `Deal.unreadable`, never
        guessed and never an exception. Where the CRM merged the deal away, the returned `ref`
        is the surviving one. Raises `NotFound` when the deal is gone.
        """
        ...

    async def shows_invoice(self, deal_id: str, fields: InvoiceFields) -> bool:
        """Whether the deal already shows exactly these invoice fields."""
        ...

    async def check(self) -> tuple[Check, ...]:
        """Check credentials, permissions and the mapped fields, each with a sample value."""
        ...

    async def close(self) -> None:
        """Release connections."""
        ...


class Crm(CrmReader, Protocol):
    """Writing to a CRM. `AmbiguousWrite`: it may have happened; setting the same fields again is harmless."""

    async def write_invoice(self, deal_id: str, fields: InvoiceFields) -> None:
        """Set the deal's invoice fields to exactly these values. `Permanent` names the refused field."""
        ...
