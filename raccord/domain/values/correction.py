"""Invoices that people corrected in the billing system, as its own list of what happened names them."""

from raccord.domain.values.base import Value
from raccord.domain.values.deal import DealRef


class Corrected(Value):
    """An invoice that was voided or credited, or whose credit note was taken back."""

    invoice_id: str
    deal: DealRef | None = None
    """The deal that the invoice names as its own, where the list told."""
    told: bool = False
    """Whether the list showed what the invoice says of itself; if not, only a reading tells its deal."""


class CorrectedInvoices(Value):
    """What such a list came to: each invoice once, the one corrected last first."""

    invoices: tuple[Corrected, ...] = ()
    unreadable: int = 0
    """Entries that name no invoice in the form the vendor documents."""
