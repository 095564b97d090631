"""The round that would leave for a customer now, by the levels alone."""

from raccord.domain.dunning.ladder import NOTICE, harsher
from raccord.domain.dunning.memory import Reached
from raccord.domain.dunning.situation import Situation
from raccord.domain.rules.dunning import Tone
from raccord.domain.values.account import OwedInvoice
from raccord.domain.values.base import Value

_FIRST_CONTACT = 2
"""The highest level at which a customer may hear of an invoice for the first time."""


class Candidate(Value):
    """A round that would leave if nothing held it up."""

    level: int
    tone: Tone
    invoices: tuple[OwedInvoice, ...]
    reached: tuple[Reached, ...]


class _Claim(Value):
    """One invoice as a mail would speak of it now. `new`: it is a reason to write."""

    invoice: OwedInvoice
    level: int
    tone: Tone
    new: bool

    @property
    def reached(self) -> Reached:
        return Reached(invoice_id=self.invoice.id, level=self.level)


def candidate_of(at: Situation) -> Candidate | None:
    """Return the round that would leave now; None where nothing has come to a further level."""
    return _reminder(at) if at.overdue else _notice(at)


def _reminder(at: Situation) -> Candidate | None:
    top = _top(at)
    claims = [_claim(at, each, top) for each in at.remindable]
    new = [each for each in claims if each.new]
    if not new:
        return None
    # A last reminder is about what came to it: whatever is late for some days only has a mail of its own.
    last = any(each.tone is Tone.LAST for each in new)
    told = [each for each in claims if (each.tone is Tone.LAST) is last]
    return Candidate(
        level=max(each.level for each in told if each.new),
        tone=harsher(*(each.tone for each in told)),
        invoices=tuple(each.invoice for each in told),
        reached=tuple(each.reached for each in told),
    )


def _claim(at: Situation, invoice: OwedInvoice, top: int) -> _Claim:
    consumed, heard = max(at.past.consumed(invoice), NOTICE), at.past.reminded_of((invoice,))
    level = at.ladder.reached(invoice, at.now, at.policy)
    if invoice in at.pressed and consumed == top:
        level = max(level, consumed + 1)
    if not heard:
        # Where a person skipped the lower ones it is higher, and its tone is not.
        level = min(level, max(_FIRST_CONTACT, consumed + 1))
    level = max(consumed, min(level, _most(at, top)))
    new = level > consumed or invoice in at.again
    worded = level if heard else min(level, _FIRST_CONTACT)
    least = at.ladder.step(worded).level.tone if new else Tone.COURTEOUS
    return _Claim(invoice=invoice, level=level, tone=at.past.tone((invoice,), least), new=new)


def _top(at: Situation) -> int:
    """Return the highest level that was sent for anything that a mail would be about."""
    about = [each for each in at.pressed if each in at.remindable] or at.remindable
    return max((NOTICE, *(at.past.consumed(each) for each in about)))


def _most(at: Situation, top: int) -> int:
    """Return the highest level that the next mail may have: after a broken promise, one up."""
    return min(top + 1, at.ladder.last) if at.broken else at.ladder.last


def _notice(at: Situation) -> Candidate | None:
    soon = tuple(
        each
        for each in at.spoken
        if at.ladder.reached(each, at.now, at.policy) == NOTICE > at.past.consumed(each)
    )
    if not soon:
        return None
    return Candidate(
        level=NOTICE,
        tone=at.ladder.step(NOTICE).level.tone,
        invoices=soon,
        reached=tuple(Reached(invoice_id=each.id, level=NOTICE) for each in soon),
    )
