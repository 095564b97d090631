"""Customers who were late before reminders began, and the one question about them."""

from datetime import datetime

from temporalio import activity

from raccord.domain.dunning.backlog import LateBefore, subject_of
from raccord.domain.dunning.words import Word, WordKind
from raccord.domain.values.base import Value
from raccord.domain.values.subject import Subject, SubjectKind
from raccord.records.records import Records
from raccord.temporal.flows import AT_LEISURE, DUNNING, DUNNING_BACKLOG, Changed, wake


class Waits(Value):
    """A customer of the connection `billing` who waits since an aware instant."""

    billing: str
    late: LateBefore
    at: datetime


class Approval(Value):
    """A person said that these customers may be reminded."""

    billing: str
    customers: tuple[str, ...]
    actor: str
    at: datetime


class BacklogActivities:
    def __init__(self, records: Records) -> None:
        self._records = records

    @activity.defn(name="dunning.waits")
    async def waits(self, wanted: Waits) -> None:
        """Remember that a customer waits for an approval, and have it asked for."""
        customer = f"{wanted.billing}:{wanted.late.customer_id}"
        if await self._records.dunning.waits(customer, wanted.late, wanted.at):
            await wake(
                activity.client(), DUNNING_BACKLOG, subject_of(wanted.billing), Changed(key="late before")
            )

    @activity.defn(name="dunning.backlog")
    async def backlog(self) -> tuple[LateBefore, ...]:
        """Return who waits for an approval."""
        return await self._records.dunning.waiting()

    @activity.defn(name="dunning.approve")
    async def approve(self, approval: Approval) -> int:
        """Let these customers be reminded, and have their flows look; return how many they are."""
        for id_ in approval.customers:
            customer = f"{approval.billing}:{id_}"
            word = Word(
                id=f"approved/{approval.at.isoformat()}",
                kind=WordKind.APPROVED,
                at=approval.at,
                actor=approval.actor,
            )
            await self._records.dunning.said(customer, word)
            subject = Subject(kind=SubjectKind.CUSTOMER, connection=approval.billing, id=id_)
            await wake(activity.client(), DUNNING, subject, Changed(key="approved"), priority=AT_LEISURE)
            activity.heartbeat()
        return len(approval.customers)
