"""Each thing that can happen to a deal has one stated, sensible end; webhook in, vendor state out."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any

import pytest
from temporalio.client import WorkflowExecutionStatus

from raccord.domain.values.deal import DealRef
from raccord.records.records import Records
from raccord.sealing import KeyRing
from tests.domain.spoken import say_reason, two_languages
from tests.front_door.account import REFUSED_EMAIL, TWO_LINES, TWO_LINES_GROSS, siren
from tests.front_door.judge import invoice_is_right, one_customer, one_delivery, one_write_to_the_deal
from tests.front_door.stack import STAGE_ONLY, Lane, TemporalServer, until


async def end_of(lane: Lane, deal: str, *, after_runs: int = 0) -> Any:
    """Wait until the deal's flow has ended once more than `after_runs` times, and return its result."""

    async def ended() -> bool:
        return await runs(lane, deal) > after_runs

    await until(ended, what=f"run {after_runs + 1} of deal {deal} ends")
    return await lane.outcome(deal)


async def runs(lane: Lane, deal: str) -> int:
    query = f"WorkflowId = 'deal-won/{lane.crm}/{deal}'"
    found = [w async for w in lane.client.list_workflows(query)]
    return sum(w.status is WorkflowExecutionStatus.COMPLETED for w in found)


async def asked(lane: Lane, deal: str) -> list[tuple[str, str]]:
    """Wait until the flow asks a person, and return what about."""
    row = await lane.question(deal)
    return [(p.cause.value, p.field) for p in row.question.problems]


@pytest.mark.quick
async def test_a_won_deal_becomes_one_invoice_that_is_mailed_and_shown_on_the_deal(lane: Lane) -> None:
    deal = await lane.account.deal()
    await lane.account.win(deal)
    result = await end_of(lane, deal)
    assert result["ending"] == "invoiced"
    invoice = await invoice_is_right(lane.account, deal, gross=TWO_LINES_GROSS)
    await one_customer(lane.account, invoice)
    await one_delivery(lane.account, invoice)
    await one_write_to_the_deal(lane.account, deal)
    assert (await lane.account.shown(deal))["billing_due_on"]
    said = f"Invoice {invoice['number']} over €1,305.39 was issued for deal hubspot:{deal}."
    assert (lane.directory / "worker.log").read_text("utf-8").count(said) == 1


async def test_what_the_audit_saw_leave_is_never_mailed_again(lane: Lane) -> None:
    """Neither our index nor the vendor's events know of the e-mail any more."""
    deal = await lane.account.deal()
    await lane.account.win(deal)
    await end_of(lane, deal)
    records = Records.open(
        lane.configuration().settings.records_url, KeyRing.load(lane.directory / "keys.json")
    )
    await records.links.update_deal(DealRef(connection="hubspot", id=deal), "stripe", delivered=False)
    await records.close()
    await lane.account.move(deal, "closedlost")
    await lane.question(deal, cause="lost_after_issue")
    await lane.account.fault(
        vendor="stripe", method="GET", path="/v1/events", effect={"stale": 3600}, times=None
    )
    try:
        await lane.account.win(deal)
        assert (await end_of(lane, deal, after_runs=1))["ending"] == "already_invoiced"
    finally:
        await lane.account.clear_faults()
    invoice = await invoice_is_right(lane.account, deal, gross=TWO_LINES_GROSS)
    await one_delivery(lane.account, invoice)


@pytest.mark.quick
async def test_winning_again_after_losing_never_makes_a_second_invoice(lane: Lane) -> None:
    deal = await lane.account.deal()
    await lane.account.win(deal)
    await end_of(lane, deal)
    await lane.account.move(deal, "closedlost")
    await lane.question(deal, cause="lost_after_issue")
    await lane.account.win(deal)
    again = await end_of(lane, deal, after_runs=1)
    assert again["ending"] == "already_invoiced"
    invoice = await invoice_is_right(lane.account, deal, gross=TWO_LINES_GROSS)
    await one_delivery(lane.account, invoice)
    await one_write_to_the_deal(lane.account, deal)


async def test_a_fully_credited_deal_that_is_won_again_gets_the_invoice_of_its_next_cycle(lane: Lane) -> None:
    deal = await lane.account.deal()
    await lane.account.win(deal)
    await end_of(lane, deal)
    (first,) = await lane.account.invoices(deal)
    await lane.account.stripe_post("/v1/credit_notes", invoice=first["id"], amount=str(first["total"]))
    await lane.account.move(deal, "closedlost")
    await end_of(lane, deal, after_runs=1)
    await lane.account.win(deal)
    assert (await end_of(lane, deal, after_runs=2))["ending"] == "invoiced"
    invoices = await lane.account.invoices(deal)
    assert len(invoices) == 2
    assert {i["metadata"]["raccord_cycle"] for i in invoices} == {"1", "2"}


@pytest.mark.quick
async def test_two_deals_of_one_new_company_at_once_share_one_customer(lane: Lane) -> None:
    company = await lane.account.company()
    deals = [await lane.account.deal(company) for _ in range(2)]
    await asyncio.gather(*(lane.account.win(deal) for deal in deals))
    for deal in deals:
        await end_of(lane, deal)
    invoices = [await invoice_is_right(lane.account, deal, gross=TWO_LINES_GROSS) for deal in deals]
    assert invoices[0]["customer"] == invoices[1]["customer"]
    await one_customer(lane.account, invoices[0])


async def test_two_crm_companies_with_one_siren_at_once_make_one_customer_and_one_question(
    lane: Lane,
) -> None:
    same = siren(55512345)
    deals = [await lane.account.deal(await lane.account.company(siren=same)) for _ in range(2)]
    await asyncio.gather(*(lane.account.win(deal) for deal in deals))

    async def one_asks() -> bool:
        rows = [w for w in await lane.waiting() if w.question.subject.id in deals]
        return [w.question.cause for w in rows] == ["same_siren"]

    await until(one_asks)

    async def other_is_invoiced() -> bool:
        return any([await lane.account.invoices(deal) for deal in deals])

    await until(other_is_invoiced)
    invoices = [i for deal in deals for i in await lane.account.invoices(deal)]
    (mail,) = {i["customer_email"] for i in invoices}
    assert len(await lane.account.stripe("/v1/customers", email=mail)) == 1


async def test_the_won_stage_of_every_pipeline_counts(lane: Lane) -> None:
    renewal = "38990100022"
    await lane.account.move(renewal, "218934003")
    assert (await end_of(lane, renewal))["ending"] == "invoiced"


@contextlib.asynccontextmanager
async def told_of(lane: Lane, event: str) -> AsyncIterator[None]:
    """Let the CRM send one more kind of event; the tests that follow must not hear of it."""
    await lane.account.settings("hubspot", subscriptions=[*STAGE_ONLY, event])
    try:
        yield
    finally:
        await lane.account.settings("hubspot", subscriptions=STAGE_ONLY)


async def test_a_deal_created_as_won_is_invoiced(lane: Lane) -> None:
    async with told_of(lane, "deal.creation"):
        deal = await lane.account.deal(dealstage="closedwon")
    assert (await end_of(lane, deal))["ending"] == "invoiced"


async def test_a_company_linked_after_the_win_is_noticed(lane: Lane) -> None:
    company = await lane.account.company()
    async with told_of(lane, "deal.associationChange"):
        deal = await lane.account.deal(company=None, lines=TWO_LINES, linked=False)
        await lane.account.win(deal)
        assert await asked(lane, deal) == [("company", "company")]
        await lane.account.link_company(deal, company)
        # The task for the salesperson is a change of associations too: another look may come after the end.
        assert (await end_of(lane, deal))["ending"] in ("invoiced", "already_invoiced")
    await invoice_is_right(lane.account, deal, gross=TWO_LINES_GROSS)


async def test_an_event_during_the_last_steps_leaves_the_run_the_one_that_invoiced(lane: Lane) -> None:
    deal = await lane.account.deal()
    await lane.account.win(deal)
    fault = await lane.account.fault(
        vendor="hubspot",
        method="PATCH",
        path=f"/crm/v3/objects/deals/{deal}",
        effect={"status": 503},
        times=None,
    )
    try:

        async def writing_back() -> bool:
            return await lane.account.fired(fault) > 0

        await until(writing_back)
        await lane.wake(deal, key="echo", thorough=False)
    finally:
        await lane.account.release(fault)
    assert (await end_of(lane, deal))["ending"] == "invoiced"
    await invoice_is_right(lane.account, deal, gross=TWO_LINES_GROSS)


async def test_a_deal_deleted_meanwhile_is_not_for_us(lane: Lane) -> None:
    deal = await lane.account.deal()
    await lane.worker.stop()
    await lane.account.win(deal)
    await until(lambda: started(lane, deal))
    await lane.account.delete("deals", deal)
    await lane.restart_worker()
    result = await end_of(lane, deal)
    assert (result["ending"], result["reason"]) == ("not_for_us", "deleted")
    assert await lane.account.invoices(deal) == []


async def started(lane: Lane, deal: str) -> bool:
    query = f"WorkflowId = 'deal-won/hubspot/{deal}'"
    return bool([w async for w in lane.client.list_workflows(query)])


async def test_a_thousand_lines_are_a_question_and_write_nothing(lane: Lane) -> None:
    line = {"name": "Pièce", "quantity": "1", "price": "1.00", "vat_rate": "20"}
    deal = await lane.account.deal(lines=[line] * 1000)
    await lane.account.win(deal)
    assert await asked(lane, deal) == [("lines", "line_items")]
    assert await lane.account.invoices(deal) == []


async def test_as_many_lines_as_the_vendor_takes_are_invoiced_to_the_cent(lane: Lane) -> None:
    line = {"name": "Pièce", "quantity": "1", "price": "0.33", "vat_rate": "20"}
    deal = await lane.account.deal(lines=[line] * 250)
    await lane.account.win(deal)
    assert (await end_of(lane, deal))["ending"] == "invoiced"
    # 250 x (0.33 + 0.07): VAT rounded per line.
    await invoice_is_right(lane.account, deal, gross=250 * 40)


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        pytest.param(
            [{"name": "Rien", "quantity": "1", "price": "0", "vat_rate": "20"}],
            [("amount", "amount")],
            id="nothing to pay",
        ),
        pytest.param(
            [{"name": "Avoir", "quantity": "1", "price": "-50", "vat_rate": "20"}],
            [("price", "price")],
            id="negative price",
        ),
        pytest.param([], [("lines", "line_items")], id="no lines"),
        pytest.param(
            [{"name": "Ancien taux", "quantity": "1", "price": "10", "vat_rate": "19.6"}],
            [("vat", "vat_rate")],
            id="unknown VAT rate",
        ),
        pytest.param(
            [{"name": "Sans taux", "quantity": "1", "price": "10"}], [("vat", "vat_rate")], id="no VAT rate"
        ),
        pytest.param(
            [
                {
                    "name": "Bradé",
                    "quantity": "1",
                    "price": "10",
                    "vat_rate": "20",
                    "hs_discount_percentage": "120",
                }
            ],
            [("discount", "discount")],
            id="discount above 100 %",
        ),
    ],
)
async def test_lines_that_make_no_sense_are_a_question(
    lane: Lane, lines: list[dict[str, str]], expected: list[tuple[str, str]]
) -> None:
    deal = await lane.account.deal(lines=lines)
    await lane.account.win(deal)
    assert await asked(lane, deal) == expected
    assert await lane.account.invoices(deal) == []


async def test_a_free_line_beside_a_paid_one_is_invoiced(lane: Lane) -> None:
    free = {"name": "Offert", "quantity": "1", "price": "0", "vat_rate": "20"}
    paid = {"name": "Payé", "quantity": "1", "price": "10", "vat_rate": "20"}
    deal = await lane.account.deal(lines=[free, paid])
    await lane.account.win(deal)
    assert (await end_of(lane, deal))["ending"] == "invoiced"
    await invoice_is_right(lane.account, deal, gross=1200)


@pytest.mark.parametrize("name", ["Fleurs 🌷 & Fils", "شركة النور للتجارة", "<b>SARL</b> =1+1", "a" * 200])
async def test_names_of_every_script_reach_the_invoice_unchanged(lane: Lane, name: str) -> None:
    deal = await lane.account.deal(await lane.account.company(name=name))
    await lane.account.win(deal)
    await end_of(lane, deal)
    invoice = await invoice_is_right(lane.account, deal, gross=TWO_LINES_GROSS)
    assert invoice["customer_name"] == name


async def test_all_problems_of_a_dirty_deal_are_told_at_once_in_both_languages(lane: Lane) -> None:
    company = await lane.account.company(siren="123", zip="", country="Atlantis")
    line = {"name": "Conseil", "quantity": "0", "price": "10", "vat_rate": "20"}
    deal = await lane.account.deal(company, lines=[line])
    await lane.account.win(deal)
    assert {field for _, field in await asked(lane, deal)} == {"quantity", "zip", "country", "siren"}
    for found in (await lane.question(deal)).question.problems:
        assert two_languages(found)


async def test_a_repaired_deal_started_again_goes_on_to_its_invoice(lane: Lane) -> None:
    company = await lane.account.company(zip="")
    deal = await lane.account.deal(company)
    await lane.account.win(deal)
    assert await asked(lane, deal) == [("address", "zip")]
    await lane.account.edit("companies", company, zip="69003")
    await lane.account.move(deal, "contractsent")
    await end_of(lane, deal)
    await lane.account.win(deal)
    assert (await end_of(lane, deal, after_runs=1))["ending"] == "invoiced"
    await invoice_is_right(lane.account, deal, gross=TWO_LINES_GROSS)


THREE_PIECES = [{"name": "Pièce", "quantity": "1", "price": "0.33", "vat_rate": "20"}] * 3
"""0.21 of VAT rounded per line, 0.20 rounded once: the two rules differ by a cent."""


async def test_a_draft_that_does_not_come_to_our_totals_is_kept_and_asked_about(lane: Lane) -> None:
    deal = await lane.account.deal(lines=THREE_PIECES)
    await lane.account.settings("stripe", vat_per_rate=True)
    await lane.account.win(deal)
    row = await lane.question(deal)
    await lane.account.settings("stripe", vat_per_rate=False)
    assert row.question.cause == "totals"
    assert "what the other VAT rounding rule gives" in say_reason(row.question.problems[0], "en")
    (draft,) = await lane.account.invoices(deal)
    assert draft["status"] == "draft"


@pytest.mark.quick
async def test_a_draft_that_no_longer_matches_the_deal_is_replaced(lane: Lane) -> None:
    deal = await lane.account.deal(lines=THREE_PIECES)
    await lane.account.settings("stripe", vat_per_rate=True)
    await lane.account.win(deal)
    await lane.question(deal, cause="totals")
    await lane.account.settings("stripe", vat_per_rate=False)
    (draft,) = await lane.account.invoices(deal)
    await lane.account.edit("line_items", (await lane.account.lines(deal))[0], quantity="2")
    await lane.account.move(deal, "contractsent")
    await end_of(lane, deal)
    await lane.account.win(deal)
    assert (await end_of(lane, deal, after_runs=1))["ending"] == "invoiced"
    (invoice,) = await lane.account.invoices(deal)
    assert invoice["id"] != draft["id"]
    assert invoice["metadata"]["raccord_revision"] == "2"


async def test_what_the_vendor_refuses_is_a_question_and_is_asked_anew_once_repaired(lane: Lane) -> None:
    company = await lane.account.company(billing_email=REFUSED_EMAIL)
    deal = await lane.account.deal(company)
    await lane.account.win(deal)
    assert await asked(lane, deal) == [("refused", "email")]
    assert await lane.account.invoices(deal) == []
    await lane.account.edit("companies", company, billing_email=f"compta@refused-{deal}.example")
    await lane.account.move(deal, "contractsent")
    await end_of(lane, deal)
    await lane.account.win(deal)
    assert (await end_of(lane, deal, after_runs=1))["ending"] == "invoiced"


async def test_a_customer_that_billing_deleted_is_created_again(lane: Lane) -> None:
    company = await lane.account.company()
    first, second = [await lane.account.deal(company) for _ in range(2)]
    await lane.account.win(first)
    await end_of(lane, first)
    (invoice,) = await lane.account.invoices(first)
    await lane.account.stripe_delete(f"/v1/customers/{invoice['customer']}")
    await lane.account.win(second)
    result = await end_of(lane, second)
    assert result["ending"] == "invoiced", result["problems"]
    (again,) = await lane.account.invoices(second)
    assert again["customer"] != invoice["customer"]


async def test_a_draft_that_somebody_deleted_is_made_again(lane: Lane) -> None:
    deal = await lane.account.deal(lines=THREE_PIECES)
    await lane.account.settings("stripe", vat_per_rate=True)
    await lane.account.win(deal)
    await lane.question(deal, cause="totals")
    await lane.account.settings("stripe", vat_per_rate=False)
    (draft,) = await lane.account.invoices(deal)
    await lane.account.stripe_delete(f"/v1/invoices/{draft['id']}")
    await lane.account.move(deal, "contractsent")
    await end_of(lane, deal)
    await lane.account.win(deal)
    assert (await end_of(lane, deal, after_runs=1))["ending"] == "invoiced"


@pytest.fixture(scope="module")
async def shadow(server: TemporalServer, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Lane]:
    async with Lane(server, tmp_path_factory.mktemp("shadow"), "shadow", mode="shadow") as found:
        yield found


class TestShadow:
    async def test_shadow_reports_what_it_would_do_and_writes_nothing_anywhere(self, shadow: Lane) -> None:
        clean = await shadow.account.deal()
        dirty = await shadow.account.deal(await shadow.account.company(siren="1"))
        since = (await shadow.account.requests())[-1]["n"]
        for deal in (clean, dirty):
            await shadow.account.win(deal)
        result = await end_of(shadow, clean)
        assert result["ending"] == "shadow"
        assert any(finding["code"] == "finding.invoice" for finding in result["findings"])
        assert (await end_of(shadow, dirty))["ending"] == "problems"
        requests = [r for r in await shadow.account.requests() if r["n"] > since]
        ours = [r for r in requests if "x-sandbox-actor" not in r["headers"]]
        assert len(ours) > 5
        assert [r for r in ours if r["mutating"] or r["committed"]] == []


async def test_what_is_outside_the_rollout_is_left_alone(
    server: TemporalServer, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Each deal is outside for one reason of its own, and one is inside."""
    overrides = {
        "RACCORD_ROLLOUT__OWNERS": '["camille.lefevre@hexalab.example"]',
        "RACCORD_ROLLOUT__PIPELINES": '["default"]',
        "RACCORD_ROLLOUT__MAX_AMOUNT": "1099.89",
    }
    async with Lane(server, tmp_path_factory.mktemp("rollout"), "rollout", overrides=overrides) as lane:
        small = TWO_LINES[1:]
        deals = {
            "outside_rollout_owner": await lane.account.deal(lines=small, hubspot_owner_id="64492919"),
            "outside_rollout_pipeline": await lane.account.deal(
                lines=small, pipeline="118524563", dealstage="218934001"
            ),
            "outside_rollout_amount": await lane.account.deal(),
        }
        inside = await lane.account.deal(lines=small)
        won = {"outside_rollout_pipeline": "218934003"}
        for reason, deal in deals.items():
            await lane.account.move(deal, won.get(reason, "closedwon"))
        await lane.account.win(inside)
        for reason, deal in deals.items():
            result = await end_of(lane, deal)
            assert (result["ending"], result["reason"]) == ("not_for_us", reason)
            assert await lane.account.invoices(deal) == []
        assert (await end_of(lane, inside))["ending"] == "invoiced"
        assert len(await lane.account.stripe("/v1/customers")) == 1
