"""The databases themselves: lost and put back from a backup; on PostgreSQL, shared by two of each process."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, suppress
from functools import partial
from pathlib import Path

import pytest

from tests.forked import Forked
from tests.front_door.account import TWO_LINES_GROSS, siret
from tests.front_door.judge import invoice_is_right, one_customer, one_delivery, one_write_to_the_deal
from tests.front_door.payments import at_rest
from tests.front_door.stack import Lane, TemporalServer, answers, free_port, until
from tests.front_door.test_sweep import listed, sweep
from tests.postgres import postgres

FIRST, SECOND = free_port(), free_port()


class Turns:
    """A proxy before two receivers: each connection goes to the next one."""

    def __init__(self, *ports: int) -> None:
        self._ports = list(ports)
        self.counts = dict.fromkeys(ports, 0)

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._ports.append(port := self._ports.pop(0))
        with suppress(OSError, EOFError):
            theirs, there = await asyncio.open_connection("127.0.0.1", port)
            self.counts[port] += 1
            # Each request on a connection of its own: the next one goes to the other receiver.
            head = await reader.readuntil(b"\r\n")
            there.write(head + b"Connection: close\r\n")
            await asyncio.gather(_hand_on(reader, there), _hand_on(theirs, writer))


async def _hand_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    writer.close()


async def test_two_workers_and_two_receivers_on_postgresql_invoice_each_deal_once(
    server: TemporalServer, tmp_path_factory: pytest.TempPathFactory
) -> None:
    database = postgres()
    if database is None:
        pytest.skip("there is no PostgreSQL here that this user can run")
    overrides = {"RACCORD_DATABASE_URL": database.create(), "RACCORD_RECEIVER__PORT": str(FIRST)}
    lane = Lane(server, tmp_path_factory.mktemp("fleet"), "fleet", overrides=overrides)
    turns = Turns(FIRST, SECOND)
    async with AsyncExitStack() as stack:
        proxy = await asyncio.start_server(turns, "127.0.0.1", lane.ports["receiver"])
        stack.callback(proxy.close)
        second = {"RACCORD_RECEIVER__PORT": str(SECOND), "RACCORD_TEMPORAL__CODEC_PORT": str(free_port())}
        others = [
            Forked(name, name, log=lane.directory / f"{name}-2.log", environment=lane.environment | second)
            for name in ("starter", "worker")
        ]
        await stack.enter_async_context(lane)
        for other in others:
            await other.start()
            stack.push_async_callback(other.stop)
        await until(lambda: answers(f"http://127.0.0.1:{SECOND}/readyz"), what="the second receiver is ready")
        await until(lambda: _said(others[1], "worker.ready"), what="the second worker is ready")
        account = lane.account
        company = await account.company()
        deals = [await account.deal(each) for each in (company, company, None, None)]
        turns.counts = dict.fromkeys(turns.counts, 0)
        for deal in deals:
            await account.win(deal)
            await until(partial(_delivered, turns, deals.index(deal) + 1), what="its webhook was delivered")
        for deal in deals:
            assert (await lane.outcome(deal))["ending"] == "invoiced"
            invoice = await invoice_is_right(account, deal, gross=TWO_LINES_GROSS)
            await one_customer(account, invoice)
            await one_delivery(account, invoice)
            await one_write_to_the_deal(account, deal)
        assert min(turns.counts.values()) >= 2, "each receiver took its turns"
        assert await lane.audit(), "the chain that both wrote holds"


async def _delivered(turns: Turns, count: int) -> bool:
    return sum(turns.counts.values()) >= count


async def _said(process: Forked, words: str) -> bool:
    return words in process.log.read_text("utf-8")


@pytest.fixture
async def temporal(tmp_path: Path) -> AsyncIterator[TemporalServer]:
    found = TemporalServer(tmp_path)
    await found.start()
    yield found
    await found.process.stop()


@pytest.fixture
async def own(temporal: TemporalServer, tmp_path: Path) -> AsyncIterator[Lane]:
    """A system whose Temporal keeps its database beside the records, as `raccord up` has it."""
    async with Lane(temporal, tmp_path, "own") as lane:
        yield lane


async def test_a_restored_backup_knows_what_it_knew_and_invoices_nothing_twice(
    own: Lane, temporal: TemporalServer
) -> None:
    account, backup = own.account, own.directory / "backup.tar.gz"
    before, after = await account.deal(), await account.deal()
    asked = await account.deal(await account.company(siren=""))
    await account.win(before)
    await account.win(asked)
    assert (await own.outcome(before))["ending"] == "invoiced"
    question = await own.question(asked)
    await at_rest(own)
    made = await own.command("backup", str(backup))
    assert (made.returncode, made.stderr) == (0, "")
    await account.win(after)
    assert (await own.outcome(after))["ending"] == "invoiced"

    for process in (own.worker, own.receiver, temporal.process):
        process.kill()
        await process.wait()
    lost = [file for name in ("records", "temporal") for file in own.directory.glob(f"{name}.db*")]
    assert {"records.db", "temporal.db"} <= {file.name for file in lost}
    for file in lost:
        file.unlink()
    put_back = await own.command("restore", str(backup))
    assert put_back.returncode == 0, put_back.stderr
    assert "La chaîne du registre tient" in put_back.stdout

    await temporal.start()
    await own.restart_receiver()
    await own.restart_worker()
    await until(lambda: listed(account, [before, after]), what="the CRM's search shows them")
    await sweep(own)
    await at_rest(own)
    for deal in (before, after):
        await one_delivery(account, await invoice_is_right(account, deal, gross=TWO_LINES_GROSS))
    assert [each.incident for each in await own.waiting()] == [question.incident]
    await account.edit("companies", await account.crm.company_of(asked), siret=siret())
    await sweep(own)
    assert (await own.outcome(asked))["ending"] == "invoiced"
    assert await own.audit(), "the chain goes on and holds"
