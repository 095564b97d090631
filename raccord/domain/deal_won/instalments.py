"""Deposits and instalments: one invoice of the whole deal would ask for too much, so a person decides."""

import re
from collections.abc import Iterator

from raccord.domain.desk.problems import Cause, Problem, problem
from raccord.domain.values.base import unaccented
from raccord.domain.values.deal import Deal
from raccord.domain.values.message import Percent
from raccord.domain.values.names import THE_DEAL, line_name

INSTALMENTS = "deal.instalments"
_PART = re.compile(
    r"\b(?:acomptes?|arrhes|down ?payments?|instal?lments?)\b|^(?:solde|deposit|final payment)\b"
    r"|\becheance\s*(?:n\S{0,2}\s*)?\d"
)
"""How a line is called that is a part of the price and not a thing sold: a rule of thumb."""


def instalments(deal: Deal) -> Iterator[Problem]:
    """Say what marks a deal as one that is to be invoiced in parts.

    A line of that kind alone is what is invoiced now; beside others it counts twice what they come to, or
    asks for all at once.
    """
    percent = deal.deposit_percent
    if percent:
        yield problem(
            Cause.LINES, THE_DEAL, "deposit_percent", "deal.deposit", percent=Percent(percent=percent)
        )
    parts = tuple(line_name(line, deal.lines) for line in deal.lines if _PART.search(unaccented(line.name)))
    if parts and len(deal.lines) > 1:
        yield problem(Cause.LINES, THE_DEAL, "line_items", INSTALMENTS, lines=parts)
