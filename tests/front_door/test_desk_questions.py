"""Every problem becomes one visible question; one repair, and the same flow goes on."""

import asyncio

import pytest

from raccord.domain.values.deal import DealRef
from tests.front_door.account import TWO_LINES_GROSS, siret
from tests.front_door.desk import (
    LOOK_AGAIN,
    dirty_deal,
    message_about,
    settled_in_slack,
    words_of,
)
from tests.front_door.judge import invoice_is_right, one_delivery
from tests.front_door.stack import Lane, TemporalServer, until


async def test_a_question_names_all_problems_the_contact_and_the_answers(desk: Lane) -> None:
    deal, _ = await dirty_deal(desk, zip="")
    row = await desk.question(deal)
    assert [p.field for p in row.question.problems] == ["zip", "siret"]
    message = await message_about(desk, deal)
    shown = words_of(message)
    for said in ("code postal", "SIRET", "1 099,90", "Camille Lefèvre", "Anne Durand", row.incident):
        assert said in shown, said
    assert await desk.account.invoices(deal) == []

    async def waits_in_the_ui() -> bool:
        described = await desk.client.get_workflow_handle(f"deal-won/hubspot/{deal}").describe()
        attributes = {pair.key.name: pair.value for pair in described.typed_search_attributes}
        return (attributes["RaccordState"], attributes.get("RaccordCause")) == ("waiting", "address")

    # The question is on record before the flow has looked once more and says that it waits.
    await until(waits_in_the_ui)


@pytest.mark.quick
async def test_a_repaired_company_sets_the_flow_going_by_itself(desk: Lane) -> None:
    deal, company = await dirty_deal(desk)
    await message_about(desk, deal)
    await desk.account.edit("companies", company, siret="1")

    async def asked_anew() -> bool:
        return (await desk.question(deal)).revision == 2

    await until(asked_anew, what="the question says that the SIRET is not valid")
    await desk.account.edit("companies", company, siret=siret())
    result = await desk.outcome(deal)
    assert result["ending"] == "invoiced"
    invoice = await invoice_is_right(desk.account, deal, gross=TWO_LINES_GROSS)
    await one_delivery(desk.account, invoice)
    await settled_in_slack(desk, deal, "Réglé")
    assert not [w for w in await desk.waiting() if w.question.subject.id == deal]


async def test_the_salesperson_has_one_task_that_is_done_when_the_question_is(desk: Lane) -> None:
    deal, company = await dirty_deal(desk)

    async def tasked() -> bool:
        return bool(await desk.account.tasks(deal))

    await until(tasked)
    (task,) = await desk.account.tasks(deal)
    assert (task["hs_task_status"], task["hubspot_owner_id"]) == ("NOT_STARTED", "64492917")
    assert "SIRET" in task["hs_task_body"]
    await desk.account.edit("companies", company, siret=siret())
    await desk.outcome(deal)

    async def done() -> bool:
        return [t["hs_task_status"] for t in await desk.account.tasks(deal)] == ["COMPLETED"]

    await until(done)


async def test_slack_down_the_flow_goes_on_and_the_message_follows(desk: Lane) -> None:
    fault = await desk.account.fault(vendor="slack", path=".*", effect={"status": 503}, times=None)
    deal, company = await dirty_deal(desk)

    async def tried() -> bool:
        return await desk.account.fired(fault) > 1

    await until(tried)
    done = await desk.command("inbox", "choose", (await desk.question(deal)).incident, "nothing")
    assert done.returncode == 1
    assert "n'est pas une réponse à cette question" in " ".join(done.stderr.split())
    assert await desk.account.messages(deal) == []
    await desk.account.clear_faults()
    await message_about(desk, deal)
    await desk.account.edit("companies", company, siret=siret())
    assert (await desk.outcome(deal))["ending"] == "invoiced"
    await settled_in_slack(desk, deal)


async def test_the_command_line_answers_too(desk: Lane) -> None:
    deal, _ = await dirty_deal(desk)
    incident = (await desk.question(deal)).incident
    listed = await desk.command("inbox", "list")
    assert incident in listed.stdout, listed.stderr
    shown = await desk.command("inbox", "show", incident)
    assert "SIRET" in shown.stdout
    done = await desk.command("inbox", "cancel", incident)
    assert done.returncode == 0, done.stderr
    assert (await desk.outcome(deal))["ending"] == "closed"
    late = await desk.command("inbox", "cancel", incident)
    assert late.returncode == 1


async def test_a_question_that_nobody_answers_calls_the_next_person_once(
    server: TemporalServer, tmp_path_factory: pytest.TempPathFactory
) -> None:
    overrides = {
        "RACCORD_DESK__ESCALATE_AFTER": "0",
        "RACCORD_DESK__ESCALATE_TO": '["anne.durand@hexalab.example"]',
    }
    async with Lane(server, tmp_path_factory.mktemp("late"), "late", overrides=overrides) as lane:
        deal, _ = await dirty_deal(lane)

        async def called() -> bool:
            return len(await lane.account.messages(deal)) == 2

        await until(called, what="an answer below the question")
        question, call = await lane.account.messages(deal)
        assert call["thread_ts"] == question["ts"]
        assert "U0ANNE" in str(call["blocks"])
        await lane.account.press(question, LOOK_AGAIN)
        await asyncio.sleep(2)
        assert len(await lane.account.messages(deal)) == 2


async def test_a_warning_is_told_once_the_invoice_is_out(desk: Lane) -> None:
    deal = await desk.account.deal(await desk.account.company(payment_terms_days="90"))
    await desk.account.win(deal)
    assert (await desk.outcome(deal))["ending"] == "invoiced"
    (invoice,) = await desk.account.invoices(deal)
    message = await message_about(desk, deal)
    shown = words_of(message)
    for said in (f"Facture {invoice['number']} émise", "90", "60 jours"):
        assert said in shown, said
    assert all(block["type"] != "actions" for block in message["blocks"])
    again = DealRef(connection="hubspot", id=deal)
    await desk.wake(again.id, key="again")
    await desk.outcome(deal)
    assert len(await desk.account.messages(deal)) == 1
