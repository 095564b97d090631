"""The scenarios of money that is late, played side by side in days of a few seconds."""

import asyncio
import json
from datetime import UTC, date, datetime
from typing import Any

from raccord.domain.values.clock import DAY
from raccord.domain.values.message import Text, message
from starters.demo.days import FINANCE, Debtor, owes, quiet, reminded, reminders, settled, so
from starters.demo.payments import invoice_of, stripe
from starters.demo.scenario import Finding, Scenario
from starters.demo.stage import Stage

UNPAID = "38990100001"
LEVELS = (7, 15, 30)
TONES = ("Rappel", "toujours impayée", "Dernier rappel")
TASK = "Relance n° "
ALL_SENT = "sans effet"
THANKS = "Merci"
PROMISED_IN = 16
"""Days: the next level is reached long before, and is not sent."""
DUE = 2
"""Days until an invoice is due: in less, a busy machine has hardly issued it."""


async def seven_fifteen_thirty(stage: Stage) -> Finding:
    invoice = await invoice_of(stage, UNPAID)
    mails = await reminded(stage, invoice.email, len(LEVELS), days=LEVELS[-1] + 10)
    issued = await stripe(stage).invoice(invoice.id)
    due = _date(stage, datetime.fromtimestamp(issued["due_date"], UTC))
    days = [(_date(stage, datetime.fromisoformat(mail["date"])) - due).days for mail in mails]
    await so(stage, lambda: _all_told(stage, invoice.number), days=3)
    told = await _told(stage, invoice.number)
    firmer, thread = _firmer(mails), _one_thread(mails)
    return Finding(
        ok=_on_time(days) and firmer and thread and told == (3, 1, 1),
        expected=message("demo.dunning.levels.expected"),
        found=message(
            "demo.dunning.levels.found",
            mails=message("demo.count.mails", count=len(mails)),
            thread=message("demo.dunning.one_thread" if thread else "demo.dunning.several_threads"),
            tone=message("demo.dunning.firmer" if firmer else "demo.dunning.not_firmer"),
            days=tuple(days),
            tasks=message("demo.count.tasks", count=told[0]),
            told=message("demo.count.mails", count=told[1]),
            questions=message("demo.count.questions", count=told[2]),
        ),
    )


async def paid_just_before_sending(stage: Stage) -> Finding:
    late = await owes(stage, "Menuiserie Le Goff", _within_the_month(stage))
    await stage.vendors.sandbox.hold_mails(late.address)

    async def at_the_door() -> bool:
        return await stage.vendors.sandbox.mails_at_the_door(late.address) == 1

    arrived = await so(stage, at_the_door, days=LEVELS[0] + 10)
    await stage.vendors.billing.pay(late.invoices[0])
    await stage.vendors.sandbox.let_mails_in(late.address)
    ending = await settled(stage, late.customer)
    stopped = json.loads(await stage.command("dunning", "list", "--json"))["stopped"].get("paid", 0)
    mails = len(await reminders(stage, late.address))
    return Finding(
        ok=arrived and ending == "settled" and not mails and stopped >= 1,
        expected=message("demo.dunning.at_the_door.expected"),
        found=message(
            "demo.dunning.at_the_door.found" if arrived else "demo.dunning.at_the_door.none",
            count=mails,
            stopped=stopped,
            ending=_ended(ending),
        ),
    )


async def grouped_reminder(stage: Stage) -> Finding:
    late = await owes(stage, "Northwind Studio", *(DUE,) * 3, language="en")
    await reminded(stage, late.address, 1, days=LEVELS[0] + 10)
    await quiet(stage, 2)
    mails = await reminders(stage, late.address)
    named = sum(number in mail["text"] for mail in mails for number in late.numbers)
    files = sum(len(mail["attachments"]) for mail in mails)
    for invoice in late.invoices:
        await stage.vendors.billing.pay(invoice)
    ending = await settled(stage, late.customer)
    return Finding(
        ok=(len(mails), named, files) == (1, 3, 3) and ending == "settled",
        expected=message("demo.dunning.grouped.expected"),
        found=message(
            "demo.dunning.grouped.found",
            mails=message("demo.count.mails", count=len(mails)),
            named=message("demo.count.invoices", count=named),
            files=message("demo.count.files", count=files),
            ending=_ended(ending),
        ),
    )


async def promise_to_pay(stage: Stage) -> Finding:
    keeps, breaks = [await owes(stage, name, DUE) for name in ("Imprimerie Keller", "Garage Mercier")]
    for each in (keeps, breaks):
        await reminded(stage, each.address, 1, days=LEVELS[0] + 10)
    by = _date(stage, datetime.now(UTC)) + DAY * PROMISED_IN
    await asyncio.gather(*(_promises(stage, each, by) for each in (keeps, breaks)))
    # One each; on a slow machine another left while the command was typed.
    before = [len(await reminders(stage, each.address)) for each in (keeps, breaks)]
    await stage.vendors.billing.pay(keeps.invoices[0])
    ending = await settled(stage, keeps.customer)
    kept = (await reminded(stage, keeps.address, before[0] + 1, days=3))[before[0] :]
    broken = (await reminded(stage, breaks.address, before[1] + 1, days=PROMISED_IN + 10))[before[1] :]
    thanked = len(kept) == 1 and THANKS in kept[0]["subject"]
    one_up = len(broken) == 1 and any(
        tone in broken[0]["subject"] for tone in TONES[before[1] : before[1] + 1]
    )
    silent = bool(broken) and _date(stage, datetime.fromisoformat(broken[0]["date"])) > by
    return Finding(
        ok=thanked and one_up and silent and ending == "settled",
        expected=message("demo.dunning.promise.expected"),
        found=message(
            "demo.dunning.promise.found",
            kept=message("demo.dunning.thanks") if thanked else _subjects(kept),
            ending=_ended(ending),
            silence=message("demo.dunning.silence" if silent else "demo.dunning.no_silence"),
            by=str(by),
            broken=message("demo.dunning.one_up") if one_up else _subjects(broken),
        ),
    )


async def _promises(stage: Stage, debtor: Debtor, by: date) -> None:
    await stage.command("dunning", "promise", debtor.customer, str(by), "--reason", "by telephone")


def _subjects(mails: list[dict[str, Any]]) -> Text:
    return " | ".join(mail["subject"] for mail in mails) or message("demo.dunning.no_mail")


def _ended(ending: str) -> Text:
    return message("demo.dunning.settled") if ending == "settled" else ending


def _date(stage: Stage, at: datetime) -> date:
    return stage.clock.date_of(at)


def _on_time(days: list[int]) -> bool:
    """Whether each mail came on the day of its level, or, on a busy machine, before that of the next one."""
    ends = (*LEVELS[1:], LEVELS[-1] + LEVELS[0])
    return len(days) == len(LEVELS) and all(
        a <= day < b for a, day, b in zip(LEVELS, days, ends, strict=True)
    )


def _firmer(mails: list[dict[str, Any]]) -> bool:
    return len(mails) == len(TONES) and all(
        tone in m["subject"] for tone, m in zip(TONES, mails, strict=True)
    )


def _one_thread(mails: list[dict[str, Any]]) -> bool:
    follows = [mail["headers"].get("In-Reply-To") for mail in mails[1:]]
    return follows == [mail["message_id"] for mail in mails[:-1]]


async def _all_told(stage: Stage, number: str) -> bool:
    return await _told(stage, number) == (3, 1, 1)


async def _told(stage: Stage, number: str) -> tuple[int, int, int]:
    """Count the salesperson's tasks, the mails to finance and the questions in Slack."""
    vendors = stage.vendors
    tasks = [title for title in await vendors.crm.tasks(UNPAID) if title.startswith(TASK)]
    mails = [mail for mail in await reminders(stage, FINANCE) if number in (mail["text"] or "")]
    return len(tasks), len(mails), len(await vendors.chat.messages(number, ALL_SENT))


def _within_the_month(stage: Stage) -> int:
    """Return in how many days an invoice is due whose reminder is not at the end of a month.

    What was stopped is counted by the month.
    """
    today, room = _date(stage, datetime.now(UTC)), DAY * 14
    days = DUE
    while (sends := today + DAY * (days + LEVELS[0])).month != (sends + room).month:
        days += 1
    return days


IN_SHORT_DAYS = (
    Scenario(
        "dunning-7-15-30",
        message("demo.dunning.levels"),
        seven_fifteen_thirty,
        "dunning",
        in_short_days=True,
    ),
    Scenario(
        "paid-just-before-sending",
        message("demo.dunning.at_the_door"),
        paid_just_before_sending,
        "dunning",
        in_short_days=True,
    ),
    Scenario(
        "grouped-reminder",
        message("demo.dunning.grouped"),
        grouped_reminder,
        "dunning",
        in_short_days=True,
    ),
    Scenario(
        "promise-to-pay",
        message("demo.dunning.promise"),
        promise_to_pay,
        "dunning",
        in_short_days=True,
    ),
)
