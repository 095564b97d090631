"""A command that waits for a flow's end outlasts a server that is too busy to answer, and nothing else."""

from typing import Any, cast

import pytest
from temporalio.client import WorkflowHandle
from temporalio.service import RPCError, RPCStatusCode

from starters.cli import server
from starters.cli.server import ASKED, end_of


class Flow:
    def __init__(self, *answers: RPCStatusCode | str) -> None:
        self._answers = list(answers)
        self.asked = 0

    async def result(self) -> str:
        self.asked += 1
        answer = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
        if isinstance(answer, RPCStatusCode):
            raise RPCError("context deadline exceeded", answer, b"")
        return answer


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "PAUSE_SECONDS", 0.0)


async def ended(flow: Flow) -> str:
    return await end_of(cast("WorkflowHandle[Any, str]", flow))


async def test_a_server_without_an_answer_is_asked_again() -> None:
    flow = Flow(RPCStatusCode.DEADLINE_EXCEEDED, RPCStatusCode.UNAVAILABLE, "invoiced")
    assert (await ended(flow), flow.asked) == ("invoiced", 3)


@pytest.mark.parametrize(
    ("status", "asked"), [(RPCStatusCode.DEADLINE_EXCEEDED, ASKED), (RPCStatusCode.NOT_FOUND, 1)]
)
async def test_one_that_refuses_or_stays_silent_ends_the_wait(status: RPCStatusCode, asked: int) -> None:
    flow = Flow(status)
    with pytest.raises(RPCError):
        await ended(flow)
    assert flow.asked == asked
