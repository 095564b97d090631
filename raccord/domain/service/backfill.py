"""Filling in the past: what was asked for, how far it is, and what it came to."""

from datetime import date

from raccord.domain.values.base import Value


class Backfilling(Value):
    """Deals won on the business date `since` or later. `dry`: they are counted only, and nothing is done."""

    since: date
    dry: bool = False

    @property
    def key(self) -> str:
        """Names what has to be seen in a dry run first."""
        return f"backfill/seen/{self.since}"


class Progress(Value):
    """How many of the deals were looked at."""

    done: int = 0
    deals: int = 0


class Backfilled(Value):
    """What it came to."""

    seen: bool = True
    """Whether a dry run from the same date on was seen before; without one nothing is done."""
    deals: int = 0
    linked: int = 0
    """Deals whose invoice the records did not know."""
    known: int = 0
    missing: int = 0
    """Deals that show an invoice which cannot be found, or was never issued."""
    invoices: int = 0
    """Invoices whose flows look at what was paid, without telling anybody."""
    remark: str = ""
    """Why it is not complete; repeating it goes on from there."""
