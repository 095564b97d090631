"""Putting back what was overwritten."""

from raccord.domain.values.base import Value
from raccord.domain.values.details import Details, Field, Side


class Restoring(Value):
    """Old values that a person wants back on one side; both sides agree to differ then."""

    company: str = ""
    """`<connection>:<id>` of the pair's company; empty where the customer itself is written."""
    side: Side
    fields: frozenset[Field]
    details: Details
    actor: str
    row: int
    """The audit row that has the old values."""
