"""Customers who were late before reminders began, and the one question about them."""

from datetime import datetime

from temporalio import activity

from raccord.domain.dunning.backlog import LateBefore, subject_of
from raccord.domain.dunning.standing import Standing
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


class Ruling(Value):
    """A person said of all these customers that they may be reminded, or are left alone."""

    billing: str
    customers: tuple[str, ...]
    kind: WordKind
    actor: str
    at: datetime


class BacklogActivities:
    def __init__(self, records: Records) -> None:
        self._records = records

    @activity.defn(name="dunning.waits")
    async def waits(self, wanted: Waits) -> None:
        """Remember that a customer waits for an approval, and have it asked for unless it is asked already.

        Whom a person left alone waits for nothing.
        """
        customer = f"{wanted.billing}:{wanted.late.customer_id}"
        memory = await self._records.dunning.memory(customer)
        if Standing(words=memory.words, today=wanted.at.date()).left_alone:
            return
        new = await self._records.dunning.waits(customer, wanted.late, wanted.at)
        # The question may have ended without an answer: no reminders left for a while, for example.
        if new or not await self._asked(wanted.billing):
            await self._ask(wanted.billing)

    @activity.defn(name="dunning.waits_no_more")
    async def waits_no_more(self, customer: Subject) -> None:
        """Forget that a customer waits for an approval: it paid, or something else holds its reminders."""
        await self._records.dunning.waits_no_more(str(customer))
        await self._ask(customer.connection)

    @activity.defn(name="dunning.backlog")
    async def backlog(self) -> tuple[LateBefore, ...]:
        """Return who waits for an approval."""
        return await self._records.dunning.waiting()

    @activity.defn(name="dunning.rule")
    async def rule(self, ruling: Ruling) -> None:
        """Remember it of each of these customers; have the flows of those look who may be reminded."""
        for id_ in ruling.customers:
            subject = Subject(kind=SubjectKind.CUSTOMER, connection=ruling.billing, id=id_)
            word = Word(
                id=f"{ruling.kind}/{ruling.at.isoformat()}",
                kind=ruling.kind,
                at=ruling.at,
                actor=ruling.actor,
            )
            await self._records.dunning.said(str(subject), word)
            if ruling.kind is WordKind.APPROVED:
                await wake(activity.client(), DUNNING, subject, Changed(key="approved"), priority=AT_LEISURE)
            activity.heartbeat()

    async def _asked(self, billing: str) -> bool:
        return await self._records.waiting.of_flow(DUNNING_BACKLOG.id_of(subject_of(billing))) is not None

    async def _ask(self, billing: str) -> None:
        await wake(activity.client(), DUNNING_BACKLOG, subject_of(billing), Changed(key="late before"))
