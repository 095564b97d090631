"""I10: with the receiver off for as long as it takes, the sweep reaches the same end."""

import hashlib
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from temporalio.service import RPCError

from raccord.temporal import search
from tests.front_door.account import TWO_LINES_GROSS, Account, siret
from tests.front_door.judge import invoice_is_right, one_delivery
from tests.front_door.stack import Lane, TemporalServer, until


@pytest.fixture(scope="module")
async def deaf(server: TemporalServer, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Lane]:
    """A system to which no webhook ever gets through."""
    async with Lane(server, tmp_path_factory.mktemp("deaf"), "deaf") as lane:
        await lane.account.settings("hubspot", subscriptions=[])
        await until(lambda: swept(lane), what="the sweep of the start is over: it would find deals, too")
        yield lane


async def swept(lane: Lane) -> bool:
    try:
        info = (await lane.client.get_schedule_handle("reconciliation").describe()).info
    except RPCError:
        return False  # the receiver has not made it yet
    return bool(info.recent_actions) and not info.running_actions


async def sweep(lane: Lane) -> dict[str, Any]:
    done = await lane.command("reconcile", "--once", "--json")
    assert done.returncode == 0, done.stderr
    counts: dict[str, Any] = json.loads(done.stdout)
    return counts


async def listed(account: Account, deals: list[str]) -> bool:
    """Whether the CRM's own search shows these deals as won: it lags behind what was written."""
    won = {"propertyName": "dealstage", "operator": "EQ", "value": "closedwon"}
    body = {"filterGroups": [{"filters": [won]}], "limit": 200}
    found = await account.crm.call("POST", "/crm/v3/objects/deals/search", json=body)
    return set(deals) <= {deal["id"] for deal in found["results"]}


async def test_won_deals_are_found_and_invoiced_without_any_webhook(deaf: Lane) -> None:
    account = deaf.account
    deals = [await account.deal() for _ in range(3)]
    for deal in deals:
        await account.win(deal)
    lost = await account.deal()
    await until(lambda: listed(account, deals), what="HubSpot's search shows them")
    counts = await sweep(deaf)
    assert counts["without_invoice"] >= len(deals)
    for deal in deals:
        assert (await deaf.outcome(deal))["ending"] == "invoiced"
        await one_delivery(account, await invoice_is_right(account, deal, gross=TWO_LINES_GROSS))
    assert await account.invoices(lost) == []
    again = await sweep(deaf)
    assert again["without_invoice"] == counts["without_invoice"] - len(deals)
    assert len(await account.invoices(deals[0])) == 1


async def waits(lane: Lane, deal: str) -> bool:
    described = await lane.client.get_workflow_handle(f"deal-won/hubspot/{deal}").describe()
    return described.typed_search_attributes.get(search.STATE) == "waiting"


async def test_an_open_question_is_looked_at_again(deaf: Lane) -> None:
    account = deaf.account
    company = await account.company(siren="")
    deal = await account.deal(company)
    await account.win(deal)
    await sweep(deaf)
    await deaf.question(deal)
    # Else the look that comes right after the question is listed finds the repair by itself.
    await until(lambda: waits(deaf, deal))
    await account.edit("companies", company, siret=siret())
    assert (await sweep(deaf))["waiting"] >= 1
    assert (await deaf.outcome(deal))["ending"] == "invoiced"


async def test_a_deal_lost_after_its_invoice_is_asked_about(deaf: Lane) -> None:
    account = deaf.account
    deal = await account.deal()
    await account.win(deal)
    await sweep(deaf)
    await deaf.outcome(deal)
    await account.move(deal, "closedlost")
    await deaf.client.get_schedule_handle("reconciliation").trigger()
    await deaf.question(deal, cause="lost_after_issue")


async def test_a_deal_edited_after_its_invoice_is_asked_about_by_a_full_sweep_too(deaf: Lane) -> None:
    account = deaf.account
    deal = await account.deal()
    await account.win(deal)
    await sweep(deaf)
    await deaf.outcome(deal)
    await account.edit("line_items", (await account.lines(deal))[0], price="1234.00")
    await account.edit("deals", deal, dealname="Edited")
    assert (await sweep(deaf))["changed"] >= 1
    await deaf.question(deal, cause="edited_after_issue")


async def test_a_deal_deleted_after_its_invoice_is_asked_about(deaf: Lane) -> None:
    account = deaf.account
    deal = await account.deal()
    await account.win(deal)
    await sweep(deaf)
    await deaf.outcome(deal)
    await account.delete("deals", deal)
    assert (await sweep(deaf))["no_longer_won"] >= 1
    await deaf.question(deal, cause="deleted_after_issue")


async def test_a_credit_note_made_in_stripe_is_shown_on_the_deal_and_settles_its_question(
    deaf: Lane,
) -> None:
    account = deaf.account
    lost, still_won = [await account.deal() for _ in range(2)]
    for deal in (lost, still_won):
        await account.win(deal)
    await until(lambda: listed(account, [lost, still_won]), what="HubSpot's search shows them")
    await sweep(deaf)
    for deal in (lost, still_won):
        await deaf.outcome(deal)
    await account.move(lost, "closedlost")
    await deaf.wake(lost, key="lost")
    await deaf.question(lost, cause="lost_after_issue")
    prepared = await deaf.command("credit", lost, "--json")
    assert prepared.returncode == 0, prepared.stderr
    assert json.loads(prepared.stdout)["totals"]["gross"] == {"amount": "1305.39", "currency": "EUR"}
    numbers = {}
    for deal in (lost, still_won):
        (invoice,) = await account.invoices(deal)
        assert invoice["pre_payment_credit_notes_amount"] == 0
        numbers[deal] = (await account.billing.credit(invoice["id"], TWO_LINES_GROSS))["number"]
    assert (await sweep(deaf))["corrected"] == 2
    assert (await deaf.outcome(lost))["ending"] == "not_for_us"
    await deaf.question(still_won, cause="withdrawn")
    for deal, number in numbers.items():
        shown = await account.shown(deal)
        assert (shown["billing_status"], shown["billing_credit_notes"]) == ("credited", number)
        assert shown["billing_amount_credited"] == "1305.39"
    asked = {row.question.subject.id for row in await deaf.waiting()}
    assert (lost in asked, still_won in asked) == (False, True)
    assert len(await account.invoices(still_won)) == 1
    (row,) = [each for each in await deaf.waiting() if each.question.subject.id == still_won]
    await deaf.command("inbox", "cancel", row.incident)
    assert (await deaf.outcome(still_won))["ending"] == "closed"


async def test_the_pdf_of_an_invoice_is_kept_and_hangs_on_its_deal(deaf: Lane) -> None:
    account = deaf.account
    deal = await account.deal()
    await account.win(deal)
    await until(lambda: listed(account, [deal]), what="HubSpot's search shows it")
    await sweep(deaf)
    await deaf.outcome(deal)
    await sweep(deaf)
    (invoice,) = await account.invoices(deal)

    async def attached() -> bool:
        notes = f"/crm/v4/objects/deals/{deal}/associations/notes"
        return bool((await account.crm.call("GET", notes))["results"])

    await until(attached, what="a note with the PDF on the deal")
    kept = (deaf.directory / "invoices" / f"{invoice['number']}.pdf").read_bytes()
    assert kept.startswith(b"%PDF-")
    document = f"document/stripe/{invoice['id']}"
    await until(lambda: noted(deaf, document), what="the PDF is in the audit")
    (row,) = [each for each in await deaf.audit() if each["key"] == document]
    assert row["detail"]["kept"]["sha256"] == hashlib.sha256(kept).hexdigest()


async def noted(lane: Lane, key: str) -> bool:
    return any(row["key"] == key for row in await lane.audit())


async def test_credit_notes_that_may_not_be_listed_are_a_remark_on_the_sweep(deaf: Lane) -> None:
    fault = await deaf.account.fault(
        vendor="stripe", method="GET", path="/v1/events", effect={"status": 403}, times=None
    )
    done = await deaf.command("reconcile", "--once")
    await deaf.account.release(fault)
    assert done.returncode == 0, done.stderr
    assert "Credit notes were not looked for" in done.stderr
    assert "Events: Read" in done.stderr


async def test_a_refused_sweep_says_why_and_keeps_no_other_from_running(deaf: Lane) -> None:
    search = "/crm/v3/objects/deals/search"
    unreadable = {"effect": {"without": "results"}, "when": "after", "times": None}
    fault = await deaf.account.fault(vendor="hubspot", method="POST", path=search, **unreadable)
    refused = await deaf.command("reconcile", "--once")
    await deaf.account.release(fault)
    assert refused.returncode == 1
    assert "list the won deals" in refused.stderr
    assert "Traceback" not in refused.stderr
    assert (await sweep(deaf))["won"] >= 0


async def test_the_schedule_exists_and_sweeps_by_itself(deaf: Lane) -> None:
    described = await deaf.client.get_schedule_handle("reconciliation").describe()
    assert described.schedule.spec.intervals[0].every.total_seconds() == 3600

    async def swept() -> bool:
        query = "WorkflowType = 'Reconciliation' AND ExecutionStatus = 'Completed'"
        return (await deaf.client.count_workflows(query)).count >= 1

    await until(swept)
