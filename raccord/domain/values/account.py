"""What a customer of the billing system owes, read in one moment.

Amounts are gross, in major units of their currency, net of payments and credit notes.
"""

from datetime import date

from raccord.domain.values.address import Address
from raccord.domain.values.base import OneLine, Value
from raccord.domain.values.deal import DealRef
from raccord.domain.values.email import parse_emails
from raccord.domain.values.money import Money


class OwedInvoice(Value):
    """An issued invoice on which something is left to pay."""

    id: str
    number: str
    due: Money
    """What is left to pay of it."""
    total: Money
    issued_on: date
    due_on: date
    """The last day on which it can be paid in time, in the company's zone."""
    url: str = ""
    """The page on which its customer sees and pays it."""
    deal: DealRef | None = None
    """The deal that it names, or that records or a person name for it."""
    disputed: bool = False
    """Whether a payment of it is disputed at the bank."""
    processing: bool = False
    """Whether a payment is under way that is not settled yet, such as a SEPA debit."""


class Account(Value):
    """A customer of the billing system and what it owes. `invoices` are the oldest due date first.

    An uncollectible, void, paid or fully credited invoice is none of them, nor is one that is collected
    automatically.
    """

    customer_id: str
    name: OneLine = ""
    email: str = ""
    """Where its invoices go; empty where nobody knows."""
    language: str = ""
    """`fr`, `en` or another code; empty where the billing system does not say."""
    address: Address = Address()
    siren: str = ""
    business: bool | None = None
    """Whether it is a business (it has a SIREN or a VAT number) or a private person; None: nobody knows."""
    gone: bool = False
    """Whether the billing system has deleted the customer."""
    page: str = ""
    """Where people of the company open it in the billing system."""
    invoices: tuple[OwedInvoice, ...] = ()

    @property
    def addresses(self) -> tuple[str, ...]:
        """Return where its mails can be sent, as they are read there; empty where that is nowhere."""
        return parse_emails(self.email)
