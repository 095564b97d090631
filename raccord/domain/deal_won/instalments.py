"""Deposits and instalments: what is neither one invoice nor a deposit and its balance, a person decides."""

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from raccord.domain.deal_won.deposit import asked_share, deposit_on
from raccord.domain.desk.problems import Cause, Problem, problem
from raccord.domain.values.base import unaccented
from raccord.domain.values.deal import Deal
from raccord.domain.values.invoice import InvoiceLine
from raccord.domain.values.message import Percent
from raccord.domain.values.names import THE_DEAL, line_name

INSTALMENTS = "deal.instalments"
_PART = re.compile(
    r"\b(?:acomptes?|arrhes|down ?payments?|instal?lments?)\b|^(?:solde|deposit|final payment)\b"
    r"|\becheance\s*(?:n\S{0,2}\s*)?\d"
)
"""How a line is called that is a part of the price and not a thing sold: a rule of thumb."""


def instalments(deal: Deal, today: date) -> Iterator[Problem]:
    """Say what marks a deal as one that is to be invoiced in parts that Raccord does not know.

    A line of that kind alone is what is invoiced now; beside others it counts twice what they come to, or
    asks for all at once. With a deposit of the deal's own it says the same thing twice.
    """
    parts = tuple(line_name(line, deal.lines) for line in deal.lines if _PART.search(unaccented(line.name)))
    if not deal.deposit_percent:
        if parts and len(deal.lines) > 1:
            yield problem(Cause.LINES, THE_DEAL, "line_items", INSTALMENTS, lines=parts)
        return
    if asked_share(deal) is None:
        yield _no_deposit(deal)
    if parts:
        yield problem(Cause.LINES, THE_DEAL, "line_items", "deal.deposit_twice", lines=parts)
    if deal.delivered_on and deal.delivered_on > today:
        yield problem(Cause.DATE, THE_DEAL, "delivered_on", "deal.delivered_ahead", day=deal.delivered_on)


def undivided(deal: Deal, lines: tuple[InvoiceLine, ...], most: int) -> Problem | None:
    """Say that a deal cannot be divided into a deposit and a balance of at most so many lines."""
    if asked_share(deal) is None:
        return None
    deposit = deposit_on(deal, lines, "")
    if deposit is None or len(lines) + len(deposit.lines) > most:
        return _no_deposit(deal)
    return None


def _no_deposit(deal: Deal) -> Problem:
    percent = Percent(percent=deal.deposit_percent or Decimal(0))
    return problem(Cause.LINES, THE_DEAL, "deposit_percent", "deal.deposit", percent=percent)
