"""Which flows a delivery wakes."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, cast

import httpx
import pytest
from temporalio.client import Client

from raccord.connectors.webhooks import Hint, HintKind, WebhookEvents, WebhookRequest
from raccord.domain.desk.question import watch_key
from raccord.records.records import Records
from raccord.sealing import KeyRing
from raccord.settings.model import Receiver as ReceiverSettings
from starters.receiver.app import Receiver
from tests.records.questions import question

OF_ITSELF = "deal-won/hubspot/1"
WAITING = "deal-won/hubspot/2"


class Told:
    """A vendor whose every delivery says that these records changed."""

    def __init__(self, *hints: Hint) -> None:
        self._hints = hints

    def authenticate(self, request: WebhookRequest) -> None:
        """Everything is authentic."""

    def parse(self, _: bytes) -> WebhookEvents:
        return WebhookEvents(hints=self._hints)


class Woken:
    """A Temporal that notes the ids it is told to start or signal."""

    def __init__(self) -> None:
        self.ids: list[str] = []

    async def start_workflow(self, *_: object, id: str, **__: Any) -> None:
        self.ids.append(id)


@pytest.fixture
async def records(tmp_path: Path) -> AsyncIterator[Records]:
    opened = Records.open(f"sqlite:///{tmp_path / 'records.db'}", KeyRing.create(tmp_path / "keys.json"))
    await opened.migrate()
    yield opened
    await opened.close()


async def woken_by(records: Records, kind: HintKind, id: str) -> list[str]:
    woken, told = Woken(), Told(Hint(kind=kind, id=id, key="event"))
    receiver = Receiver(cast(Client, woken), records, {"hubspot": told}, ReceiverSettings())
    transport = httpx.ASGITransport(app=receiver.app())
    async with httpx.AsyncClient(transport=transport, base_url="http://receiver") as http:
        answer = await http.post("/webhooks/hubspot", json=[])
    assert answer.status_code == 200
    return woken.ids


async def test_a_deal_wakes_its_own_flow_and_each_other_that_waits_for_it(records: Records) -> None:
    watched = (watch_key("hubspot", "deal", "1"),)
    for flow in (OF_ITSELF, WAITING):
        await records.waiting.open(flow, question(watched=watched))
    assert await woken_by(records, HintKind.DEAL, "1") == [OF_ITSELF, WAITING]


async def test_a_company_wakes_the_flows_that_wait_for_it_alone(records: Records) -> None:
    await records.waiting.open(WAITING, question(watched=(watch_key("hubspot", "company", "12"),)))
    assert await woken_by(records, HintKind.COMPANY, "12") == [WAITING]
    assert await woken_by(records, HintKind.COMPANY, "13") == []
