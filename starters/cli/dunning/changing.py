"""`raccord dunning check`: what other rules would do today, before they are taken."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import click

from raccord.domain.dunning.memory import Memory
from raccord.domain.dunning.outcome import silence
from raccord.domain.dunning.plan import Due
from raccord.domain.dunning.policy import DunningPolicy
from raccord.domain.payment.status import sums
from raccord.domain.values.clock import DAY, BusinessClock
from raccord.domain.values.message import Message, message
from raccord.sealing import KeyRing
from raccord.settings.configuration import Configuration
from raccord.texts import say
from starters.cli.common import bold
from starters.cli.display import fold, print_json, table
from starters.cli.dunning.books import Books, Known, books
from starters.cli.dunning.rules import rules_of
from starters.cli.dunning.tones import TONES
from starters.cli.language import language_of

WEEK = 7
_NAMES = {"in force": message("dunning.check.in_force"), "changed": message("dunning.check.changed")}
_FIGURES = {
    "today": message("dunning.check.today"),
    "tomorrow": message("dunning.check.tomorrow"),
    "within a week": message("dunning.check.week"),
    "repeated": message("dunning.check.repeated"),
    "silent": message("dunning.check.silent"),
}


@dataclass(frozen=True)
class Outlook:
    """What rules make of the customers who owe today."""

    today: date
    policy: DunningPolicy
    customers: Sequence[Known]

    def due_by(self, day: date) -> list[Known]:
        """Return whom a mail may leave to by the end of a business date."""
        date_of = self.policy.clock.date_of
        return [each for each in self.customers if each.next and date_of(each.next.at) <= day]

    @property
    def repeated(self) -> list[Known]:
        """Return who would read the same tone again about an invoice."""
        return [each for each in self.customers if each.next and repeats(each.next.due, each.memory)]

    @property
    def figures(self) -> dict[str, int]:
        today, tomorrow = (len(self.due_by(self.today + DAY * days)) for days in (0, 1))
        return {
            "today": today,
            "tomorrow": tomorrow - today,
            "within a week": len(self.due_by(self.today + DAY * WEEK)),
            "repeated": len(self.repeated),
            "silent": sum(each.next is None for each in self.customers),
        }


def repeats(due: Due, memory: Memory) -> bool:
    """Whether a mail speaks of an invoice in a tone in which it was spoken of before."""
    asked = {each.invoice_id for each in due.reached}
    return any(
        sent.tone is due.tone and asked & {each.invoice_id for each in sent.reached} for sent in memory.sent
    )


async def check(configuration: Configuration, keys: KeyRing, policy: Path | None, *, as_json: bool) -> int:
    """Print what the rules in force do with today's accounts, and beside it what others would."""
    others = rules_of(policy) if policy else None
    async with books(configuration, keys) as open_books:
        customers = await open_books.owing()
        outlooks = {"in force": Outlook(open_books.today, open_books.policy, customers)}
        if others:
            changed = open_books.policy.model_copy(update={"rules": others})
            outlooks["changed"] = await _under(open_books, changed, customers)
    if as_json:
        print_json({name: _document(each) for name, each in outlooks.items()})
        return 0
    for line in _page(outlooks, language_of(configuration)):
        click.echo(line)
    return 0


async def _under(books: Books, policy: DunningPolicy, customers: Sequence[Known]) -> Outlook:
    judged = [await books.judged(each.account, each.memory, policy) for each in customers]
    return Outlook(books.today, policy, judged)


def _page(outlooks: dict[str, Outlook], language: str) -> list[str]:
    *_, last = outlooks.values()
    owed = sums(sum_ for each in last.customers for sum_ in each.plan.owed)
    figures = last.figures
    all_in_all = message(
        "dunning.check.all",
        customers=message("dunning.count.customers", count=len(last.customers)),
        mails=message("dunning.count.mails", count=figures["today"]),
        tomorrow=figures["tomorrow"],
        repeated=figures["repeated"],
    )
    late = message("dunning.check.late", owed=owed) if owed else message("dunning.check.nothing_late")
    lines = [*map(bold, fold(say(all_in_all, language))), say(late, language), ""]
    columns = [say(_NAMES[name], language) for name in outlooks]
    rows = [
        [say(what, language), *(str(each.figures[name]) for each in outlooks.values())]
        for name, what in _FIGURES.items()
    ]
    lines += table([say(message("dunning.check.mails"), language), *columns], rows, right=columns)
    if differing := _differing(outlooks, language):
        headings = [say(message("dunning.column.customer"), language), *columns]
        lines += ["", *table(headings, differing, folds=headings)]
    return lines


def _differing(outlooks: dict[str, Outlook], language: str) -> list[list[str]]:
    """Return the customers whose next mail is another one under the changed rules."""
    rows = zip(*(each.customers for each in outlooks.values()), strict=True)
    clocks = [each.policy.clock for each in outlooks.values()]
    cells = [
        [same[0].name, *(say(_coming(*each), language) for each in zip(same, clocks, strict=True))]
        for same in rows
    ]
    return [each for each in cells if len(set(each[1:])) > 1]


def _coming(known: Known, clock: BusinessClock) -> Message:
    if known.next is None:
        why = known.plan.why
        return (
            message("dunning.check.none_because", why=silence(why.why))
            if why
            else message("dunning.check.none")
        )
    due = known.next.due
    return message(
        "dunning.check.next", day=clock.date_of(known.next.at), level=due.level, tone=TONES[due.tone]
    )


def _next(known: Known) -> str:
    if known.next is None:
        why = known.plan.why
        return f"none ({why.why.replace('_', ' ')})" if why else "none"
    return f"{known.next.at:%Y-%m-%d}, level {known.next.due.level}, {known.next.due.tone}"


def _document(outlook: Outlook) -> dict[str, Any]:
    return {
        "customers": len(outlook.customers),
        **{what.replace(" ", "_"): count for what, count in outlook.figures.items()},
        "next": {each.account.customer_id: _next(each) for each in outlook.customers},
    }
