"""The scenario of money that is late in days of the calendar: its due date is moved into the past."""

from datetime import UTC, datetime, timedelta

from raccord.domain.values.clock import DAY
from raccord.domain.values.message import message
from starters.demo.cast.roles import Issued
from starters.demo.days import reminders, settled
from starters.demo.payments import invoice_of
from starters.demo.scenario import Finding, Scenario, amount
from starters.demo.stage import Stage
from starters.demo.vendors import eventually

LATE = "38990100003"
LATE_BY = 8 * DAY
"""Past the first level of reminders, and before the second."""
A_MOMENT = timedelta(seconds=3)
"""Longer than what was paid takes to be seen: a mail too many would leave in it."""


async def reminder(stage: Stage) -> Finding:
    invoice = await invoice_of(stage, LATE)
    due = stage.clock.date_of(datetime.now(UTC)) - LATE_BY
    await stage.vendors.billing.postpone(invoice.id, due)

    async def reminded() -> bool:
        return bool(await reminders(stage, invoice.email))

    await eventually(reminded)
    first = await reminders(stage, invoice.email)
    named = all(_names(mail["text"] or "", invoice) for mail in first)
    await stage.vendors.billing.pay(invoice.id)
    ending = await settled(stage, invoice.customer)

    async def again() -> bool:
        return len(await reminders(stage, invoice.email)) > 1

    await eventually(again, within=A_MOMENT)
    mails = len(await reminders(stage, invoice.email))
    return Finding(
        ok=mails == 1 and named and ending == "settled",
        expected=message("demo.dunning.reminder.expected", total=amount(invoice.total)),
        found=message(
            "demo.dunning.reminder.found",
            mails=message("demo.count.mails", count=mails),
            named=message("demo.dunning.reminder.named" if named else "demo.dunning.reminder.not_named"),
            ending=message("demo.dunning.settled") if ending == "settled" else ending,
        ),
    )


def _names(text: str, invoice: Issued) -> bool:
    """Whether invoice and amount are in it, whatever parts the amount's digits."""
    digits = "".join(filter(str.isdecimal, text))
    return invoice.number in text and str(invoice.total) in digits


REMINDER = Scenario("reminder", message("demo.dunning.reminder"), reminder, "dunning")
