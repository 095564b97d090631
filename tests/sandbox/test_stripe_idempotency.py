"""What an Idempotency-Key promises, and what it does not."""

import asyncio
from typing import Any

import pytest
import stripe

from tests.sandbox.stripe_bench import Bench, line

PARAMS: Any = {"name": "Acme", "email": "a@acme.example"}


async def create(bench: Bench, key: str, **changes: Any) -> stripe.Customer:
    wanted: Any = {**PARAMS, **changes}
    return await bench.client.v1.customers.create_async(wanted, {"idempotency_key": key})


async def test_the_same_key_repeats_the_answer_and_creates_nothing(bench: Bench) -> None:
    first, second = await create(bench, "k"), await create(bench, "k")
    assert first.id == second.id
    assert len((await bench.state())["customers"]) == 1
    assert second.last_response is not None
    assert second.last_response.headers["idempotent-replayed"] == "true"
    replays = [entry for entry in await bench.requests() if entry["replayed"]]
    assert [(entry["status"], entry["committed"]) for entry in replays] == [(200, False)]


async def test_an_account_may_know_no_idempotency_keys(bench: Bench) -> None:
    await bench.settings(idempotency_keys=False)
    await bench.fault(method="POST", path="/v1/customers", when="after", effect={"status": 500})
    with pytest.raises(stripe.APIError):
        await create(bench, "k")
    made = [await create(bench, "k"), await create(bench, "k", name="Other")]
    found = (await bench.state())["customers"]
    assert len({customer["id"] for customer in found}) == 3
    assert {event["request"]["idempotency_key"] for event in await bench.events("customer.created")} == {None}
    assert made[0].last_response is not None
    assert "idempotency-key" not in made[0].last_response.headers


async def test_the_order_of_parameters_does_not_count(bench: Bench) -> None:
    form = {"Content-Type": "application/x-www-form-urlencoded", "Idempotency-Key": "k"}
    first = await bench.raw("POST", "/v1/customers", content="name=A&phone=1", headers=form)
    second = await bench.raw("POST", "/v1/customers", content="phone=1&name=A", headers=form)
    assert first.json()["id"] == second.json()["id"]


async def test_other_parameters_under_the_same_key_are_an_error(bench: Bench) -> None:
    await create(bench, "k")
    with pytest.raises(stripe.IdempotencyError) as refused:
        await create(bench, "k", name="Other")
    assert refused.value.http_status == 400
    assert len((await bench.state())["customers"]) == 1


async def test_a_key_belongs_to_one_endpoint(bench: Bench) -> None:
    draft = await bench.draft(line())
    invoices: Any = bench.client.v1.invoices
    await invoices.finalize_invoice_async(draft.id, {}, {"idempotency_key": "k"})
    with pytest.raises(stripe.IdempotencyError):
        await invoices.send_invoice_async(draft.id, {}, {"idempotency_key": "k"})


async def test_a_request_whose_parameters_fail_leaves_its_key_free(bench: Bench) -> None:
    with pytest.raises(stripe.InvalidRequestError):
        await create(bench, "k", colour="red")
    assert (await create(bench, "k")).id


async def test_a_refusal_after_execution_began_is_repeated_even_when_the_cause_is_gone(bench: Bench) -> None:
    customer = await bench.client.v1.customers.create_async({"name": "Sans adresse"})
    draft = await bench.draft(line(), customer=customer.id)
    send: Any = bench.client.v1.invoices.send_invoice_async
    with pytest.raises(stripe.InvalidRequestError, match="Missing email"):
        await send(draft.id, {}, {"idempotency_key": "k"})
    await bench.client.v1.customers.update_async(customer.id, {"email": "a@acme.example"})
    with pytest.raises(stripe.InvalidRequestError, match="Missing email"):
        await send(draft.id, {}, {"idempotency_key": "k"})
    assert (await send(draft.id, {}, {"idempotency_key": "k/2"})).status == "open"


async def test_a_500_after_the_commit_is_kept_and_never_heals(bench: Bench) -> None:
    await bench.fault(method="POST", path="/v1/customers", when="after", effect={"status": 500})
    for _ in range(3):
        with pytest.raises(stripe.APIError) as broken:
            await create(bench, "k")
        assert broken.value.http_status == 500
    assert len((await bench.state())["customers"]) == 1
    assert broken.value.headers is not None
    assert broken.value.headers["idempotent-replayed"] == "true"
    found = await bench.client.v1.customers.list_async({"email": PARAMS["email"]})
    assert len(found.data) == 1


async def test_a_500_before_the_commit_can_be_kept_as_well(bench: Bench) -> None:
    await bench.fault(method="POST", path="/v1/customers", effect={"status": 500, "stored": True})
    for _ in range(2):
        with pytest.raises(stripe.APIError):
            await create(bench, "k")
    assert (await bench.state())["customers"] == []
    assert (await create(bench, "k/2")).id


async def test_a_503_of_a_proxy_before_the_vendor_leaves_the_key_free(bench: Bench) -> None:
    await bench.fault(method="POST", path="/v1/customers", effect={"status": 503})
    with pytest.raises(stripe.APIError):
        await create(bench, "k")
    assert (await create(bench, "k")).id


async def test_an_answer_lost_after_the_commit_is_repeated(bench: Bench) -> None:
    await bench.fault(method="POST", path="/v1/customers", when="after", effect={"reset": True})
    with pytest.raises(stripe.APIConnectionError):
        await create(bench, "k")
    assert (await create(bench, "k")).id == (await bench.state())["customers"][0]["id"]


async def test_a_key_in_flight_is_refused_with_409(bench: Bench) -> None:
    await bench.settings(processing_seconds=0.3)
    results = await asyncio.gather(*(create(bench, "k") for _ in range(3)), return_exceptions=True)
    refused = [each for each in results if isinstance(each, stripe.APIError)]
    assert [(each.http_status, each.error and each.error.code) for each in refused] == [
        (409, "idempotency_key_in_use")
    ] * 2
    assert len((await bench.state())["customers"]) == 1


async def test_two_writes_on_one_object_at_once_end_in_a_lock_timeout(bench: Bench) -> None:
    customer = await bench.customer()
    await bench.settings(processing_seconds=0.3)
    update = bench.client.v1.customers.update_async
    results = await asyncio.gather(
        update(customer.id, {"phone": "1"}), update(customer.id, {"phone": "2"}), return_exceptions=True
    )
    (refused,) = [each for each in results if isinstance(each, stripe.RateLimitError)]
    assert refused.error is not None
    assert refused.error.code == "lock_timeout"


async def test_a_key_expires(bench: Bench) -> None:
    first = await create(bench, "k")
    await bench.settings(idempotency_hours=0.0)
    assert (await create(bench, "k")).id != first.id


async def test_a_replayed_send_mails_once(bench: Bench) -> None:
    await bench.settings(mails_in_test=True)
    draft = await bench.draft(line())
    send: Any = bench.client.v1.invoices.send_invoice_async
    for _ in range(3):
        await send(draft.id, {}, {"idempotency_key": "k"})
    assert len(await bench.emails()) == 1
