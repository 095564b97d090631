"""What flow 1 would do with a won deal if it ran for everybody: the same gate and the same examination."""

from datetime import date
from enum import StrEnum

from raccord.domain.deal_won.outcome import NotForUs, gate
from raccord.domain.deal_won.policy import DealWonPolicy
from raccord.domain.deal_won.quality import examine
from raccord.domain.desk.problems import Problem
from raccord.domain.rules.rollout import Rollout
from raccord.domain.values.base import Value
from raccord.domain.values.listed import WholeDeal


class Standing(StrEnum):
    """What would become of a won deal."""

    PASSES = "passes"
    """Invoiced without a question about its data."""
    ASKS = "asks"
    NOT_FOR_US = "not_for_us"
    """The settings leave it alone: nothing to pay, subscriptions alone."""
    INVOICED = "invoiced"
    """It shows its invoice already."""


class Verdict(Value):
    standing: Standing
    problems: tuple[Problem, ...] = ()
    """What a person would be asked; nothing unless it asks."""
    reason: NotForUs | None = None


def as_if_live(policy: DealWonPolicy, since: date) -> DealWonPolicy:
    """Return the policy without the limits of a beginning: for everybody, and from a business date on."""
    return policy.model_copy(update={"invoice_deals_won_from": since, "rollout": Rollout()})


def verdict(whole: WholeDeal, policy: DealWonPolicy, today: date) -> Verdict:
    """Judge a deal as the flow would on `today`. What only the billing system knows is not in it."""
    if whole.invoice_id:
        return Verdict(standing=Standing.INVOICED)
    if reason := gate(whole.deal, policy):
        return Verdict(standing=Standing.NOT_FOR_US, reason=reason)
    problems = examine(whole.deal, policy, today).problems
    return Verdict(standing=Standing.ASKS if problems else Standing.PASSES, problems=problems)
