"""The scenario of the report: a week of a few seconds is over, and management is told it."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from raccord.domain.report.week import Week
from raccord.domain.values.message import Message, Text, message
from raccord.temporal.flows import WEEKLY_REPORT
from raccord.texts import say_param
from raccord.texts.told import MACHINE
from starters.demo.companies import MANAGEMENT
from starters.demo.days import paused, reminders, so
from starters.demo.payments import invoice_of
from starters.demo.scenario import Finding, Scenario, amount
from starters.demo.stage import Stage

SOLD = "38990100002"
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
    await stage.vendors.billing.pay_by_card(invoice["id"])
    week = await _paid_in(stage, invoice["id"])

    async def mailed() -> bool:
        return bool(await _mails(stage, week))

    await so(stage, mailed, days=14)
    # Weeks are as short as days: whoever looks around afterwards has this one before them.
    await paused(stage, WEEKLY_REPORT)
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
        ok=not wrong and len(mails) == 1 and bool(charts) and held["Reçu"].minor >= invoice["total"],
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


async def _paid_in(stage: Stage, invoice: str) -> Week:
    (payment,) = await stage.vendors.billing.everything(
        "/v1/invoice_payments", invoice=invoice, status="paid"
    )
    return _week(stage, payment["status_transitions"]["paid_at"])


def _instant(text: str | None) -> float:
    return datetime.fromisoformat(text).timestamp() if text else 0.0


def _week(stage: Stage, at: float) -> Week:
    return Week.of(stage.clock.date_of(datetime.fromtimestamp(at, UTC)))


async def _mails(stage: Stage, week: Week) -> list[dict[str, Any]]:
    """Return the mails to management about a week."""
    title = f"Semaine {week.monday.isocalendar().week} de"
    return [mail for mail in await reminders(stage, MANAGEMENT) if title in mail["subject"]]


async def _held(stage: Stage, week: Week) -> Figures:
    """Add up what CRM and billing system hold of a week."""
    crm, billing = stage.vendors.crm, stage.vendors.billing
    won = [
        int(Decimal(deal["amount"] or 0) * 100)
        for deal in await crm.deals("dealstage", "closedate", "amount")
        if deal["dealstage"] == "closedwon" and _week(stage, _instant(deal["closedate"])) == week
    ]
    issued = [
        invoice["total"]
        for invoice in await billing.invoices()
        if (at := invoice["status_transitions"]["finalized_at"]) and _week(stage, at) == week
    ]
    received = [
        payment["amount_paid"]
        for payment in await billing.everything("/v1/invoice_payments", status="paid")
        if _week(stage, payment["status_transitions"]["paid_at"]) == week
    ]
    every = (won, issued, received)
    return {name: Figure(len(each), sum(each)) for name, each in zip(FACTS, every, strict=True)}


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


SCENARIOS = (
    Scenario(
        "weekly-report",
        message("demo.says.week"),
        weekly_report,
        FLOW,
        in_short_days=True,
    ),
)
