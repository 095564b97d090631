"""Why a reminder that was due did not leave after all: what only puts it off is no such reason."""

from enum import StrEnum

from raccord.domain.dunning.memory import Memory
from raccord.domain.dunning.plan import Due, Plan
from raccord.domain.dunning.silence import Silence
from raccord.domain.values.account import Account


class Stop(StrEnum):
    """Reasons beside those of `Silence` by which a reminder is stopped."""

    PAID = "paid"
    """A payment had just come in for all that it was about."""
    OFF = "off"
    """Reminders were switched off."""


_STOPS = frozenset(
    {
        Silence.PAUSED,
        Silence.PROMISED,
        Silence.INSTALMENTS,
        Silence.DISPUTED,
        Silence.PROCESSING,
        Silence.COLLECTION,
        Silence.INSOLVENCY,
        Silence.STOPPED,
        Silence.EXCEPTED,
        Silence.TOO_LITTLE,
    }
)


def stopped_by(due: Due, account: Account, memory: Memory, plan: Plan) -> Silence | None:
    """Return what stopped a reminder, by what is known just before it leaves; None where it is put off only.

    `NOTHING_OPEN` where nothing of what it was about is owed any more, paid or credited.
    """
    if any(each.key == due.key for each in memory.rounds):
        return None
    about, owed = {each.id for each in due.invoices}, {each.id for each in account.invoices}
    if not about & owed:
        return Silence.CUSTOMER_GONE if account.gone else Silence.NOTHING_OPEN
    if plan.due:
        return None
    own = (each.why for each in plan.silent if each.invoice_id in about)
    why = plan.why.why if plan.why else next(own, None)
    return why if why in _STOPS else None
