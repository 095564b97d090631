"""A lane: sandbox, receiver and worker as processes of their own, on a namespace of its own."""

import asyncio
import contextlib
import itertools
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any, Protocol, Self

import httpx
from temporalio.client import Client, WorkflowHandle
from temporalio.service import RPCError

from raccord.domain.values.deal import DealRef
from raccord.records.records import Records
from raccord.records.waiting import Waiting
from raccord.sealing import KeyRing
from raccord.settings.configuration import Configuration
from raccord.settings.load import read
from raccord.temporal.client import connect
from raccord.temporal.flows import DEAL_WON, Changed, wake
from raccord.temporal.search import register_search_attributes
from starters.embedded.processes import Process
from starters.embedded.temporal_server import ONE_PARTITION, executable
from tests import forked
from tests.forked import Forked
from tests.front_door.account import Account
from tests.patience import patience

SECRETS = {
    "RACCORD_HUBSPOT__ACCESS_TOKEN": "pat-eu1-sandbox-0000",
    "RACCORD_HUBSPOT__WEBHOOK_SECRET": "sandbox-hubspot-client-secret-0000",
    "RACCORD_STRIPE__API_KEY": "rk_test_sandbox0000000000000000",
    "RACCORD_STRIPE__WEBHOOK_SECRET": "whsec_sandbox00000000000000000000",
    "RACCORD_SLACK__BOT_TOKEN": "xoxb-sandbox-0000",
    "RACCORD_SLACK__WEBHOOK_SECRET": "sandbox-slack-signing-secret-0000",
    "RACCORD_EVENTS__WEBHOOK_SECRET": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
}

STAGE_ONLY = ["deal.propertyChange:dealstage", "deal.deletion"]

LOGGED = ("--sqlite-pragma", "synchronous=OFF", "--sqlite-pragma", "journal_mode=WAL")
"""Survives a killed process; no test cuts the power, and many lanes would wait for the disk."""

TOML = """
crm = "hubspot"
billing = "stripe"
messenger = "slack"
inbound = ["events"]
invoice_deals_won_from = 2020-01-01

[modes]
deal_won = "{mode}"
payment = "{payment}"

[desk]
contact = "Anne Durand"

[watch]
probe_every = 1

[invoice]
operations = "goods"

[vat.zero_rate_reasons]
intra_community_fr = "Livraison intracommunautaire."
export_fr = "Exportation."
export_en = "Export."

[invoice.footers]
fr = "Pas d'escompte. Pénalités de retard et indemnité de 40 EUR."

[receiver]
port = {receiver}
public_url = "http://127.0.0.1:{receiver}"

[temporal]
step_timeout = 3
first_retry = 0.3
longest_retry = 1
embedded_port = {temporal}
namespace = "{namespace}"
codec_port = {codec}
sticky_timeout = 2
graceful_shutdown = 3

[metrics]
worker_port = 0
receiver_port = 0

[health]
worker_port = 0

[data]
directory = "{directory}"

[hubspot]
base_url = "http://127.0.0.1:{sandbox}/hubspot"
timeout = 2

[stripe]
base_url = "http://127.0.0.1:{sandbox}/stripe"
dashboard_url = "http://127.0.0.1:{sandbox}/stripe/dashboard"
timeout = 2
settle = 1.5

[events]
vendor = "standard_webhooks"

[slack]
base_url = "http://127.0.0.1:{sandbox}/slack/api/"
channel = "C0BILLING"
people = ["anne.durand@hexalab.example", "U0CAMILLE"]
timeout = 2
"""


_SHARE = 2_500
_FIRST = 12_000 + _SHARE * (int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")) % 8)
_PORTS = itertools.cycle(range(_FIRST, _FIRST + _SHARE))
for _ in range(os.getpid() % _SHARE):
    next(_PORTS)


def free_port() -> int:
    """Return a port that nobody else takes before its process does.

    Below those that a system gives to whoever asks for any (from 32768 on Linux), of which a Temporal server
    takes several for itself. Each test worker has a share of its own, and begins anywhere in it, so that
    another run of the tests beside it takes others.
    """
    for port in _PORTS:
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    raise AssertionError("itertools.cycle() never ends")


class Server(Protocol):
    """A Temporal server for lanes. `environment`: what a process needs to find it, beside its port."""

    port: int
    process: Process
    environment: dict[str, str]

    async def namespace(self, name: str) -> None: ...


class TemporalServer:
    """One development server for all tests of the whole system; each lane gets a namespace of its own."""

    def __init__(self, directory: Path) -> None:
        self.environment: dict[str, str] = {}
        self.port = free_port()
        self._directory = directory
        command = [str(executable()), "server", "start-dev", "--headless", "--ip", "127.0.0.1"]
        command += ["--port", str(self.port), "--log-level", "error"]
        command += ["--db-filename", str(directory / "temporal.db"), *ONE_PARTITION, *LOGGED]
        self.process = Process("temporal", command, log=directory / "temporal.log")

    async def start(self) -> None:
        await self.process.start()
        async with asyncio.timeout(patience(30)):
            while True:
                try:
                    await Client.connect(f"127.0.0.1:{self.port}")
                except RuntimeError:
                    await asyncio.sleep(0.1)
                else:
                    return

    async def namespace(self, name: str) -> None:
        command = [str(executable()), "operator", "namespace", "create", "-n", name]
        command += ["--address", f"127.0.0.1:{self.port}"]
        done = await asyncio.to_thread(subprocess.run, command, capture_output=True, check=False)
        assert done.returncode == 0, done.stderr.decode()


LANES = itertools.count(1)
"""Two modules of one test process may name a lane alike: their namespaces differ."""


class Lane:
    """The whole system once, started as a user starts it. An async context manager.

    `keys`: a key ring to use instead of a new one. `shared`: a namespace that exists already. Without a
    `messenger` questions are in the inbox alone. Stripe tells of payments unless `payment` is in shadow.
    `start`: how its processes begin.
    """

    crm = "hubspot"

    def __init__(
        self,
        server: Server,
        directory: Path,
        name: str,
        *,
        mode: str = "live",
        payment: str = "shadow",
        overrides: dict[str, str] | None = None,
        keys: Path | None = None,
        shared: str = "",
        messenger: bool = True,
        start: Callable[..., Process] = Forked,
    ) -> None:
        self.server = server
        self.directory = directory
        self.namespace = shared or f"raccord-{name}-{next(LANES)}"
        self.ports = {each: free_port() for each in ("receiver", "codec", "sandbox", "smtp")}
        self.config_file = directory / "raccord.toml"
        self.mode = mode
        self.payment = payment
        self._keys = keys
        self._shared = shared
        self._messenger = messenger
        self._start = start
        secrets = {k: v for k, v in SECRETS.items() if messenger or "SLACK" not in k}
        ours = {**secrets, "RACCORD_CONFIG": str(self.config_file)}
        self.environment = {**ours, **server.environment, **(overrides or {})}
        self.worker = self._process("worker", "worker")
        self.receiver = self._process("starter", "starter")
        self.client: Client
        self.account: Account
        self._stack = AsyncExitStack()

    def _process(self, name: str, *arguments: str) -> Process:
        log = self.directory / f"{name}.log"
        return self._start(name, *arguments, log=log, environment=self.environment)

    def url(self, name: str, path: str = "") -> str:
        return f"http://127.0.0.1:{self.ports[name]}{path}"

    def write_configuration(self) -> None:
        self.directory.mkdir(parents=True, exist_ok=True)
        toml = TOML if self._messenger else TOML[: TOML.index("[slack]")].replace('messenger = "slack"', "")
        self.config_file.write_text(
            toml.format(
                mode=self.mode,
                payment=self.payment,
                temporal=self.server.port,
                namespace=self.namespace,
                directory=self.directory,
                **self.ports,
            )
        )

    async def __aenter__(self) -> Self:
        self.write_configuration()
        if not self._shared:
            await self.server.namespace(self.namespace)
        keys = KeyRing.create(self.directory / "keys.json")
        if self._keys:
            shutil.copy(self._keys, self.directory / "keys.json")
            keys = KeyRing.load(self._keys)
        records = Records.open(self.configuration().settings.records_url, keys)
        await records.migrate()
        await records.close()
        doors = {"hubspot": "/webhooks/hubspot", "slack": "/slack/actions"}
        doors |= {} if self.payment == "shadow" else {"stripe": "/webhooks/stripe"}
        told = [f"{vendor}={self.url('receiver', path)}" for vendor, path in doors.items()]
        sandbox = self._process(
            "sandbox",
            *("sandbox", "--port", str(self.ports["sandbox"])),
            *("--smtp-port", str(self.ports["smtp"]), "--mail"),
            *(argument for each in told for argument in ("--webhook", each)),
        )
        for process in (sandbox, self.receiver):
            await process.start()
            self._stack.push_async_callback(process.stop)
        settings = self.configuration().settings
        with environment(self.environment):
            self.client = await connect(settings, keys)
        if not self._shared:
            self._stack.push_async_callback(put_to_rest, self.client)
        await register_search_attributes(self.client)
        await self.worker.start()
        self._stack.push_async_callback(self._stop_worker)
        self.account = Account(self.url("sandbox"))
        self._stack.push_async_callback(self.account.close)
        await until(lambda: answers(self.url("sandbox", "/_control/requests")))
        await until(lambda: answers(self.url("receiver", "/readyz")))
        # Creation events would start flows that end as "not won" before the test begins.
        await self.account.settings("hubspot", subscriptions=STAGE_ONLY)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._stack.aclose()

    async def _stop_worker(self) -> None:
        await self.worker.stop()

    def configuration(self) -> Configuration:
        with environment(self.environment):
            return read(self.config_file)

    async def command(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run one of our own commands as an operator does."""
        return await forked.command(*arguments, environment=self.environment)

    async def restart_worker(self) -> None:
        """Start another worker process after the last one died or was stopped."""
        await self.worker.stop()
        self.worker = self._process("worker", "worker")
        await self.worker.start()

    async def restart_receiver(self) -> None:
        """Start another receiver process after the last one was stopped, and wait until it is ready."""
        await self.receiver.stop()
        self.receiver = self._process("starter", "starter")
        await self.receiver.start()
        self._stack.push_async_callback(self.receiver.stop)
        await until(lambda: answers(self.url("receiver", "/readyz")))

    async def wake(self, deal_id: str, *, key: str, thorough: bool = True) -> WorkflowHandle[object, object]:
        """Have the deal's flow look again, as the sweep does; not `thorough`: as an event does."""
        subject = DealRef(connection=self.crm, id=deal_id).subject
        return await wake(self.client, DEAL_WON, subject, Changed(key=key, thorough=thorough))

    @contextlib.asynccontextmanager
    async def records(self) -> AsyncIterator[Records]:
        """What this system remembers, as one more process that reads it."""
        keys = KeyRing.load(self.directory / "keys.json")
        records = Records.open(self.configuration().settings.records_url, keys)
        try:
            yield records
        finally:
            await records.close()

    async def audit(self) -> list[dict[str, Any]]:
        """Every audit row, unsealed."""
        async with self.records() as records:
            assert (await records.audit.verify()).ok
            return [row async for row in records.audit.export()]

    async def waiting(self) -> tuple[Waiting, ...]:
        """Every open question, as the inbox lists them."""
        async with self.records() as records:
            return await records.waiting.list()

    async def question(self, deal_id: str, *, cause: str = "") -> Waiting:
        """Wait until the deal's flow asks a person, and return what it asks."""
        found: list[Waiting] = []

        async def asked() -> bool:
            found[:] = [w for w in await self.waiting() if w.question.subject.id == deal_id]
            return any(w.question.cause == cause or not cause for w in found)

        await until(asked, what=f"a question about deal {deal_id} ({cause or 'any'}), not {found}")
        return found[0]

    async def outcome(self, deal_id: str, *, within: float = 60) -> Any:
        """Wait for the end of the deal's flow, once it has begun, and return its result."""
        handle = self.client.get_workflow_handle(f"deal-won/{self.crm}/{deal_id}")

        async def begun() -> bool:
            with contextlib.suppress(RPCError):
                await handle.describe()
                return True
            return False

        await until(begun, what=f"deal {deal_id} has a flow")
        return await asyncio.wait_for(handle.result(), patience(within))

    async def worker_dies(self) -> None:
        """Wait until the worker's process has come to its end, then start another one."""
        await asyncio.wait_for(self.worker.wait(), patience(30))
        await self.restart_worker()


async def put_to_rest(client: Client) -> None:
    """End what a namespace would go on with: schedules of short days keep a server busy without a worker."""
    async for schedule in await client.list_schedules():
        await client.get_schedule_handle(schedule.id).delete()
    async for flow in client.list_workflows("ExecutionStatus = 'Running'"):
        with contextlib.suppress(RPCError):  # it ended meanwhile
            await client.get_workflow_handle(flow.id).terminate()


CODE = "from starters.cli.main import main; main()"


async def command(
    *arguments: str, environment: dict[str, str], cwd: Path | None = None
) -> subprocess.CompletedProcess[str]:
    """Run one command to its end."""
    return await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-c", CODE, *arguments],
        env=os.environ | environment | {"PYTHONPATH": str(Path(__file__).parents[2])},
        cwd=cwd,
        capture_output=True,
        text=True,
        check=False,
        timeout=patience(170),
    )


@contextlib.contextmanager
def environment(values: dict[str, str]) -> Any:
    """Set environment variables for the duration of a block."""
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


async def answers(url: str) -> bool:
    try:
        async with httpx.AsyncClient() as http:
            return (await http.get(url)).status_code == 200
    except httpx.TransportError:
        return False


async def until(
    look: Callable[[], Awaitable[bool]], *, within: timedelta = timedelta(seconds=60), what: str = ""
) -> None:
    """Poll until it is so; fails the test when time is up: `within`, on an idle machine."""
    limit = patience(within.total_seconds())
    try:
        async with asyncio.timeout(limit):
            while not await look():  # noqa: ASYNC110 - what is waited for is in another process
                await asyncio.sleep(0.1)
    except TimeoutError:
        raise AssertionError(f"not so within {limit:.0f} s: {what or look}") from None
