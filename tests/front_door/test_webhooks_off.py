"""I10: what a company comes to without any webhook is what it comes to with all of them.

The same stories are played in two systems, side by side. In one the vendors deliver; in the other they are
told to deliver nothing, and after each thing that people do the sweep looks instead.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import Any

import pytest

from raccord.temporal.flows import DUNNING, Changed, wake
from tests.front_door.account import siret
from tests.front_door.desk import RECORDS
from tests.front_door.payments import FINANCE, ONE_BY_ONE, at_rest, raise_limits, told_of
from tests.front_door.stack import Lane, TemporalServer, until
from tests.front_door.test_dunning import Reminding, Server, mailed, owes
from tests.front_door.test_dunning import subject as customer_subject
from tests.front_door.test_onboarding import Welcoming
from tests.front_door.test_sweep import listed, sweep, swept

SECRET = "whsec_" + "c2VjcmV0IG9mIHRoaXJ0eS10d28gYnl0ZXMhISE="
SHOWN = (
    *("billing_payment_status", "billing_amount_paid", "billing_amount_due"),
    *("billing_paid_on", "billing_payment_means"),
)
OF_INVOICE = ("billing_status", "billing_amount_credited")


@dataclass
class Company:
    """One of the two systems; `heard` are its vendors' webhooks."""

    lane: Lane
    heard: bool
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    _next: asyncio.Task[None] | None = None

    async def noticed(self, look: Callable[[], Awaitable[bool]], what: str) -> None:
        """Have what people just did noticed, by a webhook or by a sweep, and wait until it shows."""
        if not self.heard:
            await self.swept()
        await until(look, what=what)
        await at_rest(self.lane)

    async def swept(self) -> None:
        """Wait for a sweep that began after this was asked: one for all who ask before it begins."""
        if self._next is None:
            self._next = asyncio.create_task(self._sweep())
        await self._next

    async def _sweep(self) -> None:
        async with self._turn:
            self._next = None
            await sweep(self.lane)

    async def won(self, deal: str) -> None:
        await self.lane.account.win(deal)
        await until(lambda: listed(self.lane.account, [deal]), what="the CRM's search shows it")

    async def invoice(self) -> tuple[str, dict[str, Any]]:
        """Win a deal and have it invoiced; return both."""
        deal = await self.lane.account.deal()
        await self.won(deal)
        await self.noticed(lambda: self.invoiced(deal), f"deal {deal} is invoiced")
        (found,) = await self.lane.account.invoices(deal)
        return deal, found

    async def invoiced(self, deal: str) -> bool:
        return bool((await self.lane.account.shown(deal))["billing_invoice_number"])

    async def shows(self, deal: str, **wanted: str) -> None:
        """Have it noticed that a deal has these payment fields, named without their `billing_`."""

        async def so() -> bool:
            shown = await self.lane.account.crm.shown_payment(deal)
            return all(shown[f"billing_{name}"] == value for name, value in wanted.items())

        await self.noticed(so, f"deal {deal} shows {wanted}")


Story = Callable[[Company], Awaitable[str]]
"""Plays something and returns the deal that it befell."""


async def a_deal_is_won(company: Company) -> str:
    return (await company.invoice())[0]


async def a_deal_lacks_what_somebody_repairs(company: Company) -> str:
    account = company.lane.account
    customer = await account.company(siren="")
    deal = await account.deal(customer)
    await company.won(deal)

    async def asked() -> bool:
        return any(each.question.subject.id == deal for each in await company.lane.waiting())

    await company.noticed(asked, f"deal {deal} is asked about")
    await account.edit("companies", customer, siret=siret())
    await company.noticed(lambda: company.invoiced(deal), f"deal {deal} is invoiced")
    return deal


async def a_question_is_answered(company: Company) -> str:
    account = company.lane.account
    deal = await account.deal(await account.company(siren=""))
    await company.won(deal)
    await (asyncio.sleep(0) if company.heard else company.swept())
    asked = await company.lane.question(deal)

    async def tasked() -> bool:
        return bool(await account.tasks(deal))

    await until(tasked, what="its task: what is settled at once is told to nobody")
    answered = await company.lane.command("inbox", "cancel", asked.incident)
    assert answered.returncode == 0, answered.stderr
    assert (await company.lane.outcome(deal))["ending"] == "closed"
    return deal


async def an_invoice_is_paid(company: Company) -> str:
    deal, invoice = await company.invoice()
    await company.lane.account.billing.pay_by_card(invoice["id"])
    await company.shows(deal, payment_status="paid")
    return deal


async def an_invoice_is_paid_in_part(company: Company) -> str:
    deal, invoice = await company.invoice()
    await company.lane.account.billing.pay_part(invoice["id"], 40000)
    await company.shows(deal, payment_status="partly_paid")
    return deal


async def a_part_is_given_back(company: Company) -> str:
    deal, invoice = await company.invoice()
    await company.lane.account.billing.pay_by_card(invoice["id"])
    await company.shows(deal, payment_status="paid")
    await company.lane.account.billing.refund(invoice["id"], 5000)
    await company.shows(deal, payment_status="partly_refunded")
    return deal


async def a_payment_is_disputed(company: Company) -> str:
    deal, invoice = await company.invoice()
    await company.lane.account.billing.pay_by_card(invoice["id"])
    await company.shows(deal, payment_status="paid")
    await company.lane.account.billing.dispute(invoice["id"])
    await company.shows(deal, payment_status="disputed")
    return deal


async def a_part_is_credited(company: Company) -> str:
    deal, invoice = await company.invoice()
    account = company.lane.account
    await account.billing.credit(invoice["id"], 30539)
    await company.shows(deal, amount_due="1000.00")

    async def credited() -> bool:
        return (await account.shown(deal))["billing_amount_credited"] == "305.39"

    await company.noticed(credited, f"deal {deal} shows what was credited")
    return deal


async def all_is_credited(company: Company) -> str:
    account = company.lane.account
    deal, invoice = await company.invoice()
    await account.billing.credit(invoice["id"], invoice["total"])

    async def asked() -> bool:
        return any(each.question.subject.id == deal for each in await company.lane.waiting())

    await company.noticed(asked, f"deal {deal} is asked about")
    await company.shows(deal, payment_status="credited")
    return deal


async def an_invoice_is_voided(company: Company) -> str:
    deal, invoice = await company.invoice()
    await company.lane.account.billing.void(invoice["id"])
    await company.shows(deal, payment_status="void")
    return deal


async def a_deal_is_lost_after_its_invoice(company: Company) -> str:
    account = company.lane.account
    deal, _ = await company.invoice()
    await account.move(deal, "closedlost")

    async def asked() -> bool:
        return any(each.question.subject.id == deal for each in await company.lane.waiting())

    await company.noticed(asked, f"deal {deal} is asked about")
    return deal


STORIES: tuple[Story, ...] = (
    a_deal_is_won,
    a_deal_lacks_what_somebody_repairs,
    a_question_is_answered,
    an_invoice_is_paid,
    an_invoice_is_paid_in_part,
    a_part_is_given_back,
    a_payment_is_disputed,
    a_part_is_credited,
    all_is_credited,
    an_invoice_is_voided,
    a_deal_is_lost_after_its_invoice,
)


async def end_of(company: Company, deal: str) -> dict[str, Any]:
    """What vendors and desk show of a deal, without what is of this one system: ids and numbers."""
    lane = company.lane
    account, invoices = lane.account, await lane.account.invoices(deal)
    shown, paid = await account.shown(deal), await account.crm.shown_payment(deal)
    numbers = [each["number"] for each in invoices if each["number"]]
    news = [said for number in numbers for said in await told_of(lane, number)]
    tasks = await account.tasks(deal)
    questions = [each.question.cause for each in await lane.waiting() if each.question.subject.id == deal]
    name = (await account.crm.values("deals", deal, "dealname"))["dealname"] or deal
    mails = [mail["subject"] for number in numbers for mail in await account.mails(number)]
    return {
        "invoices": [(each["status"], each["total"], each["amount_due"]) for each in invoices],
        "mails": len(mails),
        "shown": {key: shown.get(key) for key in OF_INVOICE} | {key: paid[key] for key in SHOWN},
        "news": len(news),
        "tasks": sorted((task["hs_task_status"] or "") for task in tasks),
        "questions": questions,
        "welcomed": len([e for e in await account.events() if f'"{deal}"' in e["body"]]),
        "begins": len(await account.messages(f"{name} commence")),
    }


@pytest.fixture(scope="module")
async def companies(
    server: TemporalServer, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[tuple[Company, Company]]:
    overrides = ONE_BY_ONE | {
        "RACCORD_PAYMENT__FINANCE": json.dumps([FINANCE]),
        # The stories are played at once, and each is told for itself.
        "RACCORD_PAYMENT__DIGEST_ABOVE": "100",
        "RACCORD_TOOLS__WEBHOOK_SECRET": SECRET,
    }
    async with AsyncExitStack() as stack:
        told, off = [
            await stack.enter_async_context(
                Welcoming(server, tmp_path_factory.mktemp(name), name, payment="live", overrides=overrides)
            )
            for name in ("told", "off")
        ]
        for lane in (told, off):
            await raise_limits(lane.account)
            await until(partial(swept, lane), what="the sweep of the start is over")
        await told.account.settings("hubspot", subscriptions=RECORDS)
        for vendor in ("hubspot", "stripe"):
            await off.account.settings(vendor, url=None)
        yield Company(told, heard=True), Company(off, heard=False)


Ends = dict[Story, dict[str, Any] | BaseException]
"""What each story came to, or why it came to nothing."""


@pytest.fixture(scope="module")
async def ends(companies: tuple[Company, Company]) -> tuple[Ends, Ends]:
    """Every story is played in both systems, one after the other; in each, all of them side by side."""
    played = [await _played(company) for company in companies]
    assert not [each for each in await companies[1].lane.account.deliveries() if each["vendor"] != "slack"]
    return played[0], played[1]


async def _played(company: Company) -> Ends:
    deals = await asyncio.gather(*(story(company) for story in STORIES), return_exceptions=True)
    # The regular sweep is everybody's: by then, whatever one flow wrote was read by the others.
    await company.swept()
    await at_rest(company.lane)
    return {
        story: deal if isinstance(deal, BaseException) else await end_of(company, deal)
        for story, deal in zip(STORIES, deals, strict=True)
    }


@pytest.mark.timeout(400)
@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.__name__)
async def test_the_end_is_the_same_without_webhooks(ends: tuple[Ends, Ends], story: Story) -> None:
    told, off = [each[story] for each in ends]
    failures = [each for each in (told, off) if isinstance(each, BaseException)]
    assert not failures, failures
    assert off == told


@pytest.fixture
async def reminding(
    server: TemporalServer, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Reminding]:
    """A company of short days that reminds its customers, and that no vendor tells anything."""
    lane = Reminding(server, tmp_path_factory.mktemp("late"), "late", payment="live", overrides=ONE_BY_ONE)
    lane.post = Server()
    await lane.post.start()
    async with lane:
        await raise_limits(lane.account)
        for vendor in ("hubspot", "stripe"):
            await lane.account.settings(vendor, url=None)
        await wake(lane.client, DUNNING, customer_subject("cus_nobody"), Changed(key="began"))
        await lane.ended("cus_nobody")
        await until(lambda: swept(lane), what="the sweep of the start is over")
        yield lane
    await lane.post.stop()


async def test_who_is_late_is_reminded_without_webhooks_and_who_pays_is_left_alone(
    reminding: Reminding,
) -> None:
    its, late = await owes(reminding, "Unheard", 1), reminding.in_days(2)

    async def is_late() -> bool:
        return datetime.now(UTC) > late

    await until(is_late, what="it is late: only then does a sweep find it")
    await sweep(reminding)
    (mail,) = await mailed(reminding, its.address, 1)
    assert its.numbers[0] in mail["subject"]
    await reminding.account.billing.pay_by_card(its.invoices[0])
    await sweep(reminding)
    end = await reminding.ended(its.customer)
    assert (end["ending"], end["sent"]) == ("settled", 1)
    assert len(reminding.post.sent_to(its.address)) == 1
