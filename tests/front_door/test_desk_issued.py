"""Deals that have an invoice: written by hand, or lost, deleted, edited or merged after it was issued."""

import pytest

from raccord.domain.values.deal import DealRef
from raccord.records.records import Records
from raccord.sealing import KeyRing
from tests.domain.spoken import say_reason
from tests.front_door.account import TWO_LINES_GROSS
from tests.front_door.desk import hand_written, message_about, settled_in_slack
from tests.front_door.judge import invoice_is_right, one_delivery, one_write_to_the_deal
from tests.front_door.stack import Lane, until


async def test_an_invoice_written_by_hand_is_asked_about_and_never_doubled(desk: Lane) -> None:
    company = await desk.account.company()
    first = await desk.account.deal(company)
    await desk.account.win(first)
    await desk.outcome(first)
    (ours,) = await desk.account.invoices(first)
    by_hand = await hand_written(desk, ours["customer"], amount=109990)
    deal = await desk.account.deal(company)
    await desk.account.win(deal)
    row = await desk.question(deal, cause="by_hand")
    assert [o.id for o in row.question.options] == [by_hand["id"]]
    await desk.account.press(await message_about(desk, deal), "C'est cette facture")
    result = await desk.outcome(deal)
    assert (result["ending"], result["invoice_id"]) == ("already_invoiced", by_hand["id"])
    assert (await desk.account.shown(deal))["billing_invoice_number"] == by_hand["number"]
    assert await desk.account.invoices(deal) == []
    assert await desk.account.mails(by_hand["number"]) == []


async def test_another_invoice_of_the_same_amount_is_issued_when_a_person_says_so(desk: Lane) -> None:
    company = await desk.account.company()
    first = await desk.account.deal(company)
    await desk.account.win(first)
    await desk.outcome(first)
    (ours,) = await desk.account.invoices(first)
    await hand_written(desk, ours["customer"], amount=109990)
    deal = await desk.account.deal(company)
    await desk.account.win(deal)
    await desk.question(deal, cause="by_hand")
    await desk.account.press(await message_about(desk, deal), "Non")
    assert (await desk.outcome(deal))["ending"] == "invoiced"
    await invoice_is_right(desk.account, deal, gross=TWO_LINES_GROSS)


@pytest.mark.quick
async def test_a_deal_lost_after_its_invoice_is_one_question_and_winning_it_back_settles_it(
    desk: Lane,
) -> None:
    deal = await desk.account.deal()
    await desk.account.win(deal)
    await desk.outcome(deal)
    await desk.account.move(deal, "closedlost")
    await desk.question(deal, cause="lost_after_issue")
    await message_about(desk, deal)
    await desk.account.win(deal)
    assert (await desk.outcome(deal))["ending"] == "already_invoiced"
    await settled_in_slack(desk, deal, "Réglé")
    invoice = await invoice_is_right(desk.account, deal, gross=TWO_LINES_GROSS)
    await one_delivery(desk.account, invoice)
    await one_write_to_the_deal(desk.account, deal)


async def test_a_deal_deleted_after_its_invoice_is_a_question(desk: Lane) -> None:
    deal = await desk.account.deal()
    await desk.account.win(deal)
    await desk.outcome(deal)
    await desk.account.delete("deals", deal)
    await desk.question(deal, cause="deleted_after_issue")
    await desk.account.press(await message_about(desk, deal), "Vu")
    result = await desk.outcome(deal)
    assert (result["ending"], result["reason"]) == ("not_for_us", "deleted")


async def test_a_deal_edited_after_its_invoice_is_shown_line_by_line(desk: Lane) -> None:
    deal = await desk.account.deal()
    await desk.account.win(deal)
    await desk.outcome(deal)
    (line, *_) = await desk.account.lines(deal)
    await desk.account.edit("line_items", line, price="1200.00")
    await desk.account.edit("deals", deal, amount="1299.90")
    row = await desk.question(deal, cause="edited_after_issue")
    said = " ".join(say_reason(p, "en") for p in row.question.problems)
    assert "Conseil, €1,000.00 net at 20%" in said
    assert "Conseil, €1,200.00 net at 20%" in said
    await desk.account.press(await message_about(desk, deal), "Vu")
    assert (await desk.outcome(deal))["ending"] == "already_invoiced"
    assert len(await desk.account.invoices(deal)) == 1


@pytest.mark.parametrize("listed", [True, False], ids=["listed", "not listed"])
async def test_a_merged_deals_invoice_is_not_doubled_by_the_deal_that_is_left(
    desk: Lane, listed: bool
) -> None:
    await desk.account.settings("hubspot", merge_lists_ids=listed)
    company = await desk.account.company()
    invoiced, other = await desk.account.deal(company), await desk.account.deal(company)
    await desk.account.win(invoiced)
    await desk.outcome(invoiced)
    (theirs,) = await desk.account.invoices(invoiced)
    left = await desk.account.merge("deals", other, invoiced)
    await until(lambda: knows_of_the_merger(desk, invoiced))
    await desk.account.settings("hubspot", merge_lists_ids=True)
    await desk.account.win(left)
    row = await desk.question(left, cause="united")
    assert [o.id for o in row.question.options] == [theirs["id"]]
    await desk.account.press(await message_about(desk, left), "C'est cette facture")
    result = await desk.outcome(left)
    assert (result["ending"], result["invoice_id"]) == ("already_invoiced", theirs["id"])
    customer = await desk.account.stripe("/v1/invoices", customer=theirs["customer"])
    assert len(customer) == 1


async def knows_of_the_merger(lane: Lane, deal: str) -> bool:
    keys = KeyRing.load(lane.directory / "keys.json")
    records = Records.open(lane.configuration().settings.records_url, keys)
    try:
        link = await records.links.deal(DealRef(connection="hubspot", id=deal), "stripe")
        return link.merged_into is not None
    finally:
        await records.close()
