"""Whether a customer who kept a promise is thanked for it now."""

from datetime import datetime
from enum import StrEnum

from raccord.domain.dunning.calendar import may_send
from raccord.domain.dunning.memory import Memory
from raccord.domain.dunning.policy import DunningPolicy
from raccord.domain.dunning.standing import Standing
from raccord.domain.dunning.words import WordKind
from raccord.domain.rules.modes import Mode

_SILENCE = (WordKind.STOP, WordKind.INSOLVENCY, WordKind.COLLECTION)
"""Nothing is written to whom a person said this of, however friendly it is. A pause is one of reminders."""


class Thanks(StrEnum):
    NOW = "now"
    LATER = "later"
    """At the next sending moment."""
    NONE = "none"


def thanks_due(memory: Memory, policy: DunningPolicy, at: datetime) -> Thanks:
    """Say when a customer is thanked who kept a promise, at an aware instant. In draft a person does it."""
    hold = Standing(words=memory.words, today=policy.clock.date_of(at)).hold
    if policy.mode is not Mode.LIVE or (hold and hold.kind in _SILENCE):
        return Thanks.NONE
    return Thanks.NOW if may_send(policy, at) else Thanks.LATER
