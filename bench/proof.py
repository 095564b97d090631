"""Both sides held together, and a week told, of many deals: requests, seconds, the worker's memory."""

import asyncio
import time
from datetime import UTC, datetime
from math import ceil

from bench.figures import Figure
from bench.processes import resident_mib
from bench.system import AT_A_TIME, OVERRIDES, System
from raccord.domain.proof.policy import ProofDone, ProofWanted
from raccord.domain.report.policy import Ending, ReportWanted
from raccord.domain.report.week import Week
from raccord.temporal.flows import FLOWS_QUEUE, PROOF, WEEKLY_REPORT
from tests.front_door.judge import by_a_person
from tests.front_door.payments import issued
from tests.front_door.stack import Lane, until
from tests.front_door.test_sweep import swept

PER_CUSTOMER = 10
"""Deals of one customer."""
NET = 100_000
_DEALS, _INVOICES, _CUSTOMERS = 200, 100, 100
"""The largest pages (HubSpot docs: search-the-crm; Stripe docs: api/pagination)."""
_WASTE, _FLAT = 1.05, 1.1


async def proof(system: System, *, deals: int) -> list[Figure]:
    """Prove a quarter of the deals, then all of them; each is invoiced and shows its invoice."""
    lane = Lane(system.lane.server, system.directory / "proof", "bench-proof", overrides=OVERRIDES)
    async with lane:
        await lane.account.settings("hubspot", subscriptions=[], requests_per_ten_seconds=100_000)
        await lane.account.settings("stripe", rate_limits=False, held=["*"])
        await until(lambda: swept(lane), what="the sweep of the start is over: its requests are no proof's")
        quarter = deals // 4
        await _invoiced(lane, quarter)
        first, told = await _proven(lane, quarter), await _told(lane, quarter, weeks=1)
        await _invoiced(lane, deals - quarter)
        last, told_all = await _proven(lane, deals), await _told(lane, deals, weeks=2)
    return [*first, *last, _flat("proven", first, last), *told, *told_all, _flat("told", told, told_all)]


def _flat(what: str, quarter: list[Figure], all_: list[Figure]) -> Figure:
    return Figure(
        name=f"Worker's memory with all of them {what}, beside a quarter",
        value=all_[0].value / quarter[0].value,
        unit="times",
        limit=_FLAT,
        basis="flat",
    )


async def _invoiced(lane: Lane, count: int) -> None:
    gate = asyncio.Semaphore(AT_A_TIME)

    async def some() -> None:
        async with gate:
            account = lane.account
            customer = (await account.stripe_post("/v1/customers", name="Atelier"))["id"]
            for _ in range(PER_CUSTOMER):
                known = {"amount": f"{NET / 100:.2f}", "deal_currency_code": "EUR", "dealstage": "closedwon"}
                known |= {"dealname": "Refonte", "pipeline": "default"}
                deal = await account.create("deals", known)
                invoice = await issued(account, customer, NET, deal=deal)
                shown = {"billing_invoice_id": invoice["id"], "billing_amount_net": f"{NET / 100:.2f}"}
                await account.edit("deals", deal, **shown, billing_invoice_number=invoice["number"])

    await asyncio.gather(*(some() for _ in range(count // PER_CUSTOMER)))


async def _proven(lane: Lane, deals: int) -> list[Figure]:
    """Prove once; memory is read right afterwards, and comes first."""
    # What changes while the lists are made is left out of a proof.
    await asyncio.sleep(2)
    since = (await lane.account.requests(since="0"))[-1]["n"]
    begun = time.monotonic()
    done = await lane.client.execute_workflow(
        "Proof", ProofWanted(), id=PROOF, task_queue=FLOWS_QUEUE, result_type=ProofDone
    )
    took = time.monotonic() - begun
    asked = [each for each in await lane.account.requests(since=str(since)) if not by_a_person(each)]
    fewest = ceil(deals / _DEALS) + ceil(deals / _INVOICES) + ceil(deals / PER_CUSTOMER / _CUSTOMERS)
    if (done.deals, done.invoices) != (deals, deals):
        raise RuntimeError(f"{deals} deals and invoices are there, and {done} were compared.")
    worker = resident_mib(lane.worker.pid)
    return [
        Figure(name=f"Memory of worker, {deals} deals proven", value=worker, unit="MiB"),
        Figure(name=f"Seconds for {deals} deals", value=took, unit="s"),
        Figure(
            name=f"Requests for {deals} deals, beside the fewest that the APIs need",
            value=len(asked) / fewest,
            unit="times",
            limit=_WASTE,
            basis=f"{fewest} pages",
        ),
        Figure(
            name=f"Gaps among {deals} deals without any", value=done.gaps, unit="", limit=0, basis="count"
        ),
    ]


async def _told(lane: Lane, deals: int, *, weeks: int) -> list[Figure]:
    """Have the report of so many weeks ago made, with its proof; memory comes first."""
    week = Week.due_at(datetime.now(UTC), lane.configuration().settings.clock).back(weeks - 1)
    begun = time.monotonic()
    await lane.client.execute_workflow(
        "WeeklyReport",
        ReportWanted(week=week),
        id=f"{WEEKLY_REPORT}/{week}",
        task_queue=FLOWS_QUEUE,
        result_type=Ending,
    )
    took = time.monotonic() - begun
    worker = resident_mib(lane.worker.pid)
    return [
        Figure(name=f"Memory of worker, a week told over {deals} deals", value=worker, unit="MiB"),
        Figure(name=f"Seconds for a week over {deals} deals, with its proof", value=took, unit="s"),
    ]
