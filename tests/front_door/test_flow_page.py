"""A flow's page in the Temporal UI: it names the deal and what it waits for; the server knows neither."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from temporalio.api.sdk.v1 import WorkflowMetadata
from temporalio.client import Client, WorkflowHandle
from temporalio.common import RawValue

from raccord.temporal.codec import ENCODING
from raccord.temporal.views import View, waiting
from tests.front_door.desk import RECORDS, dirty_deal
from tests.front_door.stack import Lane, TemporalServer, until

METADATA = "__temporal_workflow_metadata"
"""The query that the Web UI sends for the tab “User Metadata”."""

SOON = {"RACCORD_WATCH__FLOW_WAITS_AFTER": "1"}


@pytest.fixture(scope="module")
async def page(server: TemporalServer, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Lane]:
    async with Lane(server, tmp_path_factory.mktemp("page"), "page", overrides=SOON) as lane:
        await lane.account.settings("hubspot", subscriptions=RECORDS)
        yield lane


def flow_of(client: Client, deal: str) -> WorkflowHandle[object, object]:
    return client.get_workflow_handle(f"deal-won/hubspot/{deal}")


async def details(lane: Lane, deal: str) -> str:
    return await said_on(flow_of(lane.client, deal))


async def said_on(flow: WorkflowHandle[Any, Any]) -> str:
    """What a flow's page says now, with spaces that can be typed."""
    metadata = await flow.query(METADATA, result_type=WorkflowMetadata)
    return str(metadata.current_details).replace("\u202f", " ").replace("\u00a0", " ")


async def shows(lane: Lane, view: View, deal: str) -> bool:
    return f"deal-won/hubspot/{deal}" in [found.id async for found in lane.client.list_workflows(view.query)]


async def test_it_names_the_deal_and_what_it_waits_for_in_sealed_words(page: Lane) -> None:
    deal, _ = await dirty_deal(page)

    name = (await page.account.crm.values("deals", deal, "dealname"))["dealname"]

    async def waits() -> bool:
        # It looks again for a moment when the question's own records come as changes.
        said = (await details(page, deal)).replace("’", "'")
        return said.startswith(f"### {name} : 1 099,90 € HT\n\n**") and "En attente d'une personne" in said

    await until(waits, what="the page names the deal and says that the flow waits for a person")
    outside = await Client.connect(page.client.service_client.config.target_host, namespace=page.namespace)
    answer = await flow_of(outside, deal).query(METADATA, result_type=RawValue)
    history = (await flow_of(outside, deal).fetch_history()).to_json()
    described = str((await flow_of(outside, deal).describe()).raw_description)
    for known in (str(answer.payload), history, described):
        assert str(name) not in known
        assert "1 099" not in known.replace("\u202f", " ")
        assert ENCODING.decode() in known or "YmluYXJ5L3JhY2NvcmQtYWVzMjU2Z2Nt" in known


async def test_the_views_tell_who_is_waited_for(page: Lane) -> None:
    person, vendor = waiting(("hubspot", "stripe"))
    asked, _ = await dirty_deal(page)
    await until(lambda: shows(page, person, asked), what="the flow waits for a person")
    assert not await shows(page, vendor, asked)
    held_up = await page.account.deal()
    # The first deal may look again while its question is being told, and is then held up as well.
    fault = await page.account.fault(vendor="stripe", path=".*", effect={"status": 503}, times=None)
    await page.account.win(held_up)
    await until(lambda: shows(page, vendor, held_up), what="the flow waits for Stripe")
    assert not await shows(page, person, held_up)

    async def names_stripe() -> bool:
        return "stripe" in await details(page, held_up)

    # On a busy machine it may have waited for the CRM before.
    await until(names_stripe, what="the page says that the flow waits for Stripe")
    await page.account.release(fault)
    await page.outcome(held_up)
    assert not await shows(page, vendor, held_up)
