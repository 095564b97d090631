"""Whether the customer pays as it promised: a promise has one day, instalments have one each."""

from datetime import date

from raccord.domain.dunning.past import Past
from raccord.domain.dunning.words import Word, WordKind
from raccord.domain.payment.status import sums
from raccord.domain.values.account import OwedInvoice
from raccord.domain.values.base import Value
from raccord.domain.values.clock import DAY, BusinessClock
from raccord.domain.values.money import Money


class _Part(Value):
    """What is paid by the end of a day, in all; None: everything that the promise is about."""

    day: date
    amounts: tuple[Money, ...] | None


class Promise(Value):
    """A promise as it stands on a day. `owed` is all that was overdue, and asked for, when it was made."""

    word: Word
    open: tuple[OwedInvoice, ...]
    """What it is about and is not paid yet."""
    owed: tuple[Money, ...]

    @classmethod
    def of(cls, word: Word, invoices: tuple[OwedInvoice, ...], past: Past, clock: BusinessClock) -> "Promise":
        """Judge a promise by the invoices that are open and were not contested when it was made."""
        said_on = clock.date_of(word.at)
        before = [each.owed for each in past.rounds if each.at <= word.at]
        owed = word.owed or (before[-1] if before else ())
        # Made before anything was late, it is about what falls due until its day.
        ends = said_on if owed else max(said_on, _last_day(word) + DAY)
        named = set(word.invoices) if word.owed else set()
        about = tuple(each for each in invoices if (each.id in named if named else each.due_on < ends))
        return cls(word=word, open=about, owed=owed or sums(each.total for each in about))

    @property
    def last_day(self) -> date:
        return _last_day(self.word)

    @property
    def kept(self) -> bool:
        return all(self._met(part) for part in self._parts)

    def broken_on(self, today: date) -> date | None:
        """Return the first day that is over and on which less was paid than promised."""
        return next((part.day for part in self._parts if part.day < today and not self._met(part)), None)

    def silent_until(self, today: date) -> date | None:
        """Return the day by which is paid next; None when the promise silences nobody any more.

        Who paid all of it before its last day is left alone until then all the same.
        """
        if self.broken_on(today) or self.last_day < today:
            return None
        return next((part.day for part in self._parts if not self._met(part)), self.last_day)

    @property
    def _parts(self) -> tuple[_Part, ...]:
        word = self.word
        if word.until:
            return (_Part(day=word.until, amounts=(word.amount,) if word.amount else None),)
        parts = sorted(word.instalments, key=lambda each: each.due_on)
        return tuple(
            _Part(day=part.due_on, amounts=sums(each.amount for each in parts[:count]))
            for count, part in enumerate(parts, start=1)
        )

    def _met(self, part: _Part) -> bool:
        if not self.open:
            return True
        if part.amounts is None:
            return False
        left = {each.currency: each.amount for each in sums(each.due for each in self.open)}
        owed = {each.currency: each.amount for each in self.owed}
        return all(
            owed.get(each.currency, 0) - left.get(each.currency, 0) >= each.amount for each in part.amounts
        )


def _last_day(word: Word) -> date:
    return word.until or max(each.due_on for each in word.instalments)


def last_promise(words: tuple[Word, ...]) -> Word | None:
    """Return the promise that counts: a later one replaces those before it."""
    kinds = (WordKind.PROMISE, WordKind.INSTALMENTS)
    return next((word for word in reversed(words) if word.kind in kinds), None)
