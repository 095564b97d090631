"""The desk: where a flow waits for a person, how that person is told, and how an answer arrives."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

from temporalio import workflow
from temporalio.exceptions import ApplicationError

from activities.desk import DeskActivities
from activities.desk_messages import BUSY, DeskMessages
from activities.desk_tasks import DeskTasks
from activities.messages import Answered, DeskState, PressIn, RemarkIn, Whisper
from activities.remarks import RemarkMessages
from raccord.domain.desk.question import Answer, Choice, Decision, Question, Ticket
from raccord.temporal import search
from workflows.steps import Gone, OutOfTime, Stopped, run_local, run_ours, run_step

COALESCE = timedelta(seconds=1)
"""A question that is settled at once is told to nobody."""
WHISPER_WITHIN = timedelta(minutes=10)
NOT_HANDED_OVER = "Your answer could not be handed over; answer with `raccord inbox` instead."


class LookAgain(Exception):
    """The flow has to read everything again: an answer came, or a record changed."""


class Desk:
    """One flow's place at the desk: at most one open question, all its problems at once.

    A flow asks with `ask` in each round and calls `leave` once it got past. An answer is kept in
    the records, so that the same question is never put twice, whichever run asks it. An answer is
    taken only while the flow waits: one that was taken is never lost to a record that just changed.
    """

    def __init__(self) -> None:
        self._ticket: Ticket | None = None
        self._question: Question | None = None
        self._answer: Answer | None = None
        self._waiting = False

    async def ask(
        self, question: Question, *, changed: Callable[[], bool], still_so: Callable[[], Awaitable[bool]]
    ) -> Answer:
        """Return the answer given earlier to this very question, or wait for one and raise `LookAgain`.

        `changed` says that a watched record changed. `still_so` reads the records once more after the
        question is listed: a repair that came just before would otherwise be heard by nobody.
        """
        ticket = await run_ours(DeskActivities.open, question, summary=f"ask a person: {question.step}")
        if ticket.answer:
            return ticket.answer
        listed = self._ticket
        self._ticket, self._question = ticket, question
        if (listed is None or listed.revision != ticket.revision) and not await still_so():
            raise LookAgain
        workflow.upsert_search_attributes(
            [search.STATE.value_set("waiting"), search.CAUSE.value_set(question.cause)]
        )
        workflow.set_current_details(_markdown(question, ticket))
        self._waiting = True
        await workflow.wait_condition(lambda: self._answer is not None or changed())
        self._waiting = False
        if answer := self._answer:
            await self._settle(ticket, answer)
        raise LookAgain

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
            raise _busy()
        if ticket.incident != decision.incident:
            raise _late("This question is settled already; nothing was changed.")
        if ticket.revision != decision.revision:
            raise _late("The question has changed since: read it again, then decide.")
        if self._answer:
            raise _late(f"Somebody else has just decided: {self._answer.choice}.")
        if not self._waiting:
            raise _busy()
        if not question.allows(answer.choice, answer.option):
            raise _late(f"“{answer.choice} {answer.option}” is not one of the answers to this question.")

    def take(self, decision: Decision) -> str:
        """Take a decision that `check` has let through; the flow acts on it."""
        self._answer = decision.answer
        return f"Taken: {decision.answer.choice}."


def _busy() -> ApplicationError:
    return ApplicationError("The flow is looking at the deal again just now.", type=BUSY)


def _late(sentence: str) -> ApplicationError:
    return ApplicationError(sentence, type="NotTaken", non_retryable=True)


def _markdown(question: Question, ticket: Ticket) -> str:
    points = "\n".join(f"1. {p.markdown()}" for p in question.problems)
    ways = ["`retry`", *(f"`choose {o.id}` {o.label.en}" for o in question.options)]
    ways += [f"`skip` {question.skip.en}"] if question.skip else []
    ways += [f"`cancel` {question.cancel.en}"] if question.cancel else []
    listed = "\n".join(f"- {way}" for way in ways)
    return (
        f"**Waits for a person: {question.title.en}** (`{ticket.incident}`)\n\n{points}\n\n"
        f"It goes on by itself when a record it is about is repaired, or by an answer:\n\n{listed}"
    )


@workflow.defn(name="Telling")
class Telling:
    """Keep one question's message true to it, and its CRM task open, until it is settled and both say so.

    Apart from the asking flow, so that a messenger that is down delays the telling alone.
    """

    def __init__(self) -> None:
        self._changed = False
        self._escalated = False

    @workflow.signal(description="The question changed: show it anew")
    def changed(self) -> None:
        self._changed = True

    @workflow.run
    async def run(self, incident: str) -> None:
        await workflow.sleep(COALESCE, summary="let a quick repair come first")
        while True:
            self._changed = False
            state = await run_local(DeskActivities.state, incident, summary="read the question")
            await asyncio.gather(self._show(state), self._keep_task(state))
            if state.closed and not self._changed:
                return
            if not self._changed:
                await self._until_changed_or_late(state)
            if workflow.info().is_continue_as_new_suggested():
                workflow.continue_as_new(incident)

    async def _show(self, state: DeskState) -> None:
        if state.messenger:
            await self._quietly(
                run_step(
                    DeskMessages.show,
                    state.incident,
                    queue=state.messenger,
                    timing=state.timing,
                    about=f"message {state.incident}",
                    summary="show the question as it is now",
                )
            )

    async def _keep_task(self, state: DeskState) -> None:
        if state.crm:
            await self._quietly(
                run_step(
                    DeskTasks.keep,
                    state.incident,
                    queue=state.crm,
                    timing=state.timing,
                    about=f"task {state.incident}",
                    summary="keep the salesperson's task",
                )
            )

    async def _until_changed_or_late(self, state: DeskState) -> None:
        late = None if self._escalated else state.escalate_at
        try:
            await workflow.wait_condition(
                lambda: self._changed,
                timeout=max(late - workflow.now(), timedelta(0)) if late else None,
                timeout_summary=f"escalation at {late:%d %b %H:%M}" if late else None,
            )
        except TimeoutError:
            self._escalated = True
            await self._quietly(
                run_step(
                    DeskMessages.escalate,
                    state.incident,
                    queue=state.messenger,
                    timing=state.timing,
                    about=f"escalation {state.incident}",
                    summary="nobody has answered: call the next person",
                )
            )

    async def _quietly(self, step: Awaitable[None]) -> None:
        """A refusal here must not end the telling: the question stays in the inbox, and the log says why."""
        try:
            await step
        except (Stopped, Gone) as error:
            workflow.logger.warning("desk.not_told", extra={"error": str(error)})


@workflow.defn(name="Press")
class Press:
    """One pressed button: handed to the flow it is meant for; the person is told when it came too late.

    A flow of its own, so that a press that was acknowledged survives whatever dies next.
    """

    @workflow.run
    async def run(self, press: PressIn) -> Answered:
        answered = await self._handed_over(press)
        if not answered.taken:
            whisper = Whisper(place=press.press.place, user=press.press.user, text=answered.said)
            try:
                await run_step(
                    DeskMessages.whisper,
                    whisper,
                    queue=press.messenger,
                    timing=press.timing,
                    about="the answer to a pressed button",
                    summary="say why it had no effect",
                    within=WHISPER_WITHIN,
                )
            except (Stopped, Gone, OutOfTime):
                workflow.logger.warning("desk.not_whispered")
        return answered

    async def _handed_over(self, press: PressIn) -> Answered:
        try:
            return await run_step(
                DeskMessages.decide,
                press,
                queue=press.messenger,
                timing=press.timing,
                about="a pressed button",
                summary="hand the answer to its flow",
            )
        except (Stopped, Gone) as error:
            workflow.logger.warning("desk.not_handed_over", extra={"error": str(error)})
            return Answered(taken=False, said=NOT_HANDED_OVER)


@workflow.defn(name="Remarking")
class Remarking:
    """Tell once what a person should know of an issued invoice."""

    @workflow.run
    async def run(self, wanted: RemarkIn) -> None:
        try:
            await run_step(
                RemarkMessages.post,
                wanted.remark,
                queue=wanted.messenger,
                timing=wanted.timing,
                about=f"warnings of invoice {wanted.remark.number}",
                summary="tell the channel",
            )
        except (Stopped, Gone) as error:
            workflow.logger.warning("desk.not_told", extra={"error": str(error)})
