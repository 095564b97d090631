"""Deposits and instalments: what is neither one invoice nor a deposit and its balance, a person decides."""

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from raccord.domain.deal_won.deposit import SMALLEST, asked_share, deposit_on
from raccord.domain.desk.problems import Cause, Problem, problem
from raccord.domain.values.base import fold, unaccented
from raccord.domain.values.deal import Deal, LineItem
from raccord.domain.values.invoice import InvoiceLine
from raccord.domain.values.message import Percent
from raccord.domain.values.money import EXACT
from raccord.domain.values.names import THE_DEAL, line_name

INSTALMENTS = "deal.instalments"
PLAN = "deal.instalment_plan"
_NUMBER = r"(?:n\S{0,2}\s*)?\d{1,2}\b(?! ?(?:fois|x|d)\b)"
_WHICH = (
    r"(?:\d{1,2} ?(?:ere?|re|e|eme|nde?|st|th)|premiere?|deuxieme|seconde?|troisieme|derniere?|first|last)"
)
_MOMENT = (
    r"(?:(?:bon de )?commande|signature|livraison|reception|solde|demarrage|lancement|acceptation|validation"
    r"|achevement|mise en (?:ligne|service|production)|order|signing|delivery|completion)"
)
_PART = re.compile(
    r"\b(?:acomptes?|arrhes|down ?payments?|instal?lments?)\b|^(?:solde|deposit|final payment)\b"
    rf"|\becheance\s*{_NUMBER}|^echeance\b(?! (?:fiscale|sociale|legale|declarative)\b)|^a comptes?\b"
    rf"|^(?:versement|mensualite|tranche|paiement|jalon|facture|milestone|payment)\s*{_NUMBER}"
    rf"|^{_WHICH} (?:echeance|versement|mensualite|tranche|paiement|jalon|facture|avance|payment|milestone)\b"
    r"|^versement (?:initial|final|a la|au)\b|^reste a (?:payer|regler|facturer)\b|\breste a payer$"
    rf"|\d ?% (?:(?:a la|a|au|a l'|des la|apres|on|upon) ?(?:the )?{_MOMENT}|up ?front)\b"
)
"""How a line is called that is a part of the price and not a thing sold: a rule of thumb, which words that
also name what is sold meet at the beginning, or with a number, alone."""
_ADVANCE = re.compile(r"avances?\b")
"""With its accents: `Avancé` is a thing sold."""


def instalments(deal: Deal, lines: tuple[LineItem, ...], today: date) -> Iterator[Problem]:
    """Say what marks a deal, by its invoiced `lines`, as one to be invoiced in parts unknown to Raccord.

    A line of that kind alone is what is invoiced now; beside others it counts twice what they come to, or
    asks for all at once. With a deposit of the deal's own it says the same thing twice.
    """
    if deal.instalments:
        yield problem(Cause.LINES, THE_DEAL, "line_items", PLAN, parts=deal.instalments)
    parts = tuple(line_name(line, deal.lines) for line in lines if _a_part(line))
    if not deal.deposit_percent:
        if parts and len(lines) > 1:
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


def _a_part(line: LineItem) -> bool:
    named = _PART.search(unaccented(line.name)) or _ADVANCE.match(fold(line.name))
    return named is not None and not line.reduction


def _no_deposit(deal: Deal) -> Problem:
    share = deal.deposit_percent or Decimal(0)
    percent, meant = Percent(percent=share), EXACT.multiply(share, Decimal(100))
    if share < SMALLEST <= meant:
        return problem(
            Cause.LINES,
            THE_DEAL,
            "deposit_percent",
            "deal.deposit_fraction",
            percent=percent,
            meant=Percent(percent=meant),
            number=meant,
        )
    return problem(Cause.LINES, THE_DEAL, "deposit_percent", "deal.deposit", percent=percent)
