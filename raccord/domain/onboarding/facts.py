"""What onboarding knows of a deal, and how its texts name that."""

from collections.abc import Mapping

from raccord.domain.deal_won.party_rules import company_of
from raccord.domain.deal_won.recipients import typed_email, with_billing_contact
from raccord.domain.values.base import Value, fold
from raccord.domain.values.deal import Deal
from raccord.domain.values.email import parse_emails
from raccord.domain.values.money import Money
from raccord.domain.values.parties import Company, Contact


class Facts(Value):
    """A paid deal as the steps need it."""

    deal: Deal
    amounts: tuple[Money, ...]
    """What its invoices come to, gross, one amount for each currency."""
    numbers: tuple[str, ...]
    """Of its invoices."""
    customer_id: str = ""
    """Of the billing system."""
    invoices: tuple[str, ...] = ()
    """Ids of its invoices in the billing system."""
    company: str = ""
    """What the company that sells is called."""
    chosen: Contact | None = None
    """Whom a person chose to receive what this customer is sent."""

    @property
    def buyer(self) -> Company | None:
        found = company_of(self.deal)
        return found if isinstance(found, Company) else None

    @property
    def recipients(self) -> tuple[str, ...]:
        """The addresses to which flow 1 sends invoices; none where nobody can tell."""
        if (buyer := self.buyer) is None:
            return ()
        deal = with_billing_contact(self.deal, self.chosen) if self.chosen else self.deal
        return parse_emails(typed_email(deal, buyer))

    @property
    def contact(self) -> str:
        """The first name of whoever reads a mail to the recipients; empty where nobody knows it."""
        addresses = {fold(address) for address in self.recipients}
        people = (*((self.chosen,) if self.chosen else ()), *self.deal.contacts)
        known = (
            each.first_name for each in people if addresses & {fold(a) for a in parse_emails(each.email)}
        )
        return next((name for name in known if name), "")

    def named(self, amount: str) -> Mapping[str, str]:
        """Return what each placeholder stands for; `amount` in the reader's language."""
        owner = self.deal.owner
        return {
            "customer": self.buyer.name if self.buyer else self.deal.name,
            "contact": self.contact,
            "deal": self.deal.name or self.deal.ref.id,
            "amount": amount,
            "invoices": ", ".join(self.numbers),
            "salesperson": owner.name if owner else "",
            "salesperson_email": owner.email if owner else "",
            "company": self.company,
        }
