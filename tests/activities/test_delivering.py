"""Telling the flows of a large delivery: each is told, also when an attempt dies or Temporal refuses one."""

import dataclasses
from collections.abc import Callable
from typing import Any, cast

import pytest
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode
from temporalio.testing import ActivityEnvironment

from activities.service.flows import Delivery, FlowActivities, Waking
from raccord.domain.values.subject import Subject, SubjectKind
from raccord.records.records import Records
from raccord.temporal.flows import DEAL_WON

IDS = [str(n) for n in range(25)]


class Temporal:
    """Notes whom it is told to wake, and refuses as it is told to."""

    def __init__(self, refuses: Callable[[str], RPCStatusCode | None] = lambda _: None) -> None:
        self.woken: list[str] = []
        self._refuses = refuses

    async def start_workflow(self, _: str, subject: Subject, **__: Any) -> None:
        if status := self._refuses(subject.id):
            raise RPCError("no", status, b"")
        self.woken.append(subject.id)


def delivery() -> Delivery:
    subjects = [Subject(kind=SubjectKind.DEAL, connection="hubspot", id=id) for id in IDS]
    wakings = [Waking(flow=DEAL_WON.name, subject=each, key="event", thorough=False) for each in subjects]
    return Delivery(connection="hubspot", wakings=tuple(wakings))


async def deliver(records: Records, temporal: Temporal, *heard: int) -> list[int]:
    """Run one attempt, of which so much of the last one was heard; return its own beats."""
    env = ActivityEnvironment(client=cast(Client, temporal))
    env.info = dataclasses.replace(env.info, heartbeat_details=list(heard))
    beats: list[int] = []
    env.on_heartbeat = beats.append
    await env.run(FlowActivities(records).deliver, delivery())
    return beats


async def test_every_flow_is_told_and_the_last_beat_says_so(records: Records) -> None:
    temporal = Temporal()
    assert (await deliver(records, temporal))[-1] == len(IDS)
    assert sorted(temporal.woken) == sorted(IDS)


async def test_an_attempt_goes_on_where_the_last_one_was_heard_of(records: Records) -> None:
    temporal = Temporal()
    await deliver(records, temporal, 20)
    assert sorted(temporal.woken) == sorted(IDS[20:])


async def test_what_temporal_can_never_take_is_set_aside_and_stops_nobody(records: Records) -> None:
    temporal = Temporal(lambda id: RPCStatusCode.INVALID_ARGUMENT if id == "7" else None)
    await deliver(records, temporal)
    assert sorted(temporal.woken) == sorted(set(IDS) - {"7"})
    assert [kept.source for kept in await records.quarantine.list()] == ["hubspot"]


async def test_an_outage_ends_the_attempt(records: Records) -> None:
    temporal = Temporal(lambda id: RPCStatusCode.UNAVAILABLE if id == "12" else None)
    with pytest.raises(RPCError):
        await deliver(records, temporal)
    assert await records.quarantine.list() == ()
