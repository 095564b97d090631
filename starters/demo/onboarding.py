"""The scenario of what follows once a deal is paid."""

import base64
import hashlib
import hmac
from datetime import timedelta
from typing import Any

from raccord.domain.values.message import message
from starters.demo.access import TOOLS
from starters.demo.payments import invoice_of
from starters.demo.scenario import Finding, Scenario
from starters.demo.stage import Stage
from starters.demo.vendors import eventually

WELCOMED = "38990100058"
TITLE, SUBJECT, CALL = "a tout réglé", "Bienvenue chez", "Appeler"


async def onboarding(stage: Stage) -> Finding:
    invoice = await invoice_of(stage, WELCOMED)
    await stage.vendors.billing.pay(invoice.id)
    await eventually(lambda: _all_there(stage, invoice.number))
    # A moment longer, for one too many.
    await eventually(lambda: _more(stage, invoice.number), within=timedelta(seconds=2))
    found = tasks, mails, messages, events = await _found(stage, invoice.number)
    return Finding(
        ok=found == (1, 1, 1, 1),
        expected=message("demo.onboarding.expected"),
        found=message(
            "demo.onboarding.found",
            tasks=message("demo.count.tasks", count=tasks),
            mails=message("demo.count.mails", count=mails),
            messages=message("demo.count.messages", count=messages),
            events=message("demo.count.events", count=events),
        ),
    )


async def _all_there(stage: Stage, number: str) -> bool:
    return min(await _found(stage, number)) >= 1


async def _more(stage: Stage, number: str) -> bool:
    return max(await _found(stage, number)) > 1


async def _found(stage: Stage, number: str) -> tuple[int, int, int, int]:
    """Count tasks, mails, messages and events of the deal."""
    vendors = stage.vendors
    tasks = [title for title in await vendors.crm.tasks(WELCOMED) if CALL in title]
    mails = await vendors.sandbox.mails(SUBJECT, number)
    name, its = await vendors.crm.title_of(WELCOMED), f'"{vendors.crm.id_of(WELCOMED)}"'
    events = [event for event in await vendors.sandbox.events() if its in event["body"] and _proven(event)]
    return len(tasks), len(mails), len(await vendors.chat.messages(TITLE, name)), len(events)


def _proven(event: dict[str, Any]) -> bool:
    """Verify an event as its receiver does, by standardwebhooks.com."""
    sent = event["headers"]
    signed = f"{sent['webhook-id']}.{sent['webhook-timestamp']}.{event['body']}".encode()
    key = base64.b64decode(TOOLS.removeprefix("whsec_"))
    right = "v1," + base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()
    return right in sent["webhook-signature"].split(" ")


ONBOARDING = Scenario("onboarding", message("demo.says.onboarding"), onboarding, "onboarding")
