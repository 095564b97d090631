"""What a person says once of a company, or of one of its deals, and what that then means."""

import hashlib
from collections.abc import Iterable, Iterator

from raccord.domain.deal_won.instalments import INSTALMENTS, PLAN
from raccord.domain.desk.problems import Problem
from raccord.domain.desk.question import Option
from raccord.domain.rules.invoicing import Operations
from raccord.domain.values.base import Value
from raccord.domain.values.deal import DealRef
from raccord.domain.values.message import message
from raccord.domain.values.parties import Contact

MOST_CONTACTS, MOST_WAYS_OUT = 8, 6
"""Answers that a question offers: more are no help to whoever reads it."""
_BILLING_CONTACT = "billing_contact"
_SOLD = {
    Operations.GOODS: message("sold.goods"),
    Operations.SERVICES: message("sold.services"),
}
_YES = "yes"
_IT_IS_SO = {
    "company.part_doubtful": "so.part",
    "company.no_postal_code": "so.no_postal_code",
    "company.army_postal_code": "so.army_postal_code",
    "company.siren_abroad": "so.no_identifier",
    "company.siret_abroad": "so.no_identifier",
    "company.public_body": "so.e_mailed",
    INSTALMENTS: "so.all_at_once",
    PLAN: "so.all_at_once",
    "vat.zero_untold": "so.at_zero",
}
"""The rules of thumb, each with the answer that it was wrong. There is none where that would make an unlawful
invoice: an address without street or town, a number that cannot be valid, an unknown country, a postal
code that decides about VAT, a term of more than a year."""


class Said(Value):
    """Answers about one company by topic, as the ids of the options that gave them."""

    answers: dict[str, str] = {}

    @property
    def billing_contact(self) -> str:
        """Id of the contact to whom its invoices go; empty when nobody was asked."""
        return self.answers.get(_BILLING_CONTACT, "")

    def sold(self, deal: DealRef, usually: Operations) -> Operations:
        """Return what one deal sells: what a person said of it, else what the company sells."""
        return Operations(self.answers.get(_sold_in(deal), usually))

    def so(self, found: Problem) -> bool:
        """Whether a person has said that what looks wrong is right."""
        return _topic(found) in self.answers

    def having(self, option: str) -> "Said":
        """Return the same with the answer of an option."""
        topic, answer = told(option)
        return Said(answers={**self.answers, topic: answer})


NOTHING_SAID = Said()


def told(option: str) -> tuple[str, str]:
    """Return topic and answer of an option."""
    topic, _, answer = option.partition("=")
    return topic, answer


def in_words(contact: Contact) -> str:
    """Name a contact with the address; one without a name is its address."""
    email = contact.email.strip()
    return f"{contact.name} ({email})" if contact.name else email


def contact_options(contacts: Iterable[Contact]) -> Iterator[Option]:
    """Offer each contact as the one to whom the company's invoices go."""
    for contact in tuple(contacts)[:MOST_CONTACTS]:
        label = message("contact.this", contact=in_words(contact))
        yield Option(id=f"{_BILLING_CONTACT}={contact.id}", label=label)


def sold_options(deal: DealRef) -> Iterator[Option]:
    """Offer what one deal may sell: the same company may buy the other with its next."""
    for sold, label in _SOLD.items():
        yield Option(id=f"{_sold_in(deal)}={sold}", label=label)


def ways_out(problems: Iterable[Problem]) -> Iterator[Option]:
    """Offer for each rule of thumb that what looks wrong is right."""
    doubtful = [found for found in problems if found.message.code in _IT_IS_SO]
    for found in doubtful[:MOST_WAYS_OUT]:
        value = found.message.params.get("value", "")
        label = message(_IT_IS_SO[found.message.code], value=value)
        yield Option(id=f"{_topic(found)}={_YES}", label=label)


def _sold_in(deal: DealRef) -> str:
    return f"sold/{deal.id}"


def _topic(found: Problem) -> str:
    return f"so/{hashlib.sha256(found.identity.encode()).hexdigest()[:16]}"
