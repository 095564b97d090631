"""What is done with what both sides say: remembered, carried over, asked, put back."""

from collections.abc import Awaitable, Callable

from raccord.domain.contact.agreed import Pair
from raccord.domain.contact.answers import settled
from raccord.domain.contact.plan import Carrying, Doubt, Plan
from raccord.domain.contact.policy import ContactPolicy
from raccord.domain.contact.questions import ask_about, may_they_be_written
from raccord.domain.contact.restoring import Restoring
from raccord.domain.contact.wording import carried
from raccord.domain.desk.question import Answer, Ask, Choice
from raccord.domain.rules.modes import Mode
from raccord.domain.values.message import Message
from workflows.contact_sync.steps import Writing
from workflows.steps import LookAgain


class Settling:
    """Every method may raise what a step or a question raises."""

    def __init__(
        self,
        writing: Writing,
        pairs: tuple[Pair, ...],
        policy: ContactPolicy,
        ask: Callable[[Ask], Awaitable[Answer]],
    ) -> None:
        self._writing = writing
        self._pairs = {each.company: each for each in pairs}
        self._policy = policy
        self._ask = ask

    async def agreed(self, plan: Plan) -> None:
        """Remember what needs no write."""
        await self._writing.agree(plan.agreed)

    async def carried(self, carrying: Carrying) -> tuple[Message, ...]:
        """Carry values over, in draft mode once a person has said so; return what went over."""
        pair, actor = self._pairs[carrying.company], ""
        if self._policy.mode is Mode.DRAFT:
            answer = await self._ask(may_they_be_written(pair, carrying))
            if answer.choice is Choice.SKIP:
                await self._writing.agree({pair.company: {each: pair.now(each) for each in carrying.fields}})
                return ()
            if answer.choice is not Choice.CHOOSE:
                raise LookAgain
            actor = answer.actor
        await self._writing.carry(pair, carrying, actor=actor)
        return carried(pair, carrying)

    async def settled(self, doubt: Doubt) -> tuple[Message, ...]:
        """Ask a person, and do as they say; return what went over."""
        answer = await self._ask(ask_about(doubt, self._pairs, self._policy.clock))
        done = settled(doubt, self._pairs, answer)
        if done is None:
            raise LookAgain
        await self._writing.agree(done.agreed, learnt=done.learnt)
        if done.write is None:
            return ()
        pair = self._pairs[done.write.company]
        await self._writing.carry(pair, done.write, actor=answer.actor)
        return carried(pair, done.write)

    async def put_back(self, wanted: Restoring) -> None:
        """Write old values back."""
        company = wanted.company or next(iter(self._pairs))
        if pair := self._pairs.get(company):
            await self._writing.put_back(
                pair, wanted.side, wanted.fields, wanted.details, actor=wanted.actor, row=wanted.row
            )
