"""How customers who owe read in a terminal, and as JSON. Everything in the reader's language."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from raccord.domain.dunning.memory import Round
from raccord.domain.dunning.outcome import silence
from raccord.domain.dunning.policy import DunningPolicy
from raccord.domain.dunning.silence import Silence, Silent
from raccord.domain.dunning.stopped import Stop
from raccord.domain.dunning.words import Word
from raccord.domain.payment.status import sums
from raccord.domain.values.account import Account, OwedInvoice
from raccord.domain.values.message import Message, Param, message
from raccord.domain.values.money import Money
from raccord.texts import formats, owing, say
from starters.cli import display
from starters.cli.common import bold
from starters.cli.display import shown, table
from starters.cli.dunning.books import Known
from starters.cli.dunning.judging import too_little, waits_for_approval

_WIDE = 110
_LIST = ("dunning.column.customer", "dunning.column.owed", "dunning.column.days", "dunning.column.last")
_INVOICES = ("dunning.column.invoice", "dunning.column.due_on", "dunning.column.days", "dunning.column.left")
_SENT = ("dunning.column.sent_on", "dunning.column.level", "dunning.column.to", "dunning.column.remark")


class View:
    """`now`: when everything was read."""

    def __init__(self, policy: DunningPolicy, now: datetime, language: str) -> None:
        self._policy = policy
        self._language = language
        self._now = now
        self._today = policy.clock.date_of(now)

    def table(self, customers: Sequence[Known], stopped: Mapping[str, int]) -> Iterator[str]:
        """Yield one line a customer, the one that is late for the longest first, and what it comes to.

        `stopped` is how many reminders did not leave, by reason.
        """
        if not customers:
            yield self._say(message("dunning.nobody"))
        else:
            yield from self._rows(sorted(customers, key=lambda each: (-self.days(each), each.name)))
            yield ""
            owed = sums(amount for each in customers for amount in each.plan.owed)
            yield from self._counted("dunning.owing", len(customers), owed=owed)
        yield from self._counted("dunning.owing.backlog", sum(map(waits_for_approval, customers)))
        little = [each for each in customers if too_little(each)]
        owed = sums(amount for each in little for amount in each.plan.asked_for)
        yield from self._counted("dunning.owing.too_little", len(little), owed=owed)
        yield from self._stopped(stopped)

    def page(self, known: Known) -> Iterator[str]:
        """Yield all there is to know about one customer."""
        account = known.account
        yield bold(shown(f"{known.name} ({account.customer_id})"))
        yield from (shown(each) for each in (account.email, account.page) if each)
        if account.invoices:
            yield ""
            yield from self._invoices(known)
        if known.memory.rounds:
            yield ""
            yield from self._rounds(known.memory.rounds)
        if known.memory.words:
            yield ""
        for word in known.memory.words:
            said = f"{self._day(word.at)}  {self.word(word, account)} ({word.actor})"
            yield shown(f"{said}: {word.reason}" if word.reason else said)
        yield ""
        yield shown(self.what_follows(known))

    def word(self, word: Word, account: Account) -> str:
        return self._say(owing.word(word, account))

    def already(self) -> str:
        return self._say(message("dunning.known"))

    def what_follows(self, known: Known) -> str:
        """Say which reminder comes next, or why none does."""
        if known.next:
            comes = owing.comes(known.next, self._now, self._policy.clock.tz)
            return self._say(message("dunning.follows", what=(comes, *owing.why_not(known.plan))))
        why = owing.why_not(known.plan) or tuple(map(owing.silent, known.plan.silent[:1]))
        return self._say(message("dunning.follows.nothing", why=why or message("dunning.rests")))

    def days(self, known: Known) -> int:
        """Return for how many days the oldest invoice is late; 0 where none is."""
        return max((self._late(each) for each in known.plan.overdue), default=0)

    def document(self, known: Known) -> dict[str, Any]:
        """Return a customer as a machine reads it: exact amounts, instants in UTC."""
        last = owing.last_sent(known.memory)
        return {
            "customer": known.account.customer_id,
            "name": known.account.name,
            "email": known.account.email,
            "owed": [_exact(each) for each in known.plan.owed],
            "days_late": self.days(known),
            "last": {"at": last.at.isoformat(), "level": last.level, "fate": last.fate} if last else None,
            "next": {"at": known.next.at.isoformat(), "level": known.next.due.level} if known.next else None,
            "silent": [self._silence(each) for each in known.plan.silent],
        }

    def whole(self, known: Known) -> dict[str, Any]:
        """Return all there is to know about one customer, as a machine reads it."""
        return self.document(known) | {
            "page": known.account.page,
            "invoices": [each.model_dump(mode="json") for each in known.account.invoices],
            "rounds": [each.model_dump(mode="json") for each in known.memory.rounds],
            "words": [each.model_dump(mode="json") for each in known.memory.words],
        }

    def _rows(self, customers: Sequence[Known]) -> Iterator[str]:
        wide = display.columns() >= _WIDE
        last = ("dunning.column.next", "dunning.column.why") if wide else ("dunning.column.next_or_why",)
        headings = [self._say(message(code)) for code in (*_LIST, *last)]
        rows = [[*self._cells(each), *self._prospects(each, wide=wide)] for each in customers]
        return table(headings, rows, right=headings[1:3], folds={headings[0], *headings[4:5]})

    def _cells(self, known: Known) -> list[str]:
        owed = ", ".join(self._money(each) for each in known.plan.owed)
        sent = owing.last_sent(known.memory)
        last = f"{self._day(sent.at)} ({sent.level})" if sent else ""
        return [known.name, owed, str(self.days(known)), last]

    def _prospects(self, known: Known, *, wide: bool) -> list[str]:
        following = self._say(owing.comes(known.next, self._now, self._policy.clock.tz)) if known.next else ""
        why = ", ".join(self._say(each) for each in owing.why_not(known.plan))
        return [following, why] if wide else [" · ".join(filter(None, (following, why)))]

    def _invoices(self, known: Known) -> Iterator[str]:
        headings = [self._say(message(code)) for code in (*_INVOICES, "dunning.column.remark")]
        silent = {each.invoice_id: each for each in known.plan.silent if each.invoice_id}
        rows = [
            [
                each.number or each.id,
                self._say_day(each.due_on),
                str(max(self._late(each), 0)),
                self._money(each.due),
                self._say(owing.silent(silent[each.id])) if each.id in silent else "",
            ]
            for each in known.account.invoices
        ]
        return table(headings, rows, right=headings[2:4])

    def _rounds(self, rounds: Sequence[Round]) -> Iterator[str]:
        headings = [self._say(message(code)) for code in _SENT]
        rows = []
        for each in rounds:
            fate = owing.fate(each)
            told = self._say(fate) if fate else ""
            rows.append([self._day(each.at), self._say(owing.level(each.level)), ", ".join(each.to), told])
        return table(headings, rows, folds={headings[2]})

    def _stopped(self, stopped: Mapping[str, int]) -> Iterator[str]:
        rest = dict(stopped)
        yield from self._counted("dunning.stopped.paid", rest.pop(Stop.PAID, 0))
        yield from self._counted("dunning.stopped.off", rest.pop(Stop.OFF, 0))
        for why, count in sorted(rest.items(), key=lambda each: (-each[1], each[0])):
            yield from self._counted("dunning.stopped.because", count, why=silence(Silence(why)))

    def _counted(self, code: str, count: int, **more: Param) -> Iterator[str]:
        if count:
            yield from display.fold(self._say(message(code, count=count, **more)))

    def _late(self, invoice: OwedInvoice) -> int:
        return (self._today - invoice.due_on).days

    def _silence(self, each: Silent) -> dict[str, Any]:
        until = each.until.isoformat() if each.until else None
        return {
            "why": each.why,
            "invoice": each.invoice_id or None,
            "until": until,
            "said": self._say(owing.silent(each)),
        }

    def _day(self, at: datetime) -> str:
        return self._say_day(self._policy.clock.date_of(at))

    def _say_day(self, day: date) -> str:
        return formats.day(day, self._language)

    def _money(self, amount: Money) -> str:
        return amount.text(self._language)

    def _say(self, said: Message) -> str:
        return say(said, self._language)


def _exact(amount: Money) -> dict[str, str]:
    return {"amount": str(amount.amount), "currency": amount.currency}
