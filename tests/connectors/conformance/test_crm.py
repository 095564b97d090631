"""What every CRM does with deals, their invoice and their tasks."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import uuid4

import pytest

from raccord.connectors.connection import CheckState
from raccord.connectors.crm import Crm
from raccord.connectors.errors import NotFound
from raccord.domain.values.described import Purpose
from raccord.domain.values.listed import ListedDeal
from raccord.domain.values.money import Money
from raccord.domain.values.payment import PaymentMeans
from tests.connectors.conformance.cases import CrmCase, cases
from tests.connectors.conformance.lab import Lab
from tests.connectors.conformance.samples import FIELDS, MONEY, ODD, task, today

PAYMENT_STATUSES = (
    *("open", "partly_paid", "paid", "overpaid", "refunded"),
    *("partly_refunded", "disputed", "credited", "void", "uncollectible"),
)
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


async def in_the_list(crm: Crm, deal: str) -> ListedDeal:
    part = await crm.list_deals(won_from=today(), after="")
    while part.after and deal not in {each.id for each in part.deals}:
        part = await crm.list_deals(won_from=today(), after=part.after)
    return next(each for each in part.deals if each.id == deal)


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


async def test_whoever_sold_a_deal_and_its_pipeline_have_names(case: CrmCase, lab: Lab, crm: Crm) -> None:
    won = await case.deal(lab)
    await case.win(lab, won)
    whole, listed = await crm.read_deal(won), await in_the_list(crm, won)
    assert whole.owner is not None
    assert listed.owner_id == whole.owner.id
    assert await crm.name_owners([whole.owner.id, "99999999999"]) == {whole.owner.id: whole.owner.name}
    assert await crm.name_owners([]) == {}
    assert (await crm.name_pipelines())[listed.pipeline_id]


async def test_in_a_list_a_won_deal_is_what_it_is_by_itself(case: CrmCase, lab: Lab, crm: Crm) -> None:
    won, lost = await case.deal(lab, name=ODD, company=ODD), await case.deal(lab)
    await case.win(lab, won)
    part = await crm.list_whole_deals(won_from=LONG_AGO, after="")
    found = list(part.deals)
    while part.after:
        part = await crm.list_whole_deals(won_from=LONG_AGO, after=part.after)
        found += part.deals
    by_id = {each.deal.ref.id: each for each in found}
    assert lost not in by_id
    assert len(by_id) == len(found)
    for each in found:
        assert each.deal == await crm.read_deal(each.deal.ref.id)
    assert not by_id[won].owner_left
    assert set(by_id[won].urls) == {company.id for company in by_id[won].deal.companies}


async def test_every_company_is_listed_once(case: CrmCase, lab: Lab, crm: Crm) -> None:
    deal = await crm.read_deal(await case.deal(lab, company=ODD))
    part = await crm.list_companies(after="")
    found = list(part.companies)
    while part.after:
        part = await crm.list_companies(after=part.after)
        found += part.companies
    by_id = {each.company.id: each for each in found}
    assert len(by_id) == len(found)
    (its,) = deal.companies
    assert (by_id[its.id].company, by_id[its.id].deals) == (its, 1)


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


async def test_the_money_on_a_deal_is_shown_as_it_was_written(case: CrmCase, lab: Lab, crm: Crm) -> None:
    deal = await case.deal(lab)
    assert await crm.lacks_payment_fields() == ()
    assert not await crm.shows_payment(deal, MONEY)
    await crm.write_payment(deal, MONEY)
    assert await crm.shows_payment(deal, MONEY)
    dollars = Money(amount=Decimal(7), currency="USD")
    for change in (
        {"status": "paid", "due": (Money.zero("EUR"),)},
        {"means": ""},
        {"paid_on": None},
        {"details": ""},
        {"paid": (*MONEY.paid, dollars), "due": ()},
        {"paid": (), "due": ()},
    ):
        changed = MONEY.model_copy(update=change)
        assert not await crm.shows_payment(deal, changed)
        await crm.write_payment(deal, changed)
        assert await crm.shows_payment(deal, changed)
        await crm.write_payment(deal, MONEY)
        assert await crm.shows_payment(deal, MONEY)
    for call in (crm.write_payment, crm.shows_payment):
        with pytest.raises(NotFound):
            await call("99999999999", MONEY)


@pytest.mark.parametrize("status", PAYMENT_STATUSES)
async def test_every_status_has_a_place(case: CrmCase, lab: Lab, crm: Crm, status: str) -> None:
    deal, money = await case.deal(lab), MONEY.model_copy(update={"status": status})
    await crm.write_payment(deal, money)
    assert await crm.shows_payment(deal, money)


async def test_every_means_has_a_place(case: CrmCase, lab: Lab, crm: Crm) -> None:
    deal = await case.deal(lab)
    for means in PaymentMeans:
        money = MONEY.model_copy(update={"means": means})
        await crm.write_payment(deal, money)
        assert await crm.shows_payment(deal, money)


async def test_deals_are_found_by_the_number_of_their_invoice(case: CrmCase, lab: Lab, crm: Crm) -> None:
    number = f"F-{uuid4().hex[:12]}"
    one, two, other = [await case.deal(lab) for _ in range(3)]
    assert await crm.deals_showing(number) == ()
    for deal in (one, two):
        await crm.write_invoice(deal, FIELDS.model_copy(update={"invoice_id": deal, "number": number}))
    longer = {"invoice_id": other, "number": f"{number}-2"}
    await crm.write_invoice(other, FIELDS.model_copy(update=longer))
    assert set(await crm.deals_showing(number)) == {one, two}
    assert await crm.deals_showing("") == ()


async def test_a_companys_deals_are_listed_for_a_person_to_choose(case: CrmCase, lab: Lab, crm: Crm) -> None:
    deal = await case.deal(lab, name=ODD)
    (company,) = (await crm.read_deal(deal)).companies
    (found,) = await crm.deals_of_company(company.id)
    assert (found.ref.id, found.name, found.won, found.won_on) == (deal, ODD, False, None)
    await case.win(lab, deal)
    await crm.write_invoice(deal, FIELDS)
    (found,) = await crm.deals_of_company(company.id)
    assert (found.won, found.won_on, found.currency) == (True, today(), "EUR")
    assert found.invoice_number == FIELDS.number
    assert found.url == (await crm.read_deal(deal)).url
    assert await crm.deals_of_company("99999999999") == ()


async def test_a_won_deal_moves_to_the_stage_for_paid_ones_once(case: CrmCase, lab: Lab) -> None:
    await lab.option(case.vendor, **case.quiet)
    won, never = await case.deal(lab), await case.deal(lab)
    await case.win(lab, won)
    async with case.open(lab, **case.paid_stage) as crm:
        assert await crm.waits_for_paid_stage(won)
        assert not await crm.waits_for_paid_stage(never)
        for deal in (won, won, never):
            await crm.move_to_paid_stage(deal)
        assert not await crm.waits_for_paid_stage(won)
        assert [(await crm.read_deal(deal)).won for deal in (won, never)] == [True, False]
        with pytest.raises(NotFound):
            await crm.waits_for_paid_stage("99999999999")


async def test_without_such_a_stage_no_deal_waits(case: CrmCase, lab: Lab, crm: Crm) -> None:
    deal = await case.deal(lab)
    await case.win(lab, deal)
    assert not await crm.waits_for_paid_stage(deal)


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


async def test_a_dry_run_shows_what_is_missing_and_makes_nothing(case: CrmCase, lab: Lab, crm: Crm) -> None:
    await lab.option(case.vendor, **case.bare)
    await lab.switches.reset()
    before = await lab.written(case.vendor)
    shown = await crm.set_up(dry=True)
    assert await lab.written(case.vendor) == before
    assert "would be made" in " ".join(check.found for check in shown)
    made = await crm.set_up()
    assert [check.name for check in made] == [check.name for check in shown]
    assert {check.found for check in await crm.set_up(dry=True)} == {"there already"}


async def test_an_account_is_described_by_what_it_has(case: CrmCase, lab: Lab, crm: Crm) -> None:
    await case.deal(lab, company=ODD)
    before = await lab.written(case.vendor)
    found = await crm.describe()
    assert await lab.written(case.vendor) == before
    assert found.name
    assert [line.name for line in found.pipelines if line.sells]
    assert found.owners
    assert found.unread == ()
    assert {slot.purpose for slot in found.slots} == set(Purpose) - case.built_in
    for slot in found.slots:
        place = slot.places[0]
        (field,) = (each for each in found.fields[place.kind] if each.name == slot.made)
        assert field.records >= len(field.values)
    (siren,) = (each for each in found.fields["companies"] if each.name == case.siren)
    assert "732829320" in siren.values
