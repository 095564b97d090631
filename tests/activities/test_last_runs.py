"""How many flows ended last, from one list, and singly where that is too long."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest
from temporalio.client import Client, WorkflowExecutionStatus
from temporalio.common import SearchAttributePair, TypedSearchAttributes
from temporalio.service import RPCError, RPCStatusCode

from activities.service import last_runs as room
from activities.service.last_runs import LastRun, last_runs
from raccord.domain.values.deal import DealRef
from raccord.domain.values.subject import Subject
from raccord.temporal.flows import DEAL_WON
from raccord.temporal.search import STATE

BEGAN = datetime(2026, 11, 27, tzinfo=UTC)
COMPLETED, RUNNING = WorkflowExecutionStatus.COMPLETED, WorkflowExecutionStatus.RUNNING


def deal(id: str) -> Subject:
    return DealRef(connection="hubspot", id=id).subject


@dataclass
class Run:
    id: str
    status: WorkflowExecutionStatus
    state: str
    day: int = 0

    @property
    def start_time(self) -> datetime:
        return BEGAN + timedelta(days=self.day)

    @property
    def typed_search_attributes(self) -> TypedSearchAttributes:
        return TypedSearchAttributes([SearchAttributePair(STATE, self.state)])


def run(id: str, status: WorkflowExecutionStatus, state: str, *, day: int = 0) -> Run:
    return Run(DEAL_WON.id_of(deal(id)), status, state, day)


@dataclass
class Temporal:
    """Lists these runs in their order, and has described what was asked for by its id."""

    runs: list[Run]
    queries: list[str] = field(default_factory=list)
    described: list[str] = field(default_factory=list)

    async def list_workflows(self, query: str, *, limit: int, **_: Any) -> AsyncIterator[Run]:
        self.queries.append(query)
        for each in [each for each in self.runs if f"'{each.id}'" in query][:limit]:
            yield each

    def get_workflow_handle(self, id: str) -> "_Handle":
        return _Handle(self, id)


@dataclass
class _Handle:
    temporal: Temporal
    id: str

    async def describe(self) -> Run:
        self.temporal.described.append(self.id)
        for each in self.temporal.runs:
            if each.id == self.id:
                return each
        raise RPCError("gone", RPCStatusCode.NOT_FOUND, b"")


async def asked(temporal: Temporal, *ids: str) -> dict[str, LastRun]:
    found = await last_runs(cast(Client, temporal), DEAL_WON, [deal(id) for id in ids])
    return {subject.id: last for subject, last in found.items()}


async def test_the_newest_run_counts_in_whichever_order_they_are_listed() -> None:
    temporal = Temporal(
        [
            run("1", COMPLETED, "problems", day=1),
            run("1", COMPLETED, "closed", day=2),
            run("2", RUNNING, "waiting", day=1),
            run("3", WorkflowExecutionStatus.TERMINATED, "waiting"),
            run("4", COMPLETED, "not_for_us"),
        ]
    )
    assert await asked(temporal, "1", "2", "3", "5") == {
        "1": LastRun(end="closed"),
        "2": LastRun(running=True),
        "3": LastRun(),
        "5": LastRun(),
    }
    assert (len(temporal.queries), temporal.described) == (1, [])


async def test_nobody_is_asked_about_nothing() -> None:
    temporal = Temporal([])
    assert (await asked(temporal), temporal.queries) == ({}, [])


async def test_what_a_long_list_hides_is_asked_for_singly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "MOST", 3)
    often = [run("1", COMPLETED, "closed", day=-day) for day in range(5)]
    temporal = Temporal([*often, run("2", COMPLETED, "shadow")])
    ends = await asked(temporal, "1", "2", "3")
    assert ends == {"1": LastRun(end="closed"), "2": LastRun(end="shadow"), "3": LastRun()}
    assert temporal.described == [DEAL_WON.id_of(deal(id)) for id in ("2", "3")]


async def test_no_id_ends_the_query() -> None:
    temporal = Temporal([])
    await asked(temporal, "1' OR 'a' = 'a")
    assert "'deal-won/hubspot/1\\' OR \\'a\\' = \\'a'" in temporal.queries[0]
