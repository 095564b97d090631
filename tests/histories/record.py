"""Record one history per ending, from real runs, sealed with the key that lies beside them.

Run it when a flow gains an ending; keep the old files, since running executions are as old as they are.
"""

import asyncio
import shutil
import tempfile
from pathlib import Path

from tests.front_door.account import Account
from tests.front_door.stack import Lane, TemporalServer
from tests.front_door.test_endings import THREE_PIECES, end_of

HERE = Path(__file__).parent
NAMESPACE = "raccord-histories"


async def deals(account: Account) -> dict[str, str]:
    """Make one deal for each ending; return their ids by the ending's name."""
    dirty = await account.company(zip="", siren="1")
    return {
        "invoiced": await account.deal(),
        "problems": await account.deal(dirty),
        "totals": await account.deal(lines=THREE_PIECES),
    }


async def record() -> None:
    directory = Path(tempfile.mkdtemp())
    server = TemporalServer(directory)
    await server.start()
    try:
        await _live(server, directory / "live")
        await _shadow(server, directory / "shadow")
    finally:
        await server.process.stop()
        shutil.rmtree(directory)


async def _live(server: TemporalServer, directory: Path) -> None:
    async with Lane(server, directory, "histories", keys=HERE / "keys.json") as lane:
        made = await deals(lane.account)
        for name in ("invoiced", "problems"):
            await lane.account.win(made[name])
            await end_of(lane, made[name])
            await _save(lane, made[name], name)
        await lane.account.settings("stripe", vat_per_rate=True)
        await lane.account.win(made["totals"])
        await end_of(lane, made["totals"])
        await _save(lane, made["totals"], "totals-differ")
        await lane.account.settings("stripe", vat_per_rate=False)
        await lane.account.move(made["invoiced"], "closedlost")
        await end_of(lane, made["invoiced"], after_runs=1)
        await _save(lane, made["invoiced"], "not-for-us")
        await lane.account.win(made["invoiced"])
        await end_of(lane, made["invoiced"], after_runs=2)
        await _save(lane, made["invoiced"], "already-invoiced")
        await lane.account.edit("deals", made["totals"], purchase_order="PO-1")
        await lane.account.move(made["totals"], "contractsent")
        await end_of(lane, made["totals"], after_runs=1)
        await lane.account.win(made["totals"])
        await end_of(lane, made["totals"], after_runs=2)
        await _save(lane, made["totals"], "draft-replaced")
        async for found in lane.client.list_workflows("WorkflowType = 'EnsureCustomer'"):
            handle = lane.client.get_workflow_handle(found.id, run_id=found.run_id)
            history = await handle.fetch_history()
            (HERE / "ensure-customer.json").write_text(history.to_json() + "\n")


async def _shadow(server: TemporalServer, directory: Path) -> None:
    # The codec binds payloads to the namespace, so both lanes must bear the recorded name.
    async with Lane(
        server, directory, "histories", mode="shadow", keys=HERE / "keys.json", shared=True
    ) as lane:
        deal = await lane.account.deal()
        await lane.account.win(deal)
        await end_of(lane, deal)
        await _save(lane, deal, "shadow")


async def _save(lane: Lane, deal: str, name: str) -> None:
    history = await lane.client.get_workflow_handle(f"deal-won/hubspot/{deal}").fetch_history()
    (HERE / f"deal-won-{name}.json").write_text(history.to_json() + "\n")


if __name__ == "__main__":
    asyncio.run(record())
