"""What flow 2 may do, frozen from the settings."""

from raccord.domain.rules.modes import Mode
from raccord.domain.rules.rollout import Rollout
from raccord.domain.rules.timing import Timing
from raccord.domain.values.base import Value
from raccord.domain.values.clock import BusinessClock


class PaymentPolicy(Value):
    """What flow 2 may do right now.

    `draft` shows on the deals what was paid; only `live` tells people and starts an onboarding.
    """

    mode: Mode
    crm: str
    """Connection of the CRM, also its task queue."""
    billing: str
    """Connection of the billing system, also its task queue."""
    rollout: Rollout = Rollout()
    clock: BusinessClock = BusinessClock()
    timing: Timing = Timing()
    moves_paid_deals: bool = False
    """Whether a paid deal goes to a stage that the settings name."""
    reminds: bool = False
    """Whether customers are reminded of what they owe."""
    language: str = "fr"
    """Of everything that people read of the flow."""
