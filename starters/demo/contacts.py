"""The scenarios of customers whose details change on one side, or on both."""

import asyncio
import json
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from temporalio.service import RPCError

from raccord.domain.values.message import Message, Param, message
from raccord.domain.values.subject import Subject, SubjectKind
from raccord.temporal.flows import CONTACT_SYNC
from starters.demo.cast.roles import Pair
from starters.demo.payments import invoice_of, stripe
from starters.demo.scenario import Finding, Scenario
from starters.demo.stage import Stage
from starters.demo.vendors import eventually

BELGIAN, CRAFTSMAN, BAKER, BUILDERS = "38990100018", "38990100001", "38990100002", "38990100023"
MOVED = {"address": "12 rue de l’Ange", "phone": "+32 81 22 00 00", "vat_number": "BE0417285387"}
NEW_EMAIL = "factures@menuiserie-kerjean.example"
IN_CRM, IN_BILLING = "Le Fournil d’Argoat SARL", "Boulangerie d’Argoat"
TAKE_BILLING = "Celle de la facturation"
TYPED, BY_CAMILLE = "saisi le", "par Camille Lefèvre"
EFFECT = "contact.write"
FIELDS = {"address": message("field.address"), "phone": message("field.phone")}
"""Of a customer in Stripe, those that are to change; any other is shown as it is spelt there."""
A_MOMENT = timedelta(seconds=3)
"""Longer than what we write takes to be told by its vendor and looked at: an echo would be written in it."""
Rows = list[dict[str, Any]]


@dataclass(frozen=True)
class BothSides:
    """A company of the CRM, and the customer of the billing system that it is."""

    stage: Stage
    company: str
    customer: str
    since: int
    """The number of the last request before anybody edited either."""

    async def in_billing(self) -> dict[str, Any]:
        return await self.stage.vendors.billing.details(self.customer)

    async def in_crm(self) -> tuple[str, str]:
        """Return the company's name and e-mail address."""
        return await self.stage.vendors.crm.name_and_email(self.company)

    async def edit_in_crm(self, **said: str) -> None:
        await self.stage.vendors.crm.edit_company(self.company, **said)

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
        crm, billing = self.stage.vendors.crm, self.stage.vendors.billing
        named = {crm.name: (crm.company(self.company),), billing.name: billing.customer(self.customer)}
        written = await self.stage.vendors.sandbox.requests(committed="true", since=str(self.since))
        return [
            each
            for each in written
            if "x-sandbox-actor" not in each["headers"]
            and any(record.is_named_by(each) for record in named.get(each["vendor"], ()))
        ]

    def count(self, writes: Rows) -> tuple[int, int]:
        """Count what was written in the billing system, and in the CRM."""
        vendors = [each["vendor"] for each in writes]
        return vendors.count(self.stage.pair.billing.name), vendors.count(self.stage.pair.crm.name)

    def counted(self, writes: Rows) -> Message:
        billing, crm = self.count(writes)
        return message(
            "demo.contact.writes",
            count=billing,
            billing=self.stage.pair.billing.title,
            others=crm,
            crm=self.stage.pair.crm.title,
        )


async def crm_to_billing(stage: Stage) -> Finding:
    pair = await _both_sides(stage, BELGIAN)
    before = await pair.in_billing()
    await pair.edit_in_crm(**MOVED)
    # One for address and phone; a number is never edited in Stripe: another one comes, and the old one goes.
    writes = await pair.writes(3)
    after, numbers = await pair.in_billing(), await stripe(stage).numbers(pair.customer)
    changed = sorted(name for name in after if after[name] != before[name])
    of_number = [each["method"] for each in writes if "/tax_ids" in each["path"]]
    right = (after["address"]["line1"], after["phone"]) == (MOVED["address"], MOVED["phone"])
    never_missing = numbers == [("eu_vat", MOVED["vat_number"])] and of_number == ["POST", "DELETE"]
    return Finding(
        ok=right and changed == ["address", "phone"] and never_missing and pair.count(writes) == (3, 0),
        expected=message("demo.crm_to_billing.expected"),
        found=message(
            "demo.crm_to_billing.found",
            stripe=message("demo.crm_to_billing.right" if right else "demo.crm_to_billing.wrong"),
            changed=changes(changed),
            numbers=tuple(value for _, value in numbers),
            gap=message(
                "demo.crm_to_billing.never_missing"
                if never_missing
                else "demo.crm_to_billing.perhaps_missing"
            ),
            writes=pair.counted(writes),
        ),
    )


async def relocation(stage: Stage) -> Finding:
    pair, billing = await _both_sides(stage, BUILDERS), stage.vendors.billing
    before = await pair.in_billing()
    await pair.edit_in_crm(address=MOVED["address"])
    writes = await pair.writes(1)
    after = await pair.in_billing()
    changed = {name for name in after if after[name] != before[name]} - {"updated_at"}
    right = MOVED["address"] in str(after[billing.address])
    return Finding(
        ok=right and changed == {billing.address} and pair.count(writes) == (1, 0),
        expected=message("demo.relocation.expected", billing=billing.title, crm=stage.vendors.crm.title),
        found=message(
            "demo.relocation.right" if right else "demo.relocation.wrong",
            billing=billing.title,
            changed=tuple(sorted(changed)) or message("demo.nothing"),
            writes=pair.counted(writes),
        ),
    )


def changes(names: list[str]) -> Param:
    """Say which fields of a customer in Stripe are not what they were."""
    return tuple(FIELDS.get(each, each) for each in names) or message("demo.nothing")


async def billing_to_crm(stage: Stage) -> Finding:
    crm = stage.vendors.crm
    pair = await _both_sides(stage, CRAFTSMAN)
    _, before = await pair.in_crm()
    await stage.vendors.billing.change_email(pair.customer, NEW_EMAIL)
    writes = await pair.writes(1)
    _, after = await pair.in_crm()
    rows = [json.loads(line) for line in (await stage.command("audit", "export")).splitlines()]
    told = [
        (row["before"], row["after"]["fields"], row["after"]["origin"])
        for row in rows
        if (row["effect"], row["kind"], row["object"]) == (EFFECT, "intent", f"{crm.name}:{pair.company}")
    ]
    audited = told == [({"email": before}, {"email": NEW_EMAIL}, "billing")]
    return Finding(
        ok=after == NEW_EMAIL and audited and pair.count(writes) == (0, 1),
        expected=message(
            "demo.billing_to_crm.expected",
            email=NEW_EMAIL,
            crm=crm.title,
            billing=stage.vendors.billing.title,
        ),
        found=message(
            "demo.billing_to_crm.found",
            crm=crm.title,
            email=after or message("demo.nothing"),
            audited=message("demo.billing_to_crm.audited")
            if audited
            else message("demo.billing_to_crm.audited_as", rows=str(told)),
            writes=pair.counted(writes),
        ),
    )


async def conflict(stage: Stage) -> Finding:
    pair, billing = await _both_sides(stage, BAKER), stage.vendors.billing
    await asyncio.gather(pair.edit_in_crm(name=IN_CRM), billing.rename(pair.customer, IN_BILLING))

    async def asked() -> bool:
        return bool(await stage.vendors.chat.messages(IN_CRM, IN_BILLING))

    await eventually(asked)
    question, *others = await stage.vendors.chat.messages(IN_CRM, IN_BILLING)
    words = str(question["blocks"])
    # A billing system tells when at most, and not who.
    times = 2 if billing.dates_edits else 1
    who_and_when = words.count(TYPED) == times and words.count(BY_CAMILLE) == 1
    await stage.vendors.chat.press(question, TAKE_BILLING)

    async def answered() -> bool:
        return (await pair.in_crm())[0] == IN_BILLING

    await eventually(answered)
    # The flow looks at all of it once more: what was answered is not asked again.
    await pair.edit_in_crm(**stage.vendors.crm.later)
    writes = await pair.writes(2)
    names = (await pair.in_crm())[0], (await pair.in_billing())["name"]
    again = [m for m in await stage.vendors.chat.messages(pair.customer) if m["ts"] > question["ts"]]
    return Finding(
        ok=names == (IN_BILLING,) * 2 and who_and_when and not others and not again,
        expected=message("demo.conflict.expected", name=IN_BILLING),
        found=message(
            "demo.conflict.found" if who_and_when else "demo.conflict.nobody",
            count=1 + len(others),
            crm=names[0],
            billing=str(names[1]),
            again=len(again),
            writes=pair.counted(writes),
        ),
    )


async def _both_sides(stage: Stage, deal: str) -> BothSides:
    """Have a deal invoiced, and wait until what both sides say of its customer was compared."""
    invoice = await invoice_of(stage, deal)
    customer = Subject(kind=SubjectKind.CUSTOMER, connection=stage.pair.billing.name, id=invoice.customer)
    flow = stage.client.get_workflow_handle(CONTACT_SYNC.id_of(customer))

    async def in_step() -> bool:
        try:
            return bool((await flow.result())["ending"] == "in_step")
        except RPCError:
            return False

    await eventually(in_step)
    last = (await stage.vendors.sandbox.requests())[-1]["n"]
    return BothSides(stage, await stage.vendors.crm.company_of(deal), customer.id, last)


CRM_TO_BILLING = Scenario(
    "contact-crm-to-billing", message("demo.says.crm_to_billing"), crm_to_billing, "contact"
)


def relocation_of(pair: Pair) -> Scenario:
    says = message("demo.says.relocation", billing=pair.billing.title)
    return Scenario("contact-crm-to-billing", says, relocation, "contact")


def billing_to_crm_of(pair: Pair) -> Scenario:
    says = message("demo.says.billing_to_crm", crm=pair.crm.title)
    return Scenario("contact-billing-to-crm", says, billing_to_crm, "contact")


CONFLICT = Scenario("contact-conflict", message("demo.says.conflict"), conflict, "contact")
