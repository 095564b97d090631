from unittest.mock import AsyncMock, Mock

import pytest
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode
from temporalio.testing import ActivityEnvironment

from activities.desk.questions import DeskActivities, DeskRules
from raccord.domain.desk.question import Choice, Decision
from raccord.records.records import Records
from tests.records.questions import FLOW, answer, question


async def test_a_decision_is_noted_once_though_telling_of_it_failed(records: Records) -> None:
    ticket = await records.waiting.open(FLOW, question())
    away = RPCError("away", RPCStatusCode.UNAVAILABLE, b"")
    client = Mock(spec=Client, start_workflow=AsyncMock(side_effect=[away, None]))
    environment = ActivityEnvironment(client=client)
    desk = DeskActivities(records, DeskRules(), "flows")
    decision = Decision(incident=ticket.incident, revision=1, answer=answer(Choice.SKIP))
    with pytest.raises(RPCError):
        await environment.run(desk.answer, decision)
    await environment.run(desk.answer, decision)
    (row,) = [row async for row in records.audit.export()]
    assert (row["effect"], row["object"], row["actor"]) == ("desk.decision", "hubspot:9001", "cli:anne")
    assert row["detail"] == {
        "incident": ticket.incident,
        "choice": "skip",
        "option": "",
        "reason": "Go on without the e-mail",
        "asked": "identifier",
    }
    assert client.start_workflow.await_count == 2
