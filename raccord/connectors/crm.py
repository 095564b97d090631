"""What the flows need from a CRM."""

from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Protocol

from raccord.connectors.capabilities import CrmCapabilities
from raccord.connectors.connection import Check
from raccord.domain.values.deal import Deal, FoundDeal, InvoiceFields, PaymentFields, Task, WonDeal
from raccord.domain.values.described import CrmAccount
from raccord.domain.values.listed import CompanyPage, DealPage, WholeDealPage
from raccord.domain.values.parties import Company, Contact

VAT_RATES = "mapping.line_items.vat_rate"
"""The check of where lines hold their VAT rate; without it or a default every deal is a question."""


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
        """Whether the deal already shows exactly these invoice fields, and a link, whichever it is."""
        ...

    async def read_company(self, company_id: str) -> Company | None:
        """Read a company as it lives now: of a merged one the survivor, under its id; None when deleted."""
        ...

    async def read_contact(self, contact_id: str) -> Contact | None:
        """Read a contact as it lives now: of a merged one the survivor, under its id; None when deleted."""
        ...

    async def won_deals(self, *, won_from: date, changed_since: datetime | None) -> tuple[WonDeal, ...]:
        """Return every deal that is won, with a close date on or after `won_from` or none at all.

        `changed_since` leaves out deals that have not changed since, and adds those that show an invoice
        without being won any more; the CRM's own search lag applies.
        """
        ...

    async def list_deals(self, *, won_from: date, after: str) -> DealPage:
        """Return a part of the deals won on a business date or later, and of those that show an invoice.

        In one request; `after` is empty for the first part, and else what the part before gave. The CRM's
        search lag applies, and so does its limit of searches: a caller leaves a moment between two parts.
        """
        ...

    async def list_whole_deals(self, *, won_from: date, after: str) -> WholeDealPage:
        """Return a part of the deals won on a business date or later, or on none, as `read_deal` has them.

        In a few requests for all of them; `after` and the limits are as those of `list_deals`.
        """
        ...

    async def list_companies(self, *, after: str) -> CompanyPage:
        """Return a part of all companies; `after` and the limits are as those of `list_deals`."""
        ...

    async def name_owners(self, ids: Collection[str]) -> Mapping[str, str]:
        """Return what salespeople are called, by their ids; unknown ones are left out."""
        ...

    async def name_pipelines(self) -> Mapping[str, str]:
        """Return what the pipelines of deals are called, by their ids."""
        ...

    async def describe(self) -> CrmAccount:
        """Read what the account has, with what stands in its newest records, before anything is configured.

        What the credentials may not read is left out, and told in `unread`.
        """
        ...

    async def shows_payment(self, deal_id: str, fields: PaymentFields) -> bool:
        """Whether the deal already shows exactly this, in the fields that the account has."""
        ...

    async def lacks_payment_fields(self) -> tuple[str, ...]:
        """Name the mapped fields for payments that the account has not: they are left out when writing."""
        ...

    async def deals_showing(self, invoice_number: str) -> tuple[str, ...]:
        """Return the ids of the deals that show this invoice number; the CRM's search lag applies."""
        ...

    async def deals_of_company(self, company_id: str) -> tuple[FoundDeal, ...]:
        """Return a company's deals, won or not, those that closed last first; 100 at most."""
        ...

    async def waits_for_paid_stage(self, deal_id: str) -> bool:
        """Whether the settings name a stage for paid deals that this one has not reached yet.

        Never for a deal that is lost, in another pipeline, or at that stage or beyond it.
        """
        ...

    async def find_task(self, deal_id: str, ref: str) -> str | None:
        """Return the id of the deal's task that carries `ref`, open or done."""
        ...

    async def find_attachment(self, deal_id: str, ref: str) -> str | None:
        """Return the id of what carries `ref` and hangs a file on the deal."""
        ...

    async def probe(self) -> None:
        """Make one cheap authenticated call; raises what any call would."""
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

    async def write_payment(self, deal_id: str, fields: PaymentFields) -> None:
        """Set the deal's payment fields to exactly these values, those that the account has."""
        ...

    async def move_to_paid_stage(self, deal_id: str) -> None:
        """Move the deal to the stage for paid deals; see `waits_for_paid_stage`."""
        ...

    async def set_up(self, *, dry: bool = False) -> tuple[Check, ...]:
        """Make the mapped fields that are missing, and nothing else; one line a field, with what was done.

        `dry`: say what would be, and change nothing.
        """
        ...

    async def create_task(self, task: Task) -> str:
        """Create a task on a deal, for its salesperson, carrying the task's `ref`; return its id."""
        ...

    async def complete_task(self, task_id: str) -> None:
        """Mark a task as done; one that is done or gone already is success."""
        ...

    async def store_file(self, name: str, content: bytes) -> str:
        """Give the CRM a PDF and return its id there; one of this name is replaced.

        For a CRM that takes `files` (see `capabilities`).
        """
        ...

    async def attach_file(self, deal_id: str, file_id: str, *, text: str, ref: str) -> str:
        """Hang a stored file on a deal, with a text that carries `ref`."""
        ...
