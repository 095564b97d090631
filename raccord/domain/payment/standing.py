"""What is remembered of an invoice's money, so that only what changed is told."""

from raccord.domain.payment.status import (
    PaymentStatus,
    disputes,
    received,
    refunded,
    status_of,
)
from raccord.domain.values.base import Value
from raccord.domain.values.deal import DealRef
from raccord.domain.values.money import Money
from raccord.domain.values.payment import DisputeState, InvoiceMoney


class Standing(Value):
    """An invoice's money as it was when it was last looked at; ids and amounts, nothing of people."""

    status: PaymentStatus
    received: Money
    refunded: Money
    due: Money
    """A credit note on an open invoice changes nothing else."""
    open_disputes: tuple[str, ...] = ()
    won_disputes: tuple[str, ...] = ()
    lost_disputes: tuple[str, ...] = ()
    failed: bool = False
    taken_back: int = 0
    """How many refunds that had counted did not go through after all: the rest is as before them."""

    @property
    def final(self) -> bool:
        """Whether nothing is expected any more; what changes it all the same comes as an event."""
        return self.status is not PaymentStatus.DISPUTED and self.due.amount <= 0


class Known(Value):
    """What is remembered of an invoice. The default is one never seen."""

    standing: Standing | None = None
    deal: DealRef | None = None
    """The deal that a person, or the number on the deal, said it is of."""
    of_no_deal: bool = False
    """A person said that it belongs to no deal."""
    shown: DealRef | None = None
    """The deal that shows it, in the state of `standing`."""

    def standing_on(self, deal: DealRef | None) -> Standing | None:
        """Return what a deal shows of it; None where that is another deal."""
        return self.standing if self.shown == deal else None


def standing_of(money: InvoiceMoney, before: Standing | None = None) -> Standing:
    """Sum up an invoice's money. `before` is how it stood: what was taken back leaves no other trace."""

    def ids(state: DisputeState) -> tuple[str, ...]:
        return tuple(sorted(each.id for each in disputes(money, state)))

    return Standing(
        status=status_of(money),
        received=received(money),
        refunded=refunded(money),
        due=money.due,
        open_disputes=ids(DisputeState.OPEN),
        won_disputes=ids(DisputeState.WON),
        lost_disputes=ids(DisputeState.LOST),
        failed=money.failed and money.due.amount > 0,
        taken_back=_taken_back(money, before) if before else 0,
    )


def _taken_back(money: InvoiceMoney, before: Standing) -> int:
    # A payment that is gone as a whole took its refunds along.
    stayed = received(money).amount >= before.received.amount
    return before.taken_back + (stayed and refunded(money).amount < before.refunded.amount)
