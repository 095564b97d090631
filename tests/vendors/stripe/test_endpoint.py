"""The webhook endpoint: registered once, looked at, and left to a person where only one can mend it."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from raccord.connectors.connection import Check, CheckState, Registration
from raccord.domain.values.clock import BusinessClock
from raccord.vendors.stripe.api import VERSION
from raccord.vendors.stripe.connector import StripeBilling
from raccord.vendors.stripe.customer_events import CUSTOMER_TYPES
from raccord.vendors.stripe.happened import TYPES
from tests.connectors.stub import Fault, Reply, Stub
from tests.vendors.stripe.samples import page, refusal, settings

URL = "https://raccord.hexalab.fr/webhooks/stripe"
LIST, MAKE, CHANGE = (
    "GET /v1/webhook_endpoints",
    "POST /v1/webhook_endpoints",
    "POST /v1/webhook_endpoints/we_1",
)
SECRET = "whsec_0123456789abcdef"


def endpoint(id: str = "we_1", **more: Any) -> dict[str, Any]:
    return {
        "id": id,
        "object": "webhook_endpoint",
        "url": URL,
        "status": "enabled",
        "api_version": VERSION,
        "enabled_events": list(TYPES),
        **more,
    }


WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "disabled": ({"status": "disabled"}, "is disabled"),
    "incomplete": ({"enabled_events": TYPES[1:]}, f"does not send {TYPES[0]}"),
    "too chatty": ({"enabled_events": [*TYPES, "payout.paid"]}, "also sends payout.paid"),
    "every event": ({"enabled_events": ["*"]}, "also sends *"),
}
BEYOND_REPAIR: dict[str, tuple[list[dict[str, Any]], str]] = {
    "twice": ([endpoint(), endpoint("we_2")], "we_1, we_2 have the same address"),
    "another version": ([endpoint(api_version="2025-03-31.basil")], "2025-03-31.basil"),
    "no version": ([endpoint(api_version=None)], "version unknown"),
}
NOT_CALLABLE = (
    "http://raccord.hexalab.fr/webhooks/stripe",
    "https://127.0.0.1:8080/webhooks/stripe",
    "https://localhost/webhooks/stripe",
    "https://raccord.example.fr/webhooks/stripe",
    "https://shop.test/webhooks/stripe",
    "ftp://raccord.hexalab.fr",
    "",
)


def one(found: Registration | tuple[Check, ...]) -> Check:
    (check,) = found.checks if isinstance(found, Registration) else found
    assert check.flow == ("payment" if check.state is CheckState.WARN else "")
    return check


async def both(billing: StripeBilling, url: str) -> tuple[Check, Check]:
    """Return what the check says, and the registration."""
    found = await billing.check_webhooks(url, flows=())
    return one(found), one(await billing.register_webhooks(url, flows=()))


@pytest.fixture
async def billing(stub: Stub) -> AsyncIterator[StripeBilling]:
    found = StripeBilling("stripe", settings(stub.url, webhook_secret=SECRET), BusinessClock())
    yield found
    await found.close()


async def test_it_is_registered_with_our_events_and_version_and_its_secret_is_told(
    billing: StripeBilling, stub: Stub
) -> None:
    stub.on(LIST, page(endpoint(url="https://elsewhere.fr/hook")))
    stub.on(MAKE, endpoint(secret=SECRET))
    found = await billing.register_webhooks(URL, flows=())
    assert found.secret
    assert (found.secret.get_secret_value(), one(found).state) == (SECRET, CheckState.OK)
    assert SECRET not in repr(found)
    asked = stub.last(MAKE).params
    assert (asked["url"], asked["api_version"]) == (URL, VERSION)
    assert tuple(asked[name] for name in asked if name.startswith("enabled_events[")) == TYPES


async def test_one_that_is_there_is_left_alone(billing: StripeBilling, stub: Stub) -> None:
    stub.on(LIST, page(endpoint(url=f"{URL}/")))
    found = await billing.register_webhooks(URL, flows=())
    assert (one(found).state, found.secret) == (CheckState.OK, None)
    assert {each.method for each in stub.seen} == {"GET"}
    assert one(await billing.check_webhooks(URL, flows=())).state is CheckState.OK


async def test_one_whose_events_nothing_can_prove_is_a_warning(stub: Stub) -> None:
    unsigned = StripeBilling("stripe", settings(stub.url), BusinessClock())
    stub.on(LIST, page(endpoint()))
    for told in (
        one(await unsigned.check_webhooks(URL, flows=())),
        one(await unsigned.register_webhooks(URL, flows=())),
    ):
        assert told.state is CheckState.WARN
        assert "Reveal the signing secret of we_1" in told.remedy
    await unsigned.close()


@pytest.mark.parametrize("case", WRONG)
async def test_one_that_is_wrong_is_told_and_put_right(billing: StripeBilling, stub: Stub, case: str) -> None:
    changes, said = WRONG[case]
    stub.on(LIST, page(endpoint(**changes)))
    stub.on(CHANGE, endpoint())
    told = one(await billing.check_webhooks(URL, flows=()))
    assert told.state is CheckState.WARN
    assert said in told.found
    assert stub.count(CHANGE) == 0
    assert one(await billing.register_webhooks(URL, flows=())).state is CheckState.OK
    asked = stub.last(CHANGE).params
    assert asked["disabled"] == "false"
    assert tuple(asked[name] for name in asked if name.startswith("enabled_events[")) == TYPES
    assert stub.count(MAKE) == 0


async def test_events_of_customers_are_asked_for_once_they_are_kept_in_step(
    billing: StripeBilling, stub: Stub
) -> None:
    stub.on(LIST, page(endpoint()), page(endpoint()), page(endpoint()), page(whole := endpoint()))
    whole["enabled_events"] = [*TYPES, *CUSTOMER_TYPES]
    stub.on(CHANGE, whole)
    told = one(await billing.check_webhooks(URL, flows=("payment",)))
    assert told.state is CheckState.OK
    told = one(await billing.check_webhooks(URL, flows=("payment", "contact")))
    assert f"does not send {', '.join(CUSTOMER_TYPES)}" in told.found
    await billing.register_webhooks(URL, flows=("contact",))
    asked = stub.last(CHANGE).params
    events = [asked[name] for name in asked if name.startswith("enabled_events[")]
    assert sorted(events) == sorted(whole["enabled_events"])
    for flows in ((), ("contact",)):
        assert one(await billing.check_webhooks(URL, flows=flows)).state is CheckState.OK


@pytest.mark.parametrize("case", BEYOND_REPAIR)
async def test_what_only_a_person_can_mend_is_never_registered_a_second_time(
    billing: StripeBilling, stub: Stub, case: str
) -> None:
    listed, said = BEYOND_REPAIR[case]
    stub.on(LIST, page(*listed))
    for told in (
        one(await billing.check_webhooks(URL, flows=())),
        one(await billing.register_webhooks(URL, flows=())),
    ):
        assert told.state is CheckState.WARN
        assert said in told.found
        assert "Delete" in told.remedy
    assert {each.method for each in stub.seen} == {"GET"}


@pytest.mark.parametrize("url", NOT_CALLABLE)
async def test_an_address_that_stripe_cannot_call_is_not_registered(
    billing: StripeBilling, stub: Stub, url: str
) -> None:
    for told in (
        one(await billing.check_webhooks(url, flows=())),
        one(await billing.register_webhooks(url, flows=())),
    ):
        assert told.state is CheckState.WARN
        assert "public_url" in told.remedy
    assert stub.seen == []


@pytest.mark.parametrize("route", [LIST, MAKE])
async def test_a_key_that_may_not_register_says_what_to_do_by_hand(
    billing: StripeBilling, stub: Stub, route: str
) -> None:
    stub.on(LIST, page())
    stub.on(route, refusal(403))
    told = one(await billing.register_webhooks(URL, flows=()))
    assert told.state is CheckState.WARN
    for each in ("Webhook Endpoints: Write", URL, VERSION, *TYPES):
        assert each in told.remedy


async def test_an_answer_that_got_lost_is_looked_for_the_next_time(
    billing: StripeBilling, stub: Stub
) -> None:
    stub.on(LIST, page(), page(endpoint()))
    stub.on(MAKE, Reply(fault=Fault.RESET))
    assert "looks first" in one(await billing.register_webhooks(URL, flows=())).remedy
    assert one(await billing.register_webhooks(URL, flows=())).state is CheckState.OK
    assert stub.count(MAKE) == 1


async def test_each_registration_has_a_key_of_its_own(billing: StripeBilling, stub: Stub) -> None:
    stub.on(LIST, page())
    stub.on(MAKE, endpoint(secret=SECRET))
    for _ in range(2):
        await billing.register_webhooks(URL, flows=())
    first, second = (each.headers["idempotency-key"] for each in stub.asked(MAKE))
    assert first != second


async def test_none_and_an_account_that_does_not_tell_are_warnings(
    billing: StripeBilling, stub: Stub
) -> None:
    stub.on(LIST, page())
    assert "raccord setup" in one(await billing.check_webhooks(URL, flows=())).remedy
    stub.on(LIST, refusal(403))
    assert "Webhook Endpoints: Read" in one(await billing.check_webhooks(URL, flows=())).remedy


async def test_a_dry_run_says_what_would_be_done_and_does_nothing(billing: StripeBilling, stub: Stub) -> None:
    for there, said in (
        ([], f"would be registered at {URL}, {VERSION}"),
        ([endpoint()], "we_1 is there already"),
        ([endpoint(status="disabled")], "we_1 would be put right: it is disabled"),
    ):
        stub.on(LIST, page(*there))
        found = await billing.register_webhooks(URL, flows=(), dry=True)
        assert said in one(found).found
        assert found.secret is None
    assert {each.method for each in stub.seen} == {"GET"}
