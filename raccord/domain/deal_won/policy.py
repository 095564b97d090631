"""What flow 1 may do, frozen from the settings and from what the billing system can."""

from datetime import date
from decimal import Decimal

from pydantic import Field

from raccord.domain.rules.invoicing import InvoicePolicy
from raccord.domain.rules.ladder import Place, rung_for
from raccord.domain.rules.modes import Mode
from raccord.domain.rules.rollout import Rollout
from raccord.domain.rules.timing import Timing
from raccord.domain.values.base import Exact, Value
from raccord.domain.values.clock import BusinessClock
from raccord.domain.values.deal import Deal
from raccord.domain.values.totals import VatRounding


class DealWonPolicy(Value):
    """What flow 1 may do right now, read just before its first external write and before it issues."""

    mode: Mode
    """As far as anybody gets; once the policy is `for_deal`, its own."""
    crm: str
    """Connection of the CRM, also its task queue."""
    billing: str
    """Connection of the billing system, also its task queue."""
    invoice_deals_won_from: date | None = None
    rollout: Rollout = Rollout()
    invoice: InvoicePolicy = InvoicePolicy()
    clock: BusinessClock = BusinessClock()
    mails_leave: bool = True
    """Whether what the billing system e-mails leaves; with test credentials it may not."""
    vat_rounding: VatRounding = VatRounding.PER_LINE
    max_lines: int = 250
    timing: Timing = Timing()
    approve_above: Exact | None = None
    """A larger net amount, in its own currency, is issued by a person even in live mode."""

    places: tuple[Place, ...] = Field(default=(), exclude_if=lambda places: not places)
    """Who stands on which rung between shadow and live."""
    climbing: bool = Field(default=False, exclude_if=lambda climbing: not climbing)
    """Whether deals of one time may be on several rungs."""
    reminds: bool = False
    """Whether customers are reminded of what they owe."""
    language: str = "fr"
    """Of everything that people read of the flow."""

    def for_deal(self, deal: Deal) -> "DealWonPolicy":
        """Return the policy with the mode and the amount of this deal's rung."""
        begin = self.rollout.begin
        if not self.places and begin is None:
            return self
        rung = rung_for(deal, self.places, begin, self.mode)
        amounts = [each for each in (self.approve_above, rung.up_to) if each is not None]
        least = min(amounts, default=None)
        update = {"mode": rung.mode, "approve_above": least, "places": (), "climbing": True}
        return self.model_copy(update=update)

    def needs_approval(self, net: Decimal) -> bool:
        """Whether a person issues this invoice."""
        return self.mode is Mode.DRAFT or (self.approve_above is not None and net > self.approve_above)
