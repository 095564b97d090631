"""A stage says nothing of a deal's status; it is left forwards alone (the page's section 1)."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from raccord.connectors.connection import CheckState
from raccord.domain.values.clock import BusinessClock
from raccord.vendors.pipedrive.connector import PipedriveCrm
from raccord.vendors.pipedrive.settings import PipedriveSettings
from sandbox.pipedrive.person import PipedrivePerson
from tests.connectors.conformance.lab import Lab
from tests.vendors.pipedrive.account import Account, settings

FIRST, THIRD, LAST, OTHER = 1, 3, 4, 6
"""Of the seeded pipelines: three of the first, in their order, and one of the second."""


@asynccontextmanager
async def connected(lab: Lab, *stages: int) -> AsyncIterator[PipedriveCrm]:
    given = settings(base_url=f"{lab.base}/pipedrive", paid_stages=stages)
    crm = PipedriveCrm("pipedrive", PipedriveSettings.model_validate(given), BusinessClock())
    yield crm
    await crm.close()


async def stage(lab: Lab, deal: str) -> int:
    return int((await PipedrivePerson(lab.http).shown("deal", int(deal)))["stage_id"])


@pytest.mark.parametrize(
    ("stages", "begins", "ends"),
    [
        ((LAST,), FIRST, LAST),
        ((THIRD,), LAST, LAST),
        ((OTHER,), FIRST, FIRST),
        ((THIRD, LAST), FIRST, FIRST),
        ((LAST, OTHER), FIRST, LAST),
        ((999,), FIRST, FIRST),
    ],
)
async def test_a_deal_moves_forwards_in_its_own_pipeline_to_its_one_stage(
    lab: Lab, account: Account, stages: tuple[int, ...], begins: int, ends: int
) -> None:
    deal = await account.deal(stage_id=begins)
    await account.win(deal)
    async with connected(lab, *stages) as crm:
        assert await crm.waits_for_paid_stage(deal) == (begins != ends)
        await crm.move_to_paid_stage(deal)
        assert (await crm.read_deal(deal)).won
    assert await stage(lab, deal) == ends


@pytest.mark.parametrize(
    ("stages", "found"),
    [((LAST, OTHER), ["OK", "OK"]), ((999,), ["FAIL"]), ((THIRD, LAST), ["FAIL", "FAIL"]), ((), [])],
)
async def test_doctor_says_which_stage_cannot_be_used(
    lab: Lab, stages: tuple[int, ...], found: list[str]
) -> None:
    async with connected(lab, *stages) as crm:
        told = [check for check in await crm.check() if "paid_stages" in check.name]
    assert [check.state.value for check in told] == found
    assert all(check.remedy and check.flow == "payment" for check in told if check.state is CheckState.FAIL)
