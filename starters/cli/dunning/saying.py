"""Saying something about a customer: kept, audited, and told to its flow."""

from collections.abc import Sequence

import click
from temporalio.service import RPCError

from raccord.domain.dunning.backlog import subject_of
from raccord.domain.dunning.memory import Memory
from raccord.domain.dunning.words import Word, WordKind
from raccord.domain.values.message import message
from raccord.sealing import KeyRing
from raccord.settings.configuration import Configuration
from raccord.temporal.client import TemporalUnreachable, connect
from raccord.temporal.flows import DUNNING, DUNNING_BACKLOG, Changed, wake
from raccord.texts import say as in_words
from starters.cli.common import actor, bold, fail, warn
from starters.cli.display import fold, shown
from starters.cli.dunning.books import Books, Known, books
from starters.cli.dunning.finding import found, invoice_of
from starters.cli.dunning.judging import Nonsense, Said, doubts, waits_for_approval, word_of
from starters.cli.dunning.view import View
from starters.cli.language import language_of, spoken
from starters.cli.server import WITHIN


async def say(
    configuration: Configuration, keys: KeyRing, customer: str, said: Said, invoice: str = ""
) -> int:
    """Remember what a person says about one customer, and print what follows from it."""
    async with books(configuration, keys) as open_books:
        known = await found(open_books, customer)
        if invoice:
            said = _about(said, invoice_of(known, invoice).id)
        word = _judged(said, known, open_books)
        new = await _kept(open_books, known, word)
        after = await open_books.judged(known.account, known.memory.with_(Memory(words=(word,))))
        for doubt in doubts(word, known):
            warn(shown(in_words(doubt, spoken())))
    view = View(open_books.policy, open_books.now, language_of(configuration))
    what = view.word(word, known.account) if new else view.already()
    for line in fold(f"{bold(shown(known.name))} · {shown(what)}"):
        click.echo(line)
    for line in fold(shown(view.what_follows(after))):
        click.echo(line)
    await _wake(configuration, keys, open_books, (known,))
    return 0


async def approve(
    configuration: Configuration, keys: KeyRing, customers: tuple[str, ...], *, every: bool, reason: str
) -> int:
    """Let customers be reminded who were late before; `every` are all but those whom a person left alone."""
    if bool(customers) == every:
        fail(message("dunning.typed.whom"))
    async with books(configuration, keys) as open_books:
        known = [await found(open_books, each) for each in customers]
        if every:
            known = [each for each in await open_books.owing() if waits_for_approval(each)]
        words = [_judged(Said(kind=WordKind.APPROVED, reason=reason), each, open_books) for each in known]
        for each, word in zip(known, words, strict=True):
            await _kept(open_books, each, word)
            name = bold(shown(each.name))
            said = message("dunning.cli.approved", name=name, id=each.account.customer_id)
            click.echo(in_words(said, spoken()))
    count, most = len(known), open_books.policy.rules.first_contacts_per_day
    if not count:
        click.echo(in_words(message("dunning.cli.none_waits"), spoken()))
        return 0
    for line in fold(in_words(message("dunning.cli.may_be_reminded", count=count, per_day=most), spoken())):
        click.echo(line)
    await _wake(configuration, keys, open_books, known)
    return 0


def _about(said: Said, invoice_id: str) -> Said:
    return Said(kind=said.kind, reason=said.reason, invoice_id=invoice_id)


def _judged(said: Said, known: Known, books: Books) -> Word:
    try:
        return word_of(said, known, actor(), books.now, books.today)
    except Nonsense as refused:
        fail(shown(refused.told(spoken())), status=1)


async def _kept(books: Books, known: Known, word: Word) -> bool:
    """Remember a word, then note it in the audit; False when it was known already."""
    customer = str(books.subject(known.account.customer_id))
    new = await books.records.dunning.said(customer, word)
    await books.records.audit.note(
        effect=f"dunning.{word.kind}",
        object=customer,
        actor=word.actor,
        cause="command line",
        detail=word.model_dump(mode="json"),
        key=f"{customer} {word.id}",
    )
    return new


async def _wake(configuration: Configuration, keys: KeyRing, books: Books, said_of: Sequence[Known]) -> None:
    """Have the flows look. It is kept by now: where Temporal is away, it counts at their next look."""
    flows = [(DUNNING, books.subject(each.account.customer_id)) for each in said_of]
    if any(map(waits_for_approval, said_of)):
        # The one question about them all may be about fewer now.
        flows.append((DUNNING_BACKLOG, subject_of(books.policy.billing)))
    try:
        client = await connect(configuration.settings, keys, within=WITHIN)
        for flow, subject in flows:
            await wake(client, flow, subject, Changed(key="command line", thorough=True), within=WITHIN)
    except (RPCError, TemporalUnreachable) as error:
        why = shown(error.message) if isinstance(error, RPCError) else error.said[0]
        warn(message("dunning.cli.untold", why=why))
