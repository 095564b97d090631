"""What `raccord dunning simulate` says is what the flow does: the same stories, played by both."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from temporalio.client import WorkflowExecutionDescription, WorkflowExecutionStatus, WorkflowHistory

from raccord.domain.dunning.memory import Memory
from raccord.domain.dunning.rehearsal import History, rehearsed
from raccord.domain.rules.timing import Timing
from raccord.domain.values.subject import Subject, SubjectKind
from raccord.temporal.flows import DUNNING, Changed, wake
from tests.front_door.stack import until
from tests.workflows.dunning.late import CALENDAR, Late
from tests.workflows.dunning.stories import A_DAY, A_YEAR, Stories
from tests.workflows.house import PARIS, House, needs_server

pytestmark = [needs_server, pytest.mark.slow]
SEED, STORIES = 9, 12
RULES = """
gap = 9
owed_at_least = { EUR = 100, USD = 100 }
levels = [
  { day = -5, tone = "notice" },
  { day = 7, tone = "courteous" },
  { day = 15, tone = "firm" },
  { day = 30, tone = "last" },
]
"""
"""The calendar, and everything that may hold a reminder up."""
LONG = Timing().waiting_after
CLOSE = timedelta(minutes=20)
"""The clock of the flow goes on while it works; whatever happens is further from anything else."""


class Played:
    """Customers whose flows live through a year that is skipped."""

    def __init__(self, late: Late, histories: Sequence[History]) -> None:
        self._late = late
        self._of = {each.account.customer_id: each for each in histories}
        self._wakes: dict[str, datetime] = {}
        """When each flow wakes by itself."""

    async def passes(self, start: datetime, end: datetime) -> None:
        """Let time pass, to each thing that happens and to each moment at which a flow wakes."""
        news = {id: _news(its, start) for id, its in self._of.items()}
        at, touched = start, list(self._of)
        while at <= end:
            await self._happens(at, touched)
            later = (each for its in news.values() for each in its if each > at)
            at = min((*self._wakes.values(), *later), default=end + A_DAY)
            await self._late.home.pass_time(max(at - await self._late.home.now(), timedelta(0)))
            woken = [id for id, wakes in self._wakes.items() if wakes <= at]
            await asyncio.gather(*map(self._rests, woken))
            touched = [id for id, its in news.items() if at in its]

    async def _happens(self, at: datetime, customers: Sequence[str]) -> None:
        """Let what happened to these customers by now be known, and their flows look."""
        for id in customers:
            its = self._of[id]
            self._late.home.billing.accounts[id] = its.at(at)
            for word in its.said(at).words:
                await self._late.home.records.dunning.said(str(_subject(id)), word)
            await wake(self._late.home.client, DUNNING, _subject(id), Changed(key=at.isoformat()))
        await asyncio.gather(*map(self._rests, customers))

    async def _rests(self, customer: str) -> None:
        """Wait until a flow rests or has ended, and note when it wakes."""
        handle = self._late.home.flow(DUNNING.id_of(_subject(customer)))
        found: list[WorkflowExecutionDescription] = []

        async def resting() -> bool:
            found[:] = [await handle.describe()]
            raw = found[0].raw_description
            return not raw.pending_activities and not raw.HasField("pending_workflow_task")

        await until(resting, what=f"the flow of {customer} rests")
        self._wakes.pop(customer, None)
        if found[0].status is WorkflowExecutionStatus.RUNNING:
            timers = _timers(await handle.fetch_history())
            self._wakes |= {customer: min(timers)} if timers else {}

    async def memory(self, customer: str) -> Memory:
        return await self._late.home.records.dunning.memory(str(_subject(customer)))


def _subject(customer: str) -> Subject:
    return Subject(kind=SubjectKind.CUSTOMER, connection="stripe", id=customer)


def _timers(history: WorkflowHistory) -> list[datetime]:
    """Return when each timer of a run will fire, but for those that watch a step."""
    waits: dict[int, datetime] = {}
    for event in history.events:
        waits.pop(event.timer_fired_event_attributes.started_event_id, None)
        waits.pop(event.timer_canceled_event_attributes.started_event_id, None)
        lasts = event.timer_started_event_attributes.start_to_fire_timeout.ToTimedelta()
        if lasts > LONG:
            waits[event.event_id] = event.event_time.ToDatetime(UTC) + lasts
    return list(waits.values())


def _news(history: History, after: datetime) -> list[datetime]:
    """Return every later moment at which something happens to a customer."""
    found = [bill.issued_at for bill in history.bills]
    found += [came.at for bill in history.bills for came in bill.came]
    found += [word.at for word in history.words]
    return [at for at in found if at > after]


async def test_what_the_rehearsal_says_is_what_the_flow_sends(at_home: House) -> None:
    late = Late(at_home)
    await late.work(more=CALENDAR + RULES)
    start = await at_home.now()
    end = start + A_DAY * A_YEAR
    histories = Stories(SEED, start.astimezone(PARIS).date() + A_DAY).some(STORIES)
    every = rehearsed(histories, late.policy, start, end)
    assert {each.due.level for each in every} == {0, 1, 2, 3}
    played = Played(late, histories)
    await played.passes(start, end)
    for history in histories:
        its = history.account
        foreseen = [each for each in every if each.customer_id == its.customer_id]
        sent = (await played.memory(its.customer_id)).rounds
        assert [(each.level, each.tone, each.reached, each.owed) for each in sent] == [
            (each.due.level, each.due.tone, each.due.reached, each.owed) for each in foreseen
        ], history
        apart = [abs(one.at - other.at) for one, other in zip(sent, foreseen, strict=True)]
        assert max(apart, default=CLOSE / 2) < CLOSE, history
        # What a kept promise is thanked with is no reminder.
        left = [mail.key for mail in late.mails if mail.to == (its.email,) and "/thanks/" not in mail.key]
        assert left == [each.due.key for each in foreseen], history
