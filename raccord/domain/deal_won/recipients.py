"""To whom an invoice goes: the company's own address, its billing contact, or the one contact of the deal."""

from raccord.domain.values.address import says_nothing
from raccord.domain.values.base import fold
from raccord.domain.values.deal import Deal
from raccord.domain.values.email import parse_emails
from raccord.domain.values.parties import Company, Contact


def typed_email(deal: Deal, company: Company) -> str:
    """Return where the invoice goes, as typed; empty when nobody has an address. Among `rivals` it is any."""
    people = (*billing_contacts(deal, company), *_marked(deal), *_reachable(deal.contacts), *deal.contacts)
    typed = (company.email, *(contact.email for contact in people))
    return next((email.strip() for email in typed if not says_nothing(email)), "")


def billing_contacts(deal: Deal, company: Company) -> tuple[Contact, ...]:
    """Return who is marked for billing, one for each address; nobody counts beside the company's own."""
    if not says_nothing(company.email):
        return ()
    return _reachable(_marked(deal))


def rivals(deal: Deal, company: Company) -> tuple[Contact, ...]:
    """Return the contacts among whom nothing chooses, one for each address; nobody when it is clear."""
    if not says_nothing(company.email) or _marked(deal):
        return ()
    reachable = _reachable(deal.contacts)
    return reachable if len(reachable) > 1 else ()


def with_billing_contact(deal: Deal, contact: Contact) -> Deal:
    """Return the deal as if its CRM marked this contact, who need not be on it."""
    marked = contact.model_copy(update={"billing": True})
    others = tuple(each for each in deal.contacts if each.id != contact.id)
    return deal.model_copy(update={"contacts": (marked, *others)})


def _marked(deal: Deal) -> tuple[Contact, ...]:
    """Return who is marked for billing and has an address, though perhaps a mistyped one."""
    return tuple(each for each in deal.contacts if each.billing and not says_nothing(each.email))


def _reachable(contacts: tuple[Contact, ...]) -> tuple[Contact, ...]:
    """Return those whose address can be read, the first one of each address."""
    found: dict[str, Contact] = {}
    for contact in contacts:
        if emails := parse_emails(contact.email):
            found.setdefault(fold(emails[0]), contact)
    return tuple(found.values())
