"""Which deals live mode is limited to."""

from decimal import Decimal

from raccord.domain.rules.modes import Mode
from raccord.domain.rules.written import ExactDecimal
from raccord.domain.values.base import Value
from raccord.domain.values.deal import Deal


class Rollout(Value):
    """Limits live mode to some deals. An empty list limits nothing.

    `max_amount` is compared with the deal's net amount in its own currency.
    """

    owners: tuple[str, ...] = ()
    """Salespeople by e-mail address or CRM id."""
    pipelines: tuple[str, ...] = ()
    max_amount: ExactDecimal | None = None
    begin: Mode | None = None
    """The mode in which everybody begins who was not promoted (`raccord shadow promote`); none: that of
    `[modes] deal_won`, which is as far as anybody gets."""

    def excludes(self, deal: Deal, net: Decimal) -> str | None:
        """Return why a deal is outside the rollout (`owner`, `pipeline`, `amount`), or None."""
        # Ids are compared as they are: some CRMs tell two users apart by case alone.
        if self.owners and not any(
            deal.owner and (o == deal.owner.id or o.casefold() == deal.owner.email.casefold())
            for o in self.owners
        ):
            return "owner"
        if self.pipelines and deal.pipeline not in self.pipelines:
            return "pipeline"
        if self.max_amount is not None and net > self.max_amount:
            return "amount"
        return None
