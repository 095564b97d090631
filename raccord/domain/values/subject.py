"""What a flow is about."""

from enum import StrEnum

from raccord.domain.values.base import Value


class SubjectKind(StrEnum):
    """The kinds of record that a flow may be about."""

    DEAL = "deal"
    INVOICE = "invoice"
    PAYMENT = "payment"
    CUSTOMER = "customer"
    """A customer of the billing system."""


class Subject(Value):
    """The record that a flow is about: its kind, the connection that holds it, and its id there.

    Opaque: it stands in workflow ids, search attributes, questions and the audit.
    """

    kind: SubjectKind
    connection: str
    id: str

    def __str__(self) -> str:
        return f"{self.connection}:{self.id}"
