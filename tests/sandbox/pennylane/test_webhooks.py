"""Subscriptions, and the few events there are: none of a payment, none of a customer."""

import hashlib
import hmac
import json

import pytest

from sandbox.pennylane.signing import signature
from tests.sandbox.pennylane.bench import Pennylane
from tests.sandbox.stripe_bench import Inbox, eventually

HTTPS = "https://raccord.example/webhooks/pennylane"
EVENT = "customer_invoice.e_invoicing_status_updated"


async def test_the_secret_is_told_once(pennylane: Pennylane) -> None:
    made = await pennylane.call(
        "POST", "/webhook_subscriptions", json={"callback_url": HTTPS, "events": [EVENT]}
    )
    read = await pennylane.call("GET", f"/webhook_subscriptions/{made['id']}")
    listed = (await pennylane.call("GET", "/webhook_subscriptions"))["items"]
    assert (made["secret"][:6], "secret" in read, listed) == ("whsec_", False, [read])
    changed = await pennylane.call("PUT", f"/webhook_subscriptions/{made['id']}", json={"enabled": False})
    assert (changed["enabled"], changed["consecutive_failures"]) == (False, 0)
    await pennylane.call("DELETE", f"/webhook_subscriptions/{made['id']}")
    assert (await pennylane.refused("GET", f"/webhook_subscriptions/{made['id']}"))[0] == 404


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"callback_url": "http://raccord.example/", "events": [EVENT]}, 422),
        ({"callback_url": HTTPS, "events": []}, 400),
        ({"callback_url": HTTPS, "events": ["customer_invoice.paid"]}, 400),
        ({"callback_url": HTTPS, "events": ["customer_invoice.created"]}, 400),
        ({"callback_url": HTTPS}, 400),
    ],
)
async def test_there_is_no_event_of_a_payment(
    pennylane: Pennylane, body: dict[str, object], status: int
) -> None:
    assert (await pennylane.refused("POST", "/webhook_subscriptions", json=body))[0] == status


async def test_there_are_ten_and_the_old_address_is_gone(pennylane: Pennylane) -> None:
    body = {"callback_url": HTTPS, "events": [EVENT]}
    for _ in range(10):
        await pennylane.call("POST", "/webhook_subscriptions", json=body)
    assert (await pennylane.refused("POST", "/webhook_subscriptions", json=body))[0] == 422
    pennylane.checked = False
    assert (await pennylane.refused("POST", "/webhook_subscription", json=body))[0] == 404


async def test_a_dispute_is_told_in_a_signed_event(pennylane: Pennylane, inbox: Inbox) -> None:
    await pennylane.settings(url=inbox.url, secret="whsec_test_4f9c2b7a1d")
    customer = (await pennylane.company(reg_no="812404309"))["id"]
    made = await pennylane.final(customer_id=customer)
    await pennylane.call("POST", f"/customer_invoices/{made['id']}/send_to_pa")
    await pennylane.person.pay_by_transfer(made["id"])
    await pennylane.person.edit_customer(customer, name="B")
    await pennylane.person.dispute(made["id"], "Prix")
    await eventually(lambda: len(inbox.received) == 1)
    ((body, headers),) = inbox.received
    event = json.loads(body)
    assert (event["event"], event["retry_count"], event["data"]["object"]["id"]) == (EVENT, 0, made["id"])
    assert event["data"]["previous_attributes"] == {"e_invoicing": {"status": "submitted"}}
    assert event["data"]["object"]["e_invoicing"] == {"status": "in_dispute", "reason": "Prix"}
    parts = dict(each.partition("=")[::2] for each in headers["x-pennylane-signature"].split(","))
    mark = hmac.new(b"whsec_test_4f9c2b7a1d", parts["t"].encode() + b"." + body, hashlib.sha256)
    assert (parts["v1"], headers["user-agent"]) == (mark.hexdigest(), "Pennylane-Webhooks")
    assert (await pennylane.invoice(made["id"]))["e_invoicing"]["status"] == "in_dispute"
    assert await pennylane.changes("customer_invoices", made["id"]) == ["insert", *["update"] * 3]


async def test_an_event_may_come_twice_with_one_id(pennylane: Pennylane, inbox: Inbox) -> None:
    await pennylane.settings(url=inbox.url, copies=2)
    await pennylane.person.platform((await pennylane.final())["id"], "accepted")
    await eventually(lambda: len(inbox.received) == 2)
    assert len({json.loads(body)["id"] for body, _ in inbox.received}) == 1


def test_the_documented_example_has_the_documented_mark() -> None:
    """pennylane.md 7, test vector: the scheme that the simulator signs by."""
    context = {"company_id": "abc-123", "firm_id": "firm-456"}
    data = {
        "context": context,
        "object": {"id": 42, "e_invoicing": {"status": "accepted"}},
        "previous_attributes": {"e_invoicing": {"status": "submitted"}},
    }
    event = {"id": 987654, "event": EVENT, "retry_count": 0, "created": 1782864000, "data": data}
    body = json.dumps(event, separators=(",", ":")).encode()
    assert len(body) == 285
    assert signature("whsec_test_4f9c2b7a1d", "1782864000", body) == (
        "t=1782864000,v1=cf7be47a949c285427d0e51b25a1e13084165580efcdc203cb1620bc3a87d189"
    )
