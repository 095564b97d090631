"""The levels that count for one customer, and when an invoice reaches each."""

from datetime import datetime

from raccord.domain.dunning.calendar import sending_from
from raccord.domain.dunning.policy import DunningPolicy
from raccord.domain.rules.dunning import ExceptionRule, Level, Tone
from raccord.domain.values.account import OwedInvoice
from raccord.domain.values.base import Value
from raccord.domain.values.clock import DAY

NONE, NOTICE = -1, 0
"""What an invoice reached that nobody spoke of, and one that was announced before its due date."""
_TONES = tuple(Tone)


class Step(Value):
    """A level with its number: 0 for a notice before the due date, then from 1."""

    number: int
    level: Level

    def at(self, invoice: OwedInvoice, policy: DunningPolicy) -> datetime:
        """Return when an invoice reaches it. One that is due today is not late before the day is over."""
        day = self.level.day if self.number == NOTICE else max(self.level.day, 1)
        return sending_from(policy, invoice.due_on + DAY * day)


class Ladder(Value):
    """The levels that count for a customer, and whether it is reminded at all."""

    steps: tuple[Step, ...]
    exception: ExceptionRule | None = None

    @classmethod
    def of(cls, levels: tuple[Level, ...], exception: ExceptionRule | None = None) -> "Ladder":
        late = [level for level in levels if level.day >= 0]
        steps = [Step(number=NOTICE, level=level) for level in levels if level.day < 0]
        steps += [Step(number=number, level=level) for number, level in enumerate(late, start=1)]
        return cls(steps=tuple(steps), exception=exception)

    @property
    def last(self) -> int:
        return self.steps[-1].number

    def reached(self, invoice: OwedInvoice, now: datetime, policy: DunningPolicy) -> int:
        """Return the number of the highest level that an invoice has reached by its due date."""
        late = policy.clock.date_of(now) > invoice.due_on
        numbers = [step.number for step in self.steps if (step.number > NOTICE) == late]
        return max((n for n in numbers if self.step(n).at(invoice, policy) <= now), default=NONE)

    def step(self, number: int) -> Step:
        """Return the level of a number; the last for one that the policy has no more."""
        return next((step for step in self.steps if step.number == number), self.steps[-1])


def harsher(*tones: Tone) -> Tone:
    """Return the tone that asks most of all, in the order in which they are listed."""
    return max(tones, key=_TONES.index)
