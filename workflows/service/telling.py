"""How a question reaches people: its message and its task, kept true to it."""

import asyncio
from collections.abc import Awaitable
from datetime import timedelta

from temporalio import workflow

from activities.desk.messages import DeskMessages
from activities.desk.questions import DeskActivities, DeskState
from activities.desk.tasks import DeskTasks
from raccord.domain.values.message import RecordKind, RecordName
from workflows.steps import Gone, Stopped, run_local, run_step

COALESCE = timedelta(seconds=1)
"""A question that is settled at once is told to nobody."""


_MESSAGE = RecordName(kind=RecordKind.MESSAGE)
_TASK = RecordName(kind=RecordKind.TASK)


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
                    about=_MESSAGE,
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
                    about=_TASK,
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
                    about=_MESSAGE,
                    summary="nobody has answered: call the next person",
                )
            )

    async def _quietly(self, step: Awaitable[None]) -> None:
        """A refusal here must not end the telling: the question stays in the inbox, and the log says why."""
        try:
            await step
        except (Stopped, Gone) as error:
            workflow.logger.warning("desk.not_told", extra={"error": str(error)})
