"""One open question of a flow: asked, answered, left."""

from collections.abc import Awaitable, Callable
from datetime import datetime

from temporalio import workflow
from temporalio.exceptions import ApplicationError

from activities.desk.messages import BUSY
from activities.desk.questions import DeskActivities
from raccord.domain.desk.question import Answer, Asking, Choice, Decision, Question, Ticket
from raccord.domain.values.message import Param, message
from raccord.temporal import search
from raccord.texts import say
from raccord.texts.ends import question_markdown
from raccord.texts.questions import answer_label
from workflows.page import Page
from workflows.steps import LookAgain, run_ours


class Desk:
    """One flow's place at the desk: at most one open question, all its problems at once.

    A flow asks with `ask` in each round and calls `leave` once it got past. An answer is kept in
    the records, so that the same question is never put twice, whichever run asks it. An answer is
    taken only while the flow waits: one that was taken is never lost to a record that just changed.
    """

    def __init__(self, page: Page) -> None:
        self._page = page
        self._ticket: Ticket | None = None
        self._question: Question | None = None
        self._since: datetime | None = None
        self._answer: Answer | None = None
        self._waiting = False
        self._heard = False
        self._language = ""

    @property
    def open(self) -> bool:
        """Whether a question was asked that nobody settled yet."""
        return self._ticket is not None

    def heard(self) -> bool:
        """Whether the last look ended because somebody answered or a record changed; asked once a look."""
        heard, self._heard = self._heard, False
        return heard

    async def ask(
        self,
        question: Question,
        *,
        language: str,
        changed: Callable[[], bool],
        still_so: Callable[[], Awaitable[bool]],
    ) -> Answer:
        """Return the answer given earlier to this very question, or wait for one and raise `LookAgain`.

        `changed` says that a watched record changed. `still_so` reads the records once more after the
        question is listed: a repair that came just before would otherwise be heard by nobody.
        """
        now, asking = workflow.now(), self._asking(question)
        ticket = await run_ours(DeskActivities.open, asking, summary=f"ask a person: {question.step}")
        if ticket.answer:
            return ticket.answer
        listed = self._ticket
        if listed is None or listed.incident != ticket.incident:
            self._since = now
        self._ticket, self._question, self._language = ticket, question, language
        if (listed is None or listed.revision != ticket.revision) and not await still_so():
            raise LookAgain
        workflow.upsert_search_attributes(
            [search.STATE.value_set("waiting"), search.CAUSE.value_set(question.cause)]
        )
        self._page.show(question_markdown(question, ticket.incident, language))
        self._waiting = True
        await workflow.wait_condition(lambda: self._answer is not None or changed())
        self._waiting, self._heard = False, True
        if answer := self._answer:
            await self._settle(ticket, answer)
        raise LookAgain

    def _asking(self, question: Question) -> Asking:
        """Name the place that this flow has: message and task carry its number, whatever the list knows."""
        ticket, last = self._ticket, self._question
        if ticket is None or last is None:
            return Asking(question=question)
        if last.fingerprint != question.fingerprint:
            ticket = Ticket(incident=ticket.incident, revision=ticket.revision + 1)
        return Asking(question=question, ticket=ticket, since=self._since)

    async def leave(self, incident: str) -> None:
        """Say that the flow got past its question: it solved itself."""
        self._ticket = None
        await run_ours(DeskActivities.tell, incident, summary="the question is settled")

    async def _settle(self, ticket: Ticket, answer: Answer) -> None:
        decision = Decision(incident=ticket.incident, revision=ticket.revision, answer=answer)
        await run_ours(DeskActivities.answer, decision, summary=f"answered: {answer.choice}")
        self._answer = None
        if answer.choice is not Choice.RETRY:
            self._ticket = None

    def check(self, decision: Decision) -> None:
        """Raise `ApplicationError` with a sentence unless this decision may be taken now."""
        ticket, question, answer = self._ticket, self._question, decision.answer
        if ticket is None or question is None:
            # The list still has it, or nobody would ask: the flow is on its way to the question.
            raise self._busy()
        if ticket.incident != decision.incident:
            raise self._late("press.settled")
        if ticket.revision != decision.revision:
            raise self._late("press.changed")
        if self._answer:
            raise self._late("press.decided", answer=answer_label(question, self._answer))
        if not self._waiting:
            raise self._busy()
        if not question.allows(answer.choice, answer.option):
            given = f"{answer.choice} {answer.option}".strip()
            raise self._late("press.no_such_answer", answer=given)

    def take(self, decision: Decision) -> str:
        """Take a decision that `check` has let through; the flow acts on it."""
        self._answer = answer = decision.answer
        label = answer_label(self._question, answer) if self._question else ""
        return say(message("press.taken", answer=label), self._language)

    def _late(self, code: str, /, **params: Param) -> ApplicationError:
        sentence = say(message(code, **params), self._language)
        return ApplicationError(sentence, type="NotTaken", non_retryable=True)

    def _busy(self) -> ApplicationError:
        return ApplicationError(say(message("press.busy"), self._language), type=BUSY)
