"""What every CRM does with deals, their invoice and their tasks."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from raccord.connectors.connection import CheckState
from raccord.connectors.crm import Crm
from raccord.connectors.errors import NotFound
from tests.connectors.conformance.cases import CrmCase, cases
from tests.connectors.conformance.lab import Lab
from tests.connectors.conformance.samples import FIELDS, ODD, task, today

LONG_AGO = today() - timedelta(days=3650)


@pytest.fixture(params=cases(CrmCase))
def case(request: pytest.FixtureRequest) -> CrmCase:
    found: CrmCase = request.param
    return found


@pytest.fixture
async def crm(case: CrmCase, lab: Lab) -> AsyncIterator[Crm]:
    await lab.option(case.vendor, **case.quiet)
    async with case.open(lab) as crm:
        yield crm


async def test_a_deal_is_read_whole(case: CrmCase, lab: Lab, crm: Crm) -> None:
    deal = await crm.read_deal(await case.deal(lab, name=ODD, company=ODD))
    assert (deal.ref.connection, deal.name, deal.currency) == (case.vendor, ODD, "EUR")
    assert (deal.won, deal.unreadable) == (False, ())
    assert [company.name for company in deal.companies] == [ODD]
    assert [(each.name, each.quantity, each.unit_price, each.vat_rate) for each in deal.lines] == [
        ("Conseil", Decimal(1), Decimal("1000.00"), Decimal(20)),
        ("Livre", Decimal(3), Decimal("33.30"), Decimal("5.5")),
    ]
    assert deal.owner is not None


async def test_a_won_deal_says_so_and_is_listed_once(case: CrmCase, lab: Lab, crm: Crm) -> None:
    started = datetime.now(UTC) - timedelta(minutes=1)
    won, lost = await case.deal(lab), await case.deal(lab)
    await case.win(lab, won)
    assert (await crm.read_deal(won)).won
    assert (await crm.read_deal(won)).won_on == today()
    for since in (None, started):
        listed = [each.id for each in await crm.won_deals(won_from=today(), changed_since=since)]
        assert listed.count(won) == 1
        assert lost not in listed
    later = datetime.now(UTC) + timedelta(hours=1)
    assert won not in {each.id for each in await crm.won_deals(won_from=LONG_AGO, changed_since=later)}


async def test_no_won_deal_is_left_out_however_many_there_are(case: CrmCase, lab: Lab, crm: Crm) -> None:
    """More than a page of them."""
    made = [await case.deal(lab) for _ in range(3)]
    await asyncio.gather(*(case.win(lab, deal) for deal in made))
    listed = [each.id for each in await crm.won_deals(won_from=LONG_AGO, changed_since=None)]
    assert set(made) <= set(listed)
    assert len(listed) == len(set(listed))


async def test_a_deal_that_is_gone_is_not_found(case: CrmCase, lab: Lab, crm: Crm) -> None:
    deal = await case.deal(lab)
    await case.delete(lab, deal)
    for gone in (deal, "99999999999"):
        with pytest.raises(NotFound):
            await crm.read_deal(gone)
    assert await crm.read_company("99999999999") is None
    assert await crm.read_contact("99999999999") is None


async def test_a_company_is_read_by_itself(case: CrmCase, lab: Lab, crm: Crm) -> None:
    (company,) = (await crm.read_deal(await case.deal(lab, company=ODD))).companies
    assert await crm.read_company(company.id) == company


async def test_the_invoice_on_a_deal_is_shown_as_it_was_written(case: CrmCase, lab: Lab, crm: Crm) -> None:
    deal = await case.deal(lab)
    assert not await crm.shows_invoice(deal, FIELDS)
    await crm.write_invoice(deal, FIELDS)
    assert await crm.shows_invoice(deal, FIELDS)
    await crm.write_invoice(deal, FIELDS)
    assert await crm.shows_invoice(deal, FIELDS)
    paid = FIELDS.model_copy(update={"status": "paid"})
    assert not await crm.shows_invoice(deal, paid)
    emptied = FIELDS.model_copy(update={"due_on": None})
    await crm.write_invoice(deal, emptied)
    assert await crm.shows_invoice(deal, emptied)
    with pytest.raises(NotFound):
        await crm.write_invoice("99999999999", FIELDS)


async def test_a_task_is_found_by_its_mark_and_done_once(case: CrmCase, lab: Lab, crm: Crm) -> None:
    deal = await case.deal(lab)
    wanted = task(deal)
    assert await crm.find_task(deal, wanted.ref) is None
    made = await crm.create_task(wanted)
    assert await crm.find_task(deal, wanted.ref) == made
    assert await crm.find_task(deal, "another") is None
    await crm.complete_task(made)
    await crm.complete_task(made)
    assert await crm.find_task(deal, wanted.ref) == made
    await crm.complete_task("99999999999")


async def test_a_task_keeps_to_what_the_crm_takes(case: CrmCase, lab: Lab, crm: Crm) -> None:
    deal = await case.deal(lab)
    endless = task(deal).model_copy(update={"subject": "é" * 5_000, "body": "<é👩\u200d💻>\n" * 30_000})
    made = await crm.create_task(endless)
    assert await crm.find_task(deal, endless.ref) == made


async def test_setting_up_makes_what_is_missing_once(crm: Crm) -> None:
    first, second = await crm.set_up(), await crm.set_up()
    assert {check.state for check in (*first, *second)} == {CheckState.OK}
    assert [check.name for check in second] != []
    assert all(check.state is not CheckState.WARN for check in await crm.check() if "mapping" in check.name)
