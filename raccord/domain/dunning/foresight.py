"""Which reminder comes next for a customer if nothing changes but the time."""

from datetime import date, datetime

from raccord.domain.dunning.memory import Memory, Round
from raccord.domain.dunning.plan import Due, Plan, planned
from raccord.domain.dunning.policy import DunningPolicy
from raccord.domain.values.account import Account
from raccord.domain.values.base import Value


class Coming(Value):
    """A reminder and the instant, aware, from which on it may leave."""

    at: datetime
    due: Due


def coming(
    account: Account,
    memory: Memory,
    policy: DunningPolicy,
    now: datetime,
    *,
    live_since: date | None,
    until: datetime,
) -> Coming | None:
    """Return the first reminder that is due between two instants; None where none is."""
    at: datetime | None = now
    while at is not None and at <= until:
        plan = planned(account, memory, policy, at, live_since=live_since)
        if plan.due:
            return Coming(at=at, due=plan.due)
        at = plan.next_at if plan.next_at and plan.next_at > at else None
    return None


def round_of(due: Due, account: Account, plan: Plan, policy: DunningPolicy, at: datetime) -> Round:
    """Return what is remembered of a reminder that leaves at an aware instant."""
    return Round(
        key=due.key,
        at=at,
        level=due.level,
        tone=due.tone,
        reached=due.reached,
        owed=plan.owed,
        to=account.addresses,
        policy=policy.fingerprint,
    )
