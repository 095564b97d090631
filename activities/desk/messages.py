"""The question's one message, edited in place, and what comes back from its buttons."""

from datetime import timedelta

from temporalio import activity
from temporalio.client import WorkflowUpdateFailedError, WorkflowUpdateRPCTimeoutOrCancelledError
from temporalio.exceptions import ApplicationError, ApplicationErrorCategory
from temporalio.service import RPCError, RPCStatusCode

from activities.desk.questions import DeskRules, listed
from activities.effects import Effects, cause, step_key
from activities.messaging.announcing import Announcer, digest
from raccord.connectors.errors import NotFound
from raccord.connectors.messenger import Messenger
from raccord.domain.desk.notice import Notice, Place, Press
from raccord.domain.desk.question import Decision, decision_of
from raccord.domain.rules.timing import Timing
from raccord.domain.values.base import Value
from raccord.domain.values.message import Message, message
from raccord.records.records import Records
from raccord.records.waiting import Waiting
from raccord.temporal.flows import Changed, flow_named, wake
from raccord.texts.questions import Standing, escalation, notice_of

UPDATE_WITHIN = timedelta(seconds=6)
BUSY = "Busy"
"""The one refusal of a flow that is worth repeating in a moment."""
LATE = message("press.settled")


class PressIn(Value):
    """A pressed button on its way to the flow that asked."""

    press: Press
    messenger: str
    timing: Timing


class Answered(Value):
    """What came of a press, in a sentence for the person who pressed."""

    taken: bool
    said: Message | str
    """From the flow as a sentence, else as a message to be said; empty where there is nobody to say it to."""


class Whisper(Value):
    place: Place
    user: str
    text: Message | str


class DeskMessages:
    def __init__(self, records: Records, messenger: Messenger, rules: DeskRules, effects: Effects) -> None:
        self._records = records
        self._messenger = messenger
        self._rules = rules
        self._announcer = Announcer(messenger, effects)

    @activity.defn(name="desk.show")
    async def show(self, incident: str) -> None:
        """Post the question's message, or edit it to what is so now; nothing when it says so already."""
        row = await listed(self._records, incident)
        closed = row.closed_at is not None
        if row.message is None and closed and row.answer is None:
            # Told to nobody, unless an earlier attempt posted it and never heard so.
            place = await self._messenger.find(incident, since=row.since)
            if place is None:
                return
            row = row.model_copy(update={"message": place})
        standing = Standing(incident=incident, revision=row.revision, closed=closed, answer=row.answer)
        notice = notice_of(row.question, standing, self._rules.voice)
        if row.message is None:
            place = await self._post(row, notice, incident)
        elif row.shown == digest(notice):
            return
        else:
            place = await self._edit(row, row.message, notice)
        await self._records.waiting.told(incident, place, digest(notice))

    async def _post(self, row: Waiting, notice: Notice, ref: str, reply_to: Place | None = None) -> Place:
        about = str(row.question.subject)
        return await self._announcer.post(notice, ref=ref, about=about, since=row.since, reply_to=reply_to)

    async def _edit(self, row: Waiting, place: Place, notice: Notice) -> Place:
        try:
            await self._announcer.edit(place, notice, ref=row.incident, about=str(row.question.subject))
        except NotFound:
            # Somebody deleted the message: an open question is posted again, a settled one is not.
            return (
                await self._post(row, notice, f"{row.incident}.{row.revision}") if notice.buttons else place
            )
        return place

    @activity.defn(name="desk.escalate")
    async def escalate(self, incident: str) -> None:
        """Call the next people below the question's message, once."""
        row, rules = await listed(self._records, incident), self._rules
        if row.closed_at is None and row.escalated_at is None:
            local = row.since.astimezone(rules.hours.clock.tz)
            notice = escalation(row.question, local, rules.escalate_to, rules.voice)
            await self._post(row, notice, f"{incident}.late", reply_to=row.message)
            await self._records.waiting.escalated(incident)

    @activity.defn(name="desk.decide")
    async def decide(self, pressed: PressIn) -> Answered:
        """Hand a pressed button to the flow that asked; who may not decide, or comes late, is told why."""
        press = pressed.press
        decision = decision_of(press.value, actor=f"{pressed.messenger}:{press.user}")
        if decision is None:
            return Answered(taken=False, said=message("press.not_ours"))
        if not await self._messenger.is_ours(press.workspaces):
            await self._note_stranger(decision)
            return Answered(taken=False, said="")
        if not await self._messenger.may_decide(press.user):
            await self._note_stranger(decision)
            return Answered(taken=False, said=message("press.stranger", connection=pressed.messenger))
        row = await self._records.waiting.get(decision.incident)
        if row is None or row.closed_at is not None:
            # An earlier attempt may have handed it over and never heard so.
            ours = row is not None and row.answer == decision.answer
            return Answered(taken=ours, said="" if ours else LATE)
        return await self._hand_over(row, decision, press.key)

    async def _hand_over(self, row: Waiting, decision: Decision, key: str) -> Answered:
        handle = activity.client().get_workflow_handle(row.flow)
        try:
            said = await handle.execute_update(
                "decide", decision, id=key, result_type=str, rpc_timeout=UPDATE_WITHIN
            )
        except WorkflowUpdateFailedError as refused:
            if isinstance(refused.cause, ApplicationError):
                if refused.cause.type == BUSY:
                    raise _later("The flow is busy; the answer is handed over again.") from refused
                return Answered(taken=False, said=refused.cause.message)
            raise
        except WorkflowUpdateRPCTimeoutOrCancelledError as error:
            raise _later("The flow has not taken the answer yet; it is handed over again.") from error
        except RPCError as error:
            if error.status is RPCStatusCode.NOT_FOUND:
                # Terminated, or failed: the question is still listed, so the flow has to ask it again.
                flow, why = flow_named(row.question.flow), Changed(key=key, thorough=True)
                await wake(activity.client(), flow, row.question.subject, why)
            raise _later(f"Temporal did not take the answer ({error.status.name}).") from error
        return Answered(taken=True, said=said)

    async def _note_stranger(self, decision: Decision) -> None:
        await self._records.audit.note(
            effect="desk.press_refused",
            object=decision.incident,
            actor=decision.answer.actor,
            cause=cause(),
            detail={"choice": decision.answer.choice.value},
            key=step_key(),
        )

    @activity.defn(name="desk.whisper")
    async def whisper(self, wanted: Whisper) -> None:
        """Tell one person why their press had no effect; best effort, and seen by nobody else."""
        ref = activity.info().workflow_id or ""
        text = self._rules.voice.write(wanted.text)
        await self._announcer.whisper(wanted.place, wanted.user, text, ref=ref)


def _later(sentence: str) -> ApplicationError:
    """Our own delay: it must not look like the messenger's outage."""
    return ApplicationError(sentence, type="Later", category=ApplicationErrorCategory.BENIGN)
