"""The question as a task of the deal's salesperson, done when the question is settled."""

from datetime import datetime

from temporalio import activity

from activities.desk.questions import DeskRules, listed
from activities.effects import Effect, Effects, cause
from raccord.connectors.crm import Crm
from raccord.connectors.errors import Permanent
from raccord.domain.values.deal import Task
from raccord.records.records import Records
from raccord.records.waiting import Waiting
from raccord.texts.questions import task_text


class DeskTasks:
    def __init__(self, records: Records, crm: Crm, rules: DeskRules, effects: Effects) -> None:
        self._records = records
        self._crm = crm
        self._rules = rules
        self._effects = effects

    @activity.defn(name="desk.keep_task")
    async def keep(self, incident: str) -> None:
        """Create the question's task, or mark it as done once the question is settled."""
        row = await listed(self._records, incident)
        if not row.question.task_on:
            return
        if row.closed_at and not row.task_id:
            row = await self._late(row)
        match row.closed_at, row.task_id:
            case None, "":
                await self._records.waiting.tasked(incident, await self._create(row))
            case datetime(), str(task) if task and not row.task_done:
                await self._complete(row, task)
                await self._records.waiting.task_done(incident)

    async def _late(self, row: Waiting) -> Waiting:
        """Find a task whose creation was never answered: the question was settled meanwhile."""
        if await self._crm.find_task(row.question.task_on, row.incident) is None:
            return row
        task = await self._create(row)
        await self._records.waiting.tasked(row.incident, task)
        return row.model_copy(update={"task_id": task})

    async def _create(self, row: Waiting) -> str:
        owner = row.question.owner.id if row.question.owner else ""
        try:
            return await self._made(row, owner)
        except Permanent:
            if not owner:
                raise
            # A salesperson who has left cannot be given tasks; the deal still shows it.
            return await self._made(row, "")

    async def _made(self, row: Waiting, owner: str) -> str:
        question = row.question
        subject, body = task_text(question, self._rules.voice)
        task = Task(
            ref=row.incident,
            deal_id=question.task_on,
            owner_id=owner,
            subject=subject,
            body=body,
            due_at=self._rules.due_at(row.since),
        )

        async def look() -> str | None:
            return await self._crm.find_task(question.task_on, row.incident)

        async def write(_: str) -> str:
            return await self._crm.create_task(task)

        return await self._effects.once(
            Effect(
                key=f"task/{question.subject}/{row.incident}" + ("" if owner else "/unowned"),
                name="crm.create_task",
                object=str(question.subject),
                cause=cause(),
                request=task.model_dump(mode="json"),
            ),
            look=look,
            write=write,
            read_back=False,
        )

    async def _complete(self, row: Waiting, task: str) -> None:
        async def look() -> bool | None:
            return None

        async def write(_: str) -> bool:
            await self._crm.complete_task(task)
            return True

        await self._effects.once(
            Effect(
                key=f"task/{row.question.subject}/{row.incident}/done",
                name="crm.complete_task",
                object=str(row.question.subject),
                cause=cause(),
                request={"task": task},
            ),
            look=look,
            write=write,
            read_back=False,
        )
