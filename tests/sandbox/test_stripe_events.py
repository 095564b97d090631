"""Events and the webhooks that carry them."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
import stripe

from sandbox.stripe.person import StripePerson
from sandbox.stripe.signing import signature_header
from tests.sandbox.stripe_bench import SECRET, Bench, Inbox, eventually, line

VECTOR_BODY = (
    b'{"id":"evt_1TestVector","object":"event","api_version":"2026-10-28.endive","created":1793170800,'
    b'"livemode":false,"pending_webhooks":1,"type":"invoice.paid","data":{"object":{"id":"in_1TestVector",'
    b'"object":"invoice","amount_paid":12000,"currency":"eur","metadata":{"crm_deal_id":"hubspot:987"}}},'
    b'"request":{"id":null,"idempotency_key":null}}'
)
VECTOR_SECRET = "whsec_EXAMPLEonlyNotARealSecret0123456789"


def test_the_signature_of_a_known_body() -> None:
    header = signature_header(VECTOR_BODY, secrets=[VECTOR_SECRET], timestamp=1793170800)
    assert header.startswith(
        "t=1793170800,v1=9893e3654feabcb191c007b88abbfe60311171ec81eb53c09c210efb7a99bd5b,v0="
    )
    assert stripe.WebhookSignature.verify_header(VECTOR_BODY.decode(), header, VECTOR_SECRET, tolerance=None)


async def test_every_change_of_an_invoice_is_an_event(bench: Bench) -> None:
    invoice = await bench.issued()
    invoices = bench.client.v1.invoices
    await invoices.send_invoice_async(invoice.id)
    await invoices.pay_async(invoice.id, {"paid_out_of_band": True})
    kinds = [event["type"] for event in (await bench.state())["events"]]
    assert kinds == [
        "tax_rate.created",
        "customer.created",
        "invoice.created",
        "invoice.updated",
        "payment_intent.created",
        "invoice.updated",
        "invoice.finalized",
        "invoice.sent",
        "payment_intent.canceled",
        "invoice.updated",
        "invoice.paid",
    ]


async def test_an_update_says_what_was_there_before(bench: Bench) -> None:
    customer = await bench.customer(
        address={"city": "Lyon", "line1": "1 rue A"}, metadata={"k": "1"}, preferred_locales=["fr"]
    )
    await bench.client.v1.customers.update_async(
        customer.id,
        {
            "email": "new@acme.example",
            "address": {"city": "Paris", "line1": "1 rue A"},
            "metadata": {"k": "2", "new": "x"},
            "preferred_locales": ["en", "fr"],
        },
        {"idempotency_key": "t1:cus:42:rev9"},
    )
    (event,) = await bench.events("customer.updated")
    assert event["data"]["previous_attributes"] == {
        "email": "compta@ateliers.example",
        "address": {"city": "Lyon"},
        "metadata": {"k": "1", "new": None},
        "preferred_locales": ["fr"],
    }
    assert event["request"]["idempotency_key"] == "t1:cus:42:rev9"
    assert event["request"]["id"].startswith("req_")
    assert event["api_version"] == "2026-10-28.endive"


async def test_an_update_that_changes_nothing_is_neither_an_event_nor_a_commit(bench: Bench) -> None:
    customer = await bench.customer()
    await bench.client.v1.customers.update_async(customer.id, {"name": "Ateliers Réunis"})
    assert await bench.events("customer.updated") == []
    assert (await bench.requests())[-1]["committed"] is False


async def test_an_event_keeps_the_object_as_it_was_then(bench: Bench) -> None:
    invoice = await bench.issued()
    await bench.client.v1.invoices.pay_async(invoice.id, {"paid_out_of_band": True})
    (finalised,) = await bench.events("invoice.finalized")
    await bench.client.v1.customers.update_async(str(invoice.customer), {"name": "Autre"})
    (created,) = await bench.events("customer.created")
    assert created["data"]["object"]["name"] == "Ateliers Réunis"
    assert (finalised["data"]["object"]["status"], finalised["data"]["object"]["amount_paid"]) == ("open", 0)


async def test_events_are_listed_newest_first_by_type_and_time(bench: Bench) -> None:
    customer = await bench.customer()
    await bench.client.v1.customers.update_async(customer.id, {"name": "B"})
    events = bench.client.v1.events
    both = await events.list_async({"types": ["customer.created", "customer.updated"]})
    assert [event.type for event in both.data] == ["customer.updated", "customer.created"]
    assert [event.type for event in (await events.list_async({"type": "customer.created"})).data] == [
        "customer.created"
    ]
    assert (await events.list_async({"created": {"gt": both.data[0].created + 10}})).data == []
    assert (await events.retrieve_async(both.data[0].id)).type == "customer.updated"
    with pytest.raises(stripe.InvalidRequestError, match="maximum 20"):
        await events.list_async({"types": [f"t{n}" for n in range(21)]})


async def test_a_webhook_is_signed_so_that_the_official_client_accepts_it(bench: Bench, inbox: Inbox) -> None:
    await bench.settings(url=inbox.url)
    customer = await bench.customer()
    await eventually(lambda: len(inbox.received) == 1)
    body, headers = inbox.received[0]
    event: Any = bench.client.construct_event(body, headers["stripe-signature"], SECRET)
    assert (event.type, event.data.object.id, event.livemode) == ("customer.created", customer.id, False)
    with pytest.raises(stripe.SignatureVerificationError):
        bench.client.construct_event(body + b" ", headers["stripe-signature"], SECRET)


async def test_during_a_rotation_both_secrets_verify(bench: Bench, inbox: Inbox) -> None:
    await bench.settings(url=inbox.url, secret="whsec_new", previous_secret="whsec_old")
    await bench.customer()
    await eventually(lambda: len(inbox.received) == 1)
    body, headers = inbox.received[0]
    assert headers["stripe-signature"].count("v1=") == 2
    for secret in ("whsec_new", "whsec_old"):
        assert bench.client.construct_event(body, headers["stripe-signature"], secret).id


async def test_a_refused_webhook_is_sent_again_until_it_is_taken(bench: Bench, inbox: Inbox) -> None:
    inbox.refusals = [500, 302]
    await bench.settings(url=inbox.url)
    await bench.customer()
    await eventually(lambda: len(inbox.received) == 3)
    assert len({json.loads(body)["id"] for body, _ in inbox.received}) == 1
    attempts = (await bench.control.get("/_control/deliveries")).json()
    assert [attempt["status"] for attempt in attempts] == [500, 302, 200]


async def test_undelivered_events_can_be_asked_for(bench: Bench, inbox: Inbox) -> None:
    await bench.customer()
    await bench.settings(url=inbox.url)
    await bench.issued(line())
    delivered = len((await bench.state())["events"]) - 1
    await eventually(lambda: len(inbox.received) == delivered)
    missed: list[stripe.Event] = []
    while [event.type for event in missed] != ["customer.created"]:
        missed = (await bench.client.v1.events.list_async({"delivery_success": False})).data


async def test_an_endpoint_gets_only_the_events_it_wants_and_as_many_copies_as_told(
    bench: Bench, inbox: Inbox
) -> None:
    await bench.settings(url=inbox.url, enabled_events=["invoice.created"], copies=3)
    await bench.draft()
    await eventually(lambda: len(inbox.received) == 3)
    assert {json.loads(body)["type"] for body, _ in inbox.received} == {"invoice.created"}
    assert len({json.loads(body)["id"] for body, _ in inbox.received}) == 1


def at(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def arrived(inbox: Inbox) -> list[tuple[str, int]]:
    """Type and time of what was delivered, in the order of arrival."""
    events = [json.loads(body) for body, _ in inbox.received]
    return [(event["type"], event["created"]) for event in events]


async def test_events_arrive_in_whichever_order_a_test_wants(bench: Bench, inbox: Inbox) -> None:
    await bench.settings(url=inbox.url, held=["*"])
    finance = StripePerson(bench.control)
    customer = (await bench.customer()).id
    invoice = await finance.issue(customer, 130539, created_at=at(997), finalized_at=at(998))
    await finance.pay(invoice, at=at(1000))
    for kind in ("invoice.paid", "invoice.finalized", "invoice.created"):
        [event] = await finance.events(kind, invoice)
        assert await finance.resend(event) == [200]
    assert arrived(inbox) == [("invoice.paid", 1000), ("invoice.finalized", 998), ("invoice.created", 997)]


async def test_a_failure_can_be_told_after_the_payment_that_came_later(bench: Bench, inbox: Inbox) -> None:
    await bench.settings(
        url=inbox.url,
        held=["invoice.payment_failed"],
        enabled_events=["invoice.paid", "invoice.payment_failed"],
    )
    finance = StripePerson(bench.control)
    invoice = await finance.issue(
        (await bench.customer()).id, 130539, created_at=at(997), finalized_at=at(998)
    )
    await finance.fail_payment(invoice, at=at(999))
    await finance.pay_by_card(invoice, at=at(1000))
    await eventually(lambda: len(inbox.received) == 1)
    [failure] = await finance.events("invoice.payment_failed", invoice)
    await finance.resend(failure)
    await finance.resend(failure)
    assert arrived(inbox) == [("invoice.paid", 1000), *[("invoice.payment_failed", 999)] * 2]
    ((paid, _), (failed, _), _) = inbox.received
    assert json.loads(paid)["data"]["object"]["status"] == "paid"
    assert json.loads(failed)["data"]["object"]["status"] == "open"


async def test_events_can_be_late_and_out_of_order(bench: Bench, inbox: Inbox) -> None:
    await bench.settings(url=inbox.url, enabled_events=["customer.created"], late_seconds=0.3, copies=2)
    made = [(await bench.customer()).id for _ in range(12)]
    await eventually(lambda: len(inbox.received) == 2 * len(made))
    came = [json.loads(body)["data"]["object"]["id"] for body, _ in inbox.received]
    assert sorted(came) == sorted(made * 2)
    assert came != [each for each in made for _ in range(2)]


async def test_an_event_that_one_receiver_lacks_is_not_delivered(bench: Bench, inbox: Inbox) -> None:
    inbox.refusals = [500] * 4
    await bench.settings(url=inbox.url, enabled_events=["customer.created"])
    await bench.customer()
    await eventually(lambda: len(inbox.received) == 4)
    missed: list[stripe.Event] = []
    while not missed:
        missed = (await bench.client.v1.events.list_async({"delivery_success": False})).data
    await bench.settings(held=["*"])
    assert await StripePerson(bench.control).resend(missed[0].id) == [200]
    assert (await bench.client.v1.events.list_async({"delivery_success": False})).data == []


async def test_a_reset_empties_the_account_and_never_reuses_an_id(bench: Bench) -> None:
    before = await bench.issued()
    await bench.control.post("/_control/reset")
    assert all(not rows for rows in (await bench.state()).values())
    after = await bench.issued()
    assert after.id != before.id
    assert after.number == before.number
