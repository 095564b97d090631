"""The scenario of the report: a week of a few seconds is over, and management is told it."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from raccord.domain.report.week import Week
from raccord.domain.values.message import Message, Text, message
from raccord.temporal.flows import WEEKLY_REPORT
from raccord.texts import say_param
from raccord.texts.told import MACHINE
from starters.demo.companies import MANAGEMENT
from starters.demo.days import paused, reminders, so
from starters.demo.payments import invoice_of
from starters.demo.scenario import Finding, Scenario, amount, invoiced
from starters.demo.stage import Stage
from starters.demo.vendors import eventually

SOLD, SOLD_LAST_WEEK = "38990100002", "38990100004"
ROOM = 4
"""Days that a week must have left, so that what happens in it is over before it is."""
FACTS = ("Gagné", "Facturé", "Reçu")
"""What the report calls what was won, issued and received."""
FLOW = "weekly report"


@dataclass(frozen=True)
class Figure:
    count: int
    minor: int


Figures = dict[str, Figure]


async def weekly_report(stage: Stage) -> Finding:
    await _room(stage)
    await stage.client.get_schedule_handle(WEEKLY_REPORT).unpause(note="a week is played")
    invoice = await invoice_of(stage, SOLD)
    await stage.vendors.billing.pay(invoice.id)
    week = Week.of(await stage.vendors.billing.paid_on(invoice.id, stage.clock))

    async def mailed() -> bool:
        return bool(await _mails(stage, week))

    await so(stage, mailed, days=14)
    # Weeks are as short as days: whoever looks around afterwards has this one before them.
    await paused(stage, WEEKLY_REPORT)
    return await _judged(stage, week, invoice.total)


async def last_week(stage: Stage) -> Finding:
    """Somebody wins a deal that was won last week, and the schedule begins, as it does on Mondays."""
    week = Week.of(stage.clock.date_of(datetime.now(UTC))).back(1)
    await stage.vendors.crm.win(SOLD_LAST_WEEK, at=stage.clock.end_of(week.monday))
    await invoiced(stage, SOLD_LAST_WEEK)
    await stage.client.get_schedule_handle(WEEKLY_REPORT).trigger()

    async def mailed() -> bool:
        return bool(await _mails(stage, week))

    await eventually(mailed)
    return await _judged(stage, week, 1)


async def _judged(stage: Stage, week: Week, least: int) -> Finding:
    """Hold what was told of a week against what the vendors hold, of which so much at least was received."""
    held, mails = await _held(stage, week), await _mails(stage, week)
    told = {
        "sheet": _figures(await stage.vendors.sheets.rows(str(week))),
        "Notion": _figures(line.split("|") for line in await _notion(stage, week)),
    }
    written = [_amounts(mail["text"]) for mail in mails]
    charts = sum(map(len, (mail["pictures"] for mail in mails)))
    wrong = [
        f"{place}: {say_param(_said(figures), MACHINE)}" for place, figures in told.items() if figures != held
    ]
    wrong += [f"mail: {each}" for each in written if each != {name: of.minor for name, of in held.items()}]
    agreed: Text = message("demo.week.all_say", figures=_said(held))
    return Finding(
        ok=not wrong and len(mails) == 1 and bool(charts) and held["Reçu"].minor >= least,
        expected=message("demo.week.expected", figures=_said(held)),
        found=message(
            "demo.week.found",
            week=str(week),
            mails=message("demo.count.mails", count=len(mails)),
            charts=charts,
            told="; ".join(wrong) or agreed,
        ),
    )


async def _room(stage: Stage) -> None:
    """Wait for the next week where this one is nearly over."""
    clock, now = stage.clock, datetime.now(UTC)
    over = clock.start_of(Week.of(clock.date_of(now)).back(-1).monday)
    if over - now < ROOM * clock.day_length:
        await asyncio.sleep((over - now).total_seconds())


async def _mails(stage: Stage, week: Week) -> list[dict[str, Any]]:
    """Return the mails to management about a week."""
    title = f"Semaine {week.monday.isocalendar().week} de"
    return [mail for mail in await reminders(stage, MANAGEMENT) if title in mail["subject"]]


async def _held(stage: Stage, week: Week) -> Figures:
    """Add up what CRM and billing system hold of a week."""
    billing, clock = stage.vendors.billing, stage.clock
    won = [(clock.date_of(at), amount) for at, amount in await stage.vendors.crm.won()]
    every = (won, await billing.issued(clock), await billing.received(clock))
    found = [[amount for day, amount in each if Week.of(day) == week] for each in every]
    return {name: Figure(len(each), sum(each)) for name, each in zip(FACTS, found, strict=True)}


async def _notion(stage: Stage, week: Week) -> list[str]:
    (title,) = [p["title"] for p in await stage.vendors.notes.pages() if p["title"].startswith(str(week))]
    return await stage.vendors.notes.lines(title)


def _figures(rows: Iterable[list[str]]) -> Figures:
    """Read the table of figures: a name, how many, and how much, wherever it stands."""
    found = {}
    for row in rows:
        for at, cell in enumerate(row[:-2]):
            if cell in FACTS and row[at + 1].isdigit():
                found[cell] = Figure(int(row[at + 1]), _minor(row[at + 2]))
    return found


def _amounts(text: str) -> dict[str, int]:
    """Read the totals of a mail."""
    named = (line.partition("\N{NO-BREAK SPACE}: ") for line in text.splitlines())
    return {name: _minor(amount) for name, _, amount in named if name in FACTS}


def _minor(text: str) -> int:
    """Read an amount with two decimals, whatever parts its digits."""
    return int("".join(filter(str.isdecimal, text)) or 0)


def _said(figures: Figures) -> tuple[Message, ...]:
    return tuple(
        message("demo.week.figure", name=name, times=each.count, amount=amount(each.minor))
        for name, each in figures.items()
    )


WEEK = Scenario("weekly-report", message("demo.says.week"), weekly_report, FLOW, in_short_days=True)
LAST_WEEK = Scenario("weekly-report", message("demo.says.week"), last_week, FLOW)
