"""The stage: every process of the demo, each a real one."""

import asyncio
import os
import sys
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack, suppress
from datetime import timedelta
from types import TracebackType
from typing import Self

import httpx
from temporalio.client import Client, ScheduleOverlapPolicy
from temporalio.service import RPCError

from raccord.domain.values.clock import BusinessClock
from raccord.domain.values.deal import DealRef
from raccord.domain.values.message import message
from raccord.machine import OUR_COMMAND
from raccord.records.records import Records
from raccord.sealing import KeyRing
from raccord.settings.configuration import Configuration
from raccord.settings.load import read
from raccord.temporal.client import connect
from raccord.temporal.flows import DEAL_WON, SWEEP
from raccord.temporal.search import register_search_attributes
from raccord.texts import say_param
from raccord.texts.told import MACHINE
from starters.demo.place import Place
from starters.demo.vendors import PATIENCE, Vendors, eventually
from starters.embedded.processes import Process, raccord
from starters.embedded.temporal_server import NotServing, start_server

BETWEEN_SWEEPS = timedelta(seconds=5)
"""Longer than a customer's flow waits for more changes and looks: each sweep names those of a while again."""
SLACK_SCOPES = ("chat:write", "users:read", "users:read.email", "channels:history")
"""What an app is granted that was made as docs/vendors/slack.md says; `doctor` names every other."""


class Stage:
    """Temporal, sandbox, receiver and worker as processes of their own; an async context manager."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self.pair = place.pair
        self.vendors = Vendors(place.url("sandbox"), place.pair)
        self.client: Client
        self.clock: BusinessClock
        self._stack = AsyncExitStack()
        self.worker = self._raccord("worker")

    def _raccord(self, *arguments: str) -> Process:
        name = arguments[0]
        return raccord(name, *arguments, log=self.place.log(name), environment=self.place.environment)

    async def __aenter__(self) -> Self:
        try:
            await self._start()
        except BaseException:
            await self._stack.aclose()
            raise
        return self

    async def _start(self) -> None:
        configuration = self._configuration()
        self.clock = configuration.settings.clock
        keys = KeyRing.create(configuration.settings.key_file)
        records = Records.open(configuration.settings.records_url, keys)
        await records.migrate()
        await records.close()
        crm = self.pair.crm.name
        server = await start_server(configuration.settings)
        self._stack.push_async_callback(server.stop)
        sandbox = self._raccord(
            "sandbox",
            *("--port", str(self.place.ports["sandbox"]), "--mail"),
            *("--smtp-port", str(self.place.ports["smtp"])),
            *(part for name in self.pair.hooks for part in ("--webhook", f"{name}={self.door(name)}")),
            *("--webhook", f"slack={self.place.url('receiver', '/slack/actions')}"),
            *("--link", f"flow={self.place.ui.flow(f'deal-won/{crm}/{{id}}')}".replace("%7Bid%7D", "{id}")),
            *(
                part
                for label, url in self.place.ui.links(self.pair.connections)
                for part in ("--link", f"{say_param(label, MACHINE)}={url}")
            ),
        )
        starter = self._raccord("starter")
        for process in (sandbox, starter):
            await process.start()
            self._stack.push_async_callback(process.stop)
        self.client = await connect(configuration.settings, keys)
        await register_search_attributes(self.client)
        self._stack.push_async_callback(self.vendors.close)
        await self._ready(sandbox, "/", "sandbox")
        await self.vendors.sandbox.settings("slack", scopes=SLACK_SCOPES)
        for each in (self.vendors.crm, self.vendors.billing):
            await each.ready(self.vendors.sandbox)
        if not self.pair.crm.has_fields:
            await self.command("setup", "--json")
        if configuration.settings.report_sinks:
            self.place.write_google_key(await self.vendors.sheets.key())
        await self.worker.start()
        self._stack.push_async_callback(self._stop_worker)
        await self._ready(starter, "/readyz", "receiver")
        if not self.pair.billing.tells:
            # What was there before nobody hears of: from here on everything is news.
            await eventually(self._swept)
            sweeping = asyncio.create_task(self._sweeps())
            self._stack.callback(sweeping.cancel)

    async def _swept(self) -> bool:
        """Whether the sweep of the start is over."""
        try:
            found = (await self.client.get_schedule_handle(SWEEP).describe()).info
        except RPCError:
            return False
        return bool(found.recent_actions) and not found.running_actions

    async def _sweeps(self) -> None:
        """Have the schedule of the sweep begin one every few seconds, which elsewhere is once an hour."""
        handle = self.client.get_schedule_handle(SWEEP)
        while True:
            await asyncio.sleep(BETWEEN_SWEEPS.total_seconds())
            with suppress(RPCError):
                await handle.trigger(overlap=ScheduleOverlapPolicy.SKIP)
            await eventually(self._swept)

    def door(self, connection: str) -> str:
        """Return where a vendor's webhooks are taken."""
        return self.place.url("receiver", f"/webhooks/{connection}")

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._stack.aclose()

    async def _stop_worker(self) -> None:
        await self.worker.stop()

    def _configuration(self) -> Configuration:
        os.environ.update(self.place.environment)
        return read(self.place.config)

    async def _ready(self, process: Process, path: str, port: str) -> None:
        async def answers() -> bool:
            if not process.running:
                raise NotServing(message("demo.not_started", name=process.name, said=process.last_words()))
            try:
                async with httpx.AsyncClient() as http:
                    return (await http.get(self.place.url(port, path))).status_code == 200
            except httpx.TransportError:
                return False

        if not await eventually(answers):
            raise NotServing(message("demo.no_answer", name=process.name, said=process.last_words()))

    async def command(self, *arguments: str) -> str:
        """Run a command of ours as somebody in another shell does, and return what it prints.

        Raises `RuntimeError` with its words where it fails.
        """
        typed = await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", OUR_COMMAND, *arguments),
            env=os.environ | self.place.environment,
            # Like every other process here, it has a share of its own in a busy machine.
            start_new_session=True,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        said, complaint = await typed.communicate()
        if typed.returncode:
            raise RuntimeError(f"raccord {' '.join(arguments)}: {complaint.decode().strip()}")
        return said.decode()

    async def ending_of(self, deal: str) -> str:
        """Wait for the end of a deal's flow and return how it ended."""
        ref = DealRef(connection=self.pair.crm.name, id=self.vendors.crm.id_of(deal))
        handle = self.client.get_workflow_handle(DEAL_WON.id_of(ref.subject))

        async def begun() -> bool:
            try:
                await handle.describe()
            except RPCError:
                return False
            return True

        await eventually(begun)
        return str((await asyncio.wait_for(handle.result(), PATIENCE.total_seconds()))["ending"])

    async def killed_worker(self, provoke: Callable[[], Awaitable[None]]) -> bool:
        """Do what makes the worker die, wait until it has, and start another one. False if it lived."""

        async def dead() -> bool:
            return not self.worker.running

        await provoke()
        died = await eventually(dead)
        if died:
            self.worker = self._raccord("worker")
            await self.worker.start()
        return died
