"""What a policy would have done with the invoices and payments of the past.

It plans and remembers with what production plans and remembers with. Temporal's server that skips time
cannot begin in the past, and business days, holidays and clock changes are those of real dates: so the
flow's loop (look, send what is due, wait for the next moment or for news) is played here without a server.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from raccord.domain.dunning.foresight import round_of
from raccord.domain.dunning.memory import Memory
from raccord.domain.dunning.plan import Due, planned
from raccord.domain.dunning.policy import DunningPolicy
from raccord.domain.dunning.words import Word, WordKind
from raccord.domain.values.account import Account, OwedInvoice
from raccord.domain.values.base import Value
from raccord.domain.values.money import Money

SOON = timedelta(hours=48)
"""Whoever pays so soon after a reminder may have been reminded for nothing."""
_ABOUT_MAILS = (WordKind.REMIND, WordKind.BOUNCED, WordKind.THANKED, WordKind.APPROVED)
"""What was said of mails that really left, or were to leave: those of another policy are others."""


class Came(Value):
    """Money that came for an invoice, or a credit note on it, at an aware instant."""

    at: datetime
    amount: Money


class Bill(Value):
    """An issued invoice of the past. What is owed of it before its time is nothing."""

    invoice: OwedInvoice
    issued_at: datetime
    came: tuple[Came, ...] = ()

    def at(self, instant: datetime) -> OwedInvoice | None:
        """Return it as it stood at an instant; None when it was not issued yet, or nothing was owed of it."""
        if instant < self.issued_at:
            return None
        due = self.invoice.total
        for each in self.came:
            due = due - each.amount if each.at <= instant else due
        return self.invoice.model_copy(update={"due": due}) if due.amount > 0 else None

    @property
    def paid_at(self) -> datetime | None:
        """Return when nothing was owed any more; None while something is."""
        return next((each.at for each in self.came if self.at(each.at) is None), None)


class History(Value):
    """A customer with all that it was billed, and what was said of it.

    What `account` owes is left to the bills; of the words, those about mails do not count.
    """

    account: Account
    bills: tuple[Bill, ...]
    words: tuple[Word, ...] = ()

    def at(self, instant: datetime) -> Account:
        """Return the account as it stood at an aware instant."""
        owed = [invoice for bill in self.bills if (invoice := bill.at(instant))]
        return self.account.model_copy(
            update={"invoices": tuple(sorted(owed, key=lambda each: (each.due_on, each.number)))}
        )

    def said(self, instant: datetime) -> Memory:
        """Return what people had said by an aware instant."""
        return Memory(words=tuple(each for each in self._words if each.at <= instant))

    def next_news(self, after: datetime) -> datetime | None:
        """Return when something was issued, paid or said next."""
        news = [bill.issued_at for bill in self.bills]
        news += [each.at for bill in self.bills for each in bill.came]
        news += [each.at for each in self._words]
        return min((at for at in news if at > after), default=None)

    @property
    def _words(self) -> tuple[Word, ...]:
        return tuple(each for each in self.words if each.kind not in _ABOUT_MAILS)


class Rehearsed(Value):
    """A mail that would have left. `soon`: all that it asked for was paid within `SOON`."""

    at: datetime
    customer_id: str
    customer: str
    due: Due
    owed: tuple[Money, ...]
    soon: bool


def rehearsed(
    histories: Iterable[History], policy: DunningPolicy, since: datetime, until: datetime
) -> tuple[Rehearsed, ...]:
    """Return every mail that would have left between two aware instants, in the order of their instants.

    Dunning begins at `since` with nothing remembered; who is late then needs no approval.
    """
    mails = [mail for history in histories for mail in _of(history, policy, since, until)]
    return tuple(sorted(mails, key=lambda each: (each.at, each.customer_id)))


def _of(history: History, policy: DunningPolicy, since: datetime, until: datetime) -> Iterator[Rehearsed]:
    sent, at = Memory(), since
    while at <= until:
        account, memory = history.at(at), sent.with_(history.said(at))
        plan = planned(account, memory, policy, at, live_since=None)
        if plan.due:
            sent = sent.with_(Memory(rounds=(round_of(plan.due, account, plan, policy, at),)))
            yield Rehearsed(
                at=at,
                customer_id=account.customer_id,
                customer=account.name,
                due=plan.due,
                owed=plan.owed,
                soon=_soon(history, plan.due, at),
            )
            continue
        later = [each for each in (plan.next_at, history.next_news(at)) if each and each > at]
        if not later:
            return
        at = min(later)


def _soon(history: History, due: Due, at: datetime) -> bool:
    asked = {invoice.id for invoice in due.invoices}
    paid = [bill.paid_at for bill in history.bills if bill.invoice.id in asked]
    return all(each is not None and each <= at + SOON for each in paid)
