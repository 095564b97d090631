"""The steps of flow 4, each bound to its customer, its queue and its place in the history.

`Reading` is all that a flow in shadow has: there is nothing to write with.
"""

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from temporalio import workflow

from activities.contact.memory import Agreeing, ContactMemory, CustomerQuery, Moving, Touched
from activities.contact.sides import Overwrite, SideReads, SideWrites
from raccord.domain.contact.agreed import Agreement, Pair, pairs_of, written
from raccord.domain.contact.plan import Carrying, changes_of
from raccord.domain.contact.policy import ContactPolicy
from raccord.domain.contact.said import essence
from raccord.domain.desk.question import watch_key
from raccord.domain.rules.contact import ContactRules, Standing
from raccord.domain.values.details import Changes, Details, Field, Side, Sight
from raccord.domain.values.message import RecordKind, RecordName
from raccord.domain.values.subject import Subject
from raccord.records.agreed import Said
from workflows.steps import run_local, run_ours

if TYPE_CHECKING:
    from workflows.contact_sync.flow import ContactSync


@dataclass(frozen=True)
class Both:
    """What both sides of a customer say now."""

    customer: Sight
    pairs: tuple[Pair, ...] = ()
    """Of its companies that live."""
    learnt: dict[Field, Standing] = field(default_factory=dict)
    """Whose word counts where people said so."""

    @property
    def seen(self) -> tuple[Sight, tuple[Pair, ...]]:
        """What people can change."""
        return self.customer, self.pairs

    def standings(self, rules: ContactRules) -> dict[Field, Standing]:
        """Return whose word counts in each field that is kept in step."""
        return {each: self.learnt.get(each, standing) for each, standing in rules.fields.items()}


class Reading:
    """What can be looked up about one customer. Every method may raise `Stopped` and `Gone`."""

    def __init__(self, flow: "ContactSync", customer: Subject, policy: ContactPolicy) -> None:
        self._flow = flow
        self._customer = customer
        self._crm = policy.crm
        self._billing = policy.billing

    async def both(self) -> Both | None:
        """Read the customer and its companies side by side; None where it is no company's."""
        wanted = CustomerQuery(billing=self._billing, customer_id=self._customer.id, crm=self._crm)
        known = await run_local(ContactMemory.recall, wanted, summary="which companies is this customer?")
        if not known.pairs:
            return None
        companies = (self._sight(Side.CRM, id_of(each.company)) for each in known.pairs)
        customer, *found = await asyncio.gather(self._sight(Side.BILLING, self._customer.id), *companies)
        return Both(customer, pairs_of(customer, known.pairs, found), known.learnt)

    async def _sight(self, side: Side, id: str) -> Sight:
        return await self._flow.step(
            SideReads.read,
            id,
            queue=self._queue(side),
            about=self._about(side, id),
            summary=_READS[side],
        )

    def _queue(self, side: Side) -> str:
        return self._crm if side is Side.CRM else self._billing

    def _about(self, side: Side, id: str) -> RecordName:
        return RecordName(kind=RecordKind.COMPANY if side is Side.CRM else RecordKind.CUSTOMER, id=id)


class Writing(Reading):
    """What can be done about one customer."""

    async def agree(
        self,
        agreed: dict[str, dict[Field, Agreement]],
        *,
        wrote: dict[str, tuple[Said, ...]] | None = None,
        learnt: tuple[Field, Standing] | None = None,
    ) -> None:
        """Remember what the pairs say, by company; `wrote`: what we made a record of other pairs too say."""
        if not (agreed or learnt):
            return
        wanted = Agreeing(
            billing=self._billing,
            customer_id=self._customer.id,
            agreed=agreed,
            wrote=wrote or {},
            learnt=dict([learnt] if learnt else []),
        )
        await run_local(ContactMemory.agree, wanted, summary="remember what both sides say")

    async def follow(self, pairs: tuple[Pair, ...]) -> None:
        """Hear of changes of the other records that the companies' details come from."""
        parts = sorted(each.id for pair in pairs for each in pair.crm.also)
        keys = tuple(watch_key(self._crm, RecordKind.CONTACT, id) for id in parts)
        if keys:
            await run_local(ContactMemory.follow, keys, summary="hear of what its contacts change")

    async def moved(self, pairs: tuple[Pair, ...]) -> bool:
        """Remember which companies were merged into other ones; return whether any was."""
        merged = [each for each in pairs if id_of(each.company) != each.crm.record.id]
        for pair in merged:
            await self._moved(pair.company, f"{self._crm}:{pair.crm.record.id}")
        return bool(merged)

    async def _moved(self, company: str, survivor: str) -> None:
        wanted = Moving(
            billing=self._billing, customer_id=self._customer.id, company=company, survivor=survivor
        )
        await run_local(ContactMemory.moved, wanted, summary="its company was merged into another one")

    async def carry(self, pair: Pair, carrying: Carrying, *, actor: str = "") -> None:
        """Write one side's values on the other, and remember what that says then."""
        target = carrying.origin.other
        edits = pair.sight(carrying.origin).edits
        after = await self._write(
            target,
            pair.sight(target).record.id,
            Overwrite(
                connection=self._queue(target),
                record_id=pair.sight(target).record.id,
                changes=changes_of(pair, carrying),
                origin=carrying.origin,
                typed_by={each: edits[each].by for each in carrying.fields if each in edits},
                actor=actor,
            ),
            summary=f"write {', '.join(carrying.fields)} on the side of {target}",
        )
        now = workflow.now()
        agreed = {each: written(pair, each, carrying.origin, after, now) for each in carrying.fields}
        await self.agree({pair.company: agreed}, wrote={pair.company: _said(target, agreed)})
        if target is Side.BILLING:
            wanted = Touched(companies=(pair.company,))
            await run_ours(ContactMemory.redo_drafts, wanted, summary="drafts that wait are made anew")

    async def put_back(
        self, pair: Pair, side: Side, fields: frozenset[Field], details: Details, *, actor: str, row: int
    ) -> None:
        """Write old values back on one side, and let both agree to differ."""
        found = pair.sight(side)
        after = await self._write(
            side,
            found.record.id,
            Overwrite(
                connection=self._queue(side),
                record_id=found.record.id,
                changes=Changes(fields=fields, details=details, expected=found.details),
                undoes=row,
                actor=actor,
            ),
            summary=f"put back {', '.join(sorted(fields))} on the side of {side}",
        )
        back = {each: pair.now(each).saying(side, essence(after.details, each)) for each in sorted(fields)}
        await self.agree({pair.company: back}, wrote={pair.company: _said(side, back)})

    async def _write(self, side: Side, id: str, wanted: Overwrite, *, summary: str) -> Sight:
        return await self._flow.step(
            SideWrites.write, wanted, queue=self._queue(side), about=self._about(side, id), summary=summary
        )


def id_of(company: str) -> str:
    """Return the id of a company that is named `<connection>:<id>`."""
    return company.partition(":")[2]


def _said(side: Side, agreed: dict[Field, Agreement]) -> tuple[Said, ...]:
    return tuple(Said(side=side, field=field, text=found.of(side)) for field, found in agreed.items())


_READS = {Side.CRM: "read the company", Side.BILLING: "read the customer"}
