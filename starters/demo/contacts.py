"""The scenarios of customers whose details change on one side, or on both."""

import asyncio
import json
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from temporalio.service import RPCError

from raccord.domain.values.message import Message, message
from raccord.domain.values.subject import Subject, SubjectKind
from raccord.temporal.flows import CONTACT_SYNC
from starters.demo.payments import invoice_of
from starters.demo.scenario import Finding, Scenario
from starters.demo.stage import Stage
from starters.demo.vendors import eventually

BELGIAN, CRAFTSMAN, BAKER = "38990100018", "38990100001", "38990100002"
MOVED = {"address": "12 rue de l’Ange", "phone": "+32 81 22 00 00", "vat_number": "BE0417285387"}
NEW_EMAIL = "factures@menuiserie-kerjean.example"
IN_CRM, IN_BILLING = "Le Fournil d’Argoat SARL", "Boulangerie d’Argoat"
LATER_PHONE = "02 96 43 00 00"
TAKE_BILLING = "Celle de la facturation"
TYPED, BY_CAMILLE = "saisi le", "par Camille Lefèvre"
EFFECT = "contact.write"
A_MOMENT = timedelta(seconds=3)
"""Longer than what we write takes to be told by its vendor and looked at: an echo would be written in it."""
Rows = list[dict[str, Any]]


@dataclass(frozen=True)
class Pair:
    """A company of the CRM, and the customer of the billing system that it is."""

    stage: Stage
    company: str
    customer: str
    since: int
    """The number of the last request before anybody edited either."""

    async def in_billing(self) -> dict[str, Any]:
        found: dict[str, Any] = await self.stage.vendors.billing.call("GET", f"/v1/customers/{self.customer}")
        return found

    async def in_crm(self, name: str) -> str | None:
        return (await self.stage.vendors.crm.values("companies", self.company, name))[name]

    async def edit_in_crm(self, **properties: str) -> None:
        await self.stage.vendors.crm.edit("companies", self.company, **properties)

    async def edit_in_billing(self, **form: str) -> None:
        await self.stage.vendors.billing.edit_customer(self.customer, **form)

    async def writes(self, count: int) -> Rows:
        """Wait for so many writes of ours, a moment longer for one too many; return those that came."""

        async def there() -> bool:
            return len(await self._writes()) >= count

        async def more() -> bool:
            return len(await self._writes()) > count

        await eventually(there)
        await eventually(more, within=A_MOMENT)
        return await self._writes()

    async def _writes(self) -> Rows:
        written = await self.stage.vendors.sandbox.requests(committed="true", since=str(self.since))
        return [
            each
            for each in written
            if each["vendor"] in ("hubspot", "stripe")
            and "x-sandbox-actor" not in each["headers"]
            and any(record in f"{each['path']} {each['body']}" for record in (self.company, self.customer))
        ]


async def crm_to_billing(stage: Stage) -> Finding:
    pair = await _pair(stage, BELGIAN)
    before = await pair.in_billing()
    await pair.edit_in_crm(**MOVED)
    # One for address and phone; a number is never edited in Stripe: another one comes, and the old one goes.
    writes = await pair.writes(3)
    after, numbers = await pair.in_billing(), await stage.vendors.billing.numbers(pair.customer)
    changed = sorted(name for name in after if after[name] != before[name])
    of_number = [each["method"] for each in writes if "/tax_ids" in each["path"]]
    right = (after["address"]["line1"], after["phone"]) == (MOVED["address"], MOVED["phone"])
    never_missing = numbers == [("eu_vat", MOVED["vat_number"])] and of_number == ["POST", "DELETE"]
    return Finding(
        ok=right and changed == ["address", "phone"] and never_missing and _count(writes) == (3, 0),
        expected=message("demo.crm_to_billing.expected"),
        found=message(
            "demo.crm_to_billing.found",
            stripe=message("demo.crm_to_billing.right" if right else "demo.crm_to_billing.wrong"),
            changed=tuple(changed) or message("demo.nothing"),
            numbers=tuple(value for _, value in numbers),
            gap=message(
                "demo.crm_to_billing.never_missing"
                if never_missing
                else "demo.crm_to_billing.perhaps_missing"
            ),
            writes=_counted(writes),
        ),
    )


async def billing_to_crm(stage: Stage) -> Finding:
    pair = await _pair(stage, CRAFTSMAN)
    before = await pair.in_crm("billing_email")
    await pair.edit_in_billing(email=NEW_EMAIL)
    writes = await pair.writes(1)
    after = await pair.in_crm("billing_email")
    rows = [json.loads(line) for line in (await stage.command("audit", "export")).splitlines()]
    told = [
        (row["before"], row["after"]["fields"], row["after"]["origin"])
        for row in rows
        if (row["effect"], row["kind"], row["object"]) == (EFFECT, "intent", f"hubspot:{pair.company}")
    ]
    audited = told == [({"email": before}, {"email": NEW_EMAIL}, "billing")]
    return Finding(
        ok=after == NEW_EMAIL and audited and _count(writes) == (0, 1),
        expected=message("demo.billing_to_crm.expected", email=NEW_EMAIL),
        found=message(
            "demo.billing_to_crm.found",
            email=str(after),
            audited=message("demo.billing_to_crm.audited")
            if audited
            else message("demo.billing_to_crm.audited_as", rows=str(told)),
            writes=_counted(writes),
        ),
    )


async def conflict(stage: Stage) -> Finding:
    pair = await _pair(stage, BAKER)
    await asyncio.gather(pair.edit_in_crm(name=IN_CRM), pair.edit_in_billing(name=IN_BILLING))

    async def asked() -> bool:
        return bool(await stage.vendors.chat.messages(IN_CRM, IN_BILLING))

    await eventually(asked)
    question, *others = await stage.vendors.chat.messages(IN_CRM, IN_BILLING)
    words = str(question["blocks"])
    # Stripe tells when, and not who.
    who_and_when = words.count(TYPED) == 2 and words.count(BY_CAMILLE) == 1
    await stage.vendors.chat.press(question, TAKE_BILLING)

    async def answered() -> bool:
        return await pair.in_crm("name") == IN_BILLING

    await eventually(answered)
    # The flow looks at all of it once more: what was answered is not asked again.
    await pair.edit_in_crm(phone=LATER_PHONE)
    writes = await pair.writes(2)
    names = await pair.in_crm("name"), (await pair.in_billing())["name"]
    again = [m for m in await stage.vendors.chat.messages(pair.customer) if m["ts"] > question["ts"]]
    return Finding(
        ok=names == (IN_BILLING,) * 2 and who_and_when and not others and not again,
        expected=message("demo.conflict.expected", name=IN_BILLING),
        found=message(
            "demo.conflict.found" if who_and_when else "demo.conflict.nobody",
            count=1 + len(others),
            crm=str(names[0]),
            billing=str(names[1]),
            again=len(again),
            writes=_counted(writes),
        ),
    )


async def _pair(stage: Stage, deal: str) -> Pair:
    """Have a deal invoiced, and wait until what both sides say of its customer was compared."""
    invoice = await invoice_of(stage, deal)
    customer = Subject(kind=SubjectKind.CUSTOMER, connection="stripe", id=invoice["customer"])
    flow = stage.client.get_workflow_handle(CONTACT_SYNC.id_of(customer))

    async def in_step() -> bool:
        try:
            return bool((await flow.result())["ending"] == "in_step")
        except RPCError:
            return False

    await eventually(in_step)
    last = (await stage.vendors.sandbox.requests())[-1]["n"]
    return Pair(stage, await stage.vendors.crm.company_of(deal), customer.id, last)


def _count(writes: Rows) -> tuple[int, int]:
    """Count what was written in Stripe, and in HubSpot."""
    vendors = [each["vendor"] for each in writes]
    return vendors.count("stripe"), vendors.count("hubspot")


def _counted(writes: Rows) -> Message:
    stripe, hubspot = _count(writes)
    return message("demo.contact.writes", count=stripe, hubspot=hubspot)


SCENARIOS = (
    Scenario("contact-crm-to-billing", message("demo.says.crm_to_billing"), crm_to_billing, "contact"),
    Scenario("contact-billing-to-crm", message("demo.says.billing_to_crm"), billing_to_crm, "contact"),
    Scenario("contact-conflict", message("demo.says.conflict"), conflict, "contact"),
)
