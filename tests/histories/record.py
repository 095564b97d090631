"""Record one history per flow and ending, from real runs, sealed with the key that lies beside them.

Nothing is released yet, so a change of a flow's commands records them anew. From the first release on,
older histories stay beside the new ones: running executions are as old as they are.
"""

import asyncio
import json
import shutil
import tempfile
from pathlib import Path

from raccord.temporal.flows import DIGEST, FLOWS_QUEUE
from tests.front_door.account import siret
from tests.front_door.desk import GIVE_UP, RECORDS, dirty_deal, message_about
from tests.front_door.stack import Lane, TemporalServer, until
from tests.front_door.test_endings import THREE_PIECES, end_of
from tests.front_door.test_receiver import Request, event
from tests.histories.money import about_money

HERE = Path(__file__).parent
RECORDED = HERE / "recorded"
NAMESPACE = "raccord-histories"
OTHER_FLOWS = {
    "EnsureCustomer": "ensure-customer",
    "Telling": "telling",
    "Press": "press",
    "Delivered": "delivered",
    "Remarking": "remarking",
    "ConnectionWatch": "connection-watch",
    "Reconciliation": "reconciliation",
    "KeepingDocument": "keeping-document",
    "Proof": "proof",
}


async def record() -> None:
    directory = Path(tempfile.mkdtemp())
    server = TemporalServer(directory)
    await server.start()
    # The codec binds payloads to the namespace, so every lane must bear the recorded name.
    await server.namespace(NAMESPACE)
    try:
        await _live(server, directory / "live")
        for mode in ("shadow", "draft"):
            await _one(server, directory / mode, mode)
        await about_money(directory / "money")
    finally:
        await server.process.stop()
        shutil.rmtree(directory)


async def _live(server: TemporalServer, directory: Path) -> None:
    overrides = {"RACCORD_WATCH__ALERT_AFTER": "1"}
    keys = HERE / "keys.json"
    async with Lane(server, directory, "live", keys=keys, shared=NAMESPACE, overrides=overrides) as lane:
        await lane.account.settings("hubspot", subscriptions=RECORDS)
        await _invoiced_lost_and_won_back(lane)
        await _asked(lane)
        await _totals_differ(lane)
        await _outage(lane)
        await _large_delivery(lane)
        await lane.command("reconcile", "--once")
        await until(lambda: _a_document_is_kept(lane), what="a PDF was kept")
        for flow, name in OTHER_FLOWS.items():
            async for found in lane.client.list_workflows(
                f"WorkflowType = '{flow}' AND ExecutionStatus = 'Completed'"
            ):
                handle = lane.client.get_workflow_handle(found.id, run_id=found.run_id)
                (RECORDED / f"{name}.json").write_text((await handle.fetch_history()).to_json() + "\n")


async def _a_document_is_kept(lane: Lane) -> bool:
    kept = "WorkflowType = 'KeepingDocument' AND ExecutionStatus = 'Completed'"
    return (await lane.client.count_workflows(kept)).count > 0


async def _invoiced_lost_and_won_back(lane: Lane) -> None:
    deal = await lane.account.deal()
    await lane.account.win(deal)
    await end_of(lane, deal)
    await _save(lane, deal, "invoiced")
    warned = await lane.account.deal(service_date="2020-01-31")
    await lane.account.win(warned)
    await end_of(lane, warned)
    await message_about(lane, warned)
    await lane.account.move(deal, "closedlost")
    await lane.question(deal, cause="lost_after_issue")
    await lane.account.win(deal)
    await end_of(lane, deal, after_runs=1)
    await _save(lane, deal, "already_invoiced")
    never = await lane.account.deal()
    await lane.account.move(never, "closedlost")
    await end_of(lane, never)
    await _save(lane, never, "not_for_us")


async def _asked(lane: Lane) -> None:
    repaired, company = await dirty_deal(lane)
    await message_about(lane, repaired)
    await lane.account.edit("companies", company, siret=siret())
    await end_of(lane, repaired)
    await _save(lane, repaired, "repaired")
    given_up, _ = await dirty_deal(lane)
    await lane.account.press(await message_about(lane, given_up), GIVE_UP)
    await end_of(lane, given_up)
    await _save(lane, given_up, "closed")


async def _totals_differ(lane: Lane) -> None:
    deal = await lane.account.deal(lines=THREE_PIECES)
    await lane.account.settings("stripe", vat_per_rate=True)
    await lane.account.win(deal)
    await lane.question(deal, cause="totals")
    await lane.account.settings("stripe", vat_per_rate=False)
    await lane.account.edit("deals", deal, purchase_order="PO-1")
    await lane.account.press(await message_about(lane, deal), "Relire")
    await end_of(lane, deal)
    await _save(lane, deal, "draft-replaced")


async def _outage(lane: Lane) -> None:
    await lane.account.fault(vendor="stripe", path=".*", effect={"status": 503}, times=None)
    deal = await lane.account.deal()
    await lane.account.win(deal)

    async def told(text: str) -> bool:
        return bool(await lane.account.messages("stripe", text))

    await until(lambda: told("ne répond pas"))
    await lane.account.clear_faults()
    await end_of(lane, deal)
    await until(lambda: told("répond de nouveau"))


async def _large_delivery(lane: Lane) -> None:
    """About deals that are gone."""
    body = json.dumps([event(str(990_000 + n)) for n in range(25)]).encode()
    await Request(body=body).send(lane.url("receiver"))
    completed = "WorkflowType = 'Delivered' AND ExecutionStatus = 'Completed'"

    async def told() -> bool:
        return (await lane.client.count_workflows(completed)).count == 1

    await until(told)


async def _one(server: TemporalServer, directory: Path, mode: str) -> None:
    async with Lane(server, directory, mode, mode=mode, keys=HERE / "keys.json", shared=NAMESPACE) as lane:
        deal = await lane.account.deal()
        await lane.account.win(deal)
        if mode == "draft":
            await lane.account.press(await message_about(lane, deal), "Émettre")
        await end_of(lane, deal)
        await _save(lane, deal, mode)
        if mode == "shadow":
            dirty = await lane.account.deal(lines=[])
            await lane.account.win(dirty)
            await end_of(lane, dirty)
            await _save(lane, dirty, "problems")
            await _digest(lane)


async def _digest(lane: Lane) -> None:
    digest = await lane.client.start_workflow("Digest", id=DIGEST, task_queue=FLOWS_QUEUE, result_type=int)
    assert await digest.result() == len(("shadow", "problems"))
    (RECORDED / "digest.json").write_text((await digest.fetch_history()).to_json() + "\n")


async def _save(lane: Lane, deal: str, name: str) -> None:
    history = await lane.client.get_workflow_handle(f"deal-won/hubspot/{deal}").fetch_history()
    (RECORDED / f"deal-won-{name}.json").write_text(history.to_json() + "\n")


if __name__ == "__main__":
    asyncio.run(record())
