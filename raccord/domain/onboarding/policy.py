"""What flow 2b may do, frozen from the settings."""

from raccord.domain.rules.modes import Mode
from raccord.domain.rules.onboarding import Onboarding
from raccord.domain.rules.timing import Timing
from raccord.domain.values.base import Value
from raccord.domain.values.clock import BusinessClock


class OnboardingPolicy(Value):
    """What flow 2b may do right now. Connections are their task queues too, empty where there is none."""

    mode: Mode
    crm: str
    billing: str
    messenger: str = ""
    mailer: str = ""
    outbound: tuple[str, ...] = ()
    """The endpoints that get events."""
    rules: Onboarding = Onboarding()
    clock: BusinessClock = BusinessClock()
    mails_leave: bool = True
    """Whether mails to customers leave: with test credentials only where the settings say so."""
    test: bool = True
    """Whether it is about no real money, which every message says."""
    customers_language: str = "fr"
    """Of customers whose deal says none."""
    company: str = ""
    """What the company is called in its texts."""
    timing: Timing = Timing()
    language: str = "fr"
    """Of what the company itself reads."""
