"""How the records of a deal are named to people."""

from collections.abc import Iterable

from raccord.domain.values.deal import Deal, LineItem
from raccord.domain.values.message import RecordKind, RecordName
from raccord.domain.values.parties import Company, Contact, Customer

THE_DEAL = RecordName(kind=RecordKind.DEAL)
THE_DRAFT = RecordName(kind=RecordKind.DRAFT)
THE_SETTINGS = RecordName(kind=RecordKind.SETTINGS)


def line_name(line: LineItem, lines: Iterable[LineItem]) -> RecordName:
    """Name a line by its place among the deal's `lines` and by what is sold."""
    number = next((place for place, each in enumerate(lines, start=1) if each.id == line.id), None)
    return RecordName(kind=RecordKind.LINE, id=line.id, number=number, name=line.name)


def company_name(company: Company) -> RecordName:
    return RecordName(kind=RecordKind.COMPANY, id=company.id, name=company.name)


def contact_name(contact: Contact) -> RecordName:
    return RecordName(kind=RecordKind.CONTACT, id=contact.id, name=contact.name)


def customer_names(customers: Iterable[Customer]) -> tuple[RecordName, ...]:
    """Name customers; those that are called alike by their ids too."""
    several = tuple(customers)
    called = [customer.name for customer in several]
    return tuple(
        RecordName(
            kind=RecordKind.CUSTOMER,
            id=each.id,
            name=f"{each.name} ({each.id})" if each.name and called.count(each.name) > 1 else each.name,
        )
        for each in several
    )


def customer_name(customer: Customer) -> RecordName:
    (name,) = customer_names((customer,))
    return name


def record_named(record: str, deal: Deal) -> RecordName:
    """Name a record that a connector speaks of, as `line item 41`, by what the deal says of it."""
    kind = next((kind for kind in RecordKind if record == kind or record.startswith(f"{kind} ")), None)
    id = record.removeprefix(f"{kind} ") if kind and record != kind else ""
    match kind:
        case RecordKind.LINE:
            found = [line_name(line, deal.lines) for line in deal.lines if line.id == id]
        case RecordKind.COMPANY:
            found = [company_name(company) for company in deal.companies if company.id == id]
        case RecordKind.CONTACT:
            found = [contact_name(contact) for contact in deal.contacts if contact.id == id]
        case _:
            found = []
    return found[0] if found else RecordName(kind=kind or RecordKind.DEAL, id=id)
