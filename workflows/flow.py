"""What every flow shares: it looks until nothing changes, asks people, and says how it ended."""

import asyncio
import contextlib
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any, Generic, NoReturn, Protocol, TypeVar

from temporalio import workflow

from activities.records.memory import RecordsActivities
from activities.service.flows import FlowActivities, Waking
from raccord.domain.desk.asks import vanished
from raccord.domain.desk.question import Answer, Ask, Choice, Decision, Question
from raccord.domain.values.end import End
from raccord.domain.values.message import RecordName
from raccord.domain.values.subject import Subject, SubjectKind
from raccord.temporal import search
from raccord.temporal.flows import DUNNING, Changed
from raccord.texts.ends import end_markdown
from workflows.desk import Desk
from workflows.held_up import HeldUp
from workflows.page import Page
from workflows.steps import Gone, LookAgain, OutOfTime, Stopped, run_join, run_local, run_ours, run_step
from workflows.turn import Turn

T = TypeVar("T")

_ENOUGH = 3
"""Looks that came to nothing one after the other, until a person is asked about what a vendor refuses."""


class Ended(Protocol):
    """A flow's own result, which knows how it is told."""

    def told(self, subject: Subject) -> End: ...


E = TypeVar("E", bound=Ended)


class GivenUp(Exception):
    """A person decided that the flow goes no further."""


class Flow(ABC, Generic[E]):
    """A flow about one subject, which may be started at any time, by anybody, any number of times.

    It never acts on an event's content: `changed` only says that another look is due, and a flow does
    not close while one is. Everything is read again in each look and every write looks first. What only
    a person can settle waits at the desk; after an answer, too, everything is read again. No look begins
    at once after one that came to nothing: it waits for a person, for a change, or for a while.
    """

    def __init__(self, subject: Subject) -> None:
        self.subject = subject
        self.page = Page()
        self.held_up = HeldUp(self.page)
        self._turn = Turn()
        self._desk = Desk(self.page)
        self._changed = False
        self._thorough = self.thorough = False
        self._quiet: bool | None = None
        self._vanished: set[str] = set()
        self._rested = False
        self.told = 0
        """How often somebody said that something changed."""

    @workflow.signal(description="Something about its subject changed: look again")
    def changed(self, why: Changed = Changed(key="unsaid")) -> None:  # noqa: B008 - it is frozen
        self._changed = True
        self.told += 1
        self._turn.asked(why.rank)
        self._thorough = self._thorough or why.thorough
        self._quiet = why.quiet if self._quiet is None else self._quiet and why.quiet

    @property
    def loud(self) -> bool:
        """Whether people may notice what a look finds: not where all who asked for it wanted none to."""
        return not self._quiet

    @workflow.update(description="Answer the question that the flow waits with")
    def decide(self, decision: Decision) -> str:
        self._turn.asked()
        return self._desk.take(decision)

    @decide.validator
    def _may_decide(self, decision: Decision) -> None:
        self._desk.check(decision)

    @abstractmethod
    async def look(self) -> E:
        """One pass from reading to the end. It may raise whatever a step or a question raises."""

    @abstractmethod
    async def still_so(self) -> bool:
        """Whether the subject is what the last look read."""

    @abstractmethod
    def asks(self) -> bool:
        """Whether this flow may wait for a person now."""

    @abstractmethod
    def question(self, ask: Ask) -> Question:
        """Put an ask into the context of the subject."""

    @abstractmethod
    def stopped(self, ask: Ask) -> E:
        """Return the end of a flow that may not ask."""

    @abstractmethod
    def given_up(self) -> E:
        """Return the end of a flow that a person gave up."""

    @abstractmethod
    def about(self) -> RecordName:
        """Name the subject as the steps that read it do."""

    @abstractmethod
    async def deleted(self) -> E:
        """Return the end when the subject itself is gone."""

    async def until_nothing_changes(self) -> E:
        """Look until a look has an end and nothing changed meanwhile; record the end and return it."""
        watching = asyncio.create_task(self.held_up.watch())
        while True:
            end = await self._one_look()
            if end is None or (self._changed and not await self._nothing_new()):
                self._continue_when_long()
                continue
            await self._conclude(end.told(self.subject))
            await self.afterwards(end)
            if not self._changed or await self._nothing_new():
                watching.cancel()
                return end

    def going_on(self) -> object:
        """Return what a run that goes on is given, where a history grew long."""
        return self.subject

    async def remind(self, billing: str, customer_id: str, key: str) -> None:
        """Have the flow look that reminds a customer of what is late."""
        subject = Subject(kind=SubjectKind.CUSTOMER, connection=billing, id=customer_id)
        wanted = Waking(flow=DUNNING.name, subject=subject, key=key)
        await run_ours(FlowActivities.wake, wanted, summary="look at what the customer owes")

    async def afterwards(self, end: E) -> None:
        """What is told beside the end, once."""

    async def ask(self, ask: Ask) -> Answer:
        """Return a person's standing answer; without one, wait for it and then look at everything again."""
        answer = await self._desk.ask(
            self.question(ask),
            language=self.held_up.language,
            changed=lambda: self._changed,
            still_so=self._still_so_if_readable,
        )
        if answer.choice is Choice.CANCEL:
            raise GivenUp
        return answer

    async def got_past(self) -> None:
        """Close the question that is still listed, of a flow that goes on without an answer."""
        if settled := await run_local(RecordsActivities.got_past, summary="is a question still listed?"):
            await self._desk.leave(settled)

    async def rest(self, until: datetime | None, summary: str) -> NoReturn:
        """Wait for a change, no longer than until an aware instant; then look at everything again."""
        self._rested = True
        workflow.upsert_search_attributes(
            [
                search.STATE.value_set("resting"),
                search.CAUSE.value_unset(),
                *((search.NEXT_STEP.value_set(until),) if until else ()),
            ]
        )
        await self._changed_or(until, summary)
        raise LookAgain

    async def _changed_or(self, until: datetime | None, summary: str) -> None:
        wait = until - workflow.now() if until else None
        if wait is not None and wait <= timedelta(0):
            return
        with contextlib.suppress(TimeoutError):
            await workflow.wait_condition(lambda: self._changed, timeout=wait, timeout_summary=summary)

    async def _still_so_if_readable(self) -> bool:
        """Whether the subject is what was asked about, as far as it can be read: that may be the question."""
        try:
            return await self.still_so()
        except (Stopped, OutOfTime):
            return True

    async def step(
        self,
        method: Callable[..., Awaitable[T]],
        arg: Any,
        *,
        queue: str,
        about: RecordName,
        summary: str,
        within: timedelta | None = None,
        lasting: timedelta | None = None,
    ) -> T:
        """Run one vendor step; see `run_step`. One that is held up for long says so.

        `lasting`: how long one attempt may take, where that is not what others may.
        """
        step = run_step(
            method,
            arg,
            queue=queue,
            timing=self.held_up.timing,
            about=about,
            summary=summary,
            within=within,
            lasting=lasting,
            turn=self._turn,
        )
        return await self.held_up.while_awaiting(queue, step)

    async def join(
        self,
        method: Callable[..., Awaitable[T]],
        arg: Any,
        *,
        queue: str,
        about: RecordName,
        summary: str,
    ) -> T:
        """Wait for another flow, which works on the connection `queue`; see `run_join` and `step`."""
        joined = run_join(method, arg, about=about, summary=summary)
        return await self.held_up.while_awaiting(queue, joined)

    async def _one_look(self) -> E | None:
        """One look with all its ways out; None when another look is due before the end."""
        self.thorough, self._thorough, self._changed = self._thorough, False, False
        try:
            try:
                try:
                    end: E | None = await self.look()
                except Gone as gone:
                    end = await self._gone(gone.record)
            except Stopped as stopped:
                if not self.asks():
                    return self.stopped(stopped.ask)
                await self.ask(stopped.ask)
                end = None
        except GivenUp:
            end = self.given_up()
        except LookAgain as again:
            end = await self._outdated(again.ask)
        except OutOfTime as late:
            await self.held_up.pause(late.wait, late.queue)
            return None
        rested, self._rested = self._rested, False
        if end or self._desk.heard() or rested or self._changed:
            self.held_up.fruitless = 0
        else:
            # Nobody said anything: what made this look void may make the next one void as well.
            await self.held_up.pause()
        return end

    async def _gone(self, record: RecordName) -> E:
        """The subject is gone: the end. Anything else that vanished is looked for again, once each."""
        if record == self.about():
            return await self.deleted()
        if record.identity in self._vanished:
            raise Stopped(vanished(record))
        self._vanished.add(record.identity)
        raise LookAgain

    async def _outdated(self, ask: Ask | None) -> E | None:
        """Look again; what reading again has not mended a few times is a question."""
        if ask is None or self.held_up.fruitless < _ENOUGH:
            return None
        if not self.asks():
            return self.stopped(ask)
        try:
            await self.ask(ask)
        except GivenUp:
            return self.given_up()
        except LookAgain:
            pass
        return None

    async def _nothing_new(self) -> bool:
        """Whether the changes told since the look began leave the subject as it was read."""
        if self._thorough:
            return False
        self._changed = False
        try:
            same = await self.still_so()
        except (Stopped, OutOfTime):
            return False
        return same and not self._changed

    def _continue_when_long(self) -> None:
        if workflow.info().is_continue_as_new_suggested():
            workflow.continue_as_new(self.going_on())

    async def _conclude(self, end: End) -> None:
        self.page.show(end_markdown(end, self.held_up.language))
        amount = end.amount
        workflow.upsert_search_attributes(
            [
                search.STATE.value_set(end.state),
                search.CAUSE.value_set(end.cause) if end.cause else search.CAUSE.value_unset(),
                *((search.CUSTOMER.value_set(end.customer),) if end.customer else ()),
                *((search.INVOICES.value_set(list(end.invoices)),) if end.invoices else ()),
                *((search.AMOUNT_MINOR.value_set(amount.minor),) if amount else ()),
                *((search.CURRENCY.value_set(amount.currency),) if amount else ()),
            ]
        )
        settled = await run_local(RecordsActivities.conclude, end, summary=f"record the end: {end.state}")
        if settled:
            await self._desk.leave(settled)
