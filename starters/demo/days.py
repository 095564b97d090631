"""What the scenarios about reminders share: who owes, how days pass, and which mails came."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from temporalio.service import RPCError

from raccord.domain.values.clock import DAY
from raccord.domain.values.subject import Subject, SubjectKind
from raccord.temporal.flows import DIGEST, DUNNING, WEEKLY_REPORT, Changed, wake
from starters.demo.payments import stripe
from starters.demo.stage import Stage
from starters.demo.vendors import PATIENCE, eventually

ADDRESS = "compta@{}.example"
FINANCE = "anne.durand@hexalab.example"
SENDER = "compta@hexalab.example"
NET = 120_000
"""Of each invoice that is written by hand, in minor units."""


@dataclass(frozen=True)
class Debtor:
    """A customer with invoices that nobody won a deal for."""

    customer: str
    address: str
    invoices: tuple[str, ...]
    numbers: tuple[str, ...]


async def begin(stage: Stage) -> None:
    """Let reminders begin: a customer who is late from here on is none of the backlog."""
    for schedule in (DIGEST, WEEKLY_REPORT):
        await eventually(lambda: paused(stage, schedule))  # noqa: B023 - awaited in its turn
    # A day is over sooner than a draft is finalised.
    await stage.vendors.sandbox.settings("stripe", late_finalisation=True)
    made = await stripe(stage).post("/v1/customers", name="Café du Commerce", email=ADDRESS.format("cafe"))
    customer = Subject(kind=SubjectKind.CUSTOMER, connection="stripe", id=made["id"])
    looked = await wake(stage.client, DUNNING, customer, Changed(key="demo"))
    await asyncio.wait_for(looked.result(), PATIENCE.total_seconds())


async def paused(stage: Stage, schedule: str) -> bool:
    """Pause what would be told every few seconds; False while the receiver has not made its schedule."""
    try:
        await stage.client.get_schedule_handle(schedule).pause(note="days are short")
    except RPCError:
        return False
    return True


async def owes(stage: Stage, name: str, *in_days: int, language: str = "fr") -> Debtor:
    """Issue an invoice for each of these due dates, in days from now; the customer reads this language."""
    billing, address = stripe(stage), ADDRESS.format(name.rsplit(maxsplit=1)[-1].lower())
    locale = {"preferred_locales[0]": language}
    customer = (await billing.post("/v1/customers", name=name, email=address, **locale))["id"]
    today = stage.clock.date_of(datetime.now(UTC))
    due = [stage.clock.end_of(today + days * DAY) for days in in_days]
    issued = [await billing.issue(customer, NET, due_at=each) for each in due]
    numbers = [(await billing.invoice(each))["number"] for each in issued]
    return Debtor(customer, address, tuple(issued), tuple(numbers))


async def so(stage: Stage, look: Callable[[], Awaitable[bool]], *, days: float) -> bool:
    """Look again twice a day until it is so; False when so many days are over, and not for a slow machine."""
    day = stage.clock.day_length
    return await eventually(look, within=days * day + PATIENCE, every=day / 2)


async def reminders(stage: Stage, address: str) -> list[dict[str, Any]]:
    """Return the mails that we wrote to an address, oldest first."""
    return [m for m in await stage.vendors.sandbox.mails() if m["from"] == SENDER and address in m["to"]]


async def reminded(stage: Stage, address: str, count: int, *, days: float) -> list[dict[str, Any]]:
    """Wait until so many mails came, for so many days at most; return those that came."""

    async def there() -> bool:
        return len(await reminders(stage, address)) >= count

    await so(stage, there, days=days)
    return await reminders(stage, address)


async def quiet(stage: Stage, days: float) -> None:
    """Let so many days pass: a mail too many would come in them."""
    await asyncio.sleep((stage.clock.day_length * days).total_seconds())


async def settled(stage: Stage, customer: str, *, days: float = 5) -> str:
    """Wait for the end of a customer's reminders, and return how it ended."""
    subject = Subject(kind=SubjectKind.CUSTOMER, connection=stage.pair.billing.name, id=customer)
    handle = stage.client.get_workflow_handle(DUNNING.id_of(subject))
    within = (stage.clock.day_length * days + PATIENCE).total_seconds()
    return str((await asyncio.wait_for(handle.result(), within))["ending"])
