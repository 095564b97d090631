"""What a worker answers to whoever watches it."""

import asyncio
from contextlib import AsyncExitStack
from typing import Any

import httpx
import pytest
import structlog
from temporalio.service import RPCError, RPCStatusCode

from raccord.records.database import RecordsUnavailable
from raccord.settings.model import Health as HealthSettings
from tests.front_door.stack import free_port
from workers import health
from workers.health import Health, served


class Server:
    """A Temporal that answers, or does not."""

    away = False
    hangs = False

    @property
    def service_client(self) -> "Server":
        return self

    async def check_health(self) -> bool:
        if self.hangs:
            await asyncio.Event().wait()
        if self.away:
            raise RPCError("away", RPCStatusCode.UNAVAILABLE, b"")
        return True


class Kept:
    """Records that answer, or do not."""

    current = True
    away = False

    async def migrated(self) -> bool:
        if self.away:
            raise RecordsUnavailable("away")
        return self.current


@pytest.fixture
def server() -> Any:
    return Server()


@pytest.fixture
def records() -> Any:
    return Kept()


async def ask(port: int, path: str) -> int:
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as http:
        return (await http.get(path)).status_code


async def test_it_is_alive_from_its_first_moment_and_ready_only_while_it_serves(
    server: Any, records: Any
) -> None:
    watched, port = Health(records), free_port()
    async with served(HealthSettings(worker_port=port), watched):
        assert (await ask(port, "/healthz"), await ask(port, "/readyz")) == (200, 503)
        watched.serves(server)
        assert await ask(port, "/readyz") == 200
        watched.drains()
        assert (await ask(port, "/healthz"), await ask(port, "/readyz")) == (200, 503)


async def test_it_is_not_ready_without_temporal_or_its_records(
    server: Any, records: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health, "WITHIN", health.WITHIN / 20)
    watched, port = Health(records), free_port()
    watched.serves(server)
    async with served(HealthSettings(worker_port=port), watched):
        for trouble, what in (
            (server, "away"),
            (server, "hangs"),
            (records, "away"),
        ):
            setattr(trouble, what, True)
            assert (await ask(port, "/healthz"), await ask(port, "/readyz")) == (200, 503)
            setattr(trouble, what, False)
            assert await ask(port, "/readyz") == 200
        records.current = False
        assert await ask(port, "/readyz") == 503


async def test_a_second_worker_takes_a_free_port_and_says_which(records: Any) -> None:
    settings = HealthSettings(worker_port=free_port())
    with structlog.testing.capture_logs() as lines:
        async with AsyncExitStack() as stack:
            for _ in range(2):
                await stack.enter_async_context(served(settings, Health(records)))
            first, second = (line["port"] for line in lines if line["event"] == "health.ready")
            assert first == settings.worker_port != second
            assert await ask(second, "/healthz") == 200


async def test_it_can_be_turned_off(records: Any) -> None:
    with structlog.testing.capture_logs() as lines:
        async with served(HealthSettings(worker_port=0), Health(records)):
            assert not lines
