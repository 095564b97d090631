"""Customers kept in step without any webhook: the sweep finds what was typed on either side."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from tests.front_door.stack import STAGE_ONLY, Lane, TemporalServer, until
from tests.front_door.test_contacts import OVERRIDES, of_stripe, pair
from tests.front_door.test_sweep import sweep, swept


@pytest.fixture(scope="module")
async def deaf(server: TemporalServer, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Lane]:
    """A system that hears of won deals alone, and of nothing in Stripe."""
    directory = tmp_path_factory.mktemp("deaf-contacts")
    async with Lane(server, directory, "deaf-contacts", payment="live", overrides=OVERRIDES) as lane:
        await lane.account.settings("hubspot", subscriptions=STAGE_ONLY)
        await lane.account.settings("stripe", held=["*"])
        await until(lambda: swept(lane), what="the sweep of the start is over: later ones look on from it")
        yield lane


async def test_what_no_webhook_told_comes_to_stand_on_the_other_side(deaf: Lane) -> None:
    account = deaf.account
    company, customer = await pair(deaf)
    other, its_customer = await pair(deaf)
    await account.edit("companies", company, city="Villeurbanne")
    await account.billing.edit_customer(its_customer, phone="+33 4 72 00 00 01")

    async def both() -> bool:
        """The CRM's search lags, so a sweep may be too early; and flows wait until no other comes."""
        await sweep(deaf)
        await asyncio.sleep(2)
        town = (await of_stripe(deaf, customer))["address"]["city"]
        phone = (await account.crm.values("companies", other, "phone"))["phone"]
        return (town, phone) == ("Villeurbanne", "+33 4 72 00 00 01")

    await until(both, what="each side has what was typed on the other")
    counts = await sweep(deaf)
    assert counts["in_step"] >= 2, "the overlap names them once more, and nothing is written"


async def test_a_customer_of_whom_nobody_knows_which_is_right_is_a_gap_of_the_proof(deaf: Lane) -> None:
    company, customer = await pair(deaf)
    await deaf.account.edit("companies", company, name="Rubis Conseil")
    await deaf.account.billing.edit_customer(customer, name="Rubis SAS")

    async def asked() -> bool:
        await sweep(deaf)
        await asyncio.sleep(2)
        return any(each.question.subject.id == customer for each in await deaf.waiting())

    await until(asked, what="a question about two names")
    found = [gap for gap in (await sweep(deaf))["proof"]["gaps"] if gap["kind"] == "drifted"]
    assert [(gap["customer_ids"], gap["standing"]) for gap in found] == [([customer], "asked")]
