"""One machine is enough until what it holds, or what waits for it, says otherwise."""

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from temporalio.testing import WorkflowEnvironment

from raccord.domain.values.message import Message
from raccord.temporal.flows import FLOWS_QUEUE
from raccord.texts import say
from starters.embedded import outgrown as module
from starters.embedded.outgrown import IN_A_ROW, LARGEST, LONGEST_WAIT, Size, outgrown, tell_when_outgrown
from tests.temporal.conftest import EXECUTABLE

QUICK = Size(timedelta(seconds=1), 2**20)
SLOW = Size(LONGEST_WAIT * 2, 2**20)


@pytest.mark.parametrize(
    ("looks", "said"),
    [
        ([], ""),
        ([QUICK] * 9, ""),
        ([SLOW] * (IN_A_ROW - 1), ""),
        ([SLOW, QUICK, SLOW], ""),
        ([QUICK, *[SLOW] * IN_A_ROW], "steps of flows have waited 10 minutes"),
        ([Size(timedelta(0), LARGEST + 1)], "Temporal's database holds 4 GiB"),
    ],
)
def test_a_burst_is_no_reason_and_what_lasts_is(looks: list[Size], said: str) -> None:
    why = outgrown(looks)
    assert (say(why, "en") if why else "").startswith(said)
    assert bool(why) is bool(said)


async def test_what_waits_is_asked_of_the_server_and_told_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "EVERY", timedelta(seconds=0.05))
    monkeypatch.setattr(module, "LONGEST_WAIT", timedelta(0))
    told: list[Message] = []
    said = asyncio.Event()

    def tell(sentence: Message) -> None:
        told.append(sentence)
        said.set()

    environment = await WorkflowEnvironment.start_local(dev_server_existing_path=str(EXECUTABLE))
    async with environment as running:
        client: Any = running.client
        # Nobody serves the queue.
        await client.start_workflow("DealWon", id="waits", task_queue=FLOWS_QUEUE)
        telling = asyncio.create_task(tell_when_outgrown(client, tmp_path, tell))
        await asyncio.wait_for(said.wait(), 30)
        await asyncio.sleep(0.5)
        telling.cancel()
    assert len(told) == 1
    assert say(told[0], "en").startswith("This company has outgrown one machine: steps of flows have waited")
