"""One play in which every flow does its work once, so that each kind of request that we make is made.

A deal is won, billed, paid and its customer welcomed; a payment that names no invoice is placed; a customer
who is late is found by the sweep and reminded, in days of two seconds; customers are corrected on both sides;
and the doctor looks at everything.
"""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from raccord.domain.values.deal import DealRef
from raccord.domain.values.subject import Subject, SubjectKind
from raccord.temporal.flows import CUSTOMER_ONBOARDING, DUNNING, Changed, wake
from tests.front_door.desk import message_about
from tests.front_door.payments import NET, at_once, billed, shows
from tests.front_door.stack import Lane, until
from tests.front_door.test_contacts import (
    SUBSCRIPTIONS,
    what_is_typed_in_stripe_comes_to_stand_in_the_crm,
    what_is_typed_in_the_crm_comes_to_stand_in_stripe,
)
from tests.front_door.test_sweep import sweep, swept

SECTIONS = """
[company]
name = "Hexalab"
day_length = 2
epoch = "{epoch}"

[mail]
in_test = true

[smtp]
base_url = "smtp://127.0.0.1:{smtp}"
timeout = 2
encryption = "none"
sender = "Hexalab <compta@hexalab.example>"

[dunning]
weekdays = [0, 1, 2, 3, 4, 5, 6]
on_holidays = true
sends_at = "00:00"
sends_until = "23:59"

[[dunning.levels]]
day = 1
tone = "courteous"

[contact]
quiet = 0.5

[onboarding]
settle = 1

[[onboarding.steps]]
kind = "crm_task"
name = "kick-off"
title = "Appeler {{{{customer}}}}"
due_in = 2
"""
WELCOME, REMINDER = "Appeler ", "Relance n° "
"""What the tasks of a welcome and of a reminder begin with."""


class Everything(Lane):
    """A lane whose flows all write. Mails arrive at the sandbox."""

    def write_configuration(self) -> None:
        super().write_configuration()
        epoch = datetime.now(UTC).replace(microsecond=0).isoformat()
        text = self.config_file.read_text().replace("[modes]", '[modes]\ndunning = "live"\ncontact = "live"')
        more = SECTIONS.format(epoch=epoch, **self.ports)
        self.config_file.write_text(f'mailer = "smtp"\n{text}{more}')


async def play(lane: Lane) -> None:
    """Let every flow do its work once."""
    await until(lambda: swept(lane), what="the sweep of the start is over: it would find deals, too")
    await at_once(_won_and_paid(lane), _placed(lane), _reminded(lane), _kept_in_step(lane), _examined(lane))


async def _won_and_paid(lane: Lane) -> None:
    account = lane.account
    deal = await account.deal()
    await account.win(deal)
    assert (await lane.outcome(deal))["ending"] == "invoiced"
    (invoice,) = await account.invoices(deal)
    await account.billing.pay_by_card(invoice["id"])
    await shows(lane, deal, status="paid")
    flow = CUSTOMER_ONBOARDING.id_of(DealRef(connection="hubspot", id=deal).subject)
    await until(lambda: _tasked(lane, deal, WELCOME), what="the salesperson's task to call the customer")
    assert (await lane.client.get_workflow_handle(flow).result())["ending"] == "onboarded"


async def _kept_in_step(lane: Lane) -> None:
    await lane.account.settings("hubspot", subscriptions=SUBSCRIPTIONS)
    await what_is_typed_in_the_crm_comes_to_stand_in_stripe(lane)
    await what_is_typed_in_stripe_comes_to_stand_in_the_crm(lane)


async def _placed(lane: Lane) -> None:
    account = lane.account
    its = await billed(account)
    intent = await account.billing.charge_by_link(NET, customer=its.customer)
    await lane.question(intent["id"], cause="unmatched_payment")
    await account.press(await message_about(lane, intent["id"]), its.number)
    await shows(lane, its.deal, status="paid")


async def _reminded(lane: Lane) -> None:
    """The sweep finds who is late, once reminders have begun to leave: who was late before is no news."""
    account, clock = lane.account, lane.configuration().settings.clock
    nobody = Subject(kind=SubjectKind.CUSTOMER, connection="stripe", id="cus_nobody")
    began = await wake(lane.client, DUNNING, nobody, Changed(key="began"))
    await began.result()
    deal = await account.deal(lines=[])
    customer = await account.stripe_post("/v1/customers", email=f"deal-{deal}@late.example", name="Atelier")
    now = datetime.now(UTC)
    invoice = await account.billing.issue(
        customer["id"],
        NET,
        created_at=now - 30 * clock.day_length,
        due_at=clock.end_of(clock.date_of(now)),
        **_reference(deal),
    )
    number = (await account.billing.invoice(invoice))["number"]
    await sweep(lane)
    await until(lambda: _mailed(lane, number), what=f"a reminder of {number}", within=timedelta(seconds=20))
    await until(lambda: _tasked(lane, deal, REMINDER), what="the salesperson's task about the reminder")


def _reference(deal: str) -> dict[str, Any]:
    named = dict.fromkeys(("crm_deal_id", "raccord_deal"), f"hubspot:{deal}")
    named |= {"raccord_cycle": "1", "raccord_revision": "1"}
    return {f"metadata[{name}]": value for name, value in named.items()}


async def _examined(lane: Lane) -> None:
    done = await lane.command("doctor", "--json")
    assert json.loads(done.stdout), done.stderr


async def _mailed(lane: Lane, number: str) -> bool:
    return any(mail["to"][0].endswith("@late.example") for mail in await lane.account.mails(number))


async def _tasked(lane: Lane, deal: str, begins: str) -> bool:
    found = [task["hs_task_subject"] or "" for task in await lane.account.tasks(deal)]
    return any(subject.startswith(begins) for subject in found)
