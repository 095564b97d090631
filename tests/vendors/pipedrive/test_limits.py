"""The limits of the page's section 8, as the simulator keeps them."""

import asyncio
from typing import Any

import pytest

from raccord.connectors.errors import RateLimited
from raccord.domain.values.clock import BusinessClock
from raccord.vendors.pipedrive.connector import PipedriveCrm
from raccord.vendors.pipedrive.settings import PipedriveSettings
from tests.connectors.conformance.lab import Lab
from tests.vendors.pipedrive.account import settings


def connected(lab: Lab, **more: Any) -> PipedriveCrm:
    given = settings(base_url=f"{lab.base}/pipedrive", **more)
    return PipedriveCrm("pipedrive", PipedriveSettings.model_validate(given), BusinessClock())


async def test_deals_of_the_seed_are_read(lab: Lab) -> None:
    crm = connected(lab)
    try:
        part = await crm.list_companies(after="")
        for company in part.companies[:8]:
            for deal in await crm.deals_of_company(company.company.id):
                assert (await crm.read_deal(deal.ref.id)).ref.id == deal.ref.id
    finally:
        await crm.close()


async def test_a_budget_that_is_used_up_is_a_wait_with_its_own_words(lab: Lab) -> None:
    await lab.option("pipedrive", rate_limits=True, daily_tokens=1)
    crm = connected(lab)
    try:
        with pytest.raises(RateLimited, match="tokens of today are used up"):
            await crm.probe()
    finally:
        await crm.close()


async def test_at_its_own_rate_no_limit_of_the_smallest_plan_is_met(lab: Lab) -> None:
    await lab.option("pipedrive", rate_limits=True, plan="Lite")
    crm = connected(lab, requests_per_second=8.0)
    try:
        found = await asyncio.gather(*(crm.read_deal(str(id)) for id in (1, 2, 3)))
        assert all(each.lines and each.companies for each in found)
    finally:
        await crm.close()


async def test_a_page_of_html_with_403_is_a_wait_and_no_refusal(lab: Lab) -> None:
    await lab.option("pipedrive", rate_limits=True, blocked=True)
    crm = connected(lab)
    try:
        with pytest.raises(RateLimited):
            await crm.probe()
    finally:
        await crm.close()
