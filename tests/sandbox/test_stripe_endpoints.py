"""Webhook endpoints that an integration makes for itself."""

import json
import re
from typing import Any

import pytest
import stripe
from stripe.params import WebhookEndpointCreateParams

from sandbox.stripe.endpoints import EVENT_TYPES
from tests.sandbox.stripe_bench import Bench, Inbox, eventually
from tests.sandbox.test_stripe_invoices import refused
from tests.sandbox.test_stripe_payments import documented

WANTED: Any = {"url": "https://raccord.example/webhooks/stripe", "enabled_events": ["invoice.paid"]}


def test_the_types_of_events_are_those_of_the_official_client() -> None:
    documented_types = str(WebhookEndpointCreateParams.__annotations__["enabled_events"])
    assert {"*", *EVENT_TYPES} == set(re.findall(r"'([a-z0-9_.]+|\*)'", documented_types))


async def test_the_secret_is_told_once(bench: Bench) -> None:
    endpoints = bench.client.v1.webhook_endpoints
    wanted: Any = {**WANTED, "api_version": "2026-10-28.endive", "description": "Raccord"}
    made = await endpoints.create_async(wanted)
    assert made.secret is not None
    assert made.secret.startswith("whsec_")
    assert set(made.to_dict()) == documented(stripe.WebhookEndpoint, but="deleted")
    read = await endpoints.retrieve_async(made.id)
    (listed,) = (await endpoints.list_async()).data
    for shown in (read, listed):
        assert "secret" not in shown
        assert (shown.api_version, shown.status, shown.enabled_events) == (
            "2026-10-28.endive",
            "enabled",
            ["invoice.paid"],
        )


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"url": None}, "parameter_missing"),
        ({"url": "raccord.example"}, "url_invalid"),
        ({"enabled_events": ["invoice.payed"]}, None),
        ({"enabled_events": []}, None),
        ({"api_version": "2026-13-01.unknown"}, None),
        ({"connect": True}, None),
        ({"secret": "whsec_mine"}, "parameter_unknown"),
    ],
)
async def test_an_endpoint_that_makes_no_sense_is_refused(
    bench: Bench, changes: dict[str, Any], code: str | None
) -> None:
    wanted: Any = {key: value for key, value in {**WANTED, **changes}.items() if value is not None}
    await refused(bench.client.v1.webhook_endpoints.create_async(wanted), code=code)
    assert (await bench.client.v1.webhook_endpoints.list_async()).data == []


async def test_a_live_account_delivers_to_encrypted_addresses_alone(bench: Bench) -> None:
    await bench.settings(api_key="rk_live_sandbox0000000000000000")
    create = bench.client_with("rk_live_sandbox0000000000000000").v1.webhook_endpoints.create_async
    plain: Any = {**WANTED, "url": "http://raccord.example/hook"}
    await refused(create(plain), code="url_invalid")
    assert (await create(WANTED)).livemode is True


async def test_an_account_has_sixteen_at_most(bench: Bench) -> None:
    create = bench.client.v1.webhook_endpoints.create_async
    for _ in range(16):
        await create(WANTED)
    await refused(create(WANTED), match="maximum of 16")


async def test_each_endpoint_gets_what_it_wants_in_its_version_under_its_secret(
    bench: Bench, inbox: Inbox
) -> None:
    create = bench.client.v1.webhook_endpoints.create_async
    made = await create(
        {"url": inbox.url, "enabled_events": ["customer.created"], "api_version": "2026-03-25.dahlia"}
    )
    await create({"url": inbox.url, "enabled_events": ["invoice.paid"]})
    await bench.customer()
    await eventually(lambda: len(inbox.received) == 1)
    ((body, headers),) = inbox.received
    event: Any = bench.client.construct_event(body, headers["stripe-signature"], str(made.secret))
    assert (event.type, event.api_version) == ("customer.created", "2026-03-25.dahlia")
    assert (await bench.events("customer.created"))[0]["pending_webhooks"] == 1


async def test_the_operators_endpoint_is_one_of_them(bench: Bench, inbox: Inbox) -> None:
    await bench.settings(url=inbox.url, enabled_events=["customer.created"])
    endpoints = bench.client.v1.webhook_endpoints
    (configured,) = (await endpoints.list_async()).data
    assert (configured.url, configured.api_version, "secret" in configured) == (
        inbox.url,
        "2026-10-28.endive",
        False,
    )
    await endpoints.create_async({"url": inbox.url, "enabled_events": ["customer.created"]})
    await bench.customer()
    await eventually(lambda: len(inbox.received) == 2)
    assert len({json.loads(body)["id"] for body, _ in inbox.received}) == 1
    await endpoints.delete_async(configured.id)
    assert [each.id for each in (await endpoints.list_async()).data] != [configured.id]


async def test_an_endpoint_is_changed_switched_off_and_deleted(bench: Bench, inbox: Inbox) -> None:
    endpoints = bench.client.v1.webhook_endpoints
    made = await endpoints.create_async(WANTED)
    changed = await endpoints.update_async(
        made.id, {"url": inbox.url, "enabled_events": ["customer.created"], "metadata": {"by": "raccord"}}
    )
    assert (changed.url, changed.enabled_events) == (inbox.url, ["customer.created"])
    repinned: Any = {"api_version": "2026-03-25.dahlia"}
    await refused(endpoints.update_async(made.id, repinned), code="parameter_unknown")
    off = await endpoints.update_async(made.id, {"disabled": True})
    assert off.status == "disabled"
    await bench.customer()
    assert (await bench.events("customer.created"))[0]["pending_webhooks"] == 0
    assert (await endpoints.delete_async(made.id)).deleted is True
    await refused(endpoints.retrieve_async(made.id), code="resource_missing")


@pytest.mark.parametrize(("denied", "reads"), [("rak_webhook_write", True), ("rak_webhook_read", False)])
async def test_a_key_may_lack_the_permission(bench: Bench, denied: str, reads: bool) -> None:
    await bench.settings(denied=[denied])
    endpoints = bench.client.v1.webhook_endpoints
    with pytest.raises(stripe.PermissionError, match="rak_webhook_write"):
        await endpoints.create_async(WANTED)
    if reads:
        assert (await endpoints.list_async()).data == []
    else:
        with pytest.raises(stripe.PermissionError, match="rak_webhook_read"):
            await endpoints.list_async()
