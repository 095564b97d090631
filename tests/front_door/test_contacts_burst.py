"""An import edits five thousand fields: one look a customer, inside every limit, no invoice waits for it."""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator

import pytest

from tests.front_door.judge import by_a_person
from tests.front_door.stack import STAGE_ONLY, Lane, TemporalServer, until
from tests.front_door.test_contacts import SUBSCRIPTIONS, of_stripe
from tests.patience import patience

PAIRS, ROUNDS = 50, 20
FIELDS = ("phone", "address", "zip", "city", "billing_email")
"""Edited in each round: 5,000 edits."""
DEALS = 3
OVERRIDES = {"RACCORD_MODES__CONTACT": "live", "RACCORD_CONTACT__QUIET": "3"}


@pytest.fixture(scope="module")
async def lane(server: TemporalServer, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Lane]:
    async with Lane(server, tmp_path_factory.mktemp("burst"), "burst", overrides=OVERRIDES) as lane:
        yield lane


async def _pair(lane: Lane, number: int) -> tuple[str, str]:
    """Make a company and its customer, linked as flow 1 links them; return their ids."""
    company = await lane.account.company()
    customer = (await lane.account.stripe_post("/v1/customers", name=f"Atelier {number}"))["id"]
    async with lane.records() as records:
        await records.links.link_customer(f"burst-{number}", "stripe", customer, f"hubspot:{company}")
    return company, customer


async def test_an_import_is_read_once_a_customer_and_delays_no_invoice(lane: Lane) -> None:
    account = lane.account
    await account.settings("hubspot", subscriptions=STAGE_ONLY)
    pairs = [await _pair(lane, number) for number in range(PAIRS)]
    deals = [await account.deal() for _ in range(DEALS)]
    await account.settings("hubspot", subscriptions=SUBSCRIPTIONS)
    since = (await account.requests(since="0"))[-1]["n"]

    companies = [company for company, _ in pairs]
    for turn in range(ROUNDS):
        edited = dict.fromkeys(FIELDS, f"{turn} import")
        edited |= {"phone": f"+33 4 72 00 00 {turn:02}", "zip": "69003", "city": f"Lyon {turn}"}
        edited |= {"address": f"{turn} rue du Canal", "billing_email": f"compta{turn}@import.example"}
        await account.crm.import_rows("companies", companies, **edited)
        if turn == ROUNDS // 2:
            begun = time.monotonic()
            await asyncio.gather(*(account.win(deal) for deal in deals))
    for deal in deals:
        assert (await lane.outcome(deal))["ending"] == "invoiced"
    took = time.monotonic() - begun
    assert took < patience(60), "deals won meanwhile are invoiced within a minute"

    last = f"+33 4 72 00 00 {ROUNDS - 1:02}"

    async def all_there() -> bool:
        return all([(await of_stripe(lane, customer))["phone"] == last for _, customer in pairs])

    await until(all_there, what="every customer has what was imported last")
    ours = [each for each in await account.requests(since=str(since)) if not by_a_person(each)]
    # What left in time arrives together where the simulator had to wait for a core.
    assert sum(each["status"] == 429 for each in ours) < len(ours) / 20
    customers = {f"/v1/customers/{customer}" for _, customer in pairs}
    writes = Counter(each["path"] for each in ours if each["method"] == "POST" and each["path"] in customers)
    reads = Counter(each["path"] for each in ours if each["method"] == "GET" and each["path"] in customers)
    print(f"{PAIRS * ROUNDS * len(FIELDS)} edits of {PAIRS} customers: {sum(reads.values())} reads,")  # noqa: T201
    print(f"{sum(writes.values())} writes; {DEALS} deals invoiced in {took:.0f} s")  # noqa: T201
    assert sum(writes.values()) <= 2 * PAIRS, "edits that are typed together are written together"


async def test_what_is_not_kept_in_step_is_read_once_and_written_nowhere(lane: Lane) -> None:
    """An import that touches what nobody keeps in step."""
    account = lane.account
    await account.settings("hubspot", subscriptions=["company.propertyChange:domain"])
    companies = [(await _pair(lane, 1000 + number))[0] for number in range(PAIRS // 5)]
    since = (await account.requests(since="0"))[-1]["n"]
    for turn in range(ROUNDS):
        await account.crm.import_rows("companies", companies, domain=f"import-{turn}.example")

    async def looked() -> bool:
        query = "WorkflowType = 'ContactSync' AND ExecutionStatus = 'Running'"
        return (await lane.client.count_workflows(query)).count == 0

    await until(looked, what="nobody looks any more")
    ours = [each for each in await account.requests(since=str(since)) if not by_a_person(each)]
    assert not [each for each in ours if each["method"] in ("PATCH", "DELETE")]
    edited = {f"/crm/v3/objects/companies/{company}" for company in companies}
    reads = Counter(each["path"] for each in ours if each["path"] in edited)
    assert max(reads.values(), default=0) <= 1, reads
