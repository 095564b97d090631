"""A customer at one moment: what is late, and what was said and sent of it."""

from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

from raccord.domain.dunning.calendar import next_sending, sending_from
from raccord.domain.dunning.exceptions import ladder_of
from raccord.domain.dunning.ladder import NOTICE, Ladder
from raccord.domain.dunning.memory import Memory
from raccord.domain.dunning.past import Past
from raccord.domain.dunning.policy import DunningPolicy
from raccord.domain.dunning.promises import Promise, last_promise
from raccord.domain.dunning.silence import Silence
from raccord.domain.dunning.standing import Standing
from raccord.domain.payment.status import sums
from raccord.domain.values.account import Account, OwedInvoice
from raccord.domain.values.clock import DAY
from raccord.domain.values.money import Money


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
        return tuple(each for each in self.account.invoices if self.left_out(each) is None)

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
    def broken(self) -> tuple[OwedInvoice, ...]:
        """What is late though its payment was promised, where no mail about it left since."""
        day = self.promise.broken_on(self.today) if self.promise else None
        if self.promise is None or day is None:
            return ()
        about = {each.id for each in self.promise.open}
        return self._unanswered(self.policy.clock.end_of(day), about)

    @cached_property
    def kept(self) -> bool:
        """Whether a promise was kept, in time, and nobody thanked for it."""
        if self.promise is None or not self.promise.kept:
            return False
        in_time = not self.past.reminded_since(self.policy.clock.end_of(self.promise.last_day))
        return in_time and not self.standing.thanked(self.promise.word)

    @cached_property
    def wanted(self) -> tuple[OwedInvoice, ...]:
        """What a person wants a mail about that was late already, where none left since."""
        word = self.standing.asked
        if word is None:
            return ()
        said_on = self.policy.clock.date_of(word.at)
        return self._unanswered(word.at, {each.id for each in self.late if each.due_on < said_on})

    @cached_property
    def pressed(self) -> tuple[OwedInvoice, ...]:
        """What is to be reminded of before its next level: a promise was broken, or a person wants it."""
        return tuple(each for each in self.late if each in self.wanted or each in self.broken)

    @cached_property
    def again(self) -> tuple[OwedInvoice, ...]:
        """Of what the last level is repeated: all that is to be reminded of at once has come to it."""
        return self.pressed if all(self.exhausted(each) for each in self.pressed) else ()

    @cached_property
    def remindable(self) -> tuple[OwedInvoice, ...]:
        """What is late and a mail may ask for: of what was told its last reminder, a person goes on."""
        return tuple(each for each in self.late if each in self.again or not self.exhausted(each))

    @cached_property
    def undecided(self) -> tuple[OwedInvoice, ...]:
        """Of what every level was sent, and nobody said that they see to it."""
        return tuple(
            each for each in self.late if self.exhausted(each) and not self.standing.seen_to(each.id)
        )

    @cached_property
    def first(self) -> bool:
        """Whether the customer hears for the first time that something it owes is late."""
        return not self.past.reminded_of(self.account.invoices)

    @cached_property
    def opens_at(self) -> datetime | None:
        """The first moment at which the gap to the last mail is over."""
        last = self.past.last_on(self.policy.clock)
        return sending_from(self.policy, last + DAY * self.policy.rules.gap) if last else None

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
        moments = [self.now] if self.pressed else []
        moments += [moment for each in self.spoken if (moment := self.next_level_at(each))]
        return min((self.leaves_at(moment) for moment in moments), default=None)

    def leaves_at(self, moment: datetime) -> datetime:
        """Return when a mail that is due at a moment can leave, from now on."""
        return next_sending(self.policy, max(moment, self.now, self.opens_at or self.now))

    def left_out(self, invoice: OwedInvoice) -> Silence | None:
        """Return why an invoice is not spoken of, due or not; None where it may be."""
        if invoice.disputed or self.standing.dispute_of(invoice.id):
            return Silence.DISPUTED
        if invoice.processing:
            return Silence.PROCESSING
        return Silence.LEFT_ALONE if self._left_alone(invoice) else None

    def _unanswered(self, since: datetime, about: set[str]) -> tuple[OwedInvoice, ...]:
        """Return what is late of these, where no mail that may have named any of them left since."""
        others = {each.id for each in self.account.invoices} - about
        if self.past.reminded_since(since, besides=others):
            return ()
        return tuple(each for each in self.late if each.id in about)

    def _left_alone(self, invoice: OwedInvoice) -> bool:
        """Whether it was late already when a person said that nobody is reminded of what was."""
        word = self.standing.left_alone
        return word is not None and invoice.due_on < self.policy.clock.date_of(word.at)

    def _contested_before(self, invoice: OwedInvoice, at: datetime) -> bool:
        word = self.standing.dispute_of(invoice.id)
        return word is not None and word.at <= at
