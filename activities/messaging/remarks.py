"""Telling the channel of what a person should know of an issued invoice."""

from contextlib import suppress

from temporalio import activity
from temporalio.common import WorkflowIDReusePolicy
from temporalio.exceptions import WorkflowAlreadyStartedError

from activities.effects import Effects
from activities.messaging.announcing import BEFORE, Announcer
from raccord.connectors.messenger import Messenger
from raccord.domain.deal_won.remarks import Remark
from raccord.domain.rules.timing import Timing
from raccord.domain.values.base import Value
from raccord.texts.remarks import remark_notice
from raccord.texts.voice import Voice


class RemarkIn(Value):
    """A remark and the messenger that tells it: its connection, which is its queue."""

    messenger: str
    timing: Timing
    remark: Remark


class RemarkActivities:
    """`messenger`: its connection and queue; empty when there is none, then the end's record has to do."""

    def __init__(self, messenger: str, timing: Timing, task_queue: str) -> None:
        self._messenger = messenger
        self._timing = timing
        self._task_queue = task_queue

    @activity.defn(name="remarks.tell")
    async def tell(self, remark: Remark) -> None:
        """Have the remark told, once, by a flow of its own: a messenger that is down delays nothing else."""
        if not self._messenger:
            return
        with suppress(WorkflowAlreadyStartedError):
            await activity.client().start_workflow(
                "Remarking",
                RemarkIn(messenger=self._messenger, timing=self._timing, remark=remark),
                id=f"remark/{remark.deal}/{remark.number}",
                task_queue=self._task_queue,
                id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
                static_summary=f"Warnings of invoice {remark.number}",
            )


class RemarkMessages:
    def __init__(self, messenger: Messenger, voice: Voice, effects: Effects) -> None:
        self._announcer = Announcer(messenger, effects)
        self._voice = voice

    @activity.defn(name="remarks.post")
    async def post(self, remark: Remark) -> None:
        """Post the remark's message, once."""
        notice = remark_notice(remark, self._voice)
        await self._announcer.post(notice, ref=remark.ref, about=str(remark.deal), since=remark.at - BEFORE)
