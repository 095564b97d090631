"""A customer at one moment: what is late, what was said and sent, and the round that this comes to."""

from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

from raccord.domain.dunning.calendar import next_sending, sending_from
from raccord.domain.dunning.exceptions import ladder_of
from raccord.domain.dunning.ladder import NOTICE, Ladder
from raccord.domain.dunning.memory import Memory, Reached
from raccord.domain.dunning.past import Past
from raccord.domain.dunning.policy import DunningPolicy
from raccord.domain.dunning.promises import Promise, last_promise
from raccord.domain.dunning.standing import Standing
from raccord.domain.payment.status import sums
from raccord.domain.rules.dunning import Tone
from raccord.domain.values.account import Account, OwedInvoice
from raccord.domain.values.base import Value
from raccord.domain.values.clock import DAY
from raccord.domain.values.money import Money

_FIRST_CONTACT = 2
"""The highest level at which a customer may hear of a debt for the first time."""


class Candidate(Value):
    """A round that would leave if nothing held it up."""

    level: int
    tone: Tone
    invoices: tuple[OwedInvoice, ...]
    reached: tuple[Reached, ...]


@dataclass(frozen=True)
class Situation:
    """All that the next round depends on, at an aware instant."""

    account: Account
    memory: Memory
    policy: DunningPolicy
    now: datetime

    @cached_property
    def today(self) -> date:
        return self.policy.clock.date_of(self.now)

    @cached_property
    def standing(self) -> Standing:
        return Standing(words=self.memory.words, today=self.today)

    @cached_property
    def past(self) -> Past:
        return Past.of(self.memory)

    @cached_property
    def ladder(self) -> Ladder:
        return ladder_of(self.account, self.policy.rules)

    @cached_property
    def overdue(self) -> tuple[OwedInvoice, ...]:
        return tuple(each for each in self.account.invoices if each.due_on < self.today)

    @cached_property
    def spoken(self) -> tuple[OwedInvoice, ...]:
        """The open invoices that may be spoken of, due or not."""
        return tuple(each for each in self.account.invoices if self._may_be_spoken_of(each))

    @cached_property
    def late(self) -> tuple[OwedInvoice, ...]:
        """The overdue invoices that may be spoken of, the oldest first."""
        late = (each for each in self.spoken if each.due_on < self.today)
        return tuple(sorted(late, key=lambda each: (each.due_on, each.number, each.id)))

    @cached_property
    def owed(self) -> tuple[Money, ...]:
        return sums(each.due for each in self.overdue)

    @cached_property
    def promise(self) -> Promise | None:
        word = last_promise(self.memory.words)
        if word is None:
            return None
        free = tuple(each for each in self.account.invoices if not self._contested_before(each, word.at))
        return Promise.of(word, free, self.past, self.policy.clock)

    @cached_property
    def broken(self) -> bool:
        """Whether a promise was broken about something that may be spoken of, and no mail left since."""
        day = self.promise.broken_on(self.today) if self.promise else None
        if self.promise is None or day is None:
            return False
        about = {each.id for each in self.promise.open}
        answered = self.past.reminded_since(self.policy.clock.end_of(day))
        return not answered and any(each.id in about for each in self.late)

    @cached_property
    def kept(self) -> bool:
        """Whether a promise was kept, in time, and nobody thanked for it."""
        if self.promise is None or not self.promise.kept:
            return False
        in_time = not self.past.reminded_since(self.policy.clock.end_of(self.promise.last_day))
        return in_time and not self.standing.thanked(self.promise.word)

    @cached_property
    def asked(self) -> bool:
        """Whether a person wants a mail about something that was late already, and none left since."""
        word = self.standing.asked
        if word is None or self.past.reminded_since(word.at):
            return False
        return any(each.due_on < self.policy.clock.date_of(word.at) for each in self.late)

    @cached_property
    def first(self) -> bool:
        """Whether the customer hears for the first time that something it owes is late."""
        return not self.past.reminded_of(self.account.invoices)

    @cached_property
    def opens_at(self) -> datetime | None:
        """The first moment at which the gap to the last mail is over."""
        last = self.past.last_on(self.policy.clock)
        return sending_from(self.policy, last + DAY * self.policy.rules.gap) if last else None

    @cached_property
    def candidate(self) -> Candidate | None:
        """The round that would leave now, by the levels alone."""
        return self._reminder() if self.overdue else self._notice()

    def exhausted(self, invoice: OwedInvoice) -> bool:
        """Whether the last level was sent for an invoice."""
        return self.past.consumed(invoice) >= self.ladder.last

    def next_level_at(self, invoice: OwedInvoice) -> datetime | None:
        """Return when an invoice reaches the next level that was not sent; long ago where it is held up."""
        steps = [step for step in self.ladder.steps if step.number > self.past.consumed(invoice)]
        late = [step.at(invoice, self.policy) for step in steps if step.number > NOTICE]
        early = [step.at(invoice, self.policy) for step in steps if step.number == NOTICE]
        if not self.overdue:
            late += [at for at in early if self.policy.clock.date_of(self.leaves_at(at)) <= invoice.due_on]
        return min(late, default=None)

    def levels_at(self) -> datetime | None:
        """Return the first moment from now on at which a level is due and its mail may leave."""
        moments = [self.now] if self.late and (self.broken or self.asked) else []
        moments += [moment for each in self.spoken if (moment := self.next_level_at(each))]
        return min((self.leaves_at(moment) for moment in moments), default=None)

    def leaves_at(self, moment: datetime) -> datetime:
        """Return when a mail that is due at a moment can leave, from now on."""
        return next_sending(self.policy, max(moment, self.now, self.opens_at or self.now))

    def _may_be_spoken_of(self, invoice: OwedInvoice) -> bool:
        return not (invoice.disputed or invoice.processing or self.standing.dispute_of(invoice.id))

    def _contested_before(self, invoice: OwedInvoice, at: datetime) -> bool:
        word = self.standing.dispute_of(invoice.id)
        return word is not None and word.at <= at

    def _reminder(self) -> Candidate | None:
        reached = tuple(Reached(invoice_id=each.id, level=self._level(each)) for each in self.late)
        new = [
            each.level
            for each, invoice in zip(reached, self.late, strict=True)
            if each.level > max(self.past.consumed(invoice), NOTICE)
        ]
        if not new and self.late and (self.broken or self.asked):
            new = [min(self._top, self.ladder.last)]
        if not new:
            return None
        return Candidate(
            level=max(new),
            tone=self._tone(max(new)),
            invoices=self.late,
            reached=reached,
        )

    def _tone(self, level: int) -> Tone:
        worded = min(level, _FIRST_CONTACT) if self.first else level
        return self.past.tone(self.late, self.ladder.step(worded).level.tone)

    def _level(self, invoice: OwedInvoice) -> int:
        """Return the level at which an invoice would be in a mail now."""
        consumed = max(self.past.consumed(invoice), NOTICE)
        level = self.ladder.reached(invoice, self.now, self.policy)
        if (self.broken or self.asked) and consumed == self._top:
            level = max(level, consumed + 1)
        return max(consumed, min(level, self._most))

    @cached_property
    def _top(self) -> int:
        """The highest level that was sent for anything that is late."""
        return max((NOTICE, *(self.past.consumed(each) for each in self.late)))

    @cached_property
    def _most(self) -> int:
        """The highest level that the next mail may have: after a broken promise, one up."""
        most = min(self._top + 1, self.ladder.last) if self.broken else self.ladder.last
        # Where a person skipped the lower ones it is higher, and its tone is not.
        return min(most, max(_FIRST_CONTACT, self._top + 1)) if self.first else most

    def _notice(self) -> Candidate | None:
        soon = tuple(
            each
            for each in self.spoken
            if self.ladder.reached(each, self.now, self.policy) == NOTICE > self.past.consumed(each)
        )
        if not soon:
            return None
        return Candidate(
            level=NOTICE,
            tone=self.ladder.step(NOTICE).level.tone,
            invoices=soon,
            reached=tuple(Reached(invoice_id=each.id, level=NOTICE) for each in soon),
        )
