"""The desk's list of questions."""

from datetime import datetime

import structlog
from temporalio import activity
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy

from activities.effects import cause, step_key
from raccord.connectors.errors import Permanent
from raccord.domain.desk.question import Asking, Decision, Question, Ticket
from raccord.domain.rules.desk import Desk
from raccord.domain.rules.timing import Timing
from raccord.domain.values.base import Value
from raccord.domain.values.message import message
from raccord.domain.values.working_hours import WorkingHours
from raccord.records.records import Records
from raccord.records.waiting import Waiting
from raccord.records.work import together
from raccord.texts import say, say_kept, say_param
from raccord.texts.questions import answer_label
from raccord.texts.voice import Voice

log = structlog.get_logger()


class DeskRules(Desk):
    """What the settings say about the desk, and how the company's messages speak."""

    voice: Voice = Voice()
    hours: WorkingHours = WorkingHours()
    messenger: str = ""
    """Connection and queue of the messenger; empty when there is none."""
    crm: str = ""
    """Connection and queue of the CRM; empty when questions make no tasks."""
    timing: Timing = Timing()

    def due_at(self, since: datetime) -> datetime:
        """Return when a question that was asked `since` should have been answered."""
        return self.hours.after(since, self.escalate_after)


class DeskState(Value):
    """What keeping a question's message and task in step needs; connections are empty where unused."""

    incident: str
    closed: bool
    messenger: str
    crm: str
    escalate_at: datetime | None
    timing: Timing


class DeskActivities:
    """Lists, answers and closes questions. Each change starts or wakes the question's `Telling`."""

    def __init__(self, records: Records, rules: DeskRules, task_queue: str) -> None:
        self._records = records
        self._rules = rules
        self._task_queue = task_queue

    @activity.defn(name="desk.open")
    async def open(self, asking: Asking) -> Ticket:
        """List a flow's question, or return the answer that a person gave to it before."""
        question, flow = asking.question, activity.info().workflow_id or ""
        ticket = await self._records.waiting.open(flow, question, known=asking.ticket, since=asking.since)
        if ticket.answer is None:
            log.info(_in_words(ticket.incident, question))
            await self.tell(ticket.incident)
        return ticket

    @activity.defn(name="desk.answer")
    async def answer(self, decision: Decision) -> None:
        """Note an answer that the flow has taken."""
        waiting, answer = self._records.waiting, decision.answer
        _, found = await together(
            waiting.answer(decision.incident, decision.revision, answer), waiting.get(decision.incident)
        )
        label = answer_label(found.question, answer) if found else answer.option
        await self._records.audit.note(
            effect="desk.decision",
            object=str(found.question.subject) if found else decision.incident,
            actor=answer.actor,
            cause=cause(),
            detail={
                "incident": decision.incident,
                "choice": answer.choice.value,
                "option": answer.option,
                # A button takes no text: what it says is why.
                "reason": label if isinstance(label, str) else say_kept(label, "en"),
                "asked": found.question.cause.value if found else "",
            },
            key=step_key(),
        )
        await self.tell(decision.incident)

    @activity.defn(name="desk.state")
    async def state(self, incident: str) -> DeskState:
        """Return what keeping a question's message and task in step needs to know."""
        row, rules = await listed(self._records, incident), self._rules
        calm = row.closed_at is None and row.escalated_at is None
        escalates = calm and bool(rules.escalate_to) and bool(rules.messenger)
        return DeskState(
            incident=incident,
            closed=row.closed_at is not None,
            messenger=rules.messenger,
            crm=rules.crm,
            escalate_at=rules.due_at(row.since) if escalates else None,
            timing=rules.timing,
        )

    @activity.defn(name="desk.tell")
    async def tell(self, incident: str) -> None:
        """Have the question's message and task say what is so now."""
        await activity.client().start_workflow(
            "Telling",
            incident,
            id=f"desk/{incident}",
            task_queue=self._task_queue,
            start_signal="changed",
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
            id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
            static_summary=f"Message and task of question {incident}",
        )


def _in_words(incident: str, question: Question) -> str:
    """Say what is asked without its title, which may name the customer."""
    why = say(message(f"cause.{question.cause}"), "en")
    amount = f", {say_param(question.amount, 'en')}" if question.amount else ""
    return f"Question {incident} about {question.subject} waits for a person: {why}{amount}."


async def listed(records: Records, incident: str) -> Waiting:
    """Return a question of the list. Raises `Permanent` when the records have lost it."""
    row = await records.waiting.get(incident)
    if row is None:
        raise Permanent(f"Question {incident} is not in the records (any more).")
    return row
