"""What a deal's lines come to, judged as one invoice and against the deal's own amount."""

from decimal import Decimal, localcontext

from raccord.domain.deal_won.instalments import undivided
from raccord.domain.deal_won.policy import DealWonPolicy
from raccord.domain.desk.problems import Cause, Problem, problem
from raccord.domain.rules.invoicing import AmountBasis
from raccord.domain.values.deal import Deal
from raccord.domain.values.invoice import InvoiceLine
from raccord.domain.values.message import Price
from raccord.domain.values.money import EXACT, exponent, round_half_up
from raccord.domain.values.names import THE_DEAL
from raccord.domain.values.totals import Totals, compute_totals

LARGEST_GROSS = Decimal(10) ** 12
"""In major units; more is a slip of the keyboard, and no vendor takes it."""


def amounts(
    deal: Deal, lines: tuple[InvoiceLine, ...], policy: DealWonPolicy
) -> tuple[tuple[Problem, ...], tuple[Problem, ...]]:
    """Return what is wrong with the amounts, and what should be known of them."""
    currency = (deal.currency or "").upper()
    totals = compute_totals((line.priced for line in lines), currency, policy.vat_rounding)
    amount, rounded = _amount(deal, lines, totals, policy.invoice.amount_basis)
    undividable = undivided(deal, lines, policy.max_lines)
    wrong = (_nothing_to_pay(totals), _absurd(totals), amount, undividable)
    return tuple(each for each in wrong if each), (rounded,) if rounded else ()


def other_than_lines(deal: Deal, lines: tuple[InvoiceLine, ...], policy: DealWonPolicy) -> Problem | None:
    """Say that the deal's own amount is not what its lines come to."""
    currency = (deal.currency or "").upper()
    totals = compute_totals((line.priced for line in lines), currency, policy.vat_rounding)
    return _amount(deal, lines, totals, policy.invoice.amount_basis)[0]


def _amount(
    deal: Deal, lines: tuple[InvoiceLine, ...], totals: Totals, basis: AmountBasis
) -> tuple[Problem | None, Problem | None]:
    """Return what is wrong with the deal's amount, and what is not wrong and should be known.

    A CRM that rounds the sum and not each line comes to other minor units than an invoice may.
    """
    mine = totals.net if basis is AmountBasis.NET else totals.gross
    decimals = exponent(mine.currency)
    # What a CRM counts of a subscription into its deal is a choice of the account: the first period, or all.
    subscribed = any(line.recurring for line in deal.lines)
    if deal.amount is None or subscribed or round_half_up(deal.amount, decimals) == mine.amount:
        return None, None
    said = Price(price=deal.amount, currency=mine.currency)
    if basis is AmountBasis.GROSS:
        return problem(Cause.AMOUNT, THE_DEAL, "amount", "deal.gross_differs", amount=said, lines=mine), None
    if round_half_up(deal.amount, decimals) == round_half_up(_unrounded(lines), decimals):
        return None, problem(Cause.AMOUNT, THE_DEAL, "amount", "deal.net_rounded", amount=said, lines=mine)
    return problem(Cause.AMOUNT, THE_DEAL, "amount", "deal.net_differs", amount=said, lines=mine), None


def _unrounded(lines: tuple[InvoiceLine, ...]) -> Decimal:
    with localcontext(EXACT):
        return sum((line.quantity * line.unit_price for line in lines), Decimal(0))


def _absurd(totals: Totals) -> Problem | None:
    if totals.gross.amount < LARGEST_GROSS:
        return None
    return problem(Cause.AMOUNT, THE_DEAL, "amount", "deal.amount_absurd")


def _nothing_to_pay(totals: Totals) -> Problem | None:
    if totals.gross.amount > 0:
        return None
    return problem(Cause.AMOUNT, THE_DEAL, "amount", "deal.nothing_to_pay")
