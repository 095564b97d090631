"""The demo's page against the real flows: every dirty deal can be settled with what the page offers."""

from collections.abc import AsyncIterator
from functools import partial
from typing import Any

import pytest

from sandbox.data import rows
from tests.front_door.stack import Lane, TemporalServer, until
from tests.sandbox.playing import page_of, settle

DIRTY = [repair["deal"] for repair in rows("repairs")]
HEAD_OFFICE = "38990100025"


@pytest.fixture(scope="module")
async def played(server: TemporalServer, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Lane]:
    async with Lane(server, tmp_path_factory.mktemp("played"), "played") as lane:
        await lane.account.settings("hubspot", subscriptions=[])
        yield lane


async def deal_of(lane: Lane, id_: str) -> dict[str, Any]:
    return next(deal for deal in (await page_of(lane.account.http))["deals"] if deal["id"] == id_)


async def _shows_its_invoice(lane: Lane, id_: str) -> bool:
    """Whether nobody is asked any more, and the page leads to the invoice."""
    shown = await deal_of(lane, id_)
    invoiced = any(link["label"].startswith("invoice F-") for link in shown["links"])
    return shown["state"]["text"] == "invoice issued" and invoiced


@pytest.mark.timeout(300)
async def test_every_dirty_deal_is_invoiced_once_its_owner_took_what_the_page_offers(played: Lane) -> None:
    await played.account.win(HEAD_OFFICE)
    await played.wake(HEAD_OFFICE, key="won")
    await played.outcome(HEAD_OFFICE)
    for deal in DIRTY:
        await played.account.win(deal)
        await played.wake(deal, key="won")
    for deal in DIRTY:
        await played.question(deal)
        assert await played.account.invoices(deal) == [], deal
        await settle(played.account.http, await deal_of(played, deal))
        await played.wake(deal, key="repaired")
    for deal in DIRTY:
        assert (await played.outcome(deal))["ending"] == "invoiced", deal
        await until(partial(_shows_its_invoice, played, deal), what=f"{deal} shows its invoice")


async def test_the_tasks_panel_shows_the_desks_task_until_it_is_settled(played: Lane) -> None:
    deal = await played.account.deal(lines=[])
    await played.account.win(deal)
    await played.wake(deal, key="won")

    async def tasks() -> list[dict[str, Any]]:
        return [task for task in (await page_of(played.account.http))["tasks"] if task["deal"] == deal]

    async def there() -> bool:
        return bool(await tasks())

    await until(there, what="the desk's task is on the page")
    (task,) = await tasks()
    assert (task["for"], task["done"]) == ("Camille Lefèvre", False)
    assert "ligne" in task["body"]
    shown = await deal_of(played, deal)
    assert shown["state"]["text"] == "waits for a person"
    assert {"task", "question in Slack"} <= {link["label"] for link in shown["links"]}
