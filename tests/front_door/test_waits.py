"""No loop of looks turns by itself, and what a wait leaves behind is cleared up."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from raccord.temporal import search
from tests.front_door.stack import Lane, TemporalServer, until

AUTH_RETRY = {"RACCORD_TEMPORAL__AUTH_RETRY": "300"}
"""As delivered: longer than a flow may take to issue."""


@pytest.fixture(scope="module")
async def patient(server: TemporalServer, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Lane]:
    directory = tmp_path_factory.mktemp("patient")
    async with Lane(server, directory, "patient", overrides=AUTH_RETRY, messenger=False) as lane:
        yield lane


async def finalisations(lane: Lane, invoice: str) -> int:
    return sum(
        r["path"].endswith(f"/{invoice}/finalize") for r in await lane.account.requests(vendor="stripe")
    )


@pytest.mark.parametrize(
    "effect",
    [{"status": 403}, {"status": 429, "retry_after": 300}],
    ids=["forbidden", "rate limited for five minutes"],
)
async def test_a_wait_longer_than_issuing_may_take_is_waited(patient: Lane, effect: dict[str, Any]) -> None:
    account = patient.account
    await account.fault(
        vendor="stripe", method="POST", path="/v1/invoices/[^/]+/finalize", effect=effect, times=None
    )
    deal = await account.deal()
    await account.win(deal)
    handle = patient.client.get_workflow_handle(f"deal-won/hubspot/{deal}")

    async def waits() -> bool:
        found = (await handle.describe()).typed_search_attributes
        return (found.get(search.STATE), found.get(search.CAUSE)) == ("waiting", "awaits_stripe")

    await until(lambda: drafted(patient, deal))
    await until(waits, within=timedelta(seconds=60))
    (draft,) = await account.invoices(deal)
    # The next attempt is due in five minutes: whatever came before it is all there is.
    assert await finalisations(patient, draft["id"]) == 1
    await account.clear_faults()
    await handle.terminate()


async def drafted(lane: Lane, deal: str) -> bool:
    return bool(await lane.account.invoices(deal))


@pytest.mark.parametrize("gone", ["lost", "deleted"])
async def test_a_draft_of_a_deal_that_is_ours_no_more_is_deleted(
    server: TemporalServer, tmp_path_factory: pytest.TempPathFactory, gone: str
) -> None:
    directory = tmp_path_factory.mktemp(f"left-{gone}")
    async with Lane(server, directory, f"left-{gone}", mode="draft", messenger=False) as lane:
        deal = await lane.account.deal()
        await lane.account.win(deal)
        await lane.question(deal, cause="approval")
        assert [i["status"] for i in await lane.account.invoices(deal)] == ["draft"]
        await (
            lane.account.move(deal, "closedlost") if gone == "lost" else lane.account.delete("deals", deal)
        )

        async def cleared() -> bool:
            return not await lane.account.invoices(deal)

        await until(cleared, what="the draft is deleted")
        result = await lane.outcome(deal)
        expected = "not_won" if gone == "lost" else "deleted"
        assert (result["ending"], result["reason"]) == ("not_for_us", expected)
