"""Temporal's production server on PostgreSQL, where every other test has development server and SQLite."""

import asyncio
import json
from datetime import timedelta
from pathlib import Path

import httpx
from temporalio.client import WorkflowExecutionStatus

from raccord.temporal.flows import SWEEP
from raccord.temporal.namespace import RETENTION, look
from tests import forked
from tests.forked import Forked
from tests.front_door.account import TWO_LINES_GROSS
from tests.front_door.judge import invoice_is_right, one_customer, one_delivery, one_write_to_the_deal
from tests.front_door.stack import Lane, answers, free_port, until
from tests.production.cluster import Cluster
from tests.production.database import DatabaseServer

DEALS = 6
AWAY = timedelta(seconds=5)
"""For how long a server that was killed stays away."""


async def invoiced_once(lane: Lane, deal: str) -> None:
    invoice = await invoice_is_right(lane.account, deal, gross=TWO_LINES_GROSS)
    await one_customer(lane.account, invoice)
    await one_delivery(lane.account, invoice)
    await one_write_to_the_deal(lane.account, deal)


async def won(lane: Lane, number: int = DEALS) -> list[str]:
    """Have deals won at once."""
    deals = [await lane.account.deal() for _ in range(number)]
    await asyncio.gather(*map(lane.account.win, deals))
    return deals


async def all_invoiced_once(lane: Lane, deals: list[str]) -> None:
    for deal in deals:
        assert (await lane.outcome(deal, within=120))["ending"] == "invoiced"
        await invoiced_once(lane, deal)
    await lane.audit()


async def begun(lane: Lane, deals: list[str]) -> None:
    """Wait until a flow has written something, and not all have ended."""

    async def some() -> bool:
        return any([await lane.account.invoices(deal) for deal in deals])

    await until(some, what="a first draft")


async def test_a_won_deal_becomes_one_invoice_found_by_its_search_attributes(lane: Lane) -> None:
    (deal,) = await won(lane, 1)
    await all_invoiced_once(lane, [deal])
    query = f"WorkflowType = 'DealWon' AND RaccordDeal = 'hubspot:{deal}' AND RaccordState IS NOT NULL"

    async def found() -> bool:
        ended = [each async for each in lane.client.list_workflows(query)]
        return [each.status for each in ended] == [WorkflowExecutionStatus.COMPLETED]

    await until(found, what=query)


async def test_the_schedules_exist_and_the_namespace_keeps_closed_flows(lane: Lane) -> None:
    async def scheduled() -> bool:
        return SWEEP in {each.id async for each in await lane.client.list_schedules()}

    await until(scheduled, what="the sweep is scheduled")
    found = await look(lane.client)
    assert found is not None
    assert (found.retention, found.missing, found.otherwise) == (RETENTION, (), ())


async def test_setup_and_doctor_find_everything_there(lane: Lane) -> None:
    done = await lane.command("setup", "--only", "temporal", "--json")
    assert done.returncode == 0, done.stderr
    said = {check["name"]: check["found"] for check in json.loads(done.stdout)["temporal"]}
    assert said["temporal namespace"] == f"{lane.namespace}, was there"
    checks = json.loads((await lane.command("doctor", "--json")).stdout)["checks"]
    well = {check["name"] for check in checks if check["state"] == "OK"}
    assert {"temporal", "namespace", "records"} <= well


async def test_a_worker_that_is_killed_loses_and_doubles_nothing(lane: Lane) -> None:
    deals = await won(lane)
    await begun(lane, deals)
    lane.worker.kill()
    await lane.worker_dies()
    await all_invoiced_once(lane, deals)


async def test_temporal_that_is_killed_loses_and_doubles_nothing(lane: Lane, cluster: Cluster) -> None:
    deals = await won(lane)
    await begun(lane, deals)
    await cluster.dies()

    async def unready() -> bool:
        return not await answers(lane.url("receiver", "/readyz"))

    await until(unready, what="the receiver says that it is not ready")
    await asyncio.sleep(AWAY.total_seconds())
    await cluster.start()
    await all_invoiced_once(lane, deals)
    assert lane.worker.running
    assert lane.receiver.running


async def test_a_database_that_is_killed_loses_and_doubles_nothing(
    lane: Lane, database: DatabaseServer
) -> None:
    """With it Temporal's own store and the records are away; a webhook meanwhile is sent again."""
    deals = await won(lane)
    await begun(lane, deals)
    await database.dies()
    await asyncio.sleep(AWAY.total_seconds())
    await database.start()
    await all_invoiced_once(lane, deals)
    assert lane.worker.running
    assert lane.receiver.running


async def test_a_worker_is_ready_while_it_serves_and_says_why_it_waits(lane: Lane, cluster: Cluster) -> None:
    port = free_port()
    log = lane.directory / "waiting.log"
    environment = {**lane.environment, "RACCORD_HEALTH__WORKER_PORT": str(port)}
    beside = Forked("worker", "worker", log=log, environment=environment)
    await cluster.dies()
    await beside.start()
    try:
        await until(lambda: answers(f"http://127.0.0.1:{port}/healthz"), what="it is alive")
        async with httpx.AsyncClient() as http:
            assert (await http.get(f"http://127.0.0.1:{port}/readyz")).status_code == 503

        async def told() -> bool:
            return "nobody listens there" in log.read_text()

        await until(told, what="it says what it waits for")
        await cluster.start()
        await until(lambda: answers(f"http://127.0.0.1:{port}/readyz"), what="it is ready")
    finally:
        await beside.stop()


async def test_over_tls_with_certificates_of_both_sides_a_deal_is_invoiced(
    sealed: Cluster, database: DatabaseServer, tmp_path: Path
) -> None:
    url = {"RACCORD_DATABASE_URL": database.url("records_sealed")}
    async with Lane(sealed, tmp_path, "sealed", overrides=url) as lane:
        (deal,) = await won(lane, 1)
        await all_invoiced_once(lane, [deal])
        checks = json.loads((await lane.command("doctor", "--json")).stdout)["checks"]
        well = {check["name"] for check in checks if check["state"] == "OK"}
        assert {"temporal", "namespace"} <= well
        certificate = {"TEMPORAL_TLS_CLIENT_CERT_PATH", "TEMPORAL_TLS_CLIENT_KEY_PATH"}
        every = {name for name in sealed.environment if "TLS" in name}
        for unset, changed, why in (
            (certificate, {}, "asks for a client certificate"),
            (
                set[str](),
                {"TEMPORAL_TLS_SERVER_NAME": "other.example"},
                "its certificate is for another name",
            ),
            (every, {}, "plain text"),
        ):
            environment = {k: v for k, v in lane.environment.items() if k not in unset} | changed
            said = await forked.command("doctor", "--json", environment=environment)
            (temporal,) = [c for c in json.loads(said.stdout)["checks"] if c["name"] == "temporal"]
            assert temporal["state"] == "FAIL"
            assert why in temporal["found"]
