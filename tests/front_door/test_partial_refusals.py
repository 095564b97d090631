"""A vendor that answers our probe and refuses what a flow needs: told once, and nothing is lost.

The first live deal of every wrongly set up account meets one of these.
"""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from raccord.temporal import search
from sandbox.hubspot import scopes
from tests.front_door.account import TWO_LINES_GROSS, Account
from tests.front_door.judge import invoice_is_right, one_delivery, one_write_to_the_deal
from tests.front_door.stack import Lane, TemporalServer, until

OVER = "répond de nouveau"


@dataclass(frozen=True)
class Refusal:
    """What a vendor does not let us do, and how it is told."""

    vendor: str
    title: str
    said: tuple[str, ...]
    """Words of the alert beside its title: for a missing permission, its name in the vendor's settings."""
    lacking: dict[str, Any] = field(default_factory=dict)
    """Settings of the simulated account."""
    mended: dict[str, Any] = field(default_factory=dict)
    failing: bool = False
    """Whether every POST is answered with 503, though GETs are answered."""
    issued: bool = False
    """Whether the invoice is out by then."""

    async def begin(self, account: Account) -> None:
        if self.lacking:
            await account.settings(self.vendor, **self.lacking)
        if self.failing:
            down = {"status": 503}
            await account.fault(vendor=self.vendor, method=["POST"], path=".*", effect=down, times=None)

    async def end(self, account: Account) -> None:
        if self.mended:
            await account.settings(self.vendor, **self.mended)
        await account.clear_faults()


DEAL_WRITE = "crm.objects.deals.write"
REFUSALS = {
    "customers": Refusal(
        "stripe",
        "refuse un droit à Raccord",
        ("Customers: Write", "rak_customer_write"),
        lacking={"denied": ["rak_customer_write"]},
        mended={"denied": []},
    ),
    "events": Refusal(
        "stripe",
        "refuse un droit à Raccord",
        ("Events: Read", "rak_event_read"),
        lacking={"denied": ["rak_event_read"]},
        mended={"denied": []},
        issued=True,
    ),
    "deals": Refusal(
        "hubspot",
        "refuse un droit à Raccord",
        (DEAL_WRITE,),
        lacking={"scopes": [scope for scope in scopes.ALL if scope != DEAL_WRITE]},
        mended={"scopes": list(scopes.ALL)},
        issued=True,
    ),
    "writes": Refusal(
        "stripe",
        "répond, mais une opération échoue",
        ("Stripe answered with status 503",),
        failing=True,
    ),
}


@pytest.fixture(scope="module")
async def strict(server: TemporalServer, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Lane]:
    overrides = {
        "RACCORD_WATCH__ALERT_AFTER": "1",
        "RACCORD_WATCH__CREDENTIALS_ALERT_AFTER": "1",
        "RACCORD_WATCH__FLOW_WAITS_AFTER": "2",
        "RACCORD_TEMPORAL__AUTH_RETRY": "2",
    }
    async with Lane(server, tmp_path_factory.mktemp("strict"), "strict", overrides=overrides) as lane:
        yield lane


@pytest.mark.timeout(240)
@pytest.mark.parametrize("refusal", REFUSALS.values(), ids=REFUSALS)
async def test_what_is_refused_to_a_flow_is_told_once_and_so_is_its_end(
    strict: Lane, refusal: Refusal
) -> None:
    account = strict.account
    before = await told(strict, refusal.vendor)
    await refusal.begin(account)
    deal = await account.deal()
    await account.win(deal)
    flow = strict.client.get_workflow_handle(f"deal-won/hubspot/{deal}")

    async def alerted() -> bool:
        return len(await told(strict, refusal.vendor)) > len(before)

    async def waits() -> bool:
        found = (await flow.describe()).typed_search_attributes
        return (found.get(search.STATE), found.get(search.CAUSE)) == ("waiting", f"awaits_{refusal.vendor}")

    await until(alerted, what=f"somebody is told that {refusal.vendor} refuses something")
    await until(waits, what="the flow is listed as waiting")
    (alert,) = (await told(strict, refusal.vendor))[len(before) :]
    for words in (f"{refusal.vendor} {refusal.title}", *refusal.said):
        assert words in alert
    invoices = await account.invoices(deal)
    assert [i["status"] for i in invoices] == (["open"] if refusal.issued else [])
    if refusal.vendor == "stripe":
        assert [mail for i in invoices for mail in await account.mails(i["number"])] == []

    await refusal.end(account)
    assert (await strict.outcome(deal))["ending"] == "invoiced"
    invoice = await invoice_is_right(account, deal, gross=TWO_LINES_GROSS)
    await one_delivery(account, invoice)
    refused = sum(r["status"] == 403 for r in await account.requests(vendor="hubspot"))
    await one_write_to_the_deal(account, deal, lost=refused if refusal.vendor == "hubspot" else 0)

    async def over() -> bool:
        return len(await told(strict, refusal.vendor)) >= len(before) + 2

    await until(over, what=f"somebody is told that {refusal.vendor} works again")
    await until(lambda: watched_no_more(strict, refusal.vendor), what="the watch has ended")
    first, last = (await told(strict, refusal.vendor))[len(before) :]
    assert first == alert
    assert OVER in last
    assert re.search(r"Traitements qui ont attendu\D*[12]\b", last)


async def told(lane: Lane, connection: str) -> list[str]:
    """Return what the channel has been told of outages of a connection, oldest first."""
    wanted = re.compile(rf"{connection} (répond|ne répond|refuse)")
    found = [str(message["blocks"]) for message in await lane.account.messages(connection)]
    return [text for text in found if wanted.search(text)]


async def watched_no_more(lane: Lane, connection: str) -> bool:
    found = await lane.client.get_workflow_handle(f"watch/{connection}").describe()
    return found.status is not None and found.status.name == "COMPLETED"
