"""How a question reaches people: its message and its task, kept true to it."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

from temporalio import workflow

from activities.desk.messages import DeskMessages
from activities.desk.questions import DeskActivities, DeskState
from activities.desk.tasks import DeskTasks
from raccord.domain.values.message import RecordKind, RecordName
from workflows.steps import run_local, run_telling

COALESCE = timedelta(seconds=1)
"""A question that is settled at once is told to nobody."""


_MESSAGE = RecordName(kind=RecordKind.MESSAGE)
_TASK = RecordName(kind=RecordKind.TASK)


@workflow.defn(name="Telling")
class Telling:
    """Keep one question's message true to it, and its CRM task open, until it is settled and both say so.

    Apart from the asking flow, so that a messenger that is down delays the telling alone; message and
    task each by themselves, so that a closed channel leaves no task open.
    """

    def __init__(self) -> None:
        self._changes = 0
        self._escalated = False

    @workflow.signal(description="The question changed: show it anew")
    def changed(self) -> None:
        self._changes += 1

    @workflow.run
    async def run(self, incident: str) -> None:
        await workflow.sleep(COALESCE, summary="let a quick repair come first")
        # A run that grew long ends when both may: an attempt under way must not be begun twice.
        ends = await asyncio.gather(
            self._keep_true(incident, self._show, escalates=True), self._keep_true(incident, self._keep_task)
        )
        if not all(ends):
            workflow.continue_as_new(incident)

    async def _keep_true(
        self, incident: str, keep: Callable[[DeskState], Awaitable[None]], *, escalates: bool = False
    ) -> bool:
        """Keep one of them true; return whether the question is settled, or the run grew long before."""
        while True:
            seen = self._changes
            state = await run_local(DeskActivities.state, incident, summary="read the question")
            await keep(state)
            if self._changes == seen:
                if state.closed:
                    return True
                await self._until_changed_or_late(seen, state, escalates=escalates)
            if workflow.info().is_continue_as_new_suggested():
                return False

    async def _show(self, state: DeskState) -> None:
        if state.messenger:
            await _quietly(
                DeskMessages.show, state, state.messenger, _MESSAGE, "show the question as it is now"
            )

    async def _keep_task(self, state: DeskState) -> None:
        if state.crm:
            await _quietly(DeskTasks.keep, state, state.crm, _TASK, "keep the salesperson's task")

    async def _until_changed_or_late(self, seen: int, state: DeskState, *, escalates: bool) -> None:
        late = state.escalate_at if escalates and not self._escalated else None
        try:
            await workflow.wait_condition(
                lambda: self._changes != seen,
                timeout=max(late - workflow.now(), timedelta(0)) if late else None,
                timeout_summary=f"escalation at {late:%d %b %H:%M}" if late else None,
            )
        except TimeoutError:
            self._escalated = True
            call = "nobody has answered: call the next person"
            await _quietly(DeskMessages.escalate, state, state.messenger, _MESSAGE, call)


async def _quietly(
    method: Callable[..., Awaitable[None]], state: DeskState, queue: str, about: RecordName, summary: str
) -> None:
    """Run a step about the question, which stays in the inbox whatever becomes of it."""
    await run_telling(method, state.incident, queue=queue, timing=state.timing, about=about, summary=summary)
