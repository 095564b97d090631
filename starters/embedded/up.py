"""`raccord up`: one company, one machine, and nothing on the screen that is not proven."""

import asyncio
import os
import secrets
from collections.abc import Coroutine
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import click
import httpx
from temporalio.client import Client
from temporalio.service import RPCError

from raccord.connectors.connection import Kind
from raccord.domain.values.message import Message, message
from raccord.records.database import RecordsUnavailable
from raccord.records.records import Records
from raccord.sealing import KeyRing
from raccord.settings.configuration import BadSettings, Configuration
from raccord.settings.model import Settings
from raccord.temporal.client import TemporalUnreachable, connect
from raccord.temporal.identity import START, WorkerIdentity
from raccord.temporal.logs import configure_logs
from raccord.temporal.search import register_search_attributes
from raccord.texts import say
from raccord.texts.told import Told
from starters.cli.common import fail
from starters.cli.language import spoken
from starters.embedded import temporal_server
from starters.embedded.banner import banner, changed, held_up, stranger
from starters.embedded.outgrown import tell_when_outgrown
from starters.embedded.processes import raccord
from starters.embedded.proof import Serving, receiver_answers, serving
from starters.embedded.supervision import KeepsDying, Supervision
from workers.connections import opened
from workers.policies import deal_won_policy
from workers.run import stop_event

READY_WITHIN = timedelta(seconds=60)
LOOK_EVERY = timedelta(seconds=10)


class NotReady(Told):
    """What was started does not serve; `str()` says which, and its last words."""


@dataclass(frozen=True)
class _Start:
    """One start of `raccord up`. `nonce`: what only its children know. `lock`: what its children hold."""

    configuration: Configuration
    keys: KeyRing
    lock: int
    nonce: str

    @property
    def settings(self) -> Settings:
        return self.configuration.settings

    async def serve(self, children: Supervision) -> None:
        """Start everything, prove it, say so, and tell what changes; ends only by being cancelled."""
        await self._start_server(children)
        client = await connect(self.settings, self.keys)
        await register_search_attributes(client)
        await self._start_ours(children)
        now = await self._proven(client)
        assert now.ours is not None  # noqa: S101 - it is not proven before there is one
        click.echo(banner(self.configuration, now.ours, spoken()))
        async with asyncio.TaskGroup() as telling:
            telling.create_task(_tell_changes(client, now.ours, self.nonce))
            telling.create_task(_tell_outages(self.settings, self.keys))
            telling.create_task(tell_when_outgrown(client, self.settings.data.directory, _warn))

    async def _start_server(self, children: Supervision) -> None:
        temporal_server.close_to_others(self.settings.data.directory)
        await children.start(
            temporal_server.server(self.settings, log=self._log("temporal"), holding=[self.lock])
        )
        try:
            await temporal_server.wait_until_healthy(self.settings)
        except TimeoutError:
            raise NotReady(message("up.no_temporal", log=str(self._log("temporal")))) from None

    async def _start_ours(self, children: Supervision) -> None:
        environment = {
            "RACCORD_CONFIG": str(self.configuration.path.resolve()),
            START: self.nonce,
        }
        for name in ("worker", "starter"):
            await children.start(
                raccord(name, name, log=self._log(name), environment=environment, holding=[self.lock])
            )

    async def _proven(self, client: Client) -> Serving:
        receiver = self.settings.receiver
        host = "127.0.0.1" if receiver.host in ("0.0.0.0", "::") else receiver.host  # noqa: S104
        address = f"http://{f'[{host}]' if ':' in host else host}:{receiver.port}"
        answers, now = False, Serving(None)
        try:
            async with (
                asyncio.timeout(READY_WITHIN.total_seconds()),
                httpx.AsyncClient(base_url=address) as http,
            ):
                while not (answers and now.ours):
                    answers = answers or await receiver_answers(http, self.nonce)
                    with suppress(RPCError):
                        now = await serving(client, self.nonce)
                    await asyncio.sleep(0.1)
        except TimeoutError:
            missing = [n for n, there in (("worker", now.ours), ("starter", answers)) if not there]
            logs = tuple(str(self._log(name)) for name in missing)
            raise NotReady(
                message("up.not_ready", names=tuple(missing), seconds=str(READY_WITHIN.seconds), logs=logs)
            ) from None
        return now

    def _log(self, name: str) -> Path:
        return self.settings.data.directory / "logs" / f"{name}.log"


async def run_up(configuration: Configuration, keys: KeyRing, lock: int) -> int:
    """Start Temporal, worker and receiver, and keep them running until SIGTERM or Ctrl-C.

    `lock`: see `starters.embedded.alone`.
    """
    configure_logs("up")
    if os.environ.get("TEMPORAL_ADDRESS"):
        fail(
            message("up.elsewhere"),
            status=1,
        )
    try:
        async with opened(configuration) as connections:
            deal_won_policy(configuration, connections.of(Kind.BILLING).capabilities)
    except BadSettings as error:
        fail(error)
    stop = stop_event()
    await _migrate(configuration.settings, keys)
    try:
        async with Supervision() as children:
            start = _Start(configuration, keys, lock, secrets.token_hex(8))
            await children.during(_unless(stop, start.serve(children)))
            click.echo(say(message("up.stopping"), spoken()))
    except (KeepsDying, NotReady, TemporalUnreachable) as error:
        fail(error, status=1)
    return 0


async def _tell_outages(settings: Settings, keys: KeyRing) -> None:
    """Say which connection holds flows up, and when none does any more."""
    records, told = Records.open(settings.records_url, keys), set[str]()
    try:
        while True:
            with suppress(RecordsUnavailable):
                held = await records.stuck.list()
                now = {each.connection for each in held}
                for connection in sorted(now - told):
                    flows = [each for each in held if each.connection == connection]
                    _warn(held_up(connection, flows), marked=True)
                for connection in sorted(told - now):
                    _warn(message("up.over", connection=connection))
                told = now
            await asyncio.sleep(LOOK_EVERY.total_seconds())
    finally:
        await records.close()


def _warn(said: Message, *, marked: bool = False) -> None:
    language = spoken()
    mark = click.style(say(message("up.warning"), language), fg="yellow", bold=True) + " " if marked else ""
    click.echo(f"{mark}{say(said, language)}", err=True)


async def _migrate(settings: Settings, keys: KeyRing) -> None:
    records = Records.open(settings.records_url, keys)
    try:
        await records.migrate()
    finally:
        await records.close()


async def _unless(stop: asyncio.Event, work: Coroutine[Any, Any, None]) -> None:
    """Work until it ends or the stop comes."""
    working, stopped = asyncio.create_task(work), asyncio.create_task(stop.wait())
    try:
        await asyncio.wait([working, stopped], return_when=asyncio.FIRST_COMPLETED)
        if working.done():
            working.result()
    finally:
        for task in (working, stopped):
            task.cancel()
        await asyncio.gather(working, stopped, return_exceptions=True)


async def _tell_changes(client: Client, worker: WorkerIdentity, nonce: str) -> None:
    """Say who else serves the flows, and when our own worker comes to do something else."""
    told: set[str] = set()
    while True:
        with suppress(RPCError):
            now = await serving(client, nonce)
            for other in now.others:
                if other.name not in told:
                    told.add(other.name)
                    _warn(stranger(other), marked=True)
            if now.ours and not now.ours.does_as(worker):
                worker = now.ours
                _warn(changed(worker))
        await asyncio.sleep(LOOK_EVERY.total_seconds())
