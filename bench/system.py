"""The system under measure: a lane of the tests beside a worker with bare flows, on one Temporal server."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from temporalio.client import Client

from bench.bare_worker import bare_worker
from bench.processes import CpuSeconds, between, spent
from raccord.domain.rules.timing import Timing
from sandbox.hubspot.settings import SUBSCRIPTIONS
from starters.embedded.processes import Process, raccord
from tests.front_door.judge import by_a_person
from tests.front_door.stack import STAGE_ONLY, Lane, TemporalServer, free_port, until

AT_A_TIME = 20
NUMBER = "billing_invoice_number"
OVERRIDES = {
    # As users have them, and not as short as the tests do: Temporal's own ten seconds for a step of a flow
    # do not shrink with ours.
    "RACCORD_TEMPORAL__STEP_TIMEOUT": f"{Timing().step_timeout.total_seconds():g}",
    "RACCORD_TEMPORAL__STICKY_TIMEOUT": "10",
    # Accounts with raised limits: what is measured is us.
    "RACCORD_HUBSPOT__REQUESTS_PER_SECOND": "500",
    "RACCORD_STRIPE__REQUESTS_PER_SECOND": "500",
}
RUNNING = "WorkflowType = 'DealWon' AND ExecutionStatus = 'Running'"


@dataclass(frozen=True)
class System:
    """Sandbox, receiver, worker and Temporal, as processes; and the bare worker beside them."""

    directory: Path
    lane: Lane
    bare: Client
    bare_pid: int

    @property
    def pids(self) -> dict[str, int]:
        """The processes whose CPU a deal costs."""
        lane = self.lane
        return {
            "server": lane.server.process.pid,
            "worker": lane.worker.pid,
            "receiver": lane.receiver.pid,
            "bare worker": self.bare_pid,
        }

    @property
    def databases(self) -> dict[str, Path]:
        """The files of the records and of Temporal."""
        (records,) = self.lane.directory.glob("*.db")
        return {"records": records, "Temporal": self.directory / "temporal.db"}

    def another(self, command: str, log: str, **environment: str) -> Process:
        """Describe one more process of the system, with its own log."""
        given = self.lane.environment | environment
        return raccord(command, command, log=self.lane.directory / log, environment=given)

    def another_receiver(self, port: int, log: str, **environment: str) -> Process:
        """Describe one more receiver, on ports of its own."""
        ports = {"RACCORD_RECEIVER__PORT": str(port), "RACCORD_TEMPORAL__CODEC_PORT": str(free_port())}
        return self.another("starter", log, **ports, **environment)

    async def new_deals(self, count: int) -> list[str]:
        """Create open deals, each of a new company, without a webhook."""
        return await self.deals_of([await self.lane.account.company() for _ in range(count)])

    async def deals_of(self, companies: Iterable[str]) -> list[str]:
        """Create an open deal of each company, without a webhook."""
        account = self.lane.account
        await account.settings("hubspot", subscriptions=STAGE_ONLY)
        deals = [await account.deal(company) for company in companies]
        # From here on as docs/setup.md has it: what our own writes cause is part of the cost.
        await account.settings("hubspot", subscriptions=list(SUBSCRIPTIONS))
        return deals

    async def win(self, deals: Iterable[str]) -> None:
        gate = asyncio.Semaphore(AT_A_TIME)

        async def one(deal: str) -> None:
            async with gate:
                await self.lane.account.win(deal)

        await asyncio.gather(*(one(deal) for deal in deals))

    async def number(self, deal: str, *, within: float = 60) -> None:
        """Wait until a deal shows its invoice's number."""

        async def shown() -> bool:
            return bool((await self.lane.account.shown(deal))[NUMBER])

        await until(shown, within=timedelta(seconds=within), what=f"deal {deal} shows its invoice")

    async def settled(self, deals: Iterable[str], *, within: float = 300) -> None:
        """Wait until each deal has its number and no flow of a deal runs any more."""
        ends = time.monotonic() + within
        for deal in deals:
            await self.number(deal, within=ends - time.monotonic())
        await self.quiet(within=ends - time.monotonic())

    async def quiet(self, *, within: float = 300) -> None:
        """Wait until no flow of a deal runs."""

        async def none_runs() -> bool:
            return (await self.lane.client.count_workflows(RUNNING)).count == 0

        await until(none_runs, within=timedelta(seconds=within), what="every flow has ended")

    async def last_request(self) -> int:
        """Return the number of the last request that the simulators got."""
        return int((await self.lane.account.requests(since="0"))[-1]["n"])

    async def requests(self, since: int) -> list[dict[str, Any]]:
        """Return what the worker has asked the simulators since then."""
        found = await self.lane.account.requests(since=str(since))
        return [r for r in found if not by_a_person(r)]

    async def idle(self, seconds: float) -> CpuSeconds:
        """Return what each process spends in a second while nothing happens."""
        before = spent(self.pids)
        await asyncio.sleep(seconds)
        return {name: cpu / seconds for name, cpu in between(before, spent(self.pids)).items()}


@asynccontextmanager
async def system(directory: Path) -> AsyncIterator[System]:
    """Start everything, and stop it at the end."""
    server = TemporalServer(directory)
    await server.start()
    try:
        async with Lane(server, directory / "lane", "bench", overrides=OVERRIDES, start=raccord) as lane:
            account = lane.account
            await account.settings("hubspot", requests_per_ten_seconds=100_000)
            await account.settings("stripe", rate_limits=False)
            address = f"127.0.0.1:{server.port}"
            worker = bare_worker(address, lane.namespace, lane.url("sandbox"), log=directory / "bare.log")
            await worker.start()
            try:
                bare = await Client.connect(address, namespace=lane.namespace)
                yield System(directory, lane, bare, worker.pid)
            finally:
                await worker.stop()
    finally:
        await server.process.stop()
