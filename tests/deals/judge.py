"""What the product makes of a deal of the table, compared with what is right."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from raccord.domain.deal_won.outcome import gate
from raccord.domain.deal_won.party_rules import mailed
from raccord.domain.deal_won.policy import DealWonPolicy
from raccord.domain.deal_won.quality import InvoicePlan, examine
from raccord.domain.desk.problems import Problem
from raccord.domain.values.deal import Deal
from raccord.domain.values.invoice import InvoiceOrder, InvoiceReference
from raccord.domain.values.totals import VatRounding
from tests.deals.sheet import Case

ANYTHING = "*"
REASON = "vat.zero_rate_reasons."
INDEMNITY = "40"
"""What only the footer for companies speaks of."""


class Mark(StrEnum):
    """What a deal of the table came to."""

    ISSUED = "issued right"
    ASKED = "asked right"
    LEFT = "left alone right"
    NEEDLESS = "needless"
    WRONG = "wrong"


@dataclass(frozen=True)
class Judged:
    """One deal and its mark; `why` tells a fault."""

    case: Case
    mark: Mark
    why: str = ""

    def __str__(self) -> str:
        return f"{self.mark}: {self.case}: {self.why}"


def judge(case: Case, deal: Deal, policy: DealWonPolicy) -> Judged:
    """Let the product decide, and mark it."""
    left = gate(deal, policy)
    if left or case.end:
        other = Mark.WRONG if left else Mark.NEEDLESS
        return Judged(case, Mark.LEFT if left == case.end else other, f"left alone: {left}, not {case.end}")
    found = examine(deal, policy, case.today)
    if found.plan is None:
        return _asked(case, found.problems)
    return _issued(case, deal, found.plan.next_to(None), policy)


def _issued(case: Case, deal: Deal, plan: InvoicePlan, policy: DealWonPolicy) -> Judged:
    if case.ask:
        return Judged(case, Mark.WRONG, f"issued, though {', '.join(case.ask)} must be asked")
    if wrong := "; ".join(_wrong(case, deal, plan, policy)):
        return Judged(case, Mark.WRONG, wrong)
    by_a_person = policy.needs_approval(plan.totals(policy.vat_rounding).net.amount)
    if by_a_person != case.approve:
        return Judged(case, Mark.NEEDLESS if by_a_person else Mark.WRONG, f"by a person: {by_a_person}")
    return Judged(case, Mark.ASKED if by_a_person else Mark.ISSUED)


def _asked(case: Case, problems: tuple[Problem, ...]) -> Judged:
    asked = ", ".join(_named(problems))
    if not case.ask:
        return Judged(case, Mark.NEEDLESS, f"asked {asked}")
    if _same(case.ask, problems):
        return Judged(case, Mark.ASKED)
    return Judged(case, Mark.WRONG, f"asked {asked}, not {', '.join(case.ask)}")


def _named(problems: tuple[Problem, ...]) -> list[str]:
    return sorted({f"{each.cause} {each.field}" for each in problems})


def _same(expected: list[str], found: tuple[Problem, ...]) -> bool:
    """Whether exactly these are found; a cause stands for any of its fields, `* field` for any cause."""
    if expected == [ANYTHING]:
        return bool(found)
    there = [(f"{each.cause} {each.field}", each.cause, f"* {each.field}") for each in found]
    return all(any(one in names for names in there) for one in expected) and all(
        set(names) & set(expected) for names in there
    )


def _wrong(case: Case, deal: Deal, plan: InvoicePlan, policy: DealWonPolicy) -> Iterator[str]:
    right = case.expected
    order = plan.order(InvoiceReference(deal=deal.ref), "cus_1", case.today, policy)
    yield from _wrong_figures(case, order, policy.vat_rounding)
    profile = plan.profile
    printed = {
        "due": (order.due_on, right.due),
        "email": (profile.email.casefold(), right.email.casefold()),
        "customer": (profile.name, right.customer),
        "country": (profile.address.country, right.country),
        "zip": (profile.address.postal_code, right.zip),
        "city": (profile.address.city, right.city),
        "siren": (profile.siren or "", right.siren),
        "siret": (profile.siret or "", right.siret),
        "VAT number": (profile.vat_number or "", right.vat_number),
        "service date": (order.service_date or "", right.service_date),
        "language": (order.language, right.language),
        "order number": (order.purchase_order, right.order_number),
        "penalties": (INDEMNITY in order.footer, right.penalties),
        "words": (_words(case, order.footer), right.words),
        "mailed": (mailed(deal, policy.invoice), right.mailed),
    }
    for what, (found, wanted) in printed.items():
        if wanted not in (ANYTHING, found):
            yield f"{what} {found!r}, not {wanted!r}"
    if not _same(right.warnings, plan.warnings):
        yield f"warnings {_named(plan.warnings)}, not {right.warnings}"


def _wrong_figures(case: Case, order: InvoiceOrder, rounding: VatRounding) -> Iterator[str]:
    right, totals = case.expected, order.totals(rounding)
    vat = {each.rate.normalize(): each.vat.amount for each in totals.vat}
    if right.vat and vat != {Decimal(rate): Decimal(each) for rate, each in right.vat.items()}:
        yield f"VAT {vat}, not {right.vat}"
    if totals.net.amount != Decimal(right.net):
        yield f"net {totals.net.amount}, not {right.net}"
    if totals.gross.amount != Decimal(right.gross):
        yield f"gross {totals.gross.amount}, not {right.gross}"
    if order.currency != right.currency:
        yield f"currency {order.currency}, not {right.currency}"


def _words(case: Case, footer: str) -> str:
    """Return which of the seller's wordings for 0 % the footer states, by their kinds."""
    reasons = {name: text for name, text in case.settings.items() if name.startswith(REASON)}
    stated = {name for name, text in reasons.items() if text and text in footer}
    return " ".join(sorted(name.removeprefix(REASON).rpartition("_")[0] for name in stated))
