"""`raccord up` as a person starts, kills and starts it again: what it says is so, and nothing outlives it."""

import asyncio
import fcntl
import itertools
import json
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Self

import pytest
from temporalio.client import Client

from raccord.machine import Holder, holders_of_file
from raccord.sealing import KeyRing
from raccord.settings.load import read
from raccord.temporal.client import connect
from starters.embedded.lock import NAME as LOCK
from starters.embedded.processes import Process, raccord
from tests.front_door.account import Account
from tests.front_door.judge import by_a_person
from tests.front_door.stack import (
    SECRETS,
    STAGE_ONLY,
    TOML,
    answers,
    command,
    environment,
    free_port,
    until,
)
from tests.patience import patience

pytestmark = pytest.mark.skipif(
    sys.platform != "linux", reason="only Linux kills children with their parent and tells who holds what"
)
UP = "Raccord is up"
_numbers = itertools.count()


class House:
    """A company's folder with its configuration, and the vendors beside it."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.data = directory / "data"
        self.ports = {name: free_port() for name in ("receiver", "temporal", "codec", "ui", "sandbox")}
        self.config = directory / "raccord.toml"
        english = {"LC_ALL": "en_GB.UTF-8"}
        self.environment = SECRETS | english | {"RACCORD_CONFIG": str(self.config), "TEMPORAL_ADDRESS": ""}
        self.ups: list[Process] = []

    def write(self, mode: str) -> Self:
        toml = TOML.format(mode=mode, payment="shadow", namespace="up", directory=self.data, **self.ports)
        self.config.write_text(
            toml.replace("[temporal]\n", f"[temporal]\nembedded_ui_port = {self.ports['ui']}\n")
        )
        return self

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        for up in self.ups:
            await up.stop()

    def process(self, name: str, **more: str) -> Process:
        """One of our commands in this house."""
        log = self.directory / f"{name}-{next(_numbers)}.log"
        return raccord(name, name, log=log, environment=self.environment | more)

    async def up(self) -> Process:
        """Start it and return once it says that it is up."""
        up = self.process("up")
        self.ups.append(up)
        await up.start()
        await until(lambda: said(up, UP), what="up says that it is up")
        return up

    async def client(self) -> Client:
        with environment(self.environment):
            settings = read(self.config).settings
            return await connect(settings, KeyRing.load(self.data / "keys.json"))

    def at_work(self) -> list[Holder]:
        """Every process that works with the data: `up` and what it started hold the lock."""
        lock = self.data / LOCK
        return [found for found in holders_of_file(lock) if found.pid != os.getpid()] if lock.exists() else []

    async def nobody_is_left(self) -> None:
        async def gone() -> bool:
            return not self.at_work()

        await until(gone, what=f"nobody works any more: {self.at_work()}")

    def shown(self, up: Process) -> str:
        """What up printed."""
        return "\n".join(line for line in up.log.read_text().splitlines() if not line.startswith("{"))


@asynccontextmanager
async def vendors(house: House) -> AsyncIterator[Account]:
    sandbox = raccord(
        "sandbox",
        *("sandbox", "--port", str(house.ports["sandbox"])),
        *("--webhook", f"hubspot=http://127.0.0.1:{house.ports['receiver']}/webhooks/hubspot"),
        log=house.directory / "sandbox.log",
    )
    await sandbox.start()
    account = Account(f"http://127.0.0.1:{house.ports['sandbox']}")
    try:
        await until(lambda: answers(f"http://127.0.0.1:{house.ports['sandbox']}/_control/requests"))
        await account.settings("hubspot", subscriptions=STAGE_ONLY)
        yield account
    finally:
        await account.close()
        await sandbox.stop()


async def ending(client: Client, deal: str) -> str:
    """Wait for the end of a deal's flow."""
    handle = client.get_workflow_handle(f"deal-won/hubspot/{deal}")

    async def begun() -> bool:
        return bool((await client.count_workflows(f"WorkflowId = '{handle.id}'")).count)

    await until(begun, what=f"deal {deal} has a flow")
    return str((await asyncio.wait_for(handle.result(), patience(60)))["ending"])


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with House(tmp_path) as found:
        yield found


@pytest.fixture(scope="module")
async def running(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    """A house whose `up` runs in shadow mode."""
    async with House(tmp_path_factory.mktemp("running")) as found:
        await found.write("shadow").up()
        yield found


async def test_after_a_kill_shadow_is_shadow(house: House) -> None:
    """A live `up` is killed, the mode set to shadow: nothing of the first one is there to write."""
    async with vendors(house) as account:
        live = await house.write("live").up()
        assert "deal won   live: issues and e-mails invoices" in house.shown(live)
        assert len(house.at_work()) == 4
        live.kill()
        await live.wait()
        await house.nobody_is_left()
        shadow = await house.write("shadow").up()
        assert "deal won   shadow: computes and reports, writes nothing" in house.shown(shadow)
        deal = await account.deal()
        before = (await account.requests())[-1]["n"]
        await account.win(deal)
        assert await ending(await house.client(), deal) == "shadow"
        ours = [r for r in await account.requests() if r["n"] > before and not by_a_person(r)]
        assert len(ours) > 3
        assert [r for r in ours if r["mutating"] or r["committed"]] == []
        await shadow.stop()
        assert not house.at_work()


async def test_refused_credentials_are_told_on_the_screen_of_up(house: House) -> None:
    house.environment["RACCORD_HUBSPOT__ACCESS_TOKEN"] = "pat-eu1-another-token"
    async with vendors(house) as account:
        up = await house.write("live").up()
        await account.win(await account.deal())
        refusal = "for hubspot: “HubSpot refuses the credentials"
        await until(lambda: said(up, refusal), what="up tells of the refusal")


async def test_a_second_up_is_told_who_works_with_the_data(running: House) -> None:
    first = running.at_work()
    done = await command("up", environment=running.environment)
    assert done.returncode == 1
    assert f"`raccord up` (pid {running.ups[0].pid}, since " in done.stderr
    assert f"works with the data in {running.data}: stop it with Ctrl-C" in done.stderr
    assert running.at_work() == first


async def test_what_a_dead_up_left_is_named(house: House) -> None:
    """Where the kernel kills no orphans, they hold the lock yet."""
    house.write("shadow").data.mkdir()
    lock = house.data / LOCK
    lock.write_text(json.dumps({"pid": 4194303, "holder": "`raccord up`", "since": "yesterday"}))
    with lock.open() as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        orphan = await asyncio.create_subprocess_exec("sleep", "600", pass_fds=[held.fileno()])
    try:
        done = await command("up", environment=house.environment)
    finally:
        orphan.kill()
        await orphan.wait()
    assert done.returncode == 1
    assert "`raccord up` (pid 4194303) is gone, but what it started still works with" in done.stderr
    assert f"`sleep 600` (pid {orphan.pid}). End that first: `kill {orphan.pid}`." in done.stderr


async def test_taken_ports_are_told_before_anything_starts(house: House) -> None:
    settings = {
        "receiver": "receiver.port",
        "codec": "temporal.codec_port",
        "temporal": "temporal.embedded_port",
        "ui": "temporal.embedded_ui_port",
    }
    with ExitStack() as taken:
        for port in settings:
            taken.enter_context(socket.create_server(("127.0.0.1", house.ports[port])))
        done = await command("up", environment=house.write("live").environment)
    assert done.returncode == 1
    said = done.stderr.removeprefix("raccord: ").splitlines()
    for line, (port, setting) in zip(said, settings.items(), strict=True):
        assert line.startswith(f"port {house.ports[port]} is taken by `")
        assert line.endswith(f"(pid {os.getpid()}): stop it, or set {setting} to another port.")
    assert {file.name for file in house.data.iterdir()} == {LOCK}
    assert not house.at_work()


async def test_a_child_that_dies_again_and_again_ends_up(house: House) -> None:
    """With its name and its last words; one that dies once is started again."""
    up = await house.write("shadow").up()
    killed: set[int] = set()

    async def killed_thrice() -> bool:
        for found in house.at_work():
            if found.command == "raccord worker" and found.pid not in killed:
                killed.add(found.pid)
                os.kill(found.pid, signal.SIGKILL)
        return len(killed) == 3

    await until(killed_thrice, what="the worker is started again twice")
    assert await asyncio.wait_for(up.wait(), patience(60)) == 1
    assert "raccord: worker died 3 times within 5 minutes" in house.shown(up)
    assert f"Its last words, from {house.data}/logs/worker.log:\n{{" in up.log.read_text()
    assert not house.at_work()


async def test_a_start_that_is_stopped_leaves_nothing(house: House) -> None:
    up = house.write("shadow").process("up")
    house.ups.append(up)
    await up.start()

    async def begun() -> bool:
        return len(house.at_work()) > 1

    await until(begun, what="up has started something")
    await up.stop()
    assert await up.wait() == 0
    assert UP not in house.shown(up)
    assert not house.at_work()


async def test_a_worker_that_does_something_else_is_named(running: House) -> None:
    """It runs beside the one of `up`, which serves metrics on the port that both want."""
    metrics = {"RACCORD_METRICS__WORKER_PORT": str(free_port())}
    beside = running.process("worker", **metrics, RACCORD_MODES__DEAL_WON="live")
    third = running.process("worker", **metrics)
    up = running.ups[0]
    try:
        for worker in (beside, third):
            await worker.start()
            await until(partial(said, worker, "worker.ready"), what="the worker is ready")
        await until(lambda: said(up, f"{beside.pid}@"), what="up names the live worker")
    finally:
        for worker in (beside, third):
            await worker.stop()
    warning = next(line for line in running.shown(up).splitlines() if f"{beside.pid}@" in line)
    assert warning.startswith("Warning: another worker serves the same flows, live (issues and e-mails")
    assert f"{third.pid}@" not in running.shown(up), "it does as ours does"
    ports = [metrics_port(worker) for worker in (beside, third)]
    assert ports[0] == int(metrics["RACCORD_METRICS__WORKER_PORT"]) != ports[1]


async def test_a_second_starter_is_told_which_port_is_taken(running: House) -> None:
    done = await command("starter", environment=running.environment)
    assert (done.returncode, done.stdout) == (1, "")
    (said,) = done.stderr.splitlines()
    assert said.startswith(f"raccord: port {running.ports['receiver']} is taken by `raccord starter` (pid ")
    assert said.endswith("): stop it, or set receiver.port to another port.")


class TestTwoCompanies:
    @pytest.fixture
    async def other(self, running: House, tmp_path: Path) -> House:
        """Another company, which left Temporal where it was."""
        other = House(tmp_path).write("live")
        other.environment["TEMPORAL_ADDRESS"] = f"127.0.0.1:{running.ports['temporal']}"
        KeyRing.create(other.data / "keys.json")
        return other

    @pytest.mark.parametrize(
        "arguments", [("worker",), ("starter",), ("flows", "start", "1"), ("reconcile", "--once")]
    )
    async def test_one_does_not_join_the_temporal_of_the_other(
        self, running: House, other: House, arguments: tuple[str, ...]
    ) -> None:
        done = await command(*arguments, environment=other.environment)
        assert done.returncode == 1
        said = done.stderr.splitlines()[-1]
        assert said.startswith(
            f"raccord: the Temporal at 127.0.0.1:{running.ports['temporal']}, namespace up, belongs to "
            "another company, or to an installation with another key"
        )
        assert "temporal.embedded_port" in said

    async def test_doctor_says_whose_the_temporal_is(self, running: House, other: House) -> None:
        for house, state in ((running, "OK"), (other, "FAIL")):
            done = await command("doctor", "--json", environment=house.environment)
            checks = {c["name"]: c for c in json.loads(done.stdout)["checks"]}
            assert checks["temporal"]["state"] == state, checks["temporal"]
        assert "belongs to another company" in checks["temporal"]["found"]

    async def test_a_lost_key_is_told_before_anything_else_is_done(self, house: House) -> None:
        """The flows of `temporal.db` are sealed with the key that is gone."""
        await (await house.write("shadow").up()).stop()
        (house.data / "keys.json").unlink()
        done = await command("up", environment=house.environment)
        assert done.returncode == 1
        assert "belongs to another company, or to an installation with another key" in done.stderr
        assert "put the key file back" in done.stderr
        assert not house.at_work()


async def said(process: Process, text: str) -> bool:
    assert process.running, process.last_words()
    return text in process.log.read_text()


def metrics_port(worker: Process) -> int:
    lines = [json.loads(line) for line in worker.log.read_text().splitlines() if line.startswith("{")]
    return next(int(line["port"]) for line in lines if line["event"] == "metrics.ready")
