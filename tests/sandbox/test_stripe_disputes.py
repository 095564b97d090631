"""Payments that the payer's bank takes back, or asks about."""

from typing import Any

import httpx
import pytest
import stripe

from sandbox.stripe.person import StripePerson
from tests.sandbox.stripe_bench import Bench
from tests.sandbox.test_stripe_invoices import refused
from tests.sandbox.test_stripe_payments import documented, kinds_after
from tests.sandbox.test_stripe_refunds import paid


@pytest.fixture
def finance(bench: Bench) -> StripePerson:
    return StripePerson(bench.control)


async def test_a_dispute_takes_the_money_and_leaves_the_invoice_paid(
    bench: Bench, finance: StripePerson
) -> None:
    invoice, charge = await paid(bench, finance)
    kinds = await kinds_after(bench, finance.dispute(invoice.id))
    assert kinds == ["charge.updated", "charge.dispute.created", "charge.dispute.funds_withdrawn"]
    (dispute,) = (await bench.client.v1.disputes.list_async({"charge": charge.id})).data
    assert set(dispute.to_dict()) - {"network_reason_code", "intended_submission_method"} == documented(
        stripe.Dispute
    ) - {"network_reason_code", "intended_submission_method"}
    assert (dispute.status, dispute.amount, dispute.is_charge_refundable) == ("needs_response", 12000, False)
    assert [moved.amount for moved in dispute.balance_transactions] == [-12000]
    assert (await bench.client.v1.charges.retrieve_async(charge.id)).disputed is True
    assert (await finance.invoice(invoice.id))["status"] == "paid"
    by_intent = await bench.client.v1.disputes.list_async({"payment_intent": str(charge.payment_intent)})
    assert [each.id for each in by_intent.data] == [dispute.id]
    await refused(bench.client.v1.refunds.create_async({"charge": charge.id}), code="charge_disputed")


async def test_what_a_bank_does_is_caused_by_no_request(bench: Bench, finance: StripePerson) -> None:
    invoice, _ = await paid(bench, finance)
    await finance.dispute(invoice.id)
    (by_bank,) = await bench.events("charge.dispute.created")
    (by_payer,) = await bench.events("payment_intent.succeeded")
    assert by_bank["request"] == {"id": None, "idempotency_key": None}
    assert by_payer["request"]["id"].startswith("req_")


async def test_a_dispute_that_is_won_brings_the_money_back(bench: Bench, finance: StripePerson) -> None:
    invoice, _ = await paid(bench, finance)
    dispute = (await finance.dispute(invoice.id))["id"]
    disputes = bench.client.v1.disputes
    evidence = await disputes.update_async(
        dispute, {"evidence": {"uncategorized_text": "Signé"}, "submit": True}
    )
    assert (evidence.status, evidence.evidence_details.submission_count) == ("under_review", 1)
    kinds = await kinds_after(bench, finance.win_dispute(dispute))
    assert kinds == ["charge.dispute.closed", "charge.dispute.funds_reinstated"]
    read = await disputes.retrieve_async(dispute)
    assert (read.status, [moved.amount for moved in read.balance_transactions]) == ("won", [-12000, 12000])
    with pytest.raises(httpx.HTTPStatusError, match="cannot be lost"):
        await finance.lose_dispute(dispute)


@pytest.mark.parametrize("accepted", [True, False])
async def test_a_dispute_can_be_lost_or_accepted(bench: Bench, finance: StripePerson, accepted: bool) -> None:
    invoice, _ = await paid(bench, finance)
    dispute = (await finance.dispute(invoice.id, 5000))["id"]
    if accepted:
        await bench.client.v1.disputes.close_async(dispute)
    else:
        await finance.lose_dispute(dispute)
    read = await bench.client.v1.disputes.retrieve_async(dispute)
    assert (read.status, read.amount) == ("lost", 5000)
    (event,) = await bench.events("charge.dispute.closed")
    assert event["data"]["object"]["status"] == "lost"
    assert await bench.events("charge.dispute.funds_reinstated") == []
    await refused(bench.client.v1.disputes.close_async(dispute), match="cannot be closed")


async def test_an_inquiry_takes_nothing_until_it_becomes_a_dispute(
    bench: Bench, finance: StripePerson
) -> None:
    invoice, charge = await paid(bench, finance)
    first = await finance.dispute(invoice.id, inquiry=True)
    assert (first["status"], first["balance_transactions"]) == ("warning_needs_response", [])
    with pytest.raises(httpx.HTTPStatusError, match="disputed already"):
        await finance.dispute(invoice.id)
    await finance.close_inquiry(first["id"])
    assert (await bench.client.v1.disputes.retrieve_async(first["id"])).status == "warning_closed"
    second = await finance.dispute(charge.id, inquiry=True)
    kinds = await kinds_after(bench, finance.escalate_inquiry(second["id"]))
    assert kinds == ["charge.dispute.updated", "charge.dispute.funds_withdrawn"]
    assert (await bench.client.v1.disputes.retrieve_async(second["id"])).status == "needs_response"


async def test_a_charge_under_inquiry_can_still_be_refunded(bench: Bench, finance: StripePerson) -> None:
    invoice, _ = await paid(bench, finance)
    await finance.dispute(invoice.id, inquiry=True)
    assert (await finance.refund(invoice.id))["status"] == "succeeded"


async def test_a_known_test_card_is_disputed_at_once(bench: Bench) -> None:
    made: Any = {
        "amount": 1000,
        "currency": "eur",
        "confirm": True,
        "payment_method": "pm_card_createDisputeProductNotReceived",
    }
    intent = await bench.client.v1.payment_intents.create_async(made)
    (dispute,) = (await bench.client.v1.disputes.list_async({"payment_intent": intent.id})).data
    assert dispute.reason == "product_not_received"


async def test_a_debit_that_came_can_be_taken_back(bench: Bench, finance: StripePerson) -> None:
    invoice = await bench.issued()
    await finance.pay_by_debit(invoice.id)
    await finance.settle_debit(invoice.id)
    dispute = await finance.dispute(invoice.id)
    assert dispute["payment_method_details"]["type"] == "sepa_debit"
    with pytest.raises(httpx.HTTPStatusError, match="more than the charge"):
        await finance.dispute((await paid(bench, finance))[1].id, 12001)


async def test_the_balance_sums_what_moved(bench: Bench, finance: StripePerson) -> None:
    invoice, charge = await paid(bench, finance)
    await finance.refund(invoice.id, 2000)
    transactions = bench.client.v1.balance_transactions
    listed = (await transactions.list_async({"currency": "eur"})).data
    balance = await bench.client.v1.balance.retrieve_async()
    assert balance.pending[0].amount == sum(each.net for each in listed) == 12000 - 205 - 2000
    (of_charge,) = (await transactions.list_async({"source": charge.id})).data
    expanded = await transactions.retrieve_async(of_charge.id, {"expand": ["source"]})
    assert expanded.source is not None
    assert expanded.source.id == charge.id  # type: ignore[union-attr]
