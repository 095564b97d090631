"""What flow 4 may do, frozen from the settings."""

from raccord.domain.rules.contact import ContactRules
from raccord.domain.rules.modes import Mode
from raccord.domain.rules.timing import Timing
from raccord.domain.values.base import Value
from raccord.domain.values.clock import BusinessClock


class ContactPolicy(Value):
    """What flow 4 may do right now.

    `shadow` writes and asks nothing and remembers nothing; in `draft` a person says of each write whether
    it is made.
    """

    mode: Mode
    crm: str
    """Connection of the CRM, also its task queue."""
    billing: str
    """Connection of the billing system, also its task queue."""
    rules: ContactRules = ContactRules()
    clock: BusinessClock = BusinessClock()
    timing: Timing = Timing()
    language: str = "fr"
    """Of everything that people read of the flow."""
