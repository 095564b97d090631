"""Where a person has the last word: a draft is issued by one button, and deleted by another."""

from datetime import timedelta

import pytest

from tests.front_door.account import TWO_LINES_GROSS
from tests.front_door.desk import (
    EXPORTED,
    GIVE_UP,
    hand_written,
    looked_at_again,
    message_about,
    message_saying,
    words_of,
)
from tests.front_door.judge import invoice_is_right, one_customer, one_delivery
from tests.front_door.stack import Lane, TemporalServer, until


async def test_in_draft_mode_a_person_issues_the_invoice_by_one_button(drafting: Lane) -> None:
    account = drafting.account
    deal = await account.deal()
    await account.win(deal)
    await drafting.question(deal, cause="approval")
    message = await message_about(drafting, deal)
    shown = words_of(message)
    for said in ("1 305,39 €", "Atelier", "Conseil", "Livre"):
        assert said in shown, said
    (draft,) = await account.invoices(deal)
    assert draft["status"] == "draft"
    await account.press(message, "Émettre")
    assert (await drafting.outcome(deal))["ending"] == "invoiced"
    invoice = await invoice_is_right(account, deal, gross=TWO_LINES_GROSS)
    await one_customer(account, invoice)
    await one_delivery(account, invoice)


async def test_a_draft_that_nobody_wants_is_deleted(drafting: Lane) -> None:
    deal = await drafting.account.deal()
    await drafting.account.win(deal)
    await drafting.question(deal, cause="approval")
    await drafting.account.press(await message_about(drafting, deal), GIVE_UP)
    assert (await drafting.outcome(deal))["ending"] == "closed"
    assert await drafting.account.invoices(deal) == []
    since = len(await drafting.account.requests())
    await looked_at_again(drafting, deal)
    later = await drafting.account.requests(vendor="stripe", since=str(since))
    assert [r["path"] for r in later if r["method"] != "GET"] == []


async def test_an_approval_says_what_the_mail_will_ask_of_a_customer_who_owes_more(drafting: Lane) -> None:
    account = drafting.account
    company = await account.company()
    earlier = await account.deal(company)
    await account.win(earlier)
    await drafting.question(earlier, cause="approval")
    (draft,) = await account.invoices(earlier)
    await account.stripe_post(f"/v1/customers/{draft['customer']}", balance="2500")
    deal = await account.deal(company)
    await account.win(deal)
    await drafting.question(deal, cause="approval")
    message = await message_about(drafting, deal)
    shown = words_of(message)
    assert "lui demanderont 1 330,39 €, et non 1 305,39 €" in shown
    await account.press(message, "Émettre")
    assert (await drafting.outcome(deal))["ending"] == "invoiced"
    (invoice,) = await account.invoices(deal)
    assert invoice["amount_due"] == invoice["total"] + 2500


async def test_an_approval_is_for_one_invoice_and_not_for_the_next_cycle(drafting: Lane) -> None:
    account = drafting.account
    deal = await account.deal()
    await account.win(deal)
    await drafting.question(deal, cause="approval")
    await account.press(await message_about(drafting, deal), "Émettre")
    await drafting.outcome(deal)
    (first,) = await account.invoices(deal)
    await account.stripe_post("/v1/credit_notes", invoice=first["id"], amount=str(first["total"]))
    await drafting.wake(deal, key="credited")
    await drafting.question(deal, cause="approval")
    drafts = [i for i in await account.invoices(deal) if i["status"] == "draft"]
    assert len(drafts) == 1


async def test_our_draft_goes_when_a_person_says_that_the_invoice_is_another(drafting: Lane) -> None:
    account = drafting.account
    deal = await account.deal()
    await account.win(deal)
    await drafting.question(deal, cause="approval")
    (draft,) = await account.invoices(deal)
    by_hand = await hand_written(drafting, draft["customer"], amount=109990)
    await drafting.wake(deal, key="again")
    message = await message_saying(drafting, deal, "C'est cette facture")
    await account.press(message, "C'est cette facture")
    result = await drafting.outcome(deal)
    assert (result["ending"], result["invoice_id"]) == ("already_invoiced", by_hand["id"])
    assert await account.invoices(deal) == []
    assert (await looked_at_again(drafting, deal))["ending"] == "already_invoiced"


async def test_a_deal_that_changed_after_the_draft_was_shown_is_asked_about_again(drafting: Lane) -> None:
    account = drafting.account
    deal = await account.deal()
    await account.win(deal)
    first = await drafting.question(deal, cause="approval")
    old = await message_about(drafting, deal)
    (line, *_) = await account.lines(deal)
    await account.edit("line_items", line, price="1200.00")
    await account.press(old, "Émettre")

    async def asked_anew() -> bool:
        row = await drafting.question(deal)
        return row.question.fingerprint != first.question.fingerprint and row.closed_at is None

    await until(asked_anew, within=timedelta(seconds=20))
    assert [i["status"] for i in await account.invoices(deal)] == ["draft"]


async def test_above_an_amount_a_person_issues_in_live_mode_too(
    server: TemporalServer, tmp_path_factory: pytest.TempPathFactory
) -> None:
    overrides = {"RACCORD_DESK__APPROVE_ABOVE": "1000"}
    async with Lane(server, tmp_path_factory.mktemp("large"), "large", overrides=overrides) as lane:
        small = await lane.account.deal(lines=[EXPORTED[0] | {"price": "1000", "vat_rate": "20"}])
        large = await lane.account.deal()
        for deal in (small, large):
            await lane.account.win(deal)
        assert (await lane.outcome(small))["ending"] == "invoiced"
        await lane.question(large, cause="approval")
        assert [i["status"] for i in await lane.account.invoices(large)] == ["draft"]
