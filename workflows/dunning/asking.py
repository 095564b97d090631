"""What a person is asked about a customer, and what is done with each answer."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

from temporalio import workflow

from raccord.domain.desk.question import Answer, Ask, Choice
from raccord.domain.dunning.memory import Fate, Memory, Round
from raccord.domain.dunning.plan import Due, Plan, Silence
from raccord.domain.dunning.questions import (
    ARRIVED,
    DISPUTE,
    PAUSES,
    SAYS,
    did_it_arrive,
    may_it_leave,
    what_now,
    where_to_write,
)
from raccord.domain.dunning.words import Word, WordKind
from raccord.domain.values.account import Account, OwedInvoice
from workflows.dunning.round import Rounds
from workflows.dunning.steps import Writing
from workflows.steps import LookAgain


class Asking:
    """Every method returns where nothing has to be settled, and raises `LookAgain` after an answer."""

    def __init__(self, writing: Writing, rounds: Rounds, ask: Callable[[Ask], Awaitable[Answer]]) -> None:
        self._writing = writing
        self._rounds = rounds
        self._ask = ask

    async def about(self, account: Account, memory: Memory, plan: Plan) -> None:
        """Ask what only a person knows of a customer who is silent for it, or what follows the last level."""
        match plan.why.why if plan.why else None:
            case Silence.UNKNOWN:
                sent = next(each for each in memory.rounds if each.fate is Fate.UNKNOWN)
                await self._arrival(account, memory, plan, sent)
            case Silence.NO_ADDRESS:
                await self._said(where_to_write(account, memory, plan, ""))
            case Silence.BOUNCED:
                await self._said(where_to_write(account, memory, plan, account.email))
        if plan.undecided:
            await self._said(what_now(account, memory, plan), about=plan.undecided)

    async def leave(self, account: Account, due: Due) -> None:
        """Ask whether a reminder may leave; return where it may."""
        answer = await self._ask(may_it_leave(account, due))
        if answer.choice is Choice.CHOOSE:
            return
        if answer.choice is Choice.SKIP:
            skipped = Round(
                key=due.key,
                at=workflow.now(),
                level=due.level,
                tone=due.tone,
                reached=due.reached,
                fate=Fate.SKIPPED,
            )
            await self._writing.ended(skipped, answer.actor)
        raise LookAgain

    async def _arrival(self, account: Account, memory: Memory, plan: Plan, sent: Round) -> None:
        """Ask whether a mail arrived; what goes with one that did was waiting for the answer."""
        answer = await self._ask(did_it_arrive(account, sent))
        if answer.choice is Choice.CHOOSE:
            fate = Fate.SENT if answer.option == ARRIVED else Fate.NOT_SENT
            known = sent.model_copy(update={"fate": fate})
            await self._writing.ended(known, answer.actor)
            if fate is Fate.SENT:
                await self._rounds.accompanied(known, account, memory.with_(Memory(rounds=(known,))), plan)
        raise LookAgain

    async def _said(self, ask: Ask, *, about: tuple[OwedInvoice, ...] = ()) -> None:
        """Ask, and take the answer for a word; skipped, a person sees to the invoices that it is about."""
        answer = await self._ask(ask)
        for each in about if answer.choice is Choice.SKIP else ():
            await self._writing.said(self._seen_to(ask, answer, each))
        if answer.choice is Choice.CHOOSE:
            await self._writing.said(self._word(ask, answer))
        raise LookAgain

    def _seen_to(self, ask: Ask, answer: Answer, invoice: OwedInvoice) -> Word:
        return Word(
            id=f"desk/{ask.fingerprint}/{WordKind.SEEN_TO}/{invoice.id}",
            kind=WordKind.SEEN_TO,
            at=workflow.now(),
            actor=answer.actor,
            invoice_id=invoice.id,
        )

    def _word(self, ask: Ask, answer: Answer) -> Word:
        option, now = answer.option, workflow.now()
        said = {"id": f"desk/{ask.fingerprint}/{option}", "at": now, "actor": answer.actor}
        if days := PAUSES.get(option):
            until = self._writing.today(now) + timedelta(days=days)
            return Word(kind=WordKind.PAUSE, until=until, **said)
        if option.startswith(DISPUTE):
            return Word(kind=WordKind.DISPUTE, invoice_id=option.partition(" ")[2], **said)
        return Word(kind=SAYS[option], **said)
