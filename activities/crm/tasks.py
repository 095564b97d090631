"""A task for a salesperson in the CRM, once."""

import hashlib
from datetime import datetime

from temporalio import activity

from activities.effects import Effect, Effects, cause
from raccord.connectors.crm import Crm
from raccord.connectors.errors import NotFound, Permanent
from raccord.domain.values.base import Value
from raccord.domain.values.deal import DealRef, Task
from raccord.domain.values.working_hours import WorkingHours


class TaskOrder(Value):
    """A task, due so many working days after `since`. `key` derives from the business."""

    deal: DealRef
    key: str
    owner_id: str
    """Empty where nobody owns the deal."""
    subject: str
    body: str
    since: datetime
    due_in: int

    @property
    def ref(self) -> str:
        """The mark by which the task is found again."""
        return hashlib.sha256(self.key.encode()).hexdigest()[:12]


class CrmTasks:
    def __init__(self, crm: Crm, hours: WorkingHours, effects: Effects) -> None:
        self._crm = crm
        self._hours = hours
        self._effects = effects

    @activity.defn(name="crm.task")
    async def create(self, order: TaskOrder) -> str:
        """Create the task and return its id. An owner who has left gets none: the deal still shows it."""
        try:
            return await self._made(order, order.owner_id)
        except NotFound:
            raise
        except Permanent:
            if not order.owner_id:
                raise
            return await self._made(order, "")

    async def _made(self, order: TaskOrder, owner: str) -> str:
        task = Task(
            ref=order.ref,
            deal_id=order.deal.id,
            owner_id=owner,
            subject=order.subject,
            body=order.body,
            due_at=self._hours.days_after(order.since, order.due_in),
        )

        async def look() -> str | None:
            return await self._crm.find_task(task.deal_id, task.ref)

        async def write(_: str) -> str:
            return await self._crm.create_task(task)

        return await self._effects.once(
            Effect(
                key=order.key if owner else f"{order.key}/unowned",
                name="crm.create_task",
                object=str(order.deal),
                cause=cause(),
                request=task.model_dump(mode="json"),
            ),
            look=look,
            write=write,
            read_back=False,
        )
