"""A deal is paid: a task, a mail, a message and an event, each once, though the worker dies in between."""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import AsyncIterator
from typing import Any

import pytest

from raccord.domain.values.deal import DealRef
from raccord.temporal.flows import CUSTOMER_ONBOARDING
from tests.front_door.desk import words_of
from tests.front_door.judge import every_write_has_its_pair
from tests.front_door.payments import QUICKLY, at_rest, billed, raise_limits, shows
from tests.front_door.stack import Lane, TemporalServer, until

KEY = b"a secret of thirty-two bytes!!!!"
CONNECTIONS = 'mailer = "smtp"\noutbound = "tools"\n'
SECTIONS = """
[mail]
in_test = true

[smtp]
base_url = "smtp://127.0.0.1:{smtp}"
encryption = "none"
timeout = 2
sender = "Hexalab <bonjour@hexalab.example>"

[tools]
vendor = "standard_webhooks"
base_url = "http://127.0.0.1:{sandbox}/_control/events"
timeout = 2

[company]
name = "Hexalab SAS"

[onboarding]
settle = 1

[[onboarding.steps]]
kind = "crm_task"
name = "kick-off"
title = "Appeler {{customer}}"
due_in = 2

[[onboarding.steps]]
kind = "email"
name = "welcome"

[[onboarding.steps]]
kind = "slack"
name = "tell"
title = "{{deal}} commence"

[[onboarding.steps]]
kind = "event"
name = "out"
"""


class Welcoming(Lane):
    """A lane whose paid deals are welcomed."""

    def write_configuration(self) -> None:
        super().write_configuration()
        sections = SECTIONS.format(**self.ports)
        self.config_file.write_text(CONNECTIONS + self.config_file.read_text() + sections)


@pytest.fixture
async def lane(server: TemporalServer, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Lane]:
    secret = "whsec_" + base64.b64encode(KEY).decode()
    overrides = QUICKLY | {"RACCORD_TOOLS__WEBHOOK_SECRET": secret}
    where = tmp_path_factory.mktemp("welcome")
    async with Welcoming(server, where, "welcome", payment="live", overrides=overrides) as lane:
        await raise_limits(lane.account)
        await lane.account.settings("hubspot", subscriptions=[])
        yield lane


def proven(event: dict[str, Any]) -> dict[str, Any]:
    """Verify an event as its receiver does (standardwebhooks.com, "Signature scheme"); return its data."""
    headers, body = event["headers"], event["body"]
    assert abs(time.time() - int(headers["webhook-timestamp"])) < 300
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.{body}".encode()
    right = base64.b64encode(hmac.digest(KEY, signed, hashlib.sha256)).decode()
    assert f"v1,{right}" in headers["webhook-signature"].split(" ")
    said = json.loads(body)
    assert said["type"] == "customer.onboarding"
    data: dict[str, Any] = said["data"]
    return data


async def test_each_step_of_a_paid_deal_is_done_once_though_the_worker_dies_between_them(lane: Lane) -> None:
    account = lane.account
    its = await billed(account, deal=await account.deal(lines=[], dealname="Quai Neuf"))
    dies = await account.fault(
        vendor="hubspot",
        method="POST",
        path="/crm/v3/objects/tasks",
        when="after",
        effect={"kill": lane.worker.pid},
    )
    await account.billing.pay_by_card(its.invoice)
    await lane.worker_dies()
    assert await account.fired(dies) == 1
    await shows(lane, its.deal, status="paid")
    flow = lane.client.get_workflow_handle(
        CUSTOMER_ONBOARDING.id_of(DealRef(connection="hubspot", id=its.deal).subject)
    )
    await until(lambda: has_ended(flow), what="the onboarding has ended")
    assert (await flow.result())["ending"] == "onboarded"
    await at_rest(lane)

    (task,) = await account.tasks(its.deal)
    assert (task["hs_task_subject"] or "").startswith("Appeler Atelier")
    (mail,) = await account.mails("Bienvenue chez Hexalab SAS", its.number)
    assert mail["from"] == "bonjour@hexalab.example"
    assert mail["to"] == [await billing_email(lane, its.deal)]
    assert mail["message_id"]
    assert its.number in mail["html"]
    (message,) = await account.messages("Quai Neuf commence")
    assert "<@U0CAMILLE>" in words_of(message)
    (event,) = await account.events()
    assert proven(event) == {
        "crm": {"connection": "hubspot", "deal": its.deal},
        "billing": {"connection": "stripe", "customer": its.customer, "invoices": [its.invoice]},
        "amounts": [{"amount": "1305.39", "currency": "EUR"}],
    }
    every_write_has_its_pair(await lane.audit(), [])


async def has_ended(flow: Any) -> bool:
    return (await flow.describe()).close_time is not None


async def billing_email(lane: Lane, deal: str) -> str | None:
    crm = lane.account.crm
    company = await crm.company_of(deal)
    return (await crm.values("companies", company, "billing_email"))["billing_email"]
