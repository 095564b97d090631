"""A deposit, then its balance: two invoices of one deal, each once, in a system that maps the fields."""

from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from tests.front_door.account import TWO_LINES_GROSS
from tests.front_door.judge import one_delivery
from tests.front_door.stack import Lane, TemporalServer
from tests.front_door.test_endings import end_of

MAPPING = {
    "RACCORD_HUBSPOT__MAPPING__DEALS__DEPOSIT_PERCENT": "billing_deposit_percent",
    "RACCORD_HUBSPOT__MAPPING__DEALS__DELIVERED_ON": "delivered_on",
}
SHOWN = ("billing_invoice_number", "billing_deposit_number")


@pytest.fixture
async def parted(server: TemporalServer, tmp_path: Path) -> AsyncIterator[Lane]:
    async with Lane(server, tmp_path, "deposits", overrides=MAPPING) as lane:
        made = await lane.command("setup")
        assert made.returncode == 0, made.stdout + made.stderr
        yield lane


async def test_a_deposit_is_invoiced_and_then_the_balance_less_the_deposit(parted: Lane) -> None:
    account = parted.account
    deal = await account.deal(billing_deposit_percent="30")
    await account.win(deal)
    assert (await end_of(parted, deal))["part"] == "deposit"
    (deposit,) = await account.invoices(deal)
    assert (deposit["total"], deposit["metadata"]["raccord_part"]) == (39162, "deposit")
    await one_delivery(account, deposit)
    shown = await account.crm.values("deals", deal, *SHOWN)
    assert [shown[name] for name in SHOWN] == [deposit["number"], deposit["number"]]
    today = datetime.now(ZoneInfo("Europe/Paris")).date()
    await account.edit("deals", deal, delivered_on=today.isoformat())
    await parted.wake(deal, key="delivered")
    assert (await end_of(parted, deal, after_runs=1))["part"] == "balance"
    (balance,) = [each for each in await account.invoices(deal) if each["id"] != deposit["id"]]
    assert deposit["total"] + balance["total"] == TWO_LINES_GROSS
    negative = [line for line in balance["lines"]["data"] if line["amount"] < 0]
    assert sorted(line["amount"] for line in negative) == [-30000, -2997]
    assert all(deposit["number"] in line["description"] for line in negative)
    await one_delivery(account, balance)
    shown = await account.crm.values("deals", deal, *SHOWN)
    assert [shown[name] for name in SHOWN] == [balance["number"], deposit["number"]]
    await parted.wake(deal, key="again")
    assert (await end_of(parted, deal, after_runs=2))["ending"] == "already_invoiced"
    assert len(await account.invoices(deal)) == 2
